"""What is taken home from a page in a real Chromium: a script that prints the number on the screen, files, and a link."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, Route, expect
from safetensors.torch import load_file

from tests.browser.visitors import Visitors, curve, fill, hasten, press, until_drawn, until_quiet, until_status, until_step
from tests.programs import printed

pytestmark = pytest.mark.browser
TRACES = {"linear_regression": "loss", "iris": "training loss", "char_rnn": "loss"}


ROWS = 600  # ten seconds at this speed: nobody is so slow to press Pause


def trained_with_a_change(page: Page) -> None:
    """Train to the end, and change lr on the way."""
    for row in (12, 30):
        press(page, "Train")
        until_step(page, row)
        press(page, "Pause")
        until_status(page, "paused")
        until_quiet(page)
        fill(page, "Learning rate (lr)", str(0.0004 * row))
        until_quiet(page)
    hasten(page, "max")
    until_quiet(page)
    press(page, "Train")
    until_status(page, "finished")
    until_quiet(page)
    until_drawn(page, ROWS)


def downloaded(page: Page, label: str, folder: Path, then: Callable[[], None] = lambda: None) -> Path:
    """The file behind a button; `then` is done right after the press."""
    page.get_by_role("tab", name="Code").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=label).click()
        then()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.mark.parametrize("name", ["iris", "char_rnn"])
def test_what_is_downloaded_is_what_the_screen_showed(visit: Visitors, name: str, tmp_path: Path) -> None:
    page = visit(f"{name}?speed=60&epochs={ROWS}")
    page.get_by_role("tab", name="Code").click()
    trained_with_a_change(page)
    is_downloaded(page, name, tmp_path)


def is_downloaded(page: Page, name: str, tmp_path: Path) -> None:
    """Each file of an ended run holds the numbers that the page shows."""
    _, losses = curve(page, trace=TRACES[name])
    expect(page.get_by_text("Lit: the lines that the last change has touched")).to_be_visible()
    script = downloaded(page, "Script (.py)", tmp_path)
    assert float(printed(script)[-1].removeprefix("loss: ")) == losses[-1]
    history = json.loads(downloaded(page, "Numbers (.json)", tmp_path).read_text())
    assert history["columns"]["loss"][-1] == losses[-1]
    assert len(history["changes"]) == 2
    assert json.loads(downloaded(page, "Notebook (.ipynb)", tmp_path).read_text())["nbformat"] == 4
    assert downloaded(page, "Numbers (.csv)", tmp_path).read_text().startswith("step,loss")
    assert b"changes" in downloaded(page, "TensorBoard events", tmp_path).read_bytes()
    safe = load_file(downloaded(page, "Parameters (.safetensors)", tmp_path))
    pickled = torch.load(io.BytesIO(downloaded(page, "Parameters (.pt)", tmp_path).read_bytes()), weights_only=True)
    assert safe.keys() == pickled.keys()
    assert all(torch.equal(safe[key], pickled[key]) for key in safe)


def replaying(page: Page) -> str:
    """The link that does the run again, once the page has heard that it is held or has ended."""
    page.get_by_role("button", name="Links").click()
    link = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").filter(has_text="replay=")
    link.wait_for()
    return link.inner_text()


def test_the_link_of_an_ended_run_does_it_again_and_so_does_what_is_downloaded(visit: Visitors, tmp_path: Path) -> None:
    page = visit(f"linear_regression?speed=60&epochs={ROWS}")
    page.get_by_role("tab", name="Code").click()
    trained_with_a_change(page)
    is_downloaded(page, "linear_regression", tmp_path)
    _, losses = curve(page)
    other = visit(f"linear_regression?{replaying(page).split('?')[1]}&speed=max")
    until_status(other, "finished")
    until_drawn(other, ROWS)
    assert curve(other)[1] == losses
    expect(other.get_by_text("to the last bit as in the link")).to_be_visible()
    other.get_by_role("radio", name="한국어").click()
    expect(other.get_by_text("마지막 비트까지 같습니다")).to_be_visible()


def test_a_held_run_is_taken_home_up_to_the_row_where_it_is_held(visit: Visitors, tmp_path: Path) -> None:
    """A file asked for in the moment of the press comes after it, however slow the line, and waits for the rows that are on their way;
    what is changed now is not in it.
    """
    presses: list[Route] = []
    page = visit("linear_regression?speed=300&batch_size=2&epochs=100000")
    page.get_by_role("tab", name="Code").click()
    press(page, "Train")
    until_step(page, 20)
    page.route("**/commands", lambda route: presses.append(route), times=1)  # noqa: PLW0108  # it takes no method
    press(page, "Pause")
    script = downloaded(page, "Script (.py)", tmp_path, lambda: presses.pop().continue_())
    until_status(page, "paused")
    until_quiet(page)
    until_drawn(page, row := int(page.locator("[data-step]").first.get_attribute("data-step") or 0))
    _, losses = curve(page)
    assert float(printed(script)[-1].removeprefix("loss: ")) == losses[-1]
    fill(page, "Learning rate (lr)", "0.004")
    expect(page.get_by_text("Lit: the lines that the last change has touched")).to_be_visible()
    assert "0.004" not in downloaded(page, "Script (.py)", tmp_path).read_text(encoding="utf-8")
    assert f"replay={row}:loss={losses[-1]!r}" in replaying(page)
