"""Sequences in a real Chromium: a character lights up in the batch and in the pack, what torch refuses is mended by one press; a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import check
from tests.browser.test_shell import english
from tests.browser.visitors import Language, Visitors, until_address, until_quiet
from tests.words import said

pytestmark = pytest.mark.browser
ROOT = ".stepwise-sequences"


def opened(visit: Visitors, path: str, language: Language = "en", size: tuple[int, int] = (1440, 900)) -> Page:
    """The page with PyTorch's answer on it."""
    page = visit(path, language=language, size=size)
    page.wait_for_selector(f"{ROOT}[data-pytorch=answered]")
    until_quiet(page)
    return page


def block(word: int, time: int, figure: int = 2) -> str:
    """The selector of a character: in the batch (1) or in the pack (2)."""
    return f"[data-panel=batch] .sq-figure:nth-child({figure}) .sq-cell[data-word='{word}'][data-time='{time}']"


def test_a_character_is_followed_from_the_words_into_the_pack_and_through_the_layer(visit: Visitors) -> None:
    page = opened(visit, "sequences")
    panel = page.locator("[data-panel=batch]")
    expect(panel.get_by_role("table", name="PackedSequence: 13 steps, 47 rows")).to_be_visible()
    expect(panel.locator("tfoot td")).to_have_text([*"5555444433311"])
    page.hover(block(1, 2, figure=1))
    expect(page.locator(f"{block(1, 2)}.sq-at")).to_have_text("d")
    expect(panel.locator(".sq-said")).to_contain_text("“d”, word 1, position 2: class 3 of 18; padded[1, 2], packed.data[13].")
    page.locator(block(0, 0, figure=1)).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".sq-bar output")).to_have_text("t = 1")
    expect(page.locator("[data-panel=onehot] h3")).to_have_text("One-hot: x[1], “midnight”")
    expect(page.locator(".sq-steps td.sq-on").first).to_have_text("i")
    expect(page.locator("[data-panel=forgotten] .sq-about")).to_contain_text("(1, 5, 2) becomes (1, 13, 2)")
    expect(page.locator("[data-way=nothing] .sq-loss")).to_have_text("NaN")
    page.get_by_role("button", name="lengths too small by one").click()
    made = page.locator(".sq-found[data-made=too_short]")
    expect(made.locator(".sq-come")).to_have_text("+ lengths = (lengths - 1).clamp(min=1)")
    expect(made.locator(".sq-caught")).to_have_text("✓ It stops here: AssertionError")
    page.get_by_role("button", name="Measure").click()
    expect(page.locator(".sq-time")).to_have_count(3)
    expect(page.locator(".sq-times[data-points='15']")).to_be_visible()
    expect(page.get_by_role("table", name="nn.LSTM: milliseconds padded and packed").locator("td")).to_have_count(10)
    check(page)


def test_what_torch_refuses_is_mended_by_one_press_on_a_phone_in_korean(visit: Visitors) -> None:
    page = opened(visit, "sequences?order=enforced&cell=gru", "ko", size=(390, 844))
    expect(page.locator("[data-panel=batch] pre")).to_contain_text("must be sorted in decreasing order")
    page.get_by_role("button", name=said("sort the words beforehand")).click()
    expect(page.locator("[data-panel=batch] tfoot td").first).to_have_text("5")
    expect(page.locator(".sq-steps td.sq-on").first).to_be_attached()
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop") == 0, "what comes below does not move the page"
    until_address(page, order="sorted")
    until_quiet(page)
    check(page)
    assert not english(page)
    panels = f"{ROOT} .sw-panel"
    tops = page.evaluate("(panels) => [...document.querySelectorAll(panels)].map((panel) => panel.getBoundingClientRect().top)", panels)
    assert tops == sorted(tops)
    assert page.evaluate("() => document.querySelector('.stepwise-sequences').scrollWidth <= innerWidth")
