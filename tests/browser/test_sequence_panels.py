"""Panels of a network that reads a sequence, on a stage without a page around it: what is pointed at, and what room is kept."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from core.run.status import Status
from tests.browser.stage_server import StageServer, serving
from tests.ui.scripted_run import ScriptedRun
from ui.stage.sequence_panels import HeatMap

pytestmark = pytest.mark.browser
TEXT = "if you want you"
UNITS = 10


def heat_map() -> HeatMap:
    """The hidden state of char-RNN's page."""
    words = {
        "cell": "Unit {row} after {column} at position {position}: {value}",
        "drives": "highest after {highest}; lowest after {lowest}",
        "window": "From position",
        "alt": "Hidden states of {rows} units at {positions} positions.",
    }
    return HeatMap("hidden", "Hidden state", "hidden", "hidden", words, heads=(("given", "x"),), scale="signed", chooses="unit")


# The rows are as high as they can be in the panel, all of them alike.
FILLED = f"""() => {{
    const box = document.querySelector("[data-panel=hidden] .sw-map-rows");
    return box.clientHeight > 200 && box.clientHeight - box.firstChild.offsetHeight < {UNITS};
}}"""


@pytest.fixture
def server() -> Iterator[StageServer]:
    with serving(StageServer(ScriptedRun(), [heat_map()])) as served:
        yield served


@pytest.fixture
def page(browser: Browser, server: StageServer) -> Iterator[Page]:
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(server.url)
    tab.locator("[data-panel=hidden]").wait_for()
    yield tab
    context.close()


def read(server: StageServer, seed: int) -> None:
    """Tell the states after each character of the text, other ones with each seed."""
    states = np.random.default_rng(seed).uniform(-1, 1, (UNITS, len(TEXT))).round(4)
    view = {"hidden": states.tolist(), "given": list(TEXT), "positions": len(TEXT), "offset": 0}
    server.run.tell(Status.RUNNING, views={"hidden:0": view})


def test_a_heat_map_takes_the_room_that_was_kept_for_it(page: Page, server: StageServer) -> None:
    panel = page.locator("[data-panel=hidden]")
    kept = panel.evaluate("(one) => one.offsetHeight")
    read(server, seed=0)
    page.wait_for_function(FILLED)
    assert panel.evaluate("(one) => one.offsetHeight") == kept


def test_a_pointer_at_rest_is_told_the_numbers_of_the_moment(page: Page, server: StageServer) -> None:
    read(server, seed=0)
    panel = page.locator("[data-panel=hidden]")
    page.wait_for_function(FILLED)
    panel.locator("canvas").last.hover(position={"x": 120, "y": 40})
    tip = panel.locator(".sw-tip")
    expect(tip).to_contain_text("highest after")
    first = tip.inner_text()
    read(server, seed=1)
    expect(tip).not_to_have_text(first, use_inner_text=True)
    expect(tip).to_contain_text("highest after")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
