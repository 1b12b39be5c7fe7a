"""The linear regression page in a real Chromium: what is drawn is what plain PyTorch computes, and every press does its work."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_server import AppServer
from tests.browser.plain import descend
from tests.browser.visitors import (
    STAGE,
    Visitors,
    choose,
    curve,
    fill,
    marks,
    press,
    run_id,
    stage,
    traces,
    until_address,
    until_drawn,
    until_quiet,
    until_ready,
    until_status,
    until_step,
)  # fmt: skip
from tests.words import said

pytestmark = pytest.mark.browser
ROUNDING = 1e-6  # one of float32


def trained(page: Page, last: int) -> None:
    """Press Train and wait for the end."""
    press(page, "Train")
    until_status(page, "finished")
    until_drawn(page, last)


def test_the_drawn_curves_are_those_of_a_plain_loop(visit: Visitors) -> None:
    page = visit("linear_regression?speed=max")
    trained(page, 1000)
    plain = descend(1000)
    for panel, name in (("loss", "loss"), ("parameters", "W"), ("parameters", "b")):
        until_drawn(page, 1000, panel)
        x, y = curve(page, panel, name)
        assert x == list(range(1001))
        assert y == pytest.approx(plain[name], rel=ROUNDING, abs=1e-9)
    line = next(trace for trace in traces(page, "line") if trace["name"] == "xW + b")
    assert line["y"] == pytest.approx([plain["W"][-1] * x + plain["b"][-1] for x in line["x"]], rel=1e-5)


def test_the_final_figures_are_the_known_ones(visit: Visitors) -> None:
    page = visit("linear_regression?speed=max")
    trained(page, 1000)
    rows = page.locator("[data-panel=log] tbody tr")
    expect(rows).to_have_count(11)
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    assert cells[0] == ["0", "0.000", "0.000", "4.666667"]
    assert cells[1] == ["100", "0.873", "0.290", "0.012043"]
    assert cells[10] == ["1000", "0.985", "0.033", "0.000158"]
    expect(page.locator("#sw-alt-parameters")).to_contain_text("0.985")
    expect(page.locator("[data-finding=lr_below_limit]")).to_contain_text("0.1803")
    expect(page.locator("[data-finding=converged]")).to_be_visible()


def test_lr_bends_the_running_curve_into_a_divergence_that_is_explained_and_mended(visit: Visitors) -> None:
    page = visit("linear_regression?speed=300&epochs=100000")
    press(page, "Train")
    until_step(page, 100)
    fill(page, "Learning rate (lr)", "0.19")
    page.wait_for_function("() => document.querySelector('[data-finding=lr_above_limit]')")
    until_status(page, "diverged")
    expect(page.locator("[data-finding=diverged]")).to_contain_text("0.19")
    [(label, step)] = marks(page)
    assert label == "lr 0.01 → 0.19"
    x, y = curve(page)
    plain = descend(x[-1], lr_from={step: 0.19})["loss"]
    assert x[-1] > step + 100, "it takes a while from the change to the end"
    drawn = [(a, b) for a, b in zip(x, y, strict=True) if b is not None and b < 1e30]
    assert [b for _, b in drawn] == pytest.approx([plain[a] for a, _ in drawn], rel=1e-4)
    page.get_by_role("button", name="Start again with a learning rate of").click()
    until_status(page, "running")
    page.wait_for_function(f"() => Number(document.querySelector('{STAGE}').dataset.runGeneration) > 0")
    until_drawn(page, 50)
    assert len(traces(page, "loss")) == 2, "the curve that diverged stays, faint"
    assert float(page.get_by_role("spinbutton", name="Learning rate (lr)").input_value()) < 0.18
    until_address(page, lr=page.get_by_role("spinbutton", name="Learning rate (lr)").input_value())


def test_pause_step_and_reset(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=2000&speed=60")
    press(page, "Train")
    until_step(page, 20)
    press(page, "Pause")
    until_status(page, "paused")
    until_quiet(page)
    _, held, _ = stage(page)
    press(page, "Step")
    until_drawn(page, held + 1)
    assert stage(page)[:2] == ("paused", held + 1)
    x, y = curve(page)
    assert x == list(range(held + 2))
    assert y == pytest.approx(descend(held + 1)["loss"], rel=ROUNDING, abs=1e-9)
    press(page, "Reset")
    page.wait_for_selector(f"{STAGE}[data-run-generation='1'][data-step='0'][data-run-status=paused]", state="attached")
    expect(page.locator("[data-panel=numbers] dd").nth(1)).to_have_text("4.666667")


def test_reset_brings_the_same_initial_weights_back(visit: Visitors) -> None:
    page = visit("linear_regression?start=pytorch&seed=3&formulation=module&epochs=50&speed=max")
    trained(page, 50)
    before = traces(page, "parameters")
    press(page, "Reset")
    page.wait_for_selector(f"{STAGE}[data-run-generation='1'][data-run-status=paused]", state="attached")
    trained(page, 50)
    until_drawn(page, 50, "parameters")
    after = traces(page, "parameters")
    assert [trace["y"] for trace in after] == [trace["y"] for trace in before]
    assert before[0]["y"][0] != 0.0


def test_a_reload_comes_back_to_the_same_run_with_nothing_lost(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=300")
    press(page, "Train")
    until_step(page, 100)
    run = run_id(page)
    page.reload()
    until_ready(page)
    assert run_id(page) == run
    assert stage(page)[0] == "running"
    until_step(page, 300)
    press(page, "Pause")
    until_status(page, "paused")
    _, held, _ = stage(page)
    until_drawn(page, held)
    x, y = curve(page)
    plain = descend(held)["loss"]
    assert x[:300] == list(range(300))
    assert y == pytest.approx([plain[step] for step in x], rel=ROUNDING, abs=1e-9)


def test_two_tabs_show_and_steer_the_same_run(visit: Visitors) -> None:
    first = visit("linear_regression?epochs=100000&speed=60")
    run_id(first)
    second = visit.tab(first.context, first.url)
    assert run_id(second) == run_id(first)
    press(first, "Train")
    until_status(second, "running")
    expect(second.get_by_role("button", name="Pause")).to_be_visible()
    fill(second, "Learning rate (lr)", "0.05")
    first.wait_for_function("() => document.querySelector('[data-panel=words]').innerText.includes('0.05')")
    press(second, "Pause")
    until_status(first, "paused")
    expect(first.get_by_role("button", name="Train")).to_be_visible()
    until_quiet(first)
    expect(first.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.05")
    until_drawn(second, stage(first)[1])
    until_drawn(first, stage(second)[1])
    assert curve(first) == curve(second)


def test_leaving_the_page_and_coming_back(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=60&lr=0.02")
    press(page, "Train")
    until_step(page, 20)
    run = run_id(page)
    page.get_by_role("link", name="Stepwise").first.click()
    expect(page.locator(STAGE)).to_have_count(0)
    page.get_by_role("link", name="Linear regression").first.click()
    until_ready(page)
    assert run_id(page) == run
    expect(page.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.02")
    until_address(page, lr="0.02", epochs="100000")
    assert stage(page)[0] == "running"
    until_drawn(page, 20)
    assert curve(page)[0][:20] == list(range(20))


def test_back_leaves_the_page(visit: Visitors) -> None:
    page = visit("")
    page.get_by_role("link", name="Linear regression").last.click()
    until_ready(page)
    run_id(page)
    fill(page, "Epochs", "100")
    until_address(page, epochs="100")
    trained(page, 100)
    page.go_back()
    expect(page.get_by_role("heading", name="Watch a real PyTorch program learn.")).to_be_visible()


def test_another_language_keeps_the_run(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=60")
    press(page, "Train")
    until_step(page, 20)
    run = run_id(page)
    page.get_by_role("radio", name="한국어").click()
    expect(page.locator("h1")).to_have_text(said("Linear regression"))
    expect(page.locator(".sw-state")).to_have_text(said("Running"))
    until_address(page, lang="ko")
    assert (run_id(page), stage(page)[0], stage(page)[2]) == (run, "running", 0)
    until_step(page, stage(page)[1] + 20)
    x = curve(page, trace=said("loss"))[0]
    assert x == list(range(len(x)))


def links(page: Page) -> list[str]:
    """The addresses under Links: for a run of one's own, and to watch this one."""
    press(page, "Links")
    page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").nth(1).wait_for()
    found = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").all_inner_texts()
    page.keyboard.press("Escape")
    return [re.sub(r"\s", "", text) for text in found]


def test_the_watch_link_only_watches(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=60&lr=0.02")
    _, watch = links(page)
    assert run_id(page) not in watch
    watcher = visit(watch)
    expect(watcher.get_by_text("You are watching this run")).to_be_visible()
    for label in ("Train", "Pause", "Step", "Reset"):
        expect(watcher.get_by_role("button", name=label)).to_have_count(0)
    expect(watcher.get_by_role("spinbutton", name="Learning rate (lr)")).to_be_hidden()
    press(page, "Train")
    until_step(watcher, 20)
    watcher.keyboard.press("Space")
    watcher.keyboard.press("0")
    until_step(watcher, stage(watcher)[1] + 20)
    assert (stage(watcher)[0], stage(watcher)[2]) == ("running", 0)
    fill(page, "Learning rate (lr)", "0.05")
    watcher.wait_for_function("() => document.querySelector('[data-panel=words]').innerText.includes('0.05')")
    assert run_id(watcher) != run_id(page)


def test_the_settings_link_opens_the_same_settings(visit: Visitors) -> None:
    page = visit("linear_regression?speed=max")
    choose(page, "Optimizer", "Adam")
    until_quiet(page)
    choose(page, "Data", "a noisy line")
    until_quiet(page)
    fill(page, "Noise", "0.25")
    fill(page, "Learning rate (lr)", "0.05")
    until_address(page, optimizer="Adam", data="line", noise="0.25", lr="0.05")
    settings, _ = links(page)
    other = visit(settings)
    assert run_id(other) != run_id(page)
    expect(other.get_by_role("combobox", name="Optimizer")).to_have_value("Adam")
    expect(other.get_by_role("combobox", name="Data")).to_have_value("a noisy line")
    expect(other.get_by_role("spinbutton", name="Noise")).to_have_value("0.25")
    expect(other.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.05")
    assert traces(other, "line")[0]["y"] == traces(page, "line")[0]["y"], "the same noise"


def test_refused_values_in_a_link_are_named_with_their_bounds(visit: Visitors) -> None:
    page = visit("linear_regression?lr=99&momentum=abc&optimizer=Magic&epochs=50")
    alerts = page.get_by_test_id("stAlert")
    expect(alerts).to_have_count(3)
    said = "\n".join(alerts.all_inner_texts())
    for part in ("“99”", "1e-06 … 10", "“abc” is not a number", "0 … 0.999", "“Magic”", "SGD | Momentum"):
        assert part in said
    expect(page.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.01")
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("50")
    trained(page, 50)


def test_earlier_runs_stay_are_hidden_and_come_back(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=60&speed=max&lr=0.05")
    trained(page, 60)
    fill(page, "Learning rate (lr)", "0.1")
    page.wait_for_selector(f"{STAGE}[data-run-generation='1'][data-run-status=paused]", state="attached")
    trained(page, 60)
    page.wait_for_function("() => document.querySelectorAll('[data-panel=loss] .sw-chip').length === 1")
    earlier = traces(page, "loss")[0]
    assert earlier["name"] == "lr 0.05"
    plain = descend(60, 0.05)["loss"]
    present = curve(page)[1]
    shown = [(step, value) for step, value in zip(earlier["x"], earlier["y"], strict=True) if value is not None]
    assert [value for _, value in shown] == pytest.approx([plain[step] for step, _ in shown], rel=1e-5)
    assert present == pytest.approx(descend(60, 0.1)["loss"], rel=1e-5)
    chip = page.get_by_role("button", name="lr 0.05", exact=True)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("() => document.querySelector('[data-panel=loss] .sw-plot').data[0].visible === false")
    page.get_by_role("button", name="Bring back the settings of this run: lr 0.05").click()
    expect(page.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.05")
    page.wait_for_selector(f"{STAGE}[data-run-generation='2']", state="attached")
    until_address(page, lr="0.05")


def points(page: Page) -> list[tuple[float, float]]:
    """The data as the chart draws them."""
    data = traces(page, "line")[0]
    return list(zip(data["x"], data["y"], strict=True))


def until_points(page: Page, wanted: list[tuple[float, float]]) -> None:
    """Wait until these are the data that the chart draws."""
    page.wait_for_function(
        """(wanted) => {
            const data = document.querySelector('[data-panel=line] .sw-plot')?.data?.[0];
            return JSON.stringify([...(data?.x ?? [])].map((x, row) => [x, data.y[row]])) === JSON.stringify(wanted);
        }""",
        arg=[list(point) for point in wanted],
    )


def test_own_points_are_typed(visit: Visitors) -> None:
    page = visit("linear_regression?data=own&epochs=50&speed=max")
    until_points(page, [(1, 1), (2, 2), (3, 3)])
    table = page.locator(".st-key-settings").get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 35 * 1.5)  # the first row's y; a row is 35 px
    page.keyboard.type("7.5")
    page.keyboard.press("Enter")
    until_points(page, [(1, 7.5), (2, 2), (3, 3)])
    until_address(page, data="own", table="1.0,7.5;2.0,2.0;3.0,3.0")
    trained(page, 50)


def test_own_points_are_uploaded(visit: Visitors, tmp_path: Path) -> None:
    file = tmp_path / "trees.csv"
    file.write_text("name,height,age,width\nelm,10,1,3\noak,20,2,5\nash,30,4,9\n", encoding="utf-8")
    page = visit("linear_regression?data=own&epochs=50&speed=max&lr=0.001")
    page.locator("input[type=file]").set_input_files(file)
    choose(page, "Column for x", "age")
    choose(page, "Column for y", "width")
    until_quiet(page)
    press(page, "Use these columns")
    until_points(page, [(1, 3), (2, 5), (4, 9)])
    trained(page, 50)


def test_a_file_that_is_no_table_of_numbers_is_refused_in_words(visit: Visitors, tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text("name,kind\nelm,tree\n", encoding="utf-8")
    page = visit("linear_regression?data=own")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_test_id("stAlert")).to_contain_text("The file has no column of numbers; its columns are: name, kind")
    assert points(page) == [(1, 1), (2, 2), (3, 3)]


def test_float64_meets_pytorchs_own_error_and_its_mend(visit: Visitors) -> None:
    page = visit("linear_regression?formulation=module&dtype=float64", ready=False)
    until_status(page, "failed")
    expect(page.locator("[data-panel=words] pre")).to_contain_text("must have the same dtype")
    expect(page.locator("[data-panel=words] .sw-error")).to_contain_text("x = x.float()")


def test_the_keyboard_trains_pauses_steps_and_resets(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=60")
    page.keyboard.press("Space")
    until_status(page, "running")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    until_quiet(page)
    page.keyboard.press("Space")
    until_status(page, "paused")
    expect(page.get_by_role("button", name="Train")).to_be_visible()
    until_quiet(page)
    _, held, _ = stage(page)
    page.keyboard.press("s")
    until_drawn(page, held + 1)
    assert stage(page)[:2] == ("paused", held + 1)
    until_quiet(page)
    page.keyboard.press("0")
    page.wait_for_selector(f"{STAGE}[data-run-generation='1'][data-step='0']", state="attached")


def test_on_a_projector_the_four_charts_fit_one_screen(visit: Visitors) -> None:
    page = visit("linear_regression?projector=1&speed=max&epochs=100", size=(1920, 1080))
    trained(page, 100)
    panels = "['loss', 'line', 'parameters', 'surface'].map((id) => document.querySelector(`[data-panel=${id}]`))"
    page.wait_for_function(f"() => {panels}.every((panel) => panel?.getBoundingClientRect().bottom <= innerHeight)")
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop") == 0
    assert page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)") == pytest.approx(22.4)


def test_a_phone_scrolls_down_only(visit: Visitors) -> None:
    page = visit("linear_regression?speed=max&epochs=100", size=(390, 844))
    trained(page, 100)
    page.wait_for_function("() => document.querySelector('[data-panel=loss] .sw-plot').layout?.width < 390")
    for element in ("document.documentElement", "document.querySelector('[data-testid=stMain]')"):
        assert page.evaluate(f"() => {element}.scrollWidth") <= 390
    lr = page.get_by_role("spinbutton", name="Learning rate (lr)")
    lr.scroll_into_view_if_needed()
    expect(lr).to_be_in_viewport()


def test_a_worker_that_is_killed_takes_no_run_down(visit: Visitors, app_server: AppServer) -> None:
    page = visit("linear_regression?epochs=100000&speed=300")
    press(page, "Train")
    until_step(page, 200)
    killed = app_server.workers
    assert killed
    for worker in killed:
        worker.kill()
    expect(page.locator("[data-panel=words]")).to_contain_text("The process that computed this run died.")
    until_status(page, "running")
    until_step(page, stage(page)[1] + 300)
    press(page, "Pause")
    until_status(page, "paused")
    x, y = curve(page)
    plain = descend(x[-1])["loss"]
    assert x[:200] == list(range(200))
    assert y == pytest.approx([plain[step] for step in x], rel=ROUNDING, abs=1e-9)
