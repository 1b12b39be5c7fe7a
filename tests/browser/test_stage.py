"""The stage in a real Chromium: what is drawn, what stays through reruns, and what happens when the line breaks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from core.run.messages import Watch
from core.run.status import Status
from tests.browser.stage_server import DARK, StageServer, serving
from tests.ui.scripted_run import ScriptedRun
from ui.stage import Chart, Column, Log, Panel, Readout, Readouts, Reference, Sentences, Trace

pytestmark = pytest.mark.browser
PLOT = "document.querySelector('[data-panel={}] .sw-plot')"


def panels() -> list[Panel]:
    """One of each kind, and a chart far below."""
    step = ("step", "loss")
    return [
        Readouts("numbers", "Numbers", [Readout("epoch", "step", 0), Readout("loss", "loss", 6, "loss")]),
        Chart(
            "loss",
            "Loss",
            [Trace("loss", step, color="loss")],
            alt="Loss {loss} at epoch {step}.",
            references=[Reference("best.W", "one {value}")],
            past=step,
            marks=True,
            log_toggle="y",
        ),
        Chart("line", "Line", [Trace("data", fact="points"), Trace("xW + b", view="line")], alt="y = {W}x + {b}"),
        Sentences(
            "words",
            "In words",
            {"lr_above_limit": "{lr} is above {limit}.", "lr_below_limit": "{lr} is below {limit}."},
            {"lr_above_limit": "Set lr to {lr}"},
            {"exception": "PyTorch says:"},
        ),
        Log("log", "Log", [Column("step", "epoch", 0), Column("loss", "cost", 6)], download="rows.csv", span=2),
        Chart("accuracy", "Accuracy", [Trace("accuracy", ("step", "loss"))], alt="accuracy", past=step, lists_past=False),
        Chart("below", "Below", [Trace("other", view="other")], alt="far below"),
    ]


@pytest.fixture(scope="module")
def address() -> Iterator[StageServer]:
    """One server for all: at the same address a browser has the stage's files, and plotly compiled."""
    with serving(StageServer(ScriptedRun(), panels(), prefix="/some/base")) as served:
        yield served


@pytest.fixture
def server(address: StageServer) -> StageServer:
    """The server with a new run, and no fault."""
    address.run, address.panels, address.fault = ScriptedRun(), panels(), 0
    return address


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page, server: StageServer) -> Iterator[Page]:
    """The page, loaded anew."""
    faults: list[Any] = []

    def thrown(fault: Error) -> None:
        faults.append(fault.stack or fault)

    tab.on("pageerror", thrown)
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.mouse.move(0, 0)
    tab.goto(server.url)
    tab.wait_for_selector("[data-panel=line] .main-svg")
    yield tab
    tab.remove_listener("pageerror", thrown)
    assert not faults


def drawn(page: Page, panel: str, trace: int = 0) -> tuple[list[float], list[float]]:
    """x and y of a trace as plotly holds it."""
    x, y = page.evaluate(f"[...['x', 'y'].map((axis) => [...{PLOT.format(panel)}.data[{trace}][axis]])]")
    return x, y


def until_drawn(page: Page, rows: int, panel: str = "loss", trace: int = 0) -> None:
    """Wait until the curve has so many points."""
    page.wait_for_function(f"{PLOT.format(panel)}?.data?.[{trace}]?.x?.length === {rows}")


def at_step(page: Page, step: int) -> None:
    """Wait until the stage has this step."""
    page.wait_for_selector(f".stepwise-stage[data-step='{step}']", state="attached")


def triggers(page: Page) -> list[Any]:
    """What the stage has told the page so far."""
    told: list[Any] = page.evaluate("window.triggers")
    return told


def test_the_curve_is_what_was_recorded(page: Page, server: StageServer) -> None:
    for _ in range(10):
        server.run.descend(25)
    until_drawn(page, 250)
    x, y = drawn(page, "loss")
    assert x == list(range(250))
    assert y == server.run.history.column("loss").tolist()
    expect(page.locator("[data-panel=numbers] dd").first).to_have_text("249")
    stage = page.locator(".stepwise-stage")
    expect(stage).to_have_attribute("data-run-status", "running")
    expect(stage).to_have_attribute("data-run-generation", "0")
    expect(page.locator("#sw-alt-loss")).to_contain_text("at epoch 249.")


def test_before_the_first_row_the_axis_spans_the_run(page: Page, server: StageServer) -> None:
    axis = f"{PLOT.format('loss')}.layout?.xaxis"
    page.wait_for_function(f"{axis}?.range?.[1] === {server.run.config.epochs}")
    assert page.evaluate(f"{axis}.range[0]") == 0
    server.run.descend(20)
    until_drawn(page, 20)
    assert page.evaluate(f"{axis}.autorange")
    assert page.evaluate(f"{axis}.range[1]") < 25


def test_a_held_run_shows_its_last_row_with_its_status(page: Page, server: StageServer) -> None:
    """Pause is pressed; what the worker has trained until it hears of it comes first."""
    server.run.train()
    server.run.descend(10)
    at_step(page, 9)
    server.run.pause()
    server.run.descend(5, unheard=1)
    at_step(page, 14)
    stage, state = page.locator(".stepwise-stage"), page.locator(".sw-state")
    expect(stage).to_have_attribute("data-run-status", "running")
    expect(state).to_have_text("Running")
    server.run.descend(3, Status.PAUSED)
    expect(stage).to_have_attribute("data-run-status", "paused")
    expect(stage).to_have_attribute("data-step", "17", timeout=1)
    expect(state).to_have_text("Paused")


def test_views_and_facts_are_drawn(page: Page, server: StageServer) -> None:
    server.run.descend(40)
    page.wait_for_function(f"{PLOT.format('line')}?.data?.[1]?.y?.[1] > 1")
    assert drawn(page, "line", 0) == ([1, 2, 3], [1, 2, 3])
    assert drawn(page, "line", 1)[1] == server.run.views["line"][1]["y"]
    page.wait_for_function(f"{PLOT.format('loss')}?.layout.shapes?.[0]?.y0 === 1")


def test_a_picture_that_could_not_be_drawn_is_said_below_the_last_one(page: Page, server: StageServer) -> None:
    server.run.descend(40)
    page.wait_for_function(f"{PLOT.format('line')}?.data?.[1]?.y?.[1] > 1")
    last = drawn(page, "line", 1)
    server.run.tell(Status.RUNNING, views={"line": {"broken": "ValueError: <b>no</b> line"}})
    said = page.locator("[data-panel=line] .sw-broken")
    expect(said).to_have_text("This picture could not be drawn, the run goes on: ValueError: <b>no</b> line")
    assert drawn(page, "line", 1) == last
    server.run.descend(1)
    expect(said).to_be_hidden()
    assert page.locator(".sw-broken:visible").count() == 0


@pytest.mark.parametrize("missing", ["stage.js", "panel_words.js"])
def test_a_file_that_cannot_be_loaded_is_said(browser: Browser, server: StageServer, missing: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route(f"**/{missing}", lambda route: route.abort())
    page.goto(server.url)
    expect(page.get_by_role("alert")).to_have_text("This part of the page could not be loaded. Please reload the page.")
    page.unroute(f"**/{missing}")
    page.reload()
    page.wait_for_selector("[data-panel=line] .main-svg")
    expect(page.get_by_role("alert")).to_have_count(0)
    context.close()


def test_a_rerun_keeps_the_drawing_and_the_stream(page: Page, server: StageServer) -> None:
    server.run.descend(20)
    until_drawn(page, 20)
    page.evaluate(f"window.before = {PLOT.format('loss')}")
    watches = sum(isinstance(command, Watch) for command in server.run.sent)
    page.evaluate("window.rerun({ status: 'running' })")
    server.run.descend(10)
    until_drawn(page, 30)
    assert page.evaluate(f"window.before === {PLOT.format('loss')}")
    assert sum(isinstance(command, Watch) for command in server.run.sent) == watches


def change(page: Page, server: StageServer, lr: float) -> None:
    """Change lr, for whose mark the chart is drawn anew; wait until the page has heard of it and the chart has had its turn."""
    server.run.bend("lr", lr)
    page.wait_for_function(f"document.querySelector('[data-panel=words]').innerText.includes('{lr}')")
    page.wait_for_timeout(300)


def test_zoom_stays_while_data_arrives_and_in_another_language(page: Page, server: StageServer) -> None:
    server.run.descend(100)
    until_drawn(page, 100)
    box = page.locator("[data-panel=loss] .sw-plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    change(page, server, 0.15)
    page.mouse.move(box["x"] + 300, box["y"] + 150, steps=4)
    change(page, server, 0.17)
    page.mouse.up()
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.xaxis?.autorange === false")
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.shapes?.filter((one) => one.xref === 'x').length === 2")  # drawn at last
    ranges = f"[{PLOT.format('loss')}.layout.xaxis.range, {PLOT.format('loss')}.layout.yaxis.range]"
    zoomed = page.evaluate(ranges)
    server.run.descend(50)
    until_drawn(page, 150)
    assert page.evaluate(ranges) == zoomed
    page.evaluate("window.rerun({ labels: { ...window.data.labels, log_scale: '로그' } })")
    expect(page.locator(".sw-log-scale")).to_have_text("로그")
    until_drawn(page, 150)
    assert page.evaluate(ranges) == zoomed


def test_charts_over_the_steps_are_zoomed_together(page: Page, server: StageServer) -> None:
    server.run.descend(100)
    until_drawn(page, 100)
    page.locator("[data-panel=accuracy]").scroll_into_view_if_needed()
    until_drawn(page, 100, "accuracy")
    page.evaluate(f"window.Plotly.relayout({PLOT.format('loss')}, {{'xaxis.range': [10, 30]}})")
    page.wait_for_function(f"{PLOT.format('accuracy')}?.layout?.xaxis?.range?.join() === '10,30'")
    page.evaluate(f"window.Plotly.relayout({PLOT.format('accuracy')}, {{'xaxis.range': [40, 50]}})")
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.xaxis?.range?.join() === '40,50'")
    page.evaluate(f"window.Plotly.relayout({PLOT.format('accuracy')}, {{'xaxis.autorange': true}})")
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.xaxis?.autorange")


def test_hover_shows_values_and_stays(page: Page, server: StageServer) -> None:
    server.run.descend(100)
    until_drawn(page, 100)
    box = page.locator("[data-panel=loss] .sw-plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.move(box["x"] + 210, box["y"] + 62)
    hover = page.locator("[data-panel=loss] .hoverlayer .legend text").first
    expect(hover).to_be_visible()
    server.run.descend(50)
    until_drawn(page, 150)
    expect(hover).to_be_visible()
    server.run.bend("lr", 0.1)  # for whose mark the chart is drawn anew
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.annotations?.some((one) => one.xref === 'x')")
    expect(hover).to_be_visible()
    page.mouse.move(5, 5)
    expect(hover).to_have_count(0)


def test_log_and_linear(page: Page, server: StageServer) -> None:
    server.run.descend(20)
    until_drawn(page, 20)
    button = page.get_by_role("button", name="log scale")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.yaxis?.type === 'log'")
    server.run.descend(5)
    until_drawn(page, 25)
    assert page.evaluate(f"{PLOT.format('loss')}.layout.yaxis.type") == "log"


def test_a_live_change_is_a_labelled_mark(page: Page, server: StageServer) -> None:
    server.run.descend(50)
    until_drawn(page, 50)
    laid = "({ addedNodes: [node] }) => node?.className === 'sw-mark' && (window.mark = node.innerText)"
    page.evaluate(f"new MutationObserver((all) => all.forEach({laid})).observe({PLOT.format('loss')}, {{ childList: true }})")
    server.run.bend("lr", 0.1)
    page.wait_for_function("window.mark === 'lr 0.01 → 0.1'")  # at once, over the drawing
    server.run.descend(50)
    until_drawn(page, 100)
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.annotations?.some((one) => one.text === 'lr 0.01 → 0.1')")
    mark = page.evaluate(f"{PLOT.format('loss')}.layout.shapes.find((one) => one.xref === 'x')")
    assert (mark["x0"], mark["line"]["dash"]) == (49, "dash")
    expect(page.locator(".sw-mark")).to_have_count(0)


def test_labels_of_marks_do_not_cover_each_other(page: Page, server: StageServer) -> None:
    server.run.descend(50)
    for lr in (0.1, 0.05, 0.02):
        server.run.bend("lr", lr)
        server.run.descend(2)
    server.run.descend(50)
    until_drawn(page, 106)
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.annotations?.filter((one) => one.xref === 'x').length === 3")
    rows = page.evaluate(f"{PLOT.format('loss')}.layout.annotations.filter((one) => one.xref === 'x').map((one) => one.yshift)")
    assert len(set(rows)) == 3


def test_the_first_line_says_which_generation_its_rows_are_of(page: Page, server: StageServer) -> None:
    """The browser reconnects with this address by itself: another generation's steps are not taken for known."""
    with page.expect_request("**/events?**") as asked:
        page.evaluate("window.leave(); window.rerun({ run: window.data.run, generation: 0 })")
    assert "generation=0" in asked.value.url


def test_reset_leaves_a_faint_curve_that_can_be_hidden_and_brought_back(page: Page, server: StageServer) -> None:
    server.run.descend(60)
    until_drawn(page, 60)
    server.run.reset(server.run.config.replace(lr=0.05))
    server.run.begin()
    server.run.descend(10)
    expect(page.locator(".stepwise-stage")).to_have_attribute("data-run-generation", "1")
    until_drawn(page, 60, trace=0)
    until_drawn(page, 10, trace=1)
    chip = page.get_by_role("button", name="lr 0.01", exact=True)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.wait_for_function(f"{PLOT.format('loss')}?.data?.[0]?.visible === false")
    page.get_by_role("button", name="Bring back the settings of this run: lr 0.01").click()
    assert triggers(page)[-1] == ["restore", 0]
    chip.press("Delete")
    assert triggers(page)[-1] == ["forget", 0]
    server.run.forget_past(0)
    page.wait_for_function(f"document.activeElement === {PLOT.format('loss')}")  # where the next chip would be


def test_the_log_is_exact_and_can_be_saved(page: Page, server: StageServer) -> None:
    for _ in range(5):
        server.run.descend(61)
    at_step(page, 304)
    rows = page.locator("[data-panel=log] tbody tr")
    expect(rows).to_have_count(4)
    loss = server.run.history.column("loss")
    expect(rows.nth(3)).to_have_text(f"300{loss[300]:.6f}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "rows.csv"
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "step,loss"
    assert [float(line.split(",")[1]) for line in lines[1:]] == [loss[step] for step in (0, 100, 200, 300)]


@pytest.mark.parametrize(("title", "format", "begins"), [("picture (PNG)", "png", b"\x89PNG"), ("drawing (SVG)", "svg", b"<svg")])
def test_a_chart_can_be_taken_home(page: Page, server: StageServer, title: str, format: str, begins: bytes) -> None:  # noqa: A002
    server.run.descend(20)
    until_drawn(page, 20)
    chart = page.locator("[data-panel=loss]")
    chart.hover()
    with page.expect_download() as download:
        chart.locator(f"[data-title='Download as a {title}'], [aria-label='Download as a {title}']").first.click()
    assert download.value.suggested_filename == f"loss.{format}"
    assert Path(download.value.path()).read_bytes().startswith(begins)


def test_words_follow_the_numbers_and_mend(page: Page, server: StageServer) -> None:
    words = page.locator("[data-panel=words] li")
    expect(words).to_have_text("0.01 is below 0.1803.")
    edges = f"[document.querySelector('.sw-note').getBoundingClientRect().top, {PLOT.format('loss')}.getBoundingClientRect().bottom]"
    page.wait_for_function(f"(([note, plot]) => note >= plot)({edges})")  # it hides nothing of the curve
    page.get_by_role("button", name="Read all of this note").click()
    page.wait_for_function(f"(([note, plot]) => note < plot)({edges})")  # until it is to be read whole
    spoken = page.locator("[data-panel=words] [aria-live=polite]")
    server.run.descend(5)
    server.run.bend("lr", 0.02)
    expect(words).to_have_text("0.02 is below 0.1803.")
    expect(spoken).to_have_text("0.02 is below 0.1803.")
    page.get_by_role("button", name="Put this note away").click()
    expect(words).to_be_hidden()
    server.run.bend("lr", 0.025)
    expect(spoken).to_have_text("0.025 is below 0.1803.")
    expect(words).to_be_hidden()  # it says nothing else than before
    server.run.reset(server.run.config.replace(lr=0.03))
    server.run.begin()
    expect(spoken).to_have_text("0.03 is below 0.1803.")
    expect(words).to_be_visible()
    server.run.descend(5)
    server.run.bend("lr", 0.19)
    server.run.descend(20)
    expect(words).to_contain_text("0.19 is above 0.1803.")
    expect(spoken).to_have_text("0.19 is above 0.1803.")
    page.get_by_role("button", name="Set lr to 0.09").click()
    assert triggers(page)[-1] == ["remedy", {"lr": 0.09}]


def test_an_error_is_shown_as_text(page: Page, server: StageServer) -> None:
    server.run.tell(Status.FAILED, message={"code": "exception", "text": "<img src=x onerror=alert(1)> Double != Float"})
    expect(page.locator("[data-panel=words] pre")).to_have_text("<img src=x onerror=alert(1)> Double != Float")
    assert page.locator("[data-panel=words] img").count() == 0


def test_the_page_is_told_once_that_a_run_has_ended(page: Page, server: StageServer) -> None:
    page.evaluate("window.rerun({ status: 'running' })")
    server.run.descend(10)
    at_step(page, 9)
    assert triggers(page) == []
    page.evaluate("history.pushState(null, '', '/another-page')")
    server.run.descend(10, Status.FINISHED)
    page.wait_for_selector(".stepwise-stage[data-run-status=finished]", state="attached")
    page.wait_for_timeout(700)
    assert triggers(page) == [], "the visitor is leaving"
    page.evaluate("history.back()")
    page.wait_for_function("location.pathname !== '/another-page'")
    page.evaluate("window.rerun({ status: 'running' })")
    page.wait_for_function("window.triggers.length === 1")
    page.evaluate("window.rerun({ status: 'finished' })")
    server.run.tell(Status.FINISHED)
    page.wait_for_timeout(700)
    assert triggers(page) == [["ended", "finished"]]


def test_the_page_is_told_again_where_nothing_came_of_it(page: Page, server: StageServer) -> None:
    page.clock.install()
    page.evaluate("window.rerun({ status: 'running' })")
    server.run.descend(10, Status.FINISHED)
    page.wait_for_selector(".stepwise-stage[data-run-status=finished]", state="attached")
    page.clock.run_for(1000)
    page.wait_for_function("window.triggers.length === 1")
    page.evaluate("window.rerun({})")  # a run of the script that had read the run before
    page.clock.run_for(6000)
    page.wait_for_function("window.triggers.length === 2")
    page.evaluate("window.rerun({ status: 'finished', labels: { ...window.data.labels, log_scale: 'log' } })")
    expect(page.locator(".sw-log-scale").first).to_have_text("log")  # the stage has its data now
    page.clock.run_for(60_000)
    assert triggers(page) == [["ended", "finished"]] * 2


def test_a_page_that_was_left_while_it_was_drawn_knows_where_the_app_is(page: Page) -> None:
    page.evaluate("history.pushState(null, '', 'another-page')")
    page.evaluate("window.rerun({ labels: { ...window.data.labels, log_scale: 'log' } })")
    expect(page.locator(".sw-log-scale").first).to_have_text("log")
    page.evaluate("history.back()")
    page.wait_for_url("**/page")


def test_a_step_back_leaves_the_page_though_it_has_two_entries_in_the_history(browser: Browser, server: StageServer) -> None:
    page = browser.new_page()
    page.goto("about:blank")
    page.goto(server.url)
    page.wait_for_selector(".stepwise-stage [data-panel]", state="attached")
    page.evaluate("location.hash = 'below'")
    page.go_back()
    page.wait_for_function("location.hash === ''")
    assert page.url == server.url, "a place within the page"
    page.evaluate("history.pushState(null, '', '?again')")
    page.evaluate("history.back()")
    page.wait_for_url("about:blank")
    page.close()


def test_views_below_the_screen_are_not_asked_for(page: Page, server: StageServer) -> None:
    assert server.run.wait_for(lambda: server.run.watched == {"line"}, 10)
    page.locator("[data-panel=below]").scroll_into_view_if_needed()
    assert server.run.wait_for(lambda: "other" in server.run.watched, 10)


def test_what_is_hidden_or_behind_an_enlarged_panel_is_not_computed(page: Page, server: StageServer) -> None:
    assert server.run.wait_for(lambda: server.run.watched == {"line"}, 10)
    page.get_by_role("button", name="Enlarge “Loss” (F)").click()
    assert server.run.wait_for(lambda: not server.run.watched, 10)
    page.keyboard.press("Escape")
    assert server.run.wait_for(lambda: server.run.watched == {"line"}, 10)
    page.get_by_role("button", name="Hide “Line”").click()
    assert server.run.wait_for(lambda: "line" not in server.run.watched, 10)
    page.evaluate("window.rerun({ arrangement: { panels: '', large: 'loss' }, labels: { ...window.data.labels, log_scale: 'log' } })")
    expect(page.locator(".sw-log-scale")).to_have_text("log")  # the page has answered the first of three changes after the last
    assert page.locator("[data-panel=line], .sw-large").count() == 0
    assert triggers(page) == [
        ["arranged", {"panels": "", "large": "loss"}], ["arranged", {"panels": "", "large": ""}],
        ["arranged", {"panels": "-line", "large": ""}],
    ]  # fmt: skip


def test_leaving_closes_the_stream_and_coming_back_goes_on(page: Page, server: StageServer) -> None:
    server.run.descend(20)
    until_drawn(page, 20)
    page.evaluate("window.leave()")
    assert server.run.wait_for(lambda: server.run.unwatched_since is not None, 10)
    server.run.descend(20)
    page.evaluate("window.rerun({})")
    until_drawn(page, 40)
    assert drawn(page, "loss")[0] == list(range(40))


def test_a_hidden_tab_rests_and_catches_up(page: Page, server: StageServer) -> None:
    hide = """(hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    server.run.descend(10)
    until_drawn(page, 10)
    page.evaluate(hide, True)
    assert server.run.wait_for(lambda: server.run.unwatched_since is not None, 10)
    server.run.descend(30)
    page.evaluate(hide, False)
    until_drawn(page, 40)
    assert drawn(page, "loss")[0] == list(range(40))


def test_a_broken_line_is_said_and_mended(page: Page, server: StageServer) -> None:
    server.run.descend(10)
    until_drawn(page, 10)
    server.fault = 503
    hang_up(page)
    expect(page.locator(".sw-link")).to_have_text("Reconnecting…")
    server.run.descend(10)
    server.fault = 0
    until_drawn(page, 20)
    expect(page.locator(".sw-link")).to_have_text("")
    assert drawn(page, "loss")[0] == list(range(20))


def test_a_run_that_is_gone_is_said(page: Page, server: StageServer) -> None:
    run_id = server.run.id
    server.run.id = server.run.watch_id = "another"
    hang_up(page)
    expect(page.locator(".sw-link")).to_have_text("This run is no longer there.")
    page.wait_for_function("window.triggers.length > 0")
    assert triggers(page)[0] == ["gone", run_id]


def hang_up(page: Page) -> None:
    """Have the stream opened anew, as after a hidden tab."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_colours_follow_the_theme(page: Page, server: StageServer) -> None:
    server.run.descend(10)
    until_drawn(page, 10)
    light = page.evaluate(f"{PLOT.format('loss')}.data[0].line.color")
    page.evaluate(f"window.paint({json.dumps(DARK)}); window.rerun({{}})")
    page.wait_for_selector(".stepwise-stage[data-theme=dark]")
    until_drawn(page, 10)
    assert page.evaluate(f"{PLOT.format('loss')}.data[0].line.color") != light
    assert page.evaluate(f"{PLOT.format('loss')}.layout.font.color") == DARK["text-color"]


def test_a_phone_has_one_column_and_nothing_sticks_out(page: Page, server: StageServer) -> None:
    server.run.descend(10)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"{PLOT.format('loss')}?.layout?.width < 390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_nothing_jumps_while_numbers_change(page: Page, server: StageServer) -> None:
    boxes = "[...document.querySelectorAll('.sw-panel')].map((one) => [one.offsetTop, one.offsetHeight])"
    server.run.descend(3)
    at_step(page, 2)
    before = page.evaluate(boxes)
    server.run.descend(200)
    server.run.bend("lr", 0.1)
    server.run.descend(50)
    until_drawn(page, 253)
    assert page.evaluate(boxes) == before
