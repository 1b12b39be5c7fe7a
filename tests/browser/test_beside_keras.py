"""The tab "Keras beside PyTorch" in a real Chromium: both programs, and Keras' real curve over that of the run."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import check_all
from tests.browser.visitors import Language, Visitors, curve, press, until_drawn, until_quiet, until_status
from tests.words import said

pytestmark = pytest.mark.browser
YOURS = "your run, PyTorch"
CHART = ".stPlotlyChart .js-plotly-plot"
A_START = 180_000  # ms: another process has to import Keras first, and gives way to whatever else the machine does


def open_tab(page: Page, language: Language) -> None:
    page.get_by_role("tab", name=said("Keras beside PyTorch", language)).click()
    page.locator(".sw-beside-programs").wait_for()
    until_quiet(page)


def curves(page: Page) -> dict[str, tuple[list[int], list[float]]]:
    """What the chart shows, by name."""
    page.wait_for_function(f"() => document.querySelector('{CHART}')?.data?.length === 2", timeout=A_START)
    found: list[dict[str, Any]] = page.evaluate(
        f"() => document.querySelector('{CHART}').data.map(({{ name, x, y }}) => ({{ name, x: [...x], y: [...y] }}))"
    )
    return {one["name"]: (one["x"], one["y"]) for one in found}


def test_keras_gives_the_same_curve(visit: Visitors) -> None:
    page = visit("iris?speed=max&epochs=60")
    press(page, "Train")
    until_status(page, "finished")
    until_drawn(page, 60)
    shown = curve(page, trace="training loss")
    open_tab(page, "en")
    press(page, "Run Keras on the same data")
    both = curves(page)
    assert both["Keras"][0] == shown[0]
    assert both["Keras"][1] == pytest.approx(shown[1], rel=1e-4)

    def coincides(language: Language) -> None:
        open_tab(page, language)
        page.wait_for_function(
            f"(name) => document.querySelector('{CHART}')?.data?.some((one) => one.name === name)", arg=said(YOURS, language)
        )
        assert curves(page)[said(YOURS, language)] == shown
        sentence = said("**They coincide.** All {n} losses are equal, to the last bit.", language).split("**")[1]
        expect(page.get_by_text(sentence)).to_be_visible()

    check_all(page, "Iris", coincides)


def test_the_programs_stand_side_by_side_and_on_a_phone_below_each_other(visit: Visitors) -> None:
    page = visit("char_rnn", size=(1280, 844))
    open_tab(page, "en")
    for width, below in ((1280, False), (390, True)):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width)
        one, other = (page.locator(".sw-beside figure").nth(place).bounding_box() for place in (0, 1))
        assert one
        assert other
        assert (other["y"] >= one["y"] + one["height"], other["x"] >= one["x"] + one["width"]) == (below, not below)


def test_the_keyboard_scrolls_a_program(visit: Visitors) -> None:
    page = visit("iris", size=(390, 844))
    open_tab(page, "en")
    program = page.get_by_role("region", name="Keras: the same with compile and fit")
    program.focus()
    expect(program).to_be_focused()
    program.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_the_download_is_the_program_that_is_shown(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=7")
    open_tab(page, "en")
    page.get_by_text("The whole Keras program").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Keras program (.py)").click()
    assert download.value.suggested_filename == "linear_regression_keras.py"
    source = download.value.path().read_text(encoding="utf-8")
    assert "epochs=7" in source
    compile(source, "keras.py", "exec")
