"""The page as a cockpit: what matters is on one screen, plots fill their panels, nothing moves while it learns; and it can be arranged."""

from typing import Any

import pytest
from playwright.sync_api import (
    Page,
    TimeoutError,  # noqa: A004  # its own
    expect,
)

from core import experiments
from tests.browser.visitors import STAGE, Language, Visitors, press, until_address, until_quiet, until_ready, until_status

pytestmark = pytest.mark.browser
SCREENS = {(1366, 768): 4, (1440, 900): 4, (1920, 1080): 6, (1180, 820): 4, (820, 1180): 4}  # → panels seen without scrolling
FILLED = 0.7  # of a panel's height, by its picture
LONG = {"linear_regression": "", "iris": "test_share=0.3&hidden=16,16", "char_rnn": "hidden=32&head=linear&epochs=200"}
PANELS = f"""[...document.querySelectorAll('{STAGE} .sw-grid > .sw-panel')].map((panel) => {{
    const box = panel.getBoundingClientRect();
    const seen = box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
    return [panel.dataset.panel, seen, (panel.querySelector('.sw-fill')?.clientHeight ?? 0) / box.height];
}})"""
WITHOUT = "() => [...document.querySelectorAll('.sw-grid > .sw-panel')].every((panel) => panel.dataset.panel !== '{}')"


def seen(page: Page) -> dict[str, float]:
    """The panels that are wholly visible, with the share of their height that their picture has."""
    found: list[tuple[str, bool, float]] = page.evaluate(PANELS)
    return {name: share for name, visible, share in found if visible}


def until_seen(page: Page, number: int) -> None:
    """Wait until so many panels are wholly visible; the message says which ones are."""
    try:
        page.wait_for_function(f"(number) => {PANELS}.filter(([, seen]) => seen).length >= number", arg=number, timeout=10_000)
    except TimeoutError as error:
        raise AssertionError(f"{page.viewport_size}: wholly visible are {seen(page)}, not {number}") from error


@pytest.mark.parametrize("experiment", experiments.names())
def test_nothing_moves_while_it_learns_and_what_matters_is_on_one_screen_at_every_size(visit: Visitors, experiment: str) -> None:
    page = visit(f"{experiment}?speed=max&{LONG.get(experiment, '')}", size=(1366, 768))
    fits(page, 1366, 4)
    until_quiet(page)
    page.evaluate("""() => {
        window.shifts = [];
        const told = ({ value, sources }) => [value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? String(node))];
        window.watching = new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(told)));
        window.watching.observe({ type: "layout-shift" });
    }""")
    page.keyboard.press("Space")
    until_status(page, "finished")
    until_quiet(page)
    assert page.evaluate("() => { window.watching.disconnect(); return window.shifts; }") == []
    press(page, "Reset")
    until_status(page, "paused")
    page.get_by_role("button", name="Take this earlier run away").first.click()  # the page is as at first
    expect(page.locator(f"{STAGE} .sw-chip")).to_have_count(0)
    for (width, height), number in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        fits(page, width, number)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.get_by_text("Projector").click()
    page.wait_for_selector(f"{STAGE}.sw-projector")
    until_seen(page, 4)
    assert all(share >= FILLED for share in list(seen(page).values())[:4])
    assert page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)") == pytest.approx(22.4)


def fits(page: Page, width: int, number: int) -> None:
    """So many panels, filled by their pictures, and what steers the run, are on the screen."""
    until_seen(page, number)
    for panel, share in list(seen(page).items())[:number]:
        assert share >= FILLED, f"{panel} at {page.viewport_size}"
    for control in ("Train", "Step", "Reset"):
        expect(page.get_by_role("button", name=control).first).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-panel=numbers]")).to_be_in_viewport(ratio=1)
    if width < 900:
        page.get_by_role("button", name="Live settings").click()
        expect(page.get_by_label("Learning rate (lr)").first).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
    expect(page.get_by_label("Learning rate (lr)").first).to_be_visible(visible=width >= 900)


def test_a_panel_is_enlarged_moved_and_hidden_and_the_link_says_so(visit: Visitors) -> None:
    page = visit("iris", size=(1366, 768))
    page.locator("[data-panel=regions] > .sw-head h3").dblclick()
    expect(page.locator(".sw-grid > .sw-panel:visible")).to_have_count(1)
    until_address(page, large="regions")
    page.keyboard.press("Escape")
    expect(page.locator("[data-panel=loss]")).to_be_visible()
    page.locator("[data-panel=network]").hover()
    page.keyboard.press("f")
    expect(page.locator("[data-panel=network].sw-large")).to_be_visible()
    page.get_by_role("button", name="Back to all panels (Esc)").click()
    page.get_by_role("button", name="Hide “Loss”").click()
    page.wait_for_function(WITHOUT.format("loss"))
    page.get_by_role("button", name="Panels: show, hide, move").click()
    page.get_by_role("button", name="Move “Decision regions” forward").click()
    assert order(page)[:2] == ["regions", "network"]
    page.keyboard.press("Escape")
    page.locator("[data-panel=accuracy] > .sw-head h3").drag_to(page.locator("[data-panel=regions] > .sw-head h3"))
    assert order(page)[:3] == ["accuracy", "regions", "network"]
    page.wait_for_function("() => new URL(location.href).searchParams.get('panels')?.startsWith('-loss,accuracy,regions,network,')")
    arranged = page.url
    page.reload()
    until_ready(page)
    assert order(page)[:3] == ["accuracy", "regions", "network"]
    page.get_by_role("button", name="Panels: show, hide, move").click()
    page.get_by_role("button", name="Arrange as at first").click()
    assert order(page)[:3] == ["loss", "network", "regions"]
    until_address(page, panels=None)
    watching = visit(arranged.removeprefix(f"{visit.app}/"))
    assert order(watching)[:3] == ["accuracy", "regions", "network"]


def order(page: Page) -> list[Any]:
    """The panels of the grid from the first to the last."""
    found: list[Any] = page.evaluate("() => [...document.querySelectorAll('.sw-grid > .sw-panel')].map((panel) => panel.dataset.panel)")
    return found


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_phone_has_one_panel_a_swipe_and_its_buttons_under_the_thumb(visit: Visitors, language: Language) -> None:
    page = visit("char_rnn", language=language, size=(390, 844))
    first, second = page.locator("[data-panel=text]"), page.locator("[data-panel=loss]")
    box = first.bounding_box()
    assert box is not None
    assert box["y"] <= 48 + 120  # the pages' menu, and the head
    assert box["height"] >= 500
    assert page.evaluate("() => document.querySelector('.sw-actions').getBoundingClientRect().bottom") == 844
    assert not second.evaluate("(panel) => panel.getBoundingClientRect().left < 300")
    page.locator(".sw-grid").evaluate("(grid) => grid.scrollBy({ left: 340, behavior: 'instant' })")
    page.wait_for_function("() => Math.abs(document.querySelector('[data-panel=loss]').getBoundingClientRect().left - 14) < 3")
    press(page, {"en": "Train", "ko": "학습"}[language])
    until_status(page, "running", "finished")
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    heights = page.evaluate("() => ['.sw-bar', '.sw-run-main'].map((part) => document.querySelector(part).offsetHeight)")
    assert heights[0] < 48, "the bar is one line, also while it runs"
    assert heights[1] < 48


def test_on_a_phone_nothing_moves_down_and_up_again_while_nothing_has_been_heard_of_the_run(visit: Visitors) -> None:
    page = visit(size=(390, 844), ready=False)
    page.route("**/events?*", lambda _: None)
    page.goto(f"{visit.app}/plane")
    expect(page.locator(".sw-state")).to_have_text("Connecting…")
    height = "() => document.querySelector('.sw-bar').offsetHeight"
    before = page.evaluate(height)
    page.unroute_all()  # lets go those that wait
    until_ready(page)
    assert page.evaluate(height) == before


def test_the_bar_is_in_sight_also_where_one_reads(visit: Visitors) -> None:
    page = visit("iris", size=(1366, 768))
    page.get_by_role("tab", name="Code").click()
    expect(page.locator(".st-key-script code").first).to_be_visible()
    page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollTo(0, main.scrollHeight)")
    page.wait_for_function("() => document.querySelector('.stepwise-stage').getBoundingClientRect().bottom < 100")
    expect(page.get_by_role("button", name="Train")).to_be_in_viewport(ratio=1)
    press(page, "Train")
    until_status(page, "running")
    page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollTo(0, 0)")
    page.wait_for_function("() => !document.querySelector('.sw-hangs')")
