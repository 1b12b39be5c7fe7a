"""Classes in the plane in a real Chromium: what is drawn against numpy, a few presses, both languages."""

import json

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from sklearn.datasets import make_moons
from sklearn.linear_model import LogisticRegression

from core.experiments.plane.config import PlaneConfig
from core.experiments.plane.watch import PlaneClassifier
from core.program.trainer import Trainer
from core.run.status import Status
from tests.browser.stage_server import DARK, StageServer, serving
from tests.browser.visitors import PLOT, Visitors, press, stage, until_address, until_quiet, until_status
from tests.ui.scripted_run import FACTS, ScriptedRun
from ui.stage import Regions

pytestmark = pytest.mark.browser


def show(page: Page, panel: str) -> None:
    """Bring a panel on screen, so that it is watched."""
    page.locator(f"[data-panel={panel}]").scroll_into_view_if_needed()


def test_a_preset_trains_and_the_page_says_what_it_is(visit: Visitors) -> None:
    page = visit("plane?speed=max")
    page.get_by_role("tab", name="What you see").click()
    page.get_by_role("button", name="Logistic regression", exact=True).click()
    until_status(page, "finished")
    show(page, "regions")
    expect(page.locator("li[data-finding=logistic_regression]")).to_contain_text("this is logistic regression")
    x, y = make_moons(n_samples=200, noise=0.1, random_state=0)
    model = LogisticRegression(C=np.inf).fit(x, y)
    wrong = int((model.predict(x) != y).sum())
    expect(page.locator("[data-panel=regions] canvas")).to_have_attribute("data-wrong", str(wrong))
    show(page, "accuracy")
    page.wait_for_function(f"{PLOT.format('accuracy')}?.layout?.annotations?.some((one) => one.text.includes('LogisticRegression 0.885'))")
    page.get_by_role("radio", name="한국어").click()
    expect(page.locator("li[data-finding=logistic_regression]")).to_contain_text("로지스틱 회귀입니다")
    expect(page.get_by_role("button", name="로지스틱 회귀", exact=True)).to_be_visible()
    page.wait_for_function(f"{PLOT.format('accuracy')}?.layout?.annotations?.some((one) => one.text.includes('LogisticRegression 0.885'))")


def test_every_unit_has_its_picture_and_every_class_its_mark(visit: Visitors) -> None:
    page = visit("plane?speed=max&data=blobs&classes=6&epochs=60&hidden=4,3")
    press(page, "Train")
    until_status(page, "finished")
    show(page, "regions")
    expect(page.locator("[data-panel=regions] .sw-legend .sw-sign")).to_have_count(7)  # and the ring round the wrong ones
    trainer = Trainer(PlaneClassifier, PlaneConfig(data="blobs", classes=6, epochs=60, hidden=(4, 3)), torch.device("cpu"))
    with trainer.stream():
        *_, _last = trainer
    assert isinstance(trainer.experiment, PlaneClassifier)
    samples = trainer.experiment.samples
    wrong = int((trainer.experiment.chances(samples.x).argmax(1).numpy() != samples.labels).sum())
    expect(page.locator("[data-panel=regions] canvas")).to_have_attribute("data-wrong", str(wrong))
    show(page, "network")
    expect(page.locator("[data-panel=network] .sw-units")).to_have_attribute("data-units", str(2 + 4 + 3))
    page.locator("[data-panel=network] .sw-picture").focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    large = page.locator("[data-panel=network] .sw-tip canvas")
    expect(large).to_have_attribute("data-unit", "2.0")
    page.keyboard.press("ArrowLeft")
    expect(large).to_have_attribute("data-unit", "1.0")
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    show(page, "hidden")
    expect(page.locator("[data-panel=hidden] canvas").first).to_have_attribute("data-wrong", str(wrong))
    show(page, "network")
    fill_of = "(all) => new Set(all.map((one) => one.getAttribute('fill'))).size"
    assert page.locator("[data-panel=network] .sw-unit:nth-last-child(-n+6) circle").evaluate_all(fill_of) == 6


def test_xor_is_mended_by_the_press_beside_its_finding(visit: Visitors) -> None:
    page = visit("plane?speed=max&data=xor&hidden=")
    press(page, "Train")
    until_status(page, "finished")
    show(page, "loss")
    page.locator("li[data-finding=plateau] button").click()
    page.wait_for_selector(".stepwise-stage[data-run-generation='1']")
    until_status(page, "finished")
    show(page, "network")
    expect(page.locator("[data-panel=network] .sw-lines line")).to_have_count(2 * 8 + 8 * 8 + 8 * 2)


def regions(page: Page) -> tuple[float, float, float, float]:
    """Left, top, width and height of the picture's canvas, which is there with its points."""
    page.wait_for_selector("[data-panel=regions] canvas[data-wrong]")
    box = page.locator("[data-panel=regions] canvas").bounding_box()
    assert box
    return box["x"], box["y"], box["width"], box["height"]


def counted(page: Page, points: int) -> None:
    """Wait until the run has taken a stroke, and so many points are there."""
    expect(page.locator("[data-panel=regions] span[aria-live]")).to_have_text(f"{points} points")


def test_points_are_drawn_and_erased_while_it_trains(visit: Visitors) -> None:
    page = visit("plane?data=own&classes=2&speed=60&epochs=100000")
    press(page, "Train")
    until_status(page, "running")
    left, top, width, height = regions(page)
    page.get_by_label("Put points of class 1").click()
    x, y = left + 0.53 * width, top + 0.42 * height  # about the origin, where no other point is near
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y)
    page.mouse.up()
    counted(page, 18)
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.annotations?.some((one) => one.text === 'My own points 16 → 18')")
    page.get_by_label("Take points off").click()
    page.mouse.click(x, y)
    counted(page, 17)
    assert stage(page)[2] == 0, "it is the run that had begun"
    page.get_by_label("Put points of class 0").click()
    page.locator("[data-panel=regions] .sw-picture").focus()
    for key in ("ArrowLeft", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    counted(page, 18)
    page.get_by_role("tab", name="Code").click()
    expect(page.get_by_text("points, x, y = placed([").first).to_be_visible()


@pytest.mark.parametrize(
    ("points", "key", "said"),
    [
        (((0.0, 0.0, 0), (2.0, 0.0, 1)), "Delete", "Points of two classes are needed before anything can be learned."),
        (((-1.0, 0.0, 0),) * 250 + ((1.0, 0.0, 1),) * 250, "Enter", "500 points are the most. Take some off to make room."),
    ],
)
def test_what_cannot_be_drawn_is_not_sent_and_still_said_by_a_panel_made_anew(
    browser: Browser, points: tuple[tuple[float, float, int], ...], key: str, said: str
) -> None:
    """On a stage without a page and without a worker: there is nothing that could take what is sent."""
    plane = Trainer(PlaneClassifier, PlaneConfig(data="own", table=points), torch.device("cpu")).experiment
    run, name = ScriptedRun(), "regions:x1,x2"
    run.tell(Status.PAUSED, facts={**FACTS, **plane.facts()}, views={name: plane.views[name]()})
    with serving(StageServer(run, [Regions("regions", "Decision regions", {}, draws="table")])) as served:
        page = browser.new_page()
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        page.goto(served.url)
        regions(page)
        page.locator("[data-panel=regions] .sw-picture").focus()
        page.keyboard.press(key)  # at the origin, where the keyboard's cross begins
        words = page.locator("[data-panel=regions] .sw-said[aria-live]")
        expect(words).to_have_text(said)
        page.locator("[data-panel=regions]").evaluate("(panel) => panel.classList.add('old')")
        page.evaluate(f"window.paint({json.dumps(DARK)}); window.rerun({{}})")
        expect(page.locator("[data-panel=regions]:not(.old)")).to_be_visible()
        expect(words).to_have_text(said)
        page.close()
    assert "POST" not in sent


def test_a_sigmoid_of_three_classes_is_refused_in_words_and_any_data_becomes_ones_own(visit: Visitors) -> None:
    page = visit("plane?points=40&classes=3&output=sigmoid&data=blobs")
    expect(page.get_by_text("a sigmoid tells two classes apart")).to_be_visible()
    regions(page)
    page.get_by_role("button", name="Draw on it").click()
    page.wait_for_selector(".stepwise-stage[data-run-generation='1']")
    expect(page.get_by_label("Put points of class 1")).to_be_visible()
    until_address(page, data="own")
    page.get_by_text("Points as numbers").click()
    table = b"a;b;kind\n0,5;1;u\n1;1,25;v\n-1;2;u\n3;3;v\n2;?;v\n"
    page.locator("input[type=file]").set_input_files({"name": "points.csv", "mimeType": "", "buffer": table})
    expect(page.get_by_text("Rows left out: 1 – line 6: ? (no value)")).to_be_visible()
    until_quiet(page)
    press(page, "Use these columns")
    until_address(page, table="0.5,1.0,0;1.0,1.25,1;-1.0,2.0,0;3.0,3.0,1")


def test_who_watches_draws_nothing(visit: Visitors, other: Visitors) -> None:
    page = visit("plane?data=own")
    expect(page.locator("[data-panel=regions] .sw-tool")).to_have_count(3 + 1)
    watching = other(page.url.removeprefix(f"{visit.app}/"))
    regions(watching)
    expect(watching.locator("[data-panel=regions] .sw-tool")).to_have_count(0)
