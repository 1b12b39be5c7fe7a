"""The iris page in a real Chromium, against a plain loop and scikit-learn's own metrics."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect
from sklearn.datasets import load_iris
from sklearn.metrics import confusion_matrix
from torch import nn

from tests.browser.visitors import PLOT, Profiles, Visitors, fill, press, stage, traces, until_quiet, until_status

pytestmark = pytest.mark.browser
EPOCHS = 300


@dataclass(frozen=True)
class Plain:
    """What a plain program of thirty lines finds: losses, accuracies, and the trained network."""

    loss: list[float]
    accuracy: list[float]
    model: nn.Sequential
    x: torch.Tensor
    y: torch.Tensor

    def chances(self, flower: Sequence[float]) -> list[str]:
        """One flower's three probabilities as the page writes them."""
        found = self.probabilities(torch.tensor([flower]))[0]
        return [f"{100 * float(f'{chance:.4g}'):.1f} %" for chance in found]

    def probabilities(self, x: torch.Tensor) -> NDArray[np.float32]:
        with torch.no_grad():
            return torch.softmax(self.model(x), 1).numpy()

    @property
    def predicted(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self.probabilities(self.x).argmax(1)
        return found


@pytest.fixture(scope="module")
def plain() -> Plain:
    """The defaults, for fewer epochs."""
    measured, species = load_iris(return_X_y=True)
    x, y = torch.tensor(measured, dtype=torch.float32), torch.tensor(species, dtype=torch.int64)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses, accuracies = [], []
    for _ in range(EPOCHS):
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        accuracies.append(float((logits.argmax(1) == y).double().mean()))
        optimizer.step()
    return Plain(losses, accuracies, model, x, y)


def drawn(page: Page, panel: str, trace: int = 0) -> tuple[list[float], list[float]]:
    """x and y of a trace as plotly holds it."""
    page.wait_for_function(f"{PLOT.format(panel)}?.data?.[{trace}]?.x?.length > 0")
    x, y = page.evaluate(f"[...['x', 'y'].map((axis) => [...{PLOT.format(panel)}.data[{trace}][axis]])]")
    return x, y


def show(page: Page, panel: str) -> None:
    """Bring a panel on screen, so that it is watched."""
    page.locator(f"[data-panel={panel}]").scroll_into_view_if_needed()


@pytest.fixture(scope="module")
def learned(browser: Browser, app: str, profiles: Profiles) -> Iterator[Page]:
    """The page with the defaults trained to their end; a test that changes the run leaves it so again."""
    visit = Visitors(browser, app, profiles)
    page = visit(f"iris?speed=max&epochs={EPOCHS}")
    press(page, "Train")
    until_status(page, "finished")
    until_quiet(page)
    yield page
    visit.leave()
    assert visit.faults == []


def rounded(values: torch.Tensor) -> list[list[float]]:
    """The numbers with the four figures that pictures are sent with."""
    return [[float(f"{value:.4g}") for value in row] for row in values.tolist()]


def test_the_page_shows_what_a_plain_loop_computes(visit: Visitors, plain: Plain) -> None:
    page = visit(f"iris?speed=max&epochs={EPOCHS}")
    show(page, "words")
    waiting = page.get_by_text("While it learns, this says what the numbers mean.")
    expect(waiting).to_be_visible()
    press(page, "Train")
    until_status(page, "finished")
    expect(waiting).to_be_hidden()
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


def test_the_network_shows_gradients_and_what_is_pointed_at(visit: Visitors) -> None:
    page = visit("iris?speed=20")
    press(page, "Train")
    panel = page.locator("[data-panel=network]")
    expect(panel.locator(".sw-most")).to_contain_text("largest weight")
    page.wait_for_selector("[data-panel=network] line[data-gradient]:not([data-gradient=''])", state="attached")
    press(page, "gradients")
    expect(panel.locator(".sw-most")).to_contain_text("largest gradient")
    press(page, "Pause")
    until_status(page, "paused")
    ends = panel.locator("line").first.evaluate("(one) => ['x1', 'x2', 'y1', 'y2'].map((name) => Number(one.getAttribute(name)))")
    box = panel.locator("svg.sw-net").bounding_box()
    assert box
    page.mouse.move(box["x"] + ends[0] * 0.8 + ends[1] * 0.2, box["y"] + ends[2] * 0.8 + ends[3] * 0.2)
    expect(panel.locator(".sw-tip")).to_contain_text("sepal length → unit 1 of hidden layer 1")
    expect(panel.locator(".sw-tip")).to_contain_text(re.compile(r"weight -?0\.\d+gradient -?\d"))


def test_planes_are_chosen_without_a_new_run(learned: Page) -> None:
    generation = stage(learned)[2]
    show(learned, "regions")
    canvas = learned.locator("[data-panel=regions] canvas")
    expect(canvas).to_have_attribute("data-plane", "petal_length,petal_width")
    choice = learned.get_by_label("Plane")
    expect(choice.locator("option")).to_have_count(7)
    for plane in ("sepal_length,sepal_width", "pca"):
        choice.select_option(plane)
        expect(canvas).to_have_attribute("data-plane", plane)
    assert stage(learned)[2] == generation


def test_a_flower_is_tried_by_the_weights_of_the_moment(learned: Page, plain: Plain) -> None:
    show(learned, "probe")
    lengths = {"sepal_length": 5.0, "sepal_width": 3.4, "petal_length": 1.5, "petal_width": 0.2}
    for feature, length in lengths.items():
        learned.locator(f"input[data-feature={feature}]").fill(str(length))
    chances = learned.locator("[data-panel=probe] strong")
    wanted = plain.chances(list(lengths.values()))
    expect(chances).to_have_text(wanted)
    press(learned, "Reset")
    until_status(learned, "paused")
    show(learned, "probe")
    expect(chances.first).not_to_have_text(wanted[0])
    press(learned, "Train")
    show(learned, "probe")
    until_status(learned, "finished")
    expect(chances).to_have_text(wanted)


def test_a_flower_is_moved_while_its_panel_leaves_the_screen(learned: Page, plain: Plain) -> None:
    show(learned, "probe")
    learned.locator("input[data-feature=petal_length]").evaluate(
        """async (slider) => {
            const frame = slider.closest("[data-panel]");
            const moments = (ms) => new Promise((done) => setTimeout(done, ms));
            for (let turn = 0; turn < 12; turn++) {
                document.querySelector("[data-panel=loss]").scrollIntoView();
                await moments(60);
                slider.value = 1 + turn / 2;
                for (const twice of [1, 2]) slider.dispatchEvent(new Event("input", { bubbles: true })), await moments(5);
                frame.scrollIntoView();
                await moments(60);
            }
        }"""
    )
    flower = [float(slider.input_value()) for slider in learned.locator("input[data-feature]").all()]
    expect(learned.locator("[data-panel=probe] strong")).to_have_text(plain.chances(flower))


def test_lr_is_raised_until_it_breaks_and_mended(visit: Visitors) -> None:
    page = visit("iris?speed=300&optimizer=SGD&epochs=10000")
    press(page, "Train")
    lr = page.get_by_label("Learning rate (lr)").last
    lr.fill("10")
    lr.press("Enter")
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.annotations?.some((one) => /0.01 → 10/.test(one.text))")
    show(page, "words")
    page.wait_for_selector("li[data-finding=lr_too_high], li[data-finding=diverged], li[data-finding=all_dead]")
    page.locator("[data-panel=words] .sw-remedy").first.click()
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
    page.wait_for_function(f"{PLOT.format('loss')}.layout.annotations.some((one) => /test loss turns up/.test(one.text))")
    show(page, "words")
    for code in ("true_labels", "fewer_features", "regularize"):
        expect(page.locator(f"li[data-finding={code}] button")).to_be_visible()
    page.locator("li[data-finding=fewer_features] button").click()
    expect(page.locator("[data-panel=probe] .sw-feature span")).to_have_text(["petal length", "petal width"])


def test_zero_layers_are_softmax_regression_and_many_are_maps(visit: Visitors) -> None:
    page = visit("iris?hidden=")
    show(page, "words")
    expect(page.locator("li[data-finding=softmax_regression]")).to_be_visible()
    show(page, "network")
    expect(page.locator("[data-panel=network] .sw-lines line")).to_have_count(12)
    page = visit("iris?hidden=64,64,64,64")
    show(page, "network")
    expect(page.locator("[data-panel=network] .sw-picture")).to_have_attribute("data-form", "maps")


def test_who_watches_sees_the_layers_that_the_other_chooses(visit: Visitors) -> None:
    page = visit("iris")
    page.get_by_role("button", name="Links").click()
    watcher = visit(page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").first.inner_text())
    page.keyboard.press("Escape")
    assert len(traces(watcher, "gradients")) == 2
    fill(page, "Hidden layers", "3")
    watcher.wait_for_function(f"() => {PLOT.format('gradients')}?.data?.length === 4")


def test_every_setting_can_be_pressed(visit: Visitors) -> None:
    page = visit("iris")
    begun = stage(page)[2]

    def anew() -> None:
        nonlocal begun
        begun += 1
        page.wait_for_selector(f".stepwise-stage[data-run-generation='{begun}']")
        until_status(page, "paused")

    layers = page.get_by_label("Hidden layers", exact=True)
    layers.fill("2")
    layers.press("Enter")
    anew()
    page.get_by_label("Layer 2").fill("5")
    page.get_by_label("Layer 2").press("Enter")
    anew()
    expect(page.locator("[data-panel=network] .sw-lines line")).to_have_count(4 * 10 + 10 * 5 + 5 * 3)
    press(page, "sepal width")
    anew()
    expect(page.locator("[data-panel=network] .sw-lines line")).to_have_count(3 * 10 + 10 * 5 + 5 * 3)
    for field, option in (("Activation", "tanh"), ("Optimizer", "SGD with momentum")):
        page.get_by_label(field).first.click()
        page.get_by_role("option", name=option, exact=True).click()
        anew()
    page.get_by_text("More settings").click()
    page.get_by_text("Standardize", exact=True).click()
    anew()
    for field, value in (("Early stopping", "50"), ("Seed", "3")):
        page.get_by_label(field, exact=True).fill(value)
        page.get_by_label(field, exact=True).press("Enter")
        anew()
    assert "hidden=10%2C5" in page.url
    press(page, "Step")
    page.wait_for_selector(".stepwise-stage[data-step='1']")
    for button in page.locator(".stepwise-stage .sw-log-scale").all():
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
