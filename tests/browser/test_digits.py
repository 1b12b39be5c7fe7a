"""Digits in a real Chromium: one is drawn while the network learns, and joins what it learns from; the model is taken apart."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitors, press, until_status

pytestmark = pytest.mark.browser
PAD = "[data-panel=drawing] .sw-pad"


def draw(page: Page, *corners: tuple[float, float]) -> None:
    """One stroke through these corners of the pad's square, each from 0 to 1."""
    page.locator(PAD).scroll_into_view_if_needed()
    page.wait_for_function(f"() => document.querySelector('{PAD} canvas').clientWidth > 0")
    box = page.locator(PAD).bounding_box()
    assert box
    side = min(box["width"], box["height"])
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    for place, (x, y) in enumerate(corners):
        page.mouse.move(left + x * side, top + y * side, steps=6 if place else 1)
        if not place:
            page.mouse.down()
    page.mouse.up()


def until_read(page: Page) -> None:
    """Wait until the network has read what is drawn, and the layers show the same digit on its way."""
    page.wait_for_function(f"() => document.querySelector('{PAD}').dataset.reads !== ''")
    expect(page.get_by_label("숫자", exact=True).locator("option:checked")).to_have_text("내가 그린 숫자")


def test_on_a_phone_a_digit_is_drawn_and_learned_from_while_it_trains(visit: Visitors) -> None:
    page = visit("digits?speed=20&epochs=100000&batch_size=512", language="ko", size=(390, 844))
    press(page, "학습")
    until_status(page, "running")
    draw(page, (0.3, 0.2), (0.7, 0.2), (0.45, 0.85))
    until_read(page)
    expect(page.locator("[data-panel=drawing] figcaption").first).to_have_text("자르기")
    page.get_by_label("이것은 7: 훈련 숫자에 더하기").click()
    expect(page.locator(".sw-owned button")).to_have_count(1)
    page.wait_for_function("() => document.querySelector('[data-panel=drawing] [aria-live]').textContent.startsWith('더한 숫자: 7.')")
    page.locator(PAD).focus()
    page.keyboard.press("Delete")
    expect(page.get_by_label("이것은 7: 훈련 숫자에 더하기")).to_be_disabled()
    for key in ("Enter", *["ArrowDown"] * 8, "Enter"):  # a stroke by the keyboard: a one
        page.keyboard.press(key)
    until_read(page)
    page.get_by_role("tab", name="코드").click()
    expect(page.locator("code", has_text="x, y = joined([").filter(has_text="# 실행 도중에 바꿈")).to_be_visible()
    page.locator(".sw-owned button").first.click()
    expect(page.locator(".sw-owned button")).to_have_count(0)


def test_the_model_is_taken_apart_and_a_chain_of_layers_mended(visit: Visitors) -> None:
    page = visit("digits?speed=max&epochs=30")
    press(page, "Train")
    until_status(page, "finished")
    page.get_by_role("tab", name="nn.Module").click()
    page.locator(".sw-modules tbody button", has_text="3").click()
    expect(page.locator(".sw-module")).to_contain_text("16·8·3·3 + 16 = 1,168")
    expect(page.locator(".sw-module")).to_contain_text("nn.Conv2d(8, 16, 3, padding=1)")
    expect(page.locator(".sw-module")).to_contain_text("⌊(4 + 2·1 − 1·(3 − 1) − 1) / 1⌋ + 1 = 4")
    page.get_by_label("Take the next one from model.parameters()").click()
    expect(page.locator(".sw-generator pre").first).to_contain_text("Parameter(8, 1, 3, 3)  # 0.weight")
    chain = page.get_by_label("Layers, one a line")
    chain.fill("Conv2d(3, 10, 5)\nConv2d(11, 20, 5)")
    chain.press("Control+Enter")
    expect(page.get_by_text("to have 11 channels, but got 10 channels instead")).to_be_visible()
    press(page, "Mend it")
    expect(page.get_by_text("to have 11 channels, but got 10 channels instead")).to_have_count(0)
    expect(page.get_by_label("Layers, one a line")).to_have_value("Conv2d(3, 10, 5)\nConv2d(10, 20, 5)")
