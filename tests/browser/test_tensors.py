"""Tensors in a real Chromium: a line is typed, a cell is looked at, what fails is repaired by one press; both languages, a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import check
from tests.browser.test_shell import english
from tests.browser.visitors import Language, Visitors, until_address, until_quiet
from tests.words import said

pytestmark = pytest.mark.browser
ROOT = ".stepwise-tensors"


def opened(visit: Visitors, path: str, language: Language = "en", size: tuple[int, int] = (1440, 900)) -> Page:
    """The page with PyTorch's answer on it."""
    page = visit(path, language=language, size=size)
    page.wait_for_selector(f"{ROOT}[data-pytorch=answered]")
    until_quiet(page)
    return page


def cell(page: Page, name: str, place: int) -> str:
    """The selector of a cell of a tensor that is drawn."""
    return f".tn-tensor[data-name='{name}'] .tn-cell[data-cell='{place}']"


def type_line(page: Page, number: int, text: str) -> None:
    field = page.locator(f"{ROOT} .tn-line input").nth(number - 1)
    field.fill(text)
    field.press("Enter")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_who_wrote_the_accuracy_sees_why_it_fails_and_mends_it(visit: Visitors, language: Language) -> None:
    page = opened(visit, "tensors?example=accuracy", language)
    expect(page.locator(".tn-below pre").first).to_contain_text("view size is not compatible with input tensor's size and stride")
    expect(page.locator(".tn-axis.tn-blamed")).to_have_count(2)
    expect(page.locator(".tn-order").nth(3)).to_have_text("2.")
    check(page)
    assert not (english(page) if language == "ko" else [])
    page.locator(".tn-repair").first.click()
    expect(page.locator(f"{ROOT} .tn-line input").nth(3)).to_have_value("top2 = correct[:2].reshape(-1).float().sum()")
    expect(page.locator(cell(page, "top2", 0))).to_have_text("3")
    expect(page.locator(".tn-wrong")).to_have_count(0)
    page.get_by_role("button", name=said("Undo", language)).click()
    expect(page.locator(".tn-wrong")).to_have_count(1)
    until_address(page, example="accuracy")


def test_a_cell_shows_where_it_comes_from_and_where_it_lies_by_pointer_and_by_keyboard(visit: Visitors) -> None:
    page = opened(visit, "tensors?example=broadcasting")
    page.hover(cell(page, "z", 4))
    expect(page.locator(".tn-said")).to_contain_text("z[1, 1] = 4 + 200 = 204")
    expect(page.locator(".tn-said")).to_contain_text("0 + 1·3 + 1·1 = 4")
    expect(page.locator(".tn-source")).to_have_text(["4", "200"])
    expect(page.locator(".tn-slot.tn-at")).to_contain_text("204")
    page.locator(cell(page, "z", 0)).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(cell(page, "z", 4))).to_be_focused()
    expect(page.get_by_role("table", name="z: 2 × 3")).to_be_visible()


def test_lines_are_typed_faster_than_they_are_answered_and_a_press_adds_one_and_the_link_brings_them_back(visit: Visitors) -> None:
    page = opened(visit, "tensors?program=x = torch.arange(6)")
    type_line(page, 2, "y = x.view(2, 3)")
    type_line(page, 3, "b = y.t()")
    expect(page.locator(cell(page, "b", 3))).to_have_text("4")
    page.hover(cell(page, "y", 4))
    expect(page.locator(".tn-tensor[data-name='b'] .tn-alias")).to_have_text("4")
    page.locator(".tn-press .sw-button", has_text="b.transpose(0, 1)").click()
    expect(page.locator(f"{ROOT} .tn-line input").nth(3)).to_have_value("a = b.transpose(0, 1)")
    expect(page.locator(".tn-facts tr.tn-on td").nth(3)).to_have_text("(3, 1)")
    until_address(page, program="x = torch.arange(6)\ny = x.view(2, 3)\nb = y.t()\na = b.transpose(0, 1)")
    type_line(page, 5, "z = torch.load(x)")
    expect(page.locator(".tn-refusal")).to_contain_text("Line 5: torch.load is no function here.")
    page.reload()
    expect(page.locator(f"{ROOT} .tn-line input").nth(4)).to_have_value("z = torch.load(x)")


def test_on_a_phone_everything_stands_below_each_other_and_nothing_is_too_wide(visit: Visitors) -> None:
    page = opened(visit, "tensors?example=numpy", "ko", size=(390, 844))
    expect(page.locator(".tn-tensor[data-name='back'] .tn-changed")).to_have_text(["2", "2", "2"])
    check(page)
    panels = f"{ROOT} .sw-panel:not([hidden])"
    tops = page.evaluate("(panels) => [...document.querySelectorAll(panels)].map((panel) => panel.getBoundingClientRect().top)", panels)
    assert tops == sorted(tops)
    assert page.evaluate("() => document.querySelector('.stepwise-tensors').scrollWidth <= innerWidth")


def test_the_wrong_line_lies_flat_and_a_question_is_answered(visit: Visitors) -> None:
    page = opened(visit, "tensors?example=loss")
    page.locator(".tn-steps").fill("119")
    expect(page.locator(".tn-plot figcaption").first).to_contain_text("the mean of 12 squares")
    expect(page.locator(".tn-plot figcaption").last).to_have_text(re.compile(r"step 119: y = -?0\.00\d x \+ .* the mean of 144 squares"))
    page.locator(".tn-repair", has_text="pred.squeeze(1)").first.click()
    expect(page.locator(".tn-facts tr.tn-on th")).to_have_text("loss")
    page.locator(".tn-choice").first.click()
    expect(page.locator(".tn-score")).to_have_text(re.compile("[01] of 1 right"))
    expect(page.locator(".tn-choice.tn-right")).to_have_count(1)
    check(page)
    page.get_by_role("button", name="Next question").click()
    expect(page.locator(".tn-choice:not(:disabled)").first).to_be_focused()
