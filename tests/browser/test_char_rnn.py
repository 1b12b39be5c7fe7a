"""The char-RNN page in a real Chromium: what it draws is what a plain loop computes, and every press does its work."""

import re
from collections.abc import Iterator, Sequence

import pytest
import torch
from playwright.sync_api import Browser, Locator, Page, expect
from torch import nn

from tests.browser.visitors import (
    STAGE,
    Profiles,
    Theme,
    Visitors,
    choose,
    curve,
    fill,
    hasten,
    press,
    stage,
    until_address,
    until_drawn,
    until_quiet,
    until_status,
    until_step,
)

pytestmark = pytest.mark.browser
TEXT = " if you want you"
SENTENCE = "오늘 배운 것을 내일 잊어도"
FAST = "char_rnn?speed=max"
SCREENS: tuple[tuple[int, int, Theme], ...] = ((1920, 1080, "light"), (390, 844, "dark"))  # a theme is nothing but colours
FITS = "((panel) => panel.scrollWidth <= panel.clientWidth + 1)(document.querySelector('[data-panel={}]'))"


def plain_losses(iterations: int, seed: int = 0) -> list[float]:
    """The same network in the plainest loop: the losses of all iterations."""
    torch.manual_seed(seed)
    alphabet = sorted(set(TEXT))
    ids = torch.tensor([alphabet.index(character) for character in TEXT])
    x, y = torch.eye(len(alphabet))[ids[:-1]][None], ids[1:]
    rnn = nn.RNN(len(alphabet), len(alphabet), batch_first=True)
    optimizer = torch.optim.Adam(rnn.parameters(), lr=0.1)
    losses = []
    for _ in range(iterations):
        outputs, _state = rnn(x)
        loss = nn.functional.cross_entropy(outputs.view(-1, len(alphabet)), y)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
    return losses


def panel(page: Page, name: str) -> Locator:
    """One panel of the stage, on screen, so that its pictures are asked for."""
    found = page.locator(f"[data-panel={name}]")
    found.scroll_into_view_if_needed()
    return found


def trained(page: Page) -> None:
    """Train to the end, until the page's buttons have heard of it too."""
    page.locator(".sw-run-main").click()
    until_status(page, "finished")
    expect(page.get_by_role("button", name=re.compile("^(Step|한 스텝)"))).to_be_disabled()
    until_quiet(page)


@pytest.fixture(scope="module")
def learned(browser: Browser, app: str, profiles: Profiles) -> Iterator[Page]:
    """The page with the defaults trained to their end, for all tests that change nothing of the run."""
    visit = Visitors(browser, app, profiles)
    page = visit(FAST)
    trained(page)
    yield page
    visit.leave()
    assert visit.faults == []


def with_own_text(visit: Visitors, text: str = "") -> Page:
    """The page with the field for the learner's own text; if one is given, it is the text of the run."""
    page = visit(FAST)
    choose(page, "Text", "my own text")
    if text:
        page.get_by_label("Your text").fill(text)
        press(page, "Use this text")
    return page


def column(page: Page, selector: str) -> Sequence[str]:
    """The texts of all that the selector finds."""
    return page.locator(selector).all_inner_texts()


def test_the_curve_is_that_of_a_plain_loop(learned: Page) -> None:
    until_drawn(learned, 50)
    steps, losses = curve(learned)
    assert steps == list(range(1, 51))
    assert losses == pytest.approx(plain_losses(50), rel=1e-6)
    assert losses[-1] == pytest.approx(0.8237056, abs=1e-7)
    dashed = learned.evaluate(
        "document.querySelector('[data-panel=loss] .sw-plot').layout.shapes.map(({ y0, line }) => [y0.toFixed(3), line.dash])"
    )
    assert dashed == [["2.211", "dash"], ["2.303", "dash"]]


def test_the_text_appears_out_of_noise(visit: Visitors) -> None:
    page = visit("char_rnn?speed=20")
    text = panel(page, "text")
    expect(text.locator(".sw-letter")).to_have_count(15)
    before = text.locator("output").first.text_content()
    assert before != TEXT[1:]
    assert text.locator('.sw-letter[data-right="false"]').count() > 5
    press(page, "Train")
    expect(text.locator("output").first).to_have_text(TEXT[1:])
    until_status(page, "finished")
    expect(text.locator('.sw-letter[data-right="true"]')).to_have_count(15)
    assert set(column(page, "[data-panel=text] .sw-verdict")) == {"✓"}
    assert stage(page)[1] == 50
    expect(panel(page, "words")).to_contain_text("spells the text without a mistake")


def test_numbers_agree_with_each_other(learned: Page) -> None:
    numbers = panel(learned, "numbers").locator("dd")
    expect(numbers.nth(0)).to_have_text("0.8237")
    expect(numbers.nth(1)).to_have_text("2.279")
    expect(numbers.nth(2)).to_have_text("1.188")
    expect(numbers.nth(3)).to_have_text("1.000")
    expect(numbers.nth(4)).to_have_text(re.compile(r"^\d+$"))


def test_a_position_is_chosen_in_the_text_and_by_the_slider(learned: Page) -> None:
    panel(learned, "text").locator(".sw-letter").nth(4).click()
    unrolled = panel(learned, "unrolled")
    expect(unrolled.locator("figure").first).to_contain_text("reads y")
    unrolled.get_by_role("slider").fill("8")
    expect(unrolled.locator("figure").first).to_contain_text("reads w")
    expect(unrolled.locator("figure", has_text="rnn.weight_hh_l0")).to_be_visible()
    expect(panel(learned, "through_time")).to_contain_text("position 8")
    learned.locator("[data-panel=text] .sw-letters").focus()
    learned.keyboard.press("ArrowRight")
    expect(panel(learned, "through_time")).to_contain_text("position 9")


def test_a_unit_is_chosen_and_says_what_drives_it(learned: Page) -> None:
    hidden = panel(learned, "hidden")
    hidden.locator("canvas").last.hover(position={"x": 120, "y": 40})
    expect(hidden.locator(".sw-tip")).to_contain_text("highest after")
    hidden.locator("canvas").last.click(position={"x": 120, "y": 75})
    expect(panel(learned, "unit")).to_contain_text("Unit 2:")
    hidden.locator("canvas").last.focus()
    learned.keyboard.press("ArrowDown")
    expect(panel(learned, "unit")).to_contain_text("Unit 3:")


def test_it_continues_what_is_typed(learned: Page) -> None:
    prompt = panel(learned, "prompt")
    prompt.get_by_label("Choose").select_option("greedy")
    prompt.get_by_label("Length").fill("9")
    prompt.get_by_label("Beginning").click()
    learned.keyboard.type(" if yous0", delay=20)  # the page's own keys are space, s and 0
    prompt.get_by_role("button", name="Write", exact=True).click()
    expect(prompt.locator(".sw-character")).to_have_count(9)
    assert stage(learned)[0] == "finished"
    expect(prompt.get_by_role("status")).to_contain_text("iteration 50")
    expect(prompt.get_by_role("status")).to_contain_text("passes over them: 0 s")
    assert "".join(column(learned, ".sw-character")) == "␣want␣you"
    prompt.get_by_label("Choose").select_option("top_k")
    prompt.get_by_label("k", exact=True).fill("2")
    prompt.get_by_role("button", name="Write", exact=True).click()
    expect(prompt.locator(".sw-chances li")).to_have_count(2)
    prompt.locator(".sw-character").nth(3).click()
    expect(prompt.locator(".sw-character").nth(3)).to_have_attribute("aria-pressed", "true")
    expect(prompt.locator(".sw-drawn")).to_have_count(1)
    prompt.get_by_label("Length").fill("")
    prompt.get_by_role("button", name="Write", exact=True).click()
    expect(prompt.get_by_role("status")).to_contain_text("iteration 50")  # nothing was asked that nobody answers


def test_samples_are_kept_with_their_iteration(visit: Visitors) -> None:
    page = visit("char_rnn?speed=5")
    samples = panel(page, "samples").locator("li")
    press(page, "Train")
    until_step(page, 10)
    press(page, "Pause")
    until_status(page, "paused")
    until_quiet(page)
    field = page.locator(".st-key-settings").get_by_role("spinbutton", name="Temperature")
    field.fill("0.2")
    field.press("Enter")
    expect(samples.first).to_contain_text("T 0.2")
    hasten(page, "20/s")
    until_quiet(page)
    press(page, "Train")
    until_status(page, "finished")
    expect(samples.first).to_contain_text("iteration 50, T 0.2")
    expect(samples.last).to_contain_text("iteration 0, T 1")
    until_quiet(page)
    field.fill("0.1")
    field.press("Enter")
    expect(samples.first).to_contain_text("iteration 50, T 0.1")
    assert stage(page) == ("finished", 50, 0)  # what is only shown begins no new run
    assert samples.count() > 3


def test_a_korean_sentence_of_ones_own(visit: Visitors) -> None:
    page = visit("char_rnn?speed=max", language="ko")
    choose(page, "글", "내가 쓴 글")
    until_quiet(page)
    page.get_by_label("내 글").fill(SENTENCE)
    page.get_by_role("button", name="이 글로 학습하기").click()
    text = panel(page, "text")
    expect(text.locator(".sw-letter")).to_have_count(len(SENTENCE) - 1)
    expect(page.get_by_text("음절 단위: 전체 15자")).to_be_visible()
    choose(page, "셀", "LSTM")
    choose(page, "로짓", "선형층을 얹어서")
    until_quiet(page)
    trained(page)
    expect(text.locator("output").first).to_have_text(SENTENCE[1:])
    choose(page, "한글을 읽는 단위", "자모 단위")
    expect(text.locator(".sw-letter")).to_have_count(31)
    expect(panel(page, "loss").locator(".sw-chip")).to_have_count(1)


def test_ones_own_text_is_still_there_when_one_comes_back_and_markup_in_it_is_text(visit: Visitors) -> None:
    page = with_own_text(visit, "round and round")
    letters = panel(page, "text").locator(".sw-letter")
    expect(letters).to_have_count(14)
    choose(page, "Text", "“hello”")
    expect(letters).to_have_count(4)
    choose(page, "Text", "my own text")
    expect(letters).to_have_count(14)
    expect(page.get_by_label("Your text")).to_have_value("round and round")
    page.get_by_role("link", name="Iris").first.click()
    expect(page.locator("[data-panel=network]")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Your text")).to_have_value("round and round")
    expect(letters).to_have_count(14)
    until_quiet(page)
    page.get_by_label("Your text").fill("<script>alert(1)</script><b>x</b>")
    press(page, "Use this text")
    expect(letters).to_have_count(32)
    trained(page)
    expect(panel(page, "text").locator("output").first).to_contain_text("script>alert(1)")
    assert page.locator(".stepwise-stage :is(script, b b, p b)").count() == 0


def test_files_are_learned_however_long_and_one_that_is_no_text_is_named(visit: Visitors) -> None:
    page = with_own_text(visit)
    file = page.locator("input[type=file]")
    for content, said in (
        (b"\xff\xfea", "Line 1 cannot be read as UTF-16."),
        (b"PNG\x00\x01", "no text file"),
        (b"  \n", "holds no text"),
    ):
        file.set_input_files({"name": "mine.txt", "mimeType": "text/plain", "buffer": content})
        expect(page.get_by_role("alert")).to_contain_text(said)
        assert stage(page)[0] == "paused"
    seasons = "봄 여름 가을 겨울".encode("utf-16")
    file.set_input_files({"name": "mine.txt", "mimeType": "text/plain", "buffer": seasons})
    expect(panel(page, "text").locator(".sw-letter")).to_have_count(9)
    expect(page.get_by_label("Your text")).to_have_value("봄 여름 가을 겨울")
    expect(page.get_by_role("alert")).to_have_count(0)
    file.set_input_files({"name": "novel.txt", "mimeType": "", "buffer": "".join(map(chr, range(0x4E00, 0x5A00))).encode() * 9})
    expect(page.get_by_role("alert")).to_contain_text("one hidden unit for each distinct character of this text makes too many weights")
    press(page, "Put a linear layer on top")
    expect(page.get_by_text("27,648 characters, 3072 distinct ones")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.wait_for_function("document.querySelector('[data-panel=text] .sw-letter')?.textContent.includes('丁')")
    plays = ("First Citizen:\nBefore we proceed any further, hear me speak.\n" * 20_000)[:1_115_394]  # as long as tiny-shakespeare
    file.set_input_files({"name": "plays.txt", "mimeType": "", "buffer": plays.encode("utf-16")})
    expect(page.get_by_text("1,115,394 characters, 27 distinct ones")).to_be_visible()
    expect(panel(page, "text").locator(".sw-letter").first).to_have_text(re.compile("^i"))


def test_a_long_text_stays_out_of_the_link_and_has_a_window(visit: Visitors) -> None:
    page = with_own_text(visit, "a bear. " * 200)
    text = panel(page, "text")
    expect(text.locator(".sw-letter")).to_have_count(96)
    until_address(page, own_text=None)
    assert len(page.url) < 300
    text.get_by_role("slider").fill("700")
    expect(text.locator(".sw-letter").first).to_have_attribute("title", re.compile("Position 700:"))
    page.reload()
    expect(page.get_by_label("Your text")).to_have_value("a bear. " * 200)
    press(page, "Links")
    expect(page.get_by_text("too long for a link")).to_be_visible()


def test_shapes_follow_the_settings_and_a_refused_value_is_named_and_the_run_stays(visit: Visitors) -> None:
    page = visit(FAST)
    shapes = panel(page, "shapes").locator("[data-tensor]")
    expect(shapes).to_have_count(5)
    choose(page, "Logits", "a linear layer on top")
    fill(page, "Hidden size", "24")
    choose(page, "Encoding", "nn.Embedding")
    panel(page, "shapes")
    expect(shapes).to_have_count(6)
    expect(panel(page, "shapes").locator("[data-tensor=outputs]")).to_contain_text("24")
    expect(panel(page, "shapes").locator("[data-tensor=logits]")).to_contain_text(".view(-1, 10)")
    generation = stage(page)[2]
    fill(page, "Batch size", "100")
    expect(page.get_by_role("alert")).to_contain_text("too short for 100 places")
    assert (stage(page)[0], stage(page)[2]) == ("paused", generation)
    fill(page, "Batch size", "3")
    expect(page.get_by_role("alert")).to_have_count(0)
    trained(page)


def test_every_cell_learns(visit: Visitors) -> None:
    page = visit(FAST)
    fill(page, "Layers", "2")
    for cell in ("RNN (ReLU)", "LSTM", "GRU"):
        choose(page, "Cell", cell)
        until_status(page, "paused")
        trained(page)
        panel(page, "unrolled")
        expect(page.locator("[data-panel=unrolled] figure", has_text="rnn.weight_hh_l1")).to_be_visible()
        expect(page.locator("[data-panel=unrolled] .sw-formula")).not_to_be_empty()


def test_live_settings_bend_the_run(visit: Visitors) -> None:
    page = visit("char_rnn?speed=5")
    press(page, "Train")
    until_step(page, 3)
    fill(page, "Gradient clipping", "0.5")
    fill(page, "Learning rate (lr)", "0.02")
    until_quiet(page)
    hasten(page, "max")
    until_status(page, "finished")
    assert stage(page)[2] == 0
    page.wait_for_function(
        "document.querySelector('[data-panel=loss] .sw-plot')?.layout?.annotations?.filter((one) => one.xref === 'x').length === 2"
    )


def test_a_remedy_puts_a_linear_layer_on_top(visit: Visitors) -> None:
    page = visit(FAST)
    trained(page)
    panel(page, "words").get_by_role("button", name="Put a linear layer on top").click()
    page.wait_for_selector('.stepwise-stage[data-run-generation="1"][data-run-status="finished"]')
    expect(panel(page, "loss").locator(".sw-chip")).to_have_count(1)
    page.wait_for_function("document.querySelector('[data-panel=loss] .sw-plot')?.data?.at(-1)?.y?.at(-1) < 0.5")


def test_nothing_sticks_out(visit: Visitors) -> None:
    page = visit("char_rnn?speed=max&text=korean")
    trained(page)
    for width, height, theme in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        page.wait_for_selector(f"{STAGE}[data-theme={theme}]")
        for name in ("text", "probabilities", "hidden", "unrolled", "prompt", "shapes"):
            panel(page, name)
            page.wait_for_function(f"() => {FITS.format(name)}")
        page.wait_for_function(f"() => document.documentElement.scrollWidth <= {width}")
