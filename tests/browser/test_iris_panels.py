"""Panels of the iris classifier on a stage without a page around it, fed by a run that really trains."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from core.run.handle import Run
from core.run.status import Status
from pages.iris import words as say
from tests.browser.plain_iris import EPOCHS, Plain, trained_plainly
from tests.browser.stage_server import StageServer, serving
from tests.browser.visitors import until_status
from tests.ui.scripted_run import ScriptedRun
from tests.ui.trained_run import trained_run
from ui.stage import Network, Panel, Probe, Regions, Sentences

pytestmark = pytest.mark.browser
PATIENCE = 60.0  # seconds
Opened = Callable[..., tuple[Page, Run]]


def panels() -> list[Panel]:
    """Those of the page that show what only this experiment has."""
    names = say.names()
    return [
        Network("network", "The network", names),
        Regions("regions", "Decision regions", names, " (cm)"),
        Sentences("words", "In words", say.findings(), say.remedies(), say.messages()),
        Probe("probe", "Try a flower", "sample", "{value} cm", names),
    ]


@pytest.fixture(scope="module")
def address() -> Iterator[StageServer]:
    """One server for all: at the same address a browser has the stage's files."""
    with serving(StageServer(None, panels())) as served:
        yield served


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(tab: Page, address: StageServer) -> Iterator[Opened]:
    """`opened(epochs=300)` → a page with the panels, and the run that they show."""
    with ExitStack() as runs:

        def open_(**settings: object) -> tuple[Page, Run]:
            address.run = run = runs.enter_context(trained_run("iris", **settings))
            tab.set_viewport_size({"width": 1280, "height": 900})
            tab.goto(address.url)
            until_status(tab, "paused")
            return tab, run

        yield open_


def ended(run: Run, page: Page) -> None:
    """Train to the end, until the page has heard of it."""
    run.train()
    assert run.wait_for(lambda: run.status is Status.FINISHED, PATIENCE)
    until_status(page, "finished")


@pytest.fixture(scope="module")
def plain() -> Plain:
    return trained_plainly()


def test_the_network_shows_gradients_and_what_is_pointed_at(opened: Opened) -> None:
    page, run = opened(epochs=20)
    panel = page.locator("[data-panel=network]")
    expect(panel.locator(".sw-most")).to_contain_text("largest weight")
    ended(run, page)
    page.wait_for_selector("[data-panel=network] line[data-gradient]:not([data-gradient=''])", state="attached")
    page.get_by_role("button", name="gradients").click()
    expect(panel.locator(".sw-most")).to_contain_text("largest gradient")
    ends = panel.locator("line").first.evaluate("(one) => ['x1', 'x2', 'y1', 'y2'].map((name) => Number(one.getAttribute(name)))")
    box = panel.locator("svg.sw-net").bounding_box()
    assert box
    page.mouse.move(box["x"] + ends[0] * 0.8 + ends[1] * 0.2, box["y"] + ends[2] * 0.8 + ends[3] * 0.2)
    expect(panel.locator(".sw-tip")).to_contain_text("sepal length → unit 1 of hidden layer 1")
    expect(panel.locator(".sw-tip")).to_contain_text(re.compile(r"weight -?0\.\d+gradient -?\d"))


def test_no_layer_is_added_to_a_network_that_is_not_known_yet(browser: Browser) -> None:
    """It would be the only one. That it can be afterwards: `test_every_setting_can_be_pressed`."""
    network = Network("network", "The network", say.names(), grows={"layers": 4, "units": 64})
    with serving(StageServer(ScriptedRun(), [network])) as served:
        page = browser.new_page()
        page.goto(served.url)
        for name in ("Add a hidden layer", "Take the last hidden layer away"):
            expect(page.get_by_role("button", name=name)).to_be_disabled()
        page.close()


def test_planes_are_chosen(opened: Opened) -> None:
    page, _run = opened()
    canvas = page.locator("[data-panel=regions] canvas")
    expect(canvas).to_have_attribute("data-plane", "petal_length,petal_width")
    choice = page.get_by_label("Plane")
    expect(choice.locator("option")).to_have_count(7)
    for plane in ("sepal_length,sepal_width", "pca"):
        choice.select_option(plane)
        expect(canvas).to_have_attribute("data-plane", plane)


def test_a_flower_is_tried_by_the_weights_of_the_moment(opened: Opened, plain: Plain) -> None:
    page, run = opened(epochs=EPOCHS)
    ended(run, page)
    lengths = {"sepal_length": 5.0, "sepal_width": 3.4, "petal_length": 1.5, "petal_width": 0.2}
    for feature, length in lengths.items():
        page.locator(f"input[data-feature={feature}]").fill(str(length))
    chances = page.locator("[data-panel=probe] strong")
    wanted = plain.chances(list(lengths.values()))
    expect(chances).to_have_text(wanted)
    run.reset(run.config)
    until_status(page, "paused")
    expect(chances.first).not_to_have_text(wanted[0])
    ended(run, page)
    expect(chances).to_have_text(wanted)


def test_a_flower_is_moved_while_its_panel_leaves_the_screen(opened: Opened, plain: Plain) -> None:
    page, run = opened(epochs=EPOCHS)
    page.set_viewport_size({"width": 1280, "height": 300})
    ended(run, page)
    page.locator("input[data-feature=petal_length]").evaluate(
        """async (slider) => {
            const frame = slider.closest("[data-panel]");
            const moments = (ms) => new Promise((done) => setTimeout(done, ms));
            for (let turn = 0; turn < 12; turn++) {
                document.querySelector("[data-panel=network]").scrollIntoView();
                await moments(60);
                slider.value = 1 + turn / 2;
                for (const twice of [1, 2]) slider.dispatchEvent(new Event("input", { bubbles: true })), await moments(5);
                frame.scrollIntoView();
                await moments(60);
            }
        }"""
    )
    flower = [float(slider.input_value()) for slider in page.locator("input[data-feature]").all()]
    expect(page.locator("[data-panel=probe] strong")).to_have_text(plain.chances(flower))


def test_zero_layers_are_softmax_regression_and_many_are_maps(opened: Opened) -> None:
    page, _run = opened(hidden=())
    expect(page.locator("li[data-finding=softmax_regression]")).to_be_visible()
    expect(page.locator("[data-panel=network] .sw-lines line")).to_have_count(12)
    page, _run = opened(hidden=(64, 64, 64, 64))
    expect(page.locator("[data-panel=network] .sw-picture")).to_have_attribute("data-form", "maps")
