"""Whose hands a run is in: the address shows it, only a browser that holds it steers it, and what is gone is said to be."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitors import (
    PLOT,
    STAGE,
    Visitors,
    choose,
    fill,
    press,
    run_id,
    stage,
    traces,
    until_address,
    until_quiet,
    until_ready,
    until_status,
    until_step,
)

pytestmark = pytest.mark.browser
TRAIN = re.compile("^Train")


def links(page: Page) -> list[str]:
    """The links of the page, in their order; the last one hands the steering over."""
    press(page, "Links")
    expect(page.get_by_role("img", name="QR code of this link").first).to_be_visible()
    page.get_by_text("Hand over the steering").click()
    page.get_by_text("Whoever opens this link").wait_for()
    for picture in page.get_by_role("img", name="QR code of this link").all():
        assert picture.evaluate("image => image.naturalWidth") > 100
    found = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").all_inner_texts()
    page.keyboard.press("Escape")
    return [re.sub(r"\s", "", text) for text in found]


def test_the_address_is_for_watching_and_the_steering_is_handed_over_on_purpose(visit: Visitors, other: Visitors) -> None:
    held = visit("linear_regression?lr=0.05&speed=20")
    held.get_by_role("button", name=TRAIN).click()
    until_step(held, 2)
    watching = other(held.url.removeprefix(f"{visit.app}/"))
    until_step(watching, 2)
    expect(watching.get_by_role("button", name=re.compile("Train|Pause|Reset"))).to_have_count(0)
    expect(watching.get_by_label("Seed", exact=True)).to_be_hidden()  # folded away, as for who steers
    expect(watching.get_by_role("spinbutton", name="Epochs")).to_be_disabled()
    expect(watching.get_by_role("spinbutton", name="Epochs")).to_have_value("1000")

    watching.keyboard.press("Space")
    watching.keyboard.press("0")
    fill(held, "Learning rate (lr)", "0.19")
    expect(held.locator("[data-panel=words] .sw-remedy")).to_be_visible()
    watching.wait_for_function("() => document.querySelector('[data-panel=words]').innerText.includes('0.19')")
    expect(watching.locator("[data-panel=words] .sw-remedy")).to_have_count(0)
    expect(watching.locator(".sw-watching")).to_contain_text("You are watching this run")
    expect(watching.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.19")
    until_step(watching, stage(watching)[1] + 2)
    assert (stage(watching)[0], stage(watching)[2]) == ("running", 0)

    held.reload()
    until_ready(held)
    held.get_by_role("button", name=re.compile("Pause")).click()  # still in the same hands
    until_status(watching, "paused")

    watch, *_others, steering = links(held)
    assert parse_qs(urlsplit(watch).query)["run"] == parse_qs(urlsplit(held.url).query)["run"]
    assert "speed" not in steering
    assert steering not in held.url
    watching.goto(steering)
    until_ready(watching)
    assert steering.rpartition("run=")[2] not in watching.url, "the right to steer leaves the address at once"
    watching.get_by_role("button", name=TRAIN).click()
    until_status(held, "running")


def test_the_settings_link_opens_the_same_settings(visit: Visitors) -> None:
    page = visit("linear_regression?speed=max")
    choose(page, "Optimizer", "Adam")
    until_quiet(page)
    choose(page, "Data", "a noisy line")
    until_quiet(page)
    fill(page, "Noise", "0.25")
    fill(page, "Learning rate (lr)", "0.05")
    until_address(page, optimizer="Adam", data="line", noise="0.25", lr="0.05")
    _watch, settings, _steering = links(page)
    other = visit(settings)
    assert run_id(other) != run_id(page)
    expect(other.get_by_role("combobox", name="Optimizer")).to_have_value("Adam")
    expect(other.get_by_role("combobox", name="Data")).to_have_value("a noisy line")
    expect(other.get_by_role("spinbutton", name="Noise")).to_have_value("0.25")
    expect(other.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.05")
    for one in (page, other):
        one.wait_for_function(f"() => {PLOT.format('line')}?.data?.[0]?.x?.length === 50")
    assert traces(other, "line")[0]["y"] == traces(page, "line")[0]["y"], "the same noise"


def test_a_run_that_is_gone_is_said_to_be_and_its_settings_are_kept(visit: Visitors) -> None:
    page = visit("linear_regression?lr=0.07&run=nobody-knows-it", language="ko")
    expect(page.get_by_text("링크에 있던 실행은 이제 남아 있지 않습니다")).to_be_visible()
    page.wait_for_function("!location.href.includes('nobody')")  # the new run's own name takes its place
    until_address(page, lr="0.07")


def test_earlier_runs_are_whole_and_can_be_taken_away(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=3&speed=max", size=(1366, 768))
    for _again in range(5):
        page.get_by_role("button", name=TRAIN).click()
        until_status(page, "finished")
        page.get_by_role("button", name=re.compile("^Reset")).click()
        until_status(page, "paused", "queued")
    chips = page.locator(f"{STAGE} [data-panel=loss] .sw-chip")
    expect(chips).to_have_count(5)
    panel = page.locator(f"{STAGE} [data-panel=loss]").bounding_box()
    assert panel
    for chip in chips.all():
        box = chip.bounding_box()
        assert box
        assert panel["x"] <= box["x"]
        assert box["x"] + box["width"] <= panel["x"] + panel["width"] + 1
    for left in (4, 3):
        chips.first.get_by_role("button", name="Take this earlier run away").click()
        expect(chips).to_have_count(left)
