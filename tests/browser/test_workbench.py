"""What every page can do with its run, in a real Chromium: hold it, leave it, come back, share it, and lose its worker."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.app_server import AppServer
from tests.browser.plain import descend
from tests.browser.visitors import (
    STAGE,
    Language,
    Line,
    Visitors,
    choose,
    curve,
    fill,
    hasten,
    press,
    run_id,
    stage,
    steered,
    traces,
    trained,
    until_address,
    until_drawn,
    until_quiet,
    until_ready,
    until_status,
    until_step,
)
from tests.words import said

pytestmark = pytest.mark.browser
LR = "Learning rate (lr)"
ROUNDING = 1e-6  # one of float32


def test_reset_stays_under_the_pointer_when_a_run_begins(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=2000&speed=60")
    stays(page, "en")
    page.get_by_role("radio", name="한국어").click()
    expect(page.get_by_role("button", name=said("Reset"))).to_be_visible()
    until_quiet(page)
    stays(page, "ko")


def stays(page: Page, language: Language) -> None:
    """The button stands where it stood, while the one before it changes its word there and back."""
    place = page.get_by_role("button", name=said("Reset", language)).bounding_box()
    for word in ("Pause", "Train"):
        page.keyboard.press("Space")
        expect(page.locator(".sw-run-main")).to_contain_text(said(word, language))
        assert page.get_by_role("button", name=said("Reset", language)).bounding_box() == place


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
    until_drawn(page, 50, "parameters")
    before = traces(page, "parameters")
    press(page, "Reset")
    page.wait_for_selector(f"{STAGE}[data-run-generation='1'][data-run-status=paused]", state="attached")
    trained(page, 50)
    until_drawn(page, 50, "parameters")
    after = traces(page, "parameters")
    assert [trace["y"] for trace in after] == [trace["y"] for trace in before]
    assert before[0]["y"][0] != 0.0


def test_a_reload_comes_back_to_the_same_run_with_nothing_lost(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=20")
    press(page, "Train")
    until_step(page, 20)
    run = run_id(page)
    page.reload()
    until_ready(page)
    assert (run_id(page), stage(page)[0]) == (run, "running")
    until_step(page, stage(page)[1] + 20)
    press(page, "Pause")
    until_status(page, "paused")
    _, held, _ = stage(page)
    until_drawn(page, held)
    x, y = curve(page)
    assert x == list(range(held + 1))
    assert y == pytest.approx(descend(held)["loss"], rel=ROUNDING, abs=1e-9)


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
    page = visit("linear_regression?epochs=100000&speed=20&lr=0.02")
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
    until_status(page, "running")
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


def test_the_keys_work_wherever_the_focus_is_but_in_a_text_that_is_typed(visit: Visitors) -> None:
    page = visit("linear_regression?speed=5")
    rate = page.get_by_role("spinbutton", name="Learning rate (lr)")

    def after(key: str, status: str, step: int) -> None:
        page.keyboard.press(key)
        page.wait_for_selector(f"{STAGE}[data-run-status={status}][data-step='{step}']", state="attached")
        until_quiet(page)
        assert page.get_by_test_id("stMain").evaluate("(main) => main.scrollTop") == 0, "the page has scrolled"

    after("s", "paused", 1)
    page.get_by_role("slider", name="Learning rate (lr)").focus()
    after("s", "paused", 2)
    hasten(page, "1/s")
    page.keyboard.press("Space")
    until_status(page, "running")
    until_quiet(page)
    page.keyboard.press("Space")
    until_status(page, "paused")
    after("0", "paused", 0)
    page.locator("[data-panel=loss] .sw-plot").click()
    after("s", "paused", 1)
    rate.fill("")
    rate.press_sequentially("0.02")
    rate.press("Enter")
    page.wait_for_selector(f"{STAGE}[data-run-generation='1']", state="attached")
    until_quiet(page)
    after("s", "paused", 2)
    after("0", "paused", 0)
    expect(rate).to_have_value("0.02")
    before = stage(page)[2]
    choose(page, "Optimizer", "Adam")
    page.wait_for_function(f"(before) => Number(document.querySelector('{STAGE}').dataset.runGeneration) > before", arg=before)
    until_quiet(page)
    after("s", "paused", 1)
    page.get_by_test_id("stExpander").locator("summary").focus()
    page.keyboard.press("Tab")  # to a button by the keyboard: there Space is the button's
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("spinbutton", name="Seed", exact=True)).to_be_visible()
    assert stage(page)[:2] == ("paused", 1)
    page.keyboard.press("n")
    expect(page.locator("[data-panel=loop]")).to_be_in_viewport()


def test_on_a_projector_the_four_charts_fit_one_screen(visit: Visitors) -> None:
    page = visit("linear_regression?projector=1&speed=max&epochs=100", size=(1920, 1080))
    trained(page, 100)
    panels = "['loss', 'line', 'parameters', 'surface'].map((id) => document.querySelector(`[data-panel=${id}]`))"
    page.wait_for_function(f"() => {panels}.every((panel) => panel?.getBoundingClientRect().bottom <= innerHeight)")
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop") == 0
    assert page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)") == pytest.approx(22.4)
    lr = page.get_by_role("spinbutton", name=LR)
    expect(lr).to_be_hidden()
    page.get_by_role("button", name="Live settings").click()
    expect(lr).to_be_in_viewport(ratio=1)
    strip = page.locator(".sw-live").bounding_box()
    assert strip
    assert strip["height"] <= 1080 / 4
    page.keyboard.press("Escape")
    expect(lr).to_be_hidden()


def test_a_phone_scrolls_down_only(visit: Visitors) -> None:
    page = visit("linear_regression?speed=max&epochs=100", size=(390, 844))
    trained(page, 100)
    page.wait_for_function("() => document.querySelector('[data-panel=loss] .sw-plot')?.layout?.width < 390")
    for element in ("document.documentElement", "document.querySelector('[data-testid=stMain]')"):
        assert page.evaluate(f"() => {element}.scrollWidth") <= 390
    epochs = page.get_by_role("spinbutton", name="Epochs")
    epochs.scroll_into_view_if_needed()
    expect(epochs).to_be_in_viewport()


MARKED = "() => document.querySelector('[data-panel=loss] .sw-plot')?.layout?.annotations?.some(({ text }) => /^lr 0.01 → /.test(text))"


def grab(page: Page, share: float) -> Callable[[float], None]:
    """Press the mouse on the slider of lr, at this share of its width; the answer moves it to another share."""
    box = page.get_by_role("slider", name=LR).bounding_box()
    assert box

    def move(share: float) -> None:
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2, steps=5)

    move(share)
    page.mouse.down()
    return move


def test_a_drag_bends_the_curve_before_the_mouse_is_released(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=20")
    press(page, "Train")
    until_step(page, 5)
    drag = grab(page, 0.57)
    drag(0.7)
    page.wait_for_function(MARKED)
    drag(0.75)
    held = page.get_by_role("spinbutton", name=LR).input_value()
    page.wait_for_function(f"() => document.querySelector('[data-panel=words]').textContent.includes('{held}')")
    page.mouse.up()
    until_address(page, lr=held)
    expect(page.get_by_role("spinbutton", name=LR)).to_have_value(held)
    assert stage(page)[2] == 0
    page.reload()
    until_ready(page)
    expect(page.get_by_role("spinbutton", name=LR)).to_have_value(held)


def test_a_drag_before_the_first_step_begins_one_new_run_when_it_is_let_go(visit: Visitors) -> None:
    page = visit("linear_regression")
    drag = grab(page, 0.57)
    for share in (0.6, 0.65, 0.7):
        drag(share)
    assert stage(page)[1:] == (0, 0)
    page.mouse.up()
    page.wait_for_selector(f"{STAGE}[data-run-generation='1']")
    held = page.get_by_role("spinbutton", name=LR).input_value()
    until_address(page, lr=held)
    assert (float(held) > 0.01, stage(page)[2]) == (True, 1)


def test_a_press_shows_in_the_next_frame(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=60")
    press(page, "Train")
    until_step(page, 20)
    shown = page.evaluate(
        """() => new Promise((resolve) => {
            document.querySelector(".sw-run-main").click();
            requestAnimationFrame(() => resolve([".sw-run-main", ".sw-state"].map((part) => document.querySelector(part).innerText)));
        })"""
    )
    assert [text.replace("Space", "").split()[-1] for text in shown] == ["Train", "Paused"]
    assert "Train" in shown[0]
    until_status(page, "paused")
    until_quiet(page)
    expect(page.get_by_role("button", name="Train")).to_be_visible()


def test_train_waits_for_what_was_typed_before_it(visit: Visitors) -> None:
    """A press on a button ends the typing: the setting is on its way through the page's script, or to the run, when Train is pressed."""
    page = visit("linear_regression?speed=max")
    page.get_by_role("spinbutton", name="Epochs").fill("70")
    press(page, "Train")
    until_status(page, "finished")
    until_drawn(page, 70)
    assert stage(page) == ("finished", 70, 1)
    page.get_by_role("spinbutton", name=LR).fill("0.05")
    press(page, "Train")
    page.wait_for_selector(f"{STAGE}[data-run-generation='2'][data-run-status=finished]")
    until_address(page, lr="0.05", epochs="70")
    until_drawn(page, 70)
    assert page.evaluate(
        "() => document.querySelector('[data-panel=loss] .sw-plot').layout.annotations.every(({ text }) => !/^lr/.test(text))"
    )


def on_a_line(visit: Visitors, path: str) -> tuple[Page, Line]:
    """A page that is ready, and the line to its server, which can be held."""
    page = visit(ready=False)
    line = Line(page)
    page.goto(f"{visit.app}/{path}")
    until_ready(page)
    return page, line


def test_train_waits_for_what_was_typed_though_the_line_is_slow(visit: Visitors) -> None:
    page, line = on_a_line(visit, "linear_regression?speed=max")
    line.keeps = True
    page.get_by_role("spinbutton", name="Epochs").fill("70")
    press(page, "Train")
    page.wait_for_timeout(1000)  # longer than the page takes to ask
    assert stage(page)[0] == "paused", "nothing has begun, and nothing has to begin anew"
    line.let_go()
    until_status(page, "finished")
    until_drawn(page, 70)
    assert stage(page) == ("finished", 70, 1)


def test_a_link_is_followed_though_the_page_has_to_be_told_of_the_run_meanwhile(visit: Visitors) -> None:
    page, line = on_a_line(visit, "linear_regression?speed=60")
    line.keeps = True
    page.get_by_role("link", name="Stepwise").first.click()
    page.request.post(f"{visit.app}/runs/{steered(page)}/commands", data={"command": "train"})  # as from another tab
    until_step(page, 60)  # a second: the page would have been told that it runs
    assert line.kept == 1, "of two things asked one after the other the first may be lost"
    line.let_go()
    expect(page.locator(STAGE)).to_have_count(0)


def test_a_press_that_cannot_be_sent_says_so_and_the_bar_is_true_again(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=60")
    visit.expected.append("ERR_FAILED")
    page.route("**/commands", lambda route: route.abort())
    press(page, "Train")
    expect(page.get_by_role("status").filter(has_text="That did not reach the server.")).to_be_visible()
    expect(page.get_by_role("button", name="Train")).to_be_visible()
    assert stage(page)[:2] == ("paused", 0)
    page.unroute("**/commands")
    press(page, "Train")
    until_step(page, 5)
    expect(page.get_by_role("status").filter(has_text="That did not reach the server.")).to_have_count(0)


def test_a_refused_value_stays_in_sight_with_the_reason_and_the_last_good_one_in_force(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=100000&speed=60&lr=0.02")
    press(page, "Train")
    until_step(page, 5)
    fill(page, LR, "99")
    reason = page.get_by_role("alert").filter(has_text="“99” is not allowed. Allowed: 1e-06 … 10.")
    expect(reason).to_be_visible()
    field = page.get_by_role("spinbutton", name=LR)
    expect(field).to_have_accessible_description("“99” is not allowed. Allowed: 1e-06 … 10.")
    fill(page, "Weight decay", "0.1")
    page.wait_for_function("() => document.querySelector('[data-panel=words]').textContent.includes('0.02')")
    until_address(page, weight_decay="0.1", lr="0.02")
    expect(field).to_have_value("99")
    expect(reason).to_be_visible()
    page.get_by_role("button", name="default 0.01").click()
    expect(field).to_have_value("0.01")
    expect(page.locator(".sw-problem:not(:empty)")).to_have_count(0)
    until_address(page, weight_decay="0.1", lr=None)
    assert stage(page)[2] == 0


def test_a_press_comes_after_the_value_that_was_put_before_it(visit: Visitors) -> None:
    """A run that trains at full speed would have ended before it; of the values that come before its turn the last goes."""
    page = visit("linear_regression?epochs=100000&speed=60")
    sent: list[Any] = []

    def listen(request: Request) -> None:
        if request.url.endswith("/commands"):
            command: dict[str, Any] = request.post_data_json or {}
            sent.append(command.get("value", command["command"]))

    page.on("request", listen)
    page.evaluate(
        """(values) => {
            const number = document.querySelector('[data-field=lr] input[type=number]');
            for (const value of values) {
              number.value = value;
              number.dispatchEvent(new Event('change', { bubbles: true }));
            }
            document.querySelector('.sw-run-main').click();
        }""",
        [0.02, 0.03, 0.04],
    )
    until_step(page, 5)
    assert sent == [0.04, "train"]


def test_what_was_changed_goes_back_at_a_press(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=77&lr=0.05&optimizer=Adam")
    page.get_by_role("button", name="default SGD").click()
    until_address(page, optimizer=None, epochs="77", lr="0.05")
    press(page, "Back to defaults")
    until_address(page, optimizer=None, epochs=None, lr=None)
    expect(page.get_by_role("spinbutton", name=LR)).to_have_value("0.01")
    expect(page.get_by_role("button", name="Back to defaults")).to_have_count(0)


def test_on_a_phone_the_live_settings_are_a_sheet_over_half_of_the_screen(visit: Visitors) -> None:
    page = visit("iris?epochs=100000&speed=20", size=(390, 844))
    press(page, "Train")
    until_step(page, 5)
    handle, lr = page.get_by_role("button", name="Live settings"), page.get_by_role("spinbutton", name=LR)
    expect(lr).to_be_hidden()
    for button in (handle, *page.locator(".sw-run button").all()):
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    handle.click()
    expect(lr).to_be_in_viewport()
    sheet = page.locator(".sw-live").bounding_box()
    assert sheet
    assert sheet["y"] >= 844 / 2
    expect(page.locator("[data-panel=loss] .sw-plot")).to_be_in_viewport(ratio=0.2)
    drag = grab(page, 0.6)
    drag(0.7)
    page.wait_for_function(MARKED)
    page.mouse.up()
    page.keyboard.press("Escape")
    expect(lr).to_be_hidden()
    handle.click()
    top = handle.bounding_box()
    assert top
    page.mouse.move(200, top["y"] + 20)
    page.mouse.down()
    page.mouse.move(200, top["y"] + 120, steps=4)
    page.mouse.up()
    expect(lr).to_be_hidden()
    expect(handle).to_have_attribute("aria-expanded", "false")


def test_a_worker_that_is_killed_takes_no_run_down(visit: Visitors, app_server: AppServer) -> None:
    page = visit("linear_regression?epochs=100000&speed=60")
    press(page, "Train")
    until_step(page, 60)
    killed = app_server.workers
    assert killed
    for worker in killed:
        worker.kill()
    expect(page.locator("[data-panel=words]")).to_contain_text("The process that computed this run died.")
    until_status(page, "running")
    until_step(page, stage(page)[1] + 60)
    press(page, "Pause")
    until_status(page, "paused")
    x, y = curve(page)
    assert x == list(range(len(x)))
    assert y == pytest.approx(descend(x[-1])["loss"], rel=ROUNDING, abs=1e-9)


def test_a_tab_that_is_pressed_while_the_page_is_drawn_anew_opens(visit: Visitors) -> None:
    """Streamlit disables its tabs between two messages of a rerun: the first is let through here, the others wait."""
    page, line = on_a_line(visit, "linear_regression")
    line.holds = lambda message: message.delta.add_block.HasField("tab")
    press(page, "Step")
    code = page.get_by_role("tab", name="Code")
    expect(code).to_be_disabled()
    code.click(force=True)
    expect(code).to_have_attribute("aria-selected", "false")
    line.let_go()
    expect(code).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("link", name="Script (.py)")).to_be_visible()
    page.close()
