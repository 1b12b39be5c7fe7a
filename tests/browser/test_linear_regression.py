"""The linear regression page in a real Chromium: what is drawn is what plain PyTorch computes, and every press does its work."""

import re

import pytest

from tests.browser.visitors import Visitors, curve, press, until_drawn, until_status

pytestmark = pytest.mark.browser


def test_smoke(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=200&speed=max")
    print(page.evaluate("JSON.stringify(document.querySelector('.stApp').dataset)"))
    for b in page.get_by_role("button").all():
        print(repr(b.get_attribute("aria-label")), repr(b.inner_text()))
    for b in page.get_by_role("radio").all()+page.get_by_role("spinbutton").all()+page.get_by_role("combobox").all()+page.get_by_role("slider").all():
        print(b.evaluate("e=>e.outerHTML.slice(0,200)"))
    press(page, "Train")
    until_status(page, "finished")
    until_drawn(page, 200)
    print(len(curve(page)[0]))
    page.screenshot(path="/tmp/smoke.png")
