"""The loop by statement in a real Chromium: a whole pass, the next one, and a program that is broken on purpose."""

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitors import Visitors, stage, until_step

pytestmark = pytest.mark.browser
WORDS = {
    "en": {"open": "Open", "next": "Next statement", "go_on": "Next pass"},
    "ko": {"open": "열기", "next": "다음 문장", "go_on": "다음 반복"},
}


def opened(page: Page, language: str) -> Locator:
    """The panel of the loop, opened, with a pass in it."""
    panel = page.locator("[data-panel=loop]")
    panel.get_by_role("button", name=WORDS[language]["open"]).click()
    expect(panel.locator("[data-statement]")).to_have_count(5)
    return panel


def lit(panel: Locator) -> str | None:
    """The statement that is next."""
    return panel.locator("[aria-current=step]").get_attribute("data-statement")


def cell(panel: Locator, parameter: str, of: str) -> Locator:
    """A number out of the table of parameters."""
    return panel.locator(f"tr[data-parameter={parameter}] [data-of={of}]")


def test_a_whole_iteration_by_statement_and_one_that_is_broken(visit: Visitors) -> None:
    page = visit("linear_regression")
    panel = opened(page, "en")
    forward = panel.get_by_role("button", name="Next statement")
    order = []
    for executed in range(4):
        order.append(lit(panel))
        expect(cell(panel, "W", "grad")).to_have_text("None")
        forward.click()
        expect(panel).to_have_attribute("data-executed", str(executed + 1))
    order.append(lit(panel))
    assert order == ["forward", "loss", "zero_grad", "backward", "step"]
    expect(cell(panel, "W", "grad")).to_have_text("-9.333")
    expect(cell(panel, "W", "value")).to_have_text("0")
    expect(panel.locator("[data-node].sw-arrived")).to_have_count(7)
    expect(panel.locator("[data-parameter=b][data-operation=AccumulateGrad]")).to_have_count(1)
    page.keyboard.press("n")
    expect(cell(panel, "W", "value")).to_have_text("0.09333")
    expect(cell(panel, "W", "difference")).to_have_text("0.09333")
    assert stage(page) == ("paused", 0, 0)
    panel.get_by_role("button", name="Next pass").click()
    until_step(page, 1)
    expect(panel).to_have_attribute("data-pass", "1")
    expect(panel).to_have_attribute("data-executed", "0")
    assert lit(panel) == "forward"
    assert stage(page) == ("paused", 1, 0)
    backward_twice(panel)


def backward_twice(panel: Locator) -> None:
    """The program broken on purpose says PyTorch's own error, and it can be undone."""
    loss = torch.ones(1, requires_grad=True).pow(2).sum()
    loss.backward()
    with pytest.raises(RuntimeError) as error:
        loss.backward()
    panel.locator("select").select_option("backward_twice")
    expect(panel.locator("[data-statement]")).to_have_count(6)
    for executed in range(1, 5):
        panel.get_by_role("button", name="Next statement").click()
        expect(panel).to_have_attribute("data-executed", str(executed))
    panel.get_by_role("button", name="Next statement").click()
    expect(panel.locator(".sw-error pre")).to_have_text(f"RuntimeError: {error.value}")
    panel.get_by_role("button", name="Undo").click()
    expect(panel.locator("[data-statement]")).to_have_count(5)


def test_a_step_has_two_sizes(visit: Visitors) -> None:
    page = visit("linear_regression")
    panel = page.locator("[data-panel=loop]")
    small = page.locator(".sw-bar").get_by_role("button", name="One statement")
    small.click()
    expect(panel.locator("[aria-current=step]")).to_be_in_viewport()
    assert lit(panel) == "forward"
    page.keyboard.press("n")
    expect(panel).to_have_attribute("data-executed", "1")
    page.keyboard.press("s")
    until_step(page, 1)
    expect(panel).to_have_attribute("data-pass", "1")
    expect(panel).to_have_attribute("data-executed", "0")
    page.keyboard.press("Space")
    expect(small).to_be_disabled()


@pytest.mark.parametrize(("experiment", "language"), [("iris", "en"), ("char_rnn", "ko")])
def test_the_other_pages_go_through_a_pass_as_well(visit: Visitors, experiment: str, language: str) -> None:
    page = visit(f"{experiment}?lang={language}")
    panel = opened(page, language)
    for executed in range(1, 6):
        panel.get_by_role("button", name=WORDS[language]["next"]).click()
        expect(panel).to_have_attribute("data-executed", str(executed))
    panel.get_by_role("button", name=WORDS[language]["go_on"]).click()
    until_step(page, 2)
    expect(panel).to_have_attribute("data-pass", "2")
