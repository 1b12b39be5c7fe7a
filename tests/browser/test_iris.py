"""The iris page in a real Chromium, against a plain loop and scikit-learn's own metrics."""

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from sklearn.metrics import confusion_matrix

from tests.browser.plain_iris import EPOCHS, Plain, trained_plainly
from tests.browser.visitors import (
    PLOT,
    Visitors,
    choose,
    fill,
    press,
    read_note,
    stage,
    until_address,
    until_quiet,
    until_status,
    until_step,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def plain() -> Plain:
    return trained_plainly()


def drawn(page: Page, panel: str, trace: int = 0) -> tuple[list[float], list[float]]:
    """x and y of a trace as plotly holds it."""
    page.wait_for_function(f"{PLOT.format(panel)}?.data?.[{trace}]?.x?.length > 0")
    x, y = page.evaluate(f"[...['x', 'y'].map((axis) => [...{PLOT.format(panel)}.data[{trace}][axis]])]")
    return x, y


def show(page: Page, panel: str) -> None:
    """Bring a panel on screen, so that it is watched."""
    page.locator(f"[data-panel={panel}]").scroll_into_view_if_needed()


def rounded(values: torch.Tensor) -> list[list[float]]:
    """The numbers with the four figures that pictures are sent with."""
    return [[float(f"{value:.4g}") for value in row] for row in values.tolist()]


def test_the_page_shows_what_a_plain_loop_computes(visit: Visitors, plain: Plain) -> None:
    page = visit(f"iris?speed=max&epochs={EPOCHS}")
    expect(page.locator(".sw-note:visible")).to_have_count(0)  # it has nothing to say yet
    press(page, "Train")
    until_status(page, "finished")
    page.wait_for_function(f"{PLOT.format('loss')}?.data?.[0]?.x?.length === {EPOCHS}")
    assert drawn(page, "loss") == ([*range(1, EPOCHS + 1)], plain.loss)
    show(page, "accuracy")
    page.wait_for_function(f"{PLOT.format('accuracy')}?.data?.[0]?.x?.length === {EPOCHS}")
    assert drawn(page, "accuracy")[1] == plain.accuracy
    network_is(page, plain)
    show(page, "regions")
    wrong = np.flatnonzero(plain.predicted != plain.y.numpy())
    expect(page.locator("[data-panel=regions] canvas")).to_have_attribute("data-wrong", str(len(wrong)))
    show(page, "confusion")
    cells = page.locator("[data-panel=confusion] td")
    expect(cells).to_have_text([str(count) for count in confusion_matrix(plain.y, plain.predicted).ravel()])
    show(page, "mistakes")
    rows = page.locator("[data-panel=mistakes] tbody tr")
    expect(rows).to_have_count(len(wrong))
    assert sorted(int(row.locator("td").first.inner_text()) for row in rows.all()) == wrong.tolist()


def weights(plain: Plain) -> list[torch.Tensor]:
    """Each layer's, as (units, inputs)."""
    return [parameter.detach() for name, parameter in plain.model.named_parameters() if name.endswith("weight")]


def network_is(page: Page, plain: Plain) -> None:
    """Every line of the picture has the weight of the plain program's network."""
    first = f"[data-panel=network] line[data-weight='{rounded(weights(plain)[0])[0][0]:g}']"
    page.wait_for_selector(first, state="attached")
    for layer, weight in enumerate(weights(plain)):
        lines = page.locator(f"[data-panel=network] line[data-layer='{layer}']")
        shown: list[float] = lines.evaluate_all("(all) => all.map((one) => Number(one.dataset.weight))")
        assert shown == [number for unit in rounded(weight) for number in unit]
        dashed = lines.evaluate_all("(all) => all.map((one) => getComputedStyle(one).strokeDasharray !== 'none')")
        assert dashed == [number < 0 for number in shown]


def test_lr_is_raised_until_it_breaks_and_mended(visit: Visitors) -> None:
    page = visit("iris?speed=300&optimizer=SGD&epochs=10000")
    press(page, "Train")
    until_step(page, 20)
    lr = page.get_by_label("Learning rate (lr)").last
    lr.fill("10")
    lr.press("Enter")
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.annotations?.some((one) => /0.01 → 10/.test(one.text))")
    show(page, "words")
    page.wait_for_selector("li[data-finding=lr_too_high], li[data-finding=diverged], li[data-finding=all_dead]")
    page.locator("li[data-finding] .sw-remedy").first.click()  # at the curve, or at the network whose units have died
    expect(lr).not_to_have_value("10")


def test_a_remedy_that_begins_anew_trains_at_once(visit: Visitors) -> None:
    page = visit("iris?speed=60&epochs=5000")
    press(page, "Train")
    show(page, "words")
    page.locator("li[data-finding=dead_units] button").click()
    page.wait_for_selector(".stepwise-stage[data-run-generation='1'][data-run-status=running]", state="attached")
    expect(page.get_by_role("combobox", name="Activation", exact=True)).to_have_value("GELU")


def test_overfitting_is_marked_and_has_three_remedies(visit: Visitors) -> None:
    """By the press that stands in the lesson, whatever was set before."""
    page = visit("iris?speed=max&lr=0.5&epochs=30")
    page.get_by_role("tab", name="What you see").click()
    page.get_by_role("button", name="Show me overfitting").click()
    until_status(page, "finished")
    show(page, "loss")
    page.wait_for_function(f"{PLOT.format('loss')}?.data?.[1]?.x?.length === 1000")
    assert len(drawn(page, "loss", 1)[1]) == 1000
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.annotations?.some((one) => /test loss turns up/.test(one.text))")
    read_note(page)
    for code in ("true_labels", "fewer_features", "regularize"):
        expect(page.locator(f"li[data-finding={code}] button")).to_be_visible()
    page.locator("li[data-finding=fewer_features] button").click()
    expect(page.locator("[data-panel=probe] .sw-feature span")).to_have_text(["petal length", "petal width"])


def test_who_watches_sees_the_layers_that_the_other_chooses(visit: Visitors) -> None:
    page = visit("iris")
    page.get_by_role("button", name="Links").click()
    watcher = visit(page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").first.inner_text())
    page.keyboard.press("Escape")
    show(watcher, "gradients")
    drawn = f"(traces) => {PLOT.format('gradients')}?.data?.length === traces"
    watcher.wait_for_function(drawn, arg=2)
    fill(page, "Hidden layers", "3")
    watcher.wait_for_function(drawn, arg=4)


FRUIT = {"apple": (150, 7.5), "<b>배</b>": (170, 12), "바나나 *x*": (120, 18.5)}


def test_a_table_of_ones_own_is_uploaded_and_trained(visit: Visitors) -> None:
    """With its own words for columns and classes, whatever stands in them, and what is left out counted, in both languages."""
    rows = [f"{name};{weight + 3 * turn};{length + 0.25 * turn};{turn}" for turn in range(8) for name, (weight, length) in FRUIT.items()]
    table = "\n".join(["종류;무게 $g$;<i>길이</i>;메모", *rows, "apple;?;7;1", "외톨이;1;1;1"]).replace(".", ",")
    page = visit("iris?data=own&speed=max&epochs=150", language="ko")
    page.locator("input[type=file]").set_input_files({"name": "fruit.csv", "mimeType": "", "buffer": table.encode("cp949")})
    settings = page.locator(".st-key-settings")
    expect(page.get_by_role("combobox", name="클래스 열", exact=True)).to_have_value("종류")
    expect(settings.get_by_text("빠지는 행: 2개 – 26번째 줄: ? (값 없음); 27번째 줄: 외톨이 (이 클래스의 유일한 행)")).to_be_visible()
    settings.get_by_role("button", name="메모").click()  # not to be learned from
    until_quiet(page)
    press(page, "이 열로 적용")
    names = page.locator("[data-panel=confusion] thead th")
    page.wait_for_selector(".stepwise-stage[data-run-generation='1']", state="attached")
    until_status(page, "paused")
    press(page, "학습")
    until_status(page, "finished")
    show(page, "confusion")
    for text in FRUIT:
        expect(page.locator("[data-panel=confusion]").get_by_text(text, exact=True).first).to_be_visible()
    show(page, "network")
    expect(page.locator("[data-panel=network] svg text")).to_have_text(["무게 $g$", "<i>길이</i>", *sorted(FRUIT)])
    show(page, "loss")
    remedy = page.locator("li[data-finding=unscaled] .sw-remedy")
    expect(page.locator("li[data-finding=unscaled]")).to_contain_text("무게 $g$")
    remedy.click()
    page.wait_for_selector(".stepwise-stage[data-run-generation='2']", state="attached")
    until_status(page, "finished")
    show(page, "confusion")
    counts = "(cells) => cells.map((cell) => Number(cell.textContent))"
    page.wait_for_function(
        f"() => (({counts})([...document.querySelectorAll('[data-panel=confusion] td')])).join() === '8,0,0,0,8,0,0,0,8'"
    )
    page.get_by_role("button", name="English").or_(page.get_by_text("English", exact=True)).first.click()
    expect(page.get_by_role("heading", name="Try a sample")).to_be_visible()
    expect(settings.get_by_text("Rows left out: 2 – line 26: ? (no value); line 27: 외톨이 (the only row of its class)")).to_be_visible()
    expect(names.first).to_be_visible()


def test_every_setting_can_be_pressed(visit: Visitors) -> None:
    page = visit("iris")
    begun = stage(page)[2]

    def anew() -> None:
        nonlocal begun
        begun += 1
        page.wait_for_selector(f".stepwise-stage[data-run-generation='{begun}']")
        until_status(page, "paused")

    page.get_by_role("button", name="Add a hidden layer").click()  # at its picture
    anew()
    expect(page.get_by_role("spinbutton", name="Hidden layers")).to_have_value("2")
    fill(page, "Layer 2", "4")
    anew()
    page.get_by_role("button", name="One unit more in hidden layer 2").click()
    anew()
    expect(page.get_by_role("spinbutton", name="Layer 2")).to_have_value("5")
    expect(page.locator("[data-panel=network] .sw-lines line")).to_have_count(4 * 10 + 10 * 5 + 5 * 3)
    press(page, "sepal width")
    anew()
    expect(page.locator("[data-panel=network] .sw-lines line")).to_have_count(3 * 10 + 10 * 5 + 5 * 3)
    for field, option in (("Activation", "tanh"), ("Optimizer", "SGD with momentum")):
        choose(page, field, option)
        anew()
    page.get_by_text("More settings").click()
    page.get_by_text("Standardize", exact=True).click()
    anew()
    for field, value in (("Early stopping", "50"), ("Seed", "3")):
        page.get_by_label(field, exact=True).fill(value)
        page.get_by_label(field, exact=True).press("Enter")
        anew()
    until_address(page, hidden="10,5")
    press(page, "Step")
    page.wait_for_selector(".stepwise-stage[data-step='1']")
    for button in page.locator(".stepwise-stage .sw-log-scale").all():
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
