"""A search in a real Chromium: started, held, brushed, narrowed; a trial opens as a run with the same bits; both languages, a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import check
from tests.browser.test_shell import english
from tests.browser.visitors import Visitors, until_quiet
from tests.words import said

pytestmark = pytest.mark.browser
ROOT = ".stepwise-search"
ASKED = "search?of=iris&over=lr=0.001..0.3:log;hidden=4|10&sampler=tpe&trials=16&epochs=60&test_share=0.3&goal=test_loss&pruner=halving"
COLOURED = """() => {
    const canvas = document.querySelector("[data-panel=map] canvas"), { width, height } = canvas;
    const seen = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    return seen.filter((value, place) => place % 4 === 3 && value > 0).length > 0.4 * width * height;
}"""  # the ground covers the map
INKED = """(selector) => {
    const canvas = document.querySelector(selector), { width, height } = canvas;
    const seen = width && height ? canvas.getContext("2d").getImageData(0, 0, width, height).data : [];
    return seen.some((value, place) => place % 4 === 3 && value > 0);
}"""
LONG = 240_000  # ms: a search has a low priority, and its process has to start


def until(page: Page, status: str, over: int) -> None:
    page.wait_for_selector(f"{ROOT}[data-status={status}][data-over='{over}']", timeout=LONG)


def press(page: Page, name: str) -> None:
    page.locator(f"{ROOT} [data-press={name}]").click()


def test_before_a_search_its_axes_and_the_guess_are_there_and_one_press_starts_it(visit: Visitors) -> None:
    page = visit("search?of=iris&over=lr=0.001..0.3:log;hidden=4|10&trials=4&epochs=20&test_share=0.3&sampler=random")
    until_quiet(page)
    start = page.get_by_role("button", name="Start with these settings")
    for width, height in ((1440, 900), (1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        expect(start).to_be_in_viewport()
        expect(page.locator("[data-panel=curves] .se-to-come")).to_be_in_viewport()
        page.wait_for_function(INKED, arg="[data-panel=parallel] canvas")  # the axes, and the guess on them
        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    assert "dashed: your guess" in page.locator(f"{ROOT} .se-ready").inner_text()
    check(page)
    start.click()
    until(page, "finished", 4)
    expect(page.locator("[data-panel=curves] .se-to-come")).to_be_hidden()
    expect(page.locator(f"{ROOT} .se-line")).to_contain_text("4 of 4 trials")


def test_a_search_is_started_held_brushed_and_narrowed_and_its_best_opens_as_a_run(visit: Visitors) -> None:
    page = visit(ASKED)
    until_quiet(page)
    page.get_by_role("button", name="Start the search").click()
    page.wait_for_selector(f"{ROOT}[data-status=running], {ROOT}[data-status=finished]", timeout=LONG)
    until(page, "finished", 16)
    expect(page.locator(f"{ROOT} .se-line")).to_contain_text("16 of 16 trials")
    expect(page.locator(f"{ROOT} .se-line")).to_contain_text(re.compile(r"your guess: rank \d+ of 16"))
    expect(page.locator("[data-panel=matters] .se-cut p").first).to_contain_text("2: 16 came, ")
    expect(page.locator("[data-panel=map]")).to_be_visible()
    page.get_by_role("combobox", name="Field to the right").select_option("hidden")
    expect(page.get_by_role("combobox", name="Field upwards")).to_have_value("lr")  # never the same one twice
    page.wait_for_function(COLOURED)
    top = page.get_by_role("slider", name="all trials")
    top.press("Home")
    expect(page.locator("[data-panel=board] tbody tr td:first-child").first).to_have_text("1")
    expect(page.locator("[data-panel=board] tbody tr")).to_have_count(1 if page.get_by_text("your guess: rank 1 of").count() else 2)
    page.get_by_role("slider", name="best 1").press("End")
    expect(page.locator("[data-panel=board] tbody tr")).not_to_have_count(2)
    press(page, "beside")
    expect(page.locator("[data-panel=history] .se-told")).to_contain_text(
        re.compile(r"━ this search: .* ┅ random search: [\d.]+ after \d+ epochs"), timeout=LONG
    )
    expect(page).to_have_url(re.compile("&beside=1"))
    until(page, "finished", 16)
    grip = page.get_by_role("slider", name="lr: brushed to")
    grip.focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(grip).to_have_attribute("aria-valuenow", "80")
    press(page, "narrow")
    press(page, "more")
    until(page, "finished", 80)
    expect(page).to_have_url(re.compile(r"&turns=16(:|%3A)80(:|%3A)lr"))  # so the link replays these very trials
    check(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="This search (.py)").click()
    assert taken.value.suggested_filename == "iris_search.py"
    row = page.locator("[data-panel=board] tbody tr").first
    row.click()
    expect(page.locator(f"{ROOT}[data-chosen='{row.get_attribute('data-trial')}']")).to_be_visible()
    link = row.get_by_role("link").get_attribute("href")
    page.emulate_media(color_scheme="dark")
    page.get_by_role("radio", name="한국어").click()
    expect(page.locator("h1")).to_have_text(said("Tuning"))
    until_quiet(page)
    until(page, "finished", 80)
    check(page)
    assert not english(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("[data-panel=board]").scroll_into_view_if_needed()
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    page.reload()  # whoever steers a search finds it again
    until(page, "finished", 80)
    page.goto(f"{visit.app}{link}")
    verdict = page.get_by_text(re.compile("^✓ Computed anew here"))
    expect(verdict).to_be_visible(timeout=LONG)
