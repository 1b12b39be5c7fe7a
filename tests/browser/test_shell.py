"""The frame round the pages in a real Chromium: home, language, theme, projector, and Korean that is Korean throughout."""

import re
from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect

from pages import PAGES
from tests.browser.visitors import PATIENCE, TRAINED, Language, Visitors, press, until_address, until_quiet, until_ready, until_status
from tests.words import said
from ui.stage.assets import files

pytestmark = pytest.mark.browser
TITLE = "Watch a real PyTorch program learn."
ENGLISH = re.compile(r"\b[A-Za-z][a-z]+(?:[ ,]+[a-z]+){2,}")  # three words in a row and more
LEARNED = ("[data-panel=samples] .sw-head ~ *",)  # what the network writes while it learns
TEXT = "if you want you"  # what it learns from
NOT_PROSE = ("pre", "code", "script", "noscript", "style", "svg", "canvas", "[data-testid=stIconMaterial]", "[data-testid=stCode]")
DRAWN = {
    "linear_regression": "words] ul", "iris": "probe] .sw-track", "char_rnn": "prompt] input", "autograd": "chain] td",
    "plane": "regions] .sw-reference", "overfitting": "weights] canvas", "digits": "layers] canvas[data-reads]",
    "tensors": "tensors] .tn-cell", "sequences": "batch] tfoot td", "words": "text] .sw-letter", "search": "curves] .se-to-come",
}  # fmt: skip
SAID = """(left_out) => {
    const said = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
        node.nodeType === 1 && node.matches(left_out) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.nodeType === 3) said.push(node.textContent);
        else said.push(...["aria-label", "title", "alt", "placeholder"].map((name) => node.getAttribute(name) ?? ""));
    }
    return said;
}"""


HEADER_FITS = """() => {
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((node) =>
        node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && node.getBoundingClientRect().width);
    const names = shown("[data-testid=stTopNavLink], [data-testid=stTopNavSection]");
    const bar = shown(".st-key-shell-bar :is(label, p)");
    const side = (nodes, side) => nodes.map((node) => node.getBoundingClientRect()[side]);
    return names.length && bar.length > 1
        && Math.max(...side(names, "right")) <= Math.min(...side(bar, "left")) && Math.max(...side(bar, "right")) <= innerWidth
        && [...names, ...bar].every((node) => node.scrollWidth <= node.clientWidth + 1);
}"""


def english(page: Page, language: Language = "ko") -> list[str]:
    """Everything that the page says, also to a screen reader, and that reads like English, once Streamlit's words are ours."""
    page.wait_for_function(
        "(language) => document.documentElement.lang === language && (language === 'en' || window.stepwiseShell?.watch)", arg=language
    )
    said: list[str] = page.evaluate(SAID, ", ".join([*NOT_PROSE, *LEARNED]))
    return sorted({text.strip() for text in (one.replace(TEXT, "") for one in said) if ENGLISH.search(text)})


@pytest.mark.parametrize("language", ["en", "ko"])
def test_home_speaks_the_browsers_language(visit: Visitors, language: Language) -> None:
    page = visit("", language=language)
    expect(page.locator("h1")).to_have_text(said(TITLE, language))
    page.wait_for_function("(language) => document.documentElement.lang === language", arg=language)


def test_on_a_phone_the_menu_leads_to_every_page_and_closes_and_nothing_sticks_out(visit: Visitors) -> None:
    page = visit("", language="ko", size=(390, 844))
    width = "() => document.querySelector('[data-testid=stMain]').scrollWidth"
    assert page.evaluate(width) <= 390
    for one in PAGES:
        page.get_by_role("button", name=said("Expand sidebar")).click()
        page.get_by_test_id("stSidebar").get_by_role("link", name=said(one.title)).click()
        expect(page.locator("h1")).to_have_text(said(one.title))
        expect(page.get_by_role("button", name=said("Expand sidebar"))).to_be_in_viewport()
        expect(page.get_by_test_id("stSidebarNav")).not_to_be_in_viewport()
        until_ready(page)
        assert page.evaluate(width) <= 390, one.name


ENLARGED = "(pixels) => Math.abs(parseFloat(getComputedStyle(document.documentElement).fontSize) - pixels) < 0.1"


def test_the_header_has_room_for_its_parts_at_every_width_and_on_a_projector(visit: Visitors) -> None:
    page = visit("linear_regression")
    for pixels, projector in ((16, None), (22.4, "1"), (16, None)):
        page.wait_for_function(ENLARGED, arg=pixels)
        until_address(page, projector=projector)
        for width in (900, 960, 1024, 1100, 1248, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            page.wait_for_function(HEADER_FITS)
        page.get_by_text("Projector", exact=True).click()


BLANK = "() => innerHeight - document.querySelector('.st-key-cards').getBoundingClientRect().bottom"


def test_home_fills_one_screen_and_says_where_runs_compute(visit: Visitors) -> None:
    page = visit("", size=(1366, 768))
    for width, height in ((1366, 768), (1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".st-key-home").get_by_text(re.compile("Runs compute on: .* · "))).to_be_in_viewport()
        for one in PAGES:
            expect(page.locator(f".st-key-card-{one.name}")).to_be_in_viewport(ratio=1)
        page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight")
        page.wait_for_function(f"() => ({BLANK})() < 0.1 * innerHeight")  # nothing is left blank below


SHOWN = ".stepwise-demonstration"
SHOWN_STEP = f"() => Number(document.querySelector('{SHOWN}')?.dataset.step)"


def test_a_run_learns_before_anything_is_pressed_and_each_visitor_pauses_it_for_himself(visit: Visitors) -> None:
    page, other = visit(""), visit("", language="ko")
    page.wait_for_function(f"() => ({SHOWN_STEP})() >= 0")
    page.get_by_role("button", name="Pause").click()
    held = page.evaluate(SHOWN_STEP)
    other.wait_for_function(f"(held) => ![held, NaN].includes(({SHOWN_STEP})())", arg=held)
    other.wait_for_function(f"(before) => ({SHOWN_STEP})() !== before", arg=other.evaluate(SHOWN_STEP))
    assert page.evaluate(SHOWN_STEP) == held
    picture = page.get_by_role("img", name=re.compile(f"A line among points, and its loss: at epoch {held} of 300 the loss is [0-9.]+, W "))
    expect(picture).to_be_in_viewport()
    assert page.locator(f"{SHOWN} [aria-live], {SHOWN} [role=status]").count() == 0
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"(before) => ({SHOWN_STEP})() !== before", arg=held)
    assert not page.evaluate("() => window.Plotly || performance.getEntriesByType('resource').some(({ name }) => name.includes('plotly'))")


def test_where_motion_is_not_wanted_the_finished_run_stands(visit: Visitors) -> None:
    page, other = visit(""), visit("", language="ko")
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    expect(page.locator(SHOWN)).to_have_attribute("data-step", "300")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    other.wait_for_function(f"() => ({SHOWN_STEP})() < 300")  # it has begun anew
    expect(page.locator(SHOWN)).to_have_attribute("data-step", "300")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"() => ({SHOWN_STEP})() < 300")


def test_the_question_on_the_first_page_leads_to_its_answer(visit: Visitors) -> None:
    page = visit("", size=(1366, 768))
    page.get_by_role("link", name="The optimizer was never given the loss. How does it know?").click()
    loop = page.locator("[data-panel=loop]")
    expect(loop.get_by_text("backward() leaves the slope of the loss in the .grad of each parameter")).to_be_in_viewport(ratio=1)
    expect(loop.locator("[aria-current=step]")).to_be_in_viewport(ratio=1)
    until_address(page, look=None)


def test_the_language_switch_stays_on_every_page_and_through_a_reload(visit: Visitors) -> None:
    page = visit("")
    page.get_by_role("radio", name="한국어").click()
    expect(page.locator("h1")).to_have_text(said(TITLE))
    until_address(page, lang="ko")
    page.reload()
    expect(page.locator("h1")).to_have_text(said(TITLE))
    until_quiet(page)
    page.get_by_role("link", name=said("Linear regression")).first.click()
    until_ready(page)
    expect(page.locator("h1")).to_have_text(said("Linear regression"))


def test_the_switches_make_no_page_of_the_browsers_history_and_hold_through_a_step_back(visit: Visitors) -> None:
    page = visit("")
    page.get_by_role("link", name="Tensors").first.click()
    expect(page.locator("h1")).to_have_text("Tensors")
    until_quiet(page)
    entries = page.evaluate("history.length")
    for pressed, address in (("한국어", {"lang": "ko"}), ("English", {"lang": "en"}), ("한국어", {"lang": "ko"})):
        page.get_by_role("radio", name=pressed).click()
        until_address(page, **address)
        until_quiet(page)
    for held in ("1", None, "1"):
        page.get_by_test_id("stCheckbox").filter(has_text=said("Projector")).locator("label").click()
        until_address(page, projector=held)
        until_quiet(page)
    assert page.evaluate("history.length") == entries
    page.go_back()
    expect(page.locator("h1")).to_have_text(said(TITLE))
    until_address(page, lang="ko", projector="1")


LISTS = """() => [...document.querySelectorAll("[data-testid=stSelectbox] input")].map((field) => field.value)
    .concat([...document.querySelectorAll("[role=tab]")].map((tab) => tab.ariaSelected))"""  # also what is folded away


def changes_language(page: Page, title: str, unfold: Callable[[Language], None] = lambda _: None) -> None:
    """Korean, which the page has come to by a switch, with the code opened, then English, then Korean again: as often as one likes."""
    code = page.get_by_role("tab", name=said("Code"))
    code.click()
    expect(code).to_have_attribute("aria-selected", "true")
    until_quiet(page)
    korean = page.evaluate(LISTS)
    page.get_by_role("radio", name="English").click()
    expect(page.locator("h1")).to_have_text(title)
    unfold("en")
    page.wait_for_function(f"() => !/[가-힣]/.test(({LISTS})().join())")
    page.get_by_role("radio", name="한국어").click()
    expect(page.locator("h1")).to_have_text(said(title))
    unfold("ko")
    page.wait_for_function(f"(before) => ({LISTS})().join() === before", arg=",".join(korean))
    until_quiet(page)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("name", [page.name for page in PAGES if page.name not in TRAINED])
def test_a_page_changes_its_language_as_often_as_one_likes(visit: Visitors, name: str) -> None:
    """Those with a run: test_accessibility.py, which has them open."""
    page = visit(name)
    title = next(page.title for page in PAGES if page.name == name)
    page.get_by_role("radio", name="한국어").click()
    expect(page.locator("h1")).to_have_text(said(title))
    until_quiet(page)
    changes_language(page, title)


SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach(({ value, sources }) =>
    window.shifts.push([value, sources.map(({ node }) => node?.className ?? "")]))).observe({ type: "layout-shift", buffered: true });"""
DRESSED = """(panel) => [...document.querySelectorAll(`[data-panel=${panel}], [data-panel=${panel}] *`)].map((node) => {
    const { display, gridTemplateColumns, flexDirection, gap, margin, padding, fontSize, opacity, borderWidth } = getComputedStyle(node);
    return [node.tagName, node.className.baseVal ?? node.className,
        display, gridTemplateColumns, flexDirection, gap, margin, padding, fontSize, opacity, borderWidth].join(" | ");
})"""


def dressed(page: Page, name: str) -> list[str]:
    """How the panel of a page is dressed that has a stylesheet of its own, once it is drawn."""
    until_ready(page)
    panel = DRAWN[name].partition("]")[0]
    page.locator(f"[data-panel={panel}]").scroll_into_view_if_needed()
    page.wait_for_selector(f"[data-panel={DRAWN[name]}", state="attached")
    found: list[str] = page.evaluate(DRESSED, panel)
    return found


SHEETS = """() => [...document.styleSheets].filter(({ href }) => href?.includes("/assets/")).flatMap(({ href, cssRules }) =>
    [href, ...[...cssRules].filter(({ styleSheet }) => styleSheet).map(({ styleSheet }) => styleSheet.href)])"""
WITH = """([hrefs, where]) => Promise.all(hrefs.map((href) => new Promise((resolve, reject) => {
    const own = document.querySelectorAll("link[rel=stylesheet][href*='/assets/']:not(.visited)");
    const link = document.createElement("link");
    Object.assign(link, { className: "visited", rel: "stylesheet", href, onload: resolve, onerror: reject });
    own[where === "before" ? 0 : own.length - 1][where](link);
})))"""  # the head as it is left by all pages that were visited before this one, or after this one, from which one comes back
WITHOUT = "() => document.querySelectorAll('link.visited').forEach((link) => link.remove())"


def test_a_page_looks_the_same_after_any_other_one_and_the_whole_card_leads_to_it(visit: Visitors) -> None:
    page = visit("", ready=False)
    fresh: dict[str, list[str]] = {}
    for name in (one.name for one in PAGES):
        page.goto(f"{visit.app}/{name}")
        fresh[name] = dressed(page, name)
        own = page.evaluate(SHEETS)
        others = [own[0].replace(own[0].rpartition("/")[2], sheet) for sheet in files() if sheet.endswith(".css")]
        foreign = [href for href in others if href not in own]
        assert foreign, "another page has a stylesheet of its own"
        for hrefs, where in product((foreign, foreign[::-1]), ("before", "after")):  # either of two that contradict comes last
            page.evaluate(WITH, [hrefs, where])
            assert dressed(page, name) == fresh[name], f"{name}, {where}: one of {hrefs}"
            page.evaluate(WITHOUT)
    for place, one in enumerate(PAGES):  # and really: all in one tab, there by the card and back by the menu
        page.get_by_test_id("stTopNavLink").first.click()
        expect(page.locator("h1")).to_have_text(TITLE)
        card = page.locator(f".st-key-card-{one.name}")
        part = [card.locator("a"), card.locator("img, figure").first, card.locator("p").last][place % 3]
        part.click(force=True)  # the link lies over all of it
        page.wait_for_url(re.compile(rf"/{one.name}(\\?|$)"))
        expect(page.locator("h1")).to_have_text(one.title)
        assert dressed(page, one.name) == fresh[one.name]


@pytest.mark.parametrize("name", TRAINED)
def test_a_first_load_is_light_and_does_not_jump(browser: Browser, app: str, name: str) -> None:
    first = browser.new_context()
    first.set_default_timeout(PATIENCE)
    page = first.new_page()
    asked: dict[str, str] = {}
    received: dict[str, float] = {}
    network = first.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    network.on("Network.loadingFinished", lambda event: received.update({event["requestId"]: event["encodedDataLength"]}))
    page.add_init_script(SHIFTS)
    for width, height in ((1280, 900), (390, 844)):
        page.goto(f"{app}/_stcore/health")  # the one before is left, and nothing of the app is in the cache
        page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
        first.clear_cookies()
        network.send("Network.clearBrowserCache")
        asked.clear()
        received.clear()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{app}/{name}")
        until_ready(page)
        shifts = page.evaluate("() => window.shifts")
        page.locator("[data-panel=loss]").scroll_into_view_if_needed()  # it brings plotly, the largest file
        page.wait_for_selector("[data-panel=loss] .main-svg")
        over_the_line = [address for address in asked.values() if address.startswith("http")]  # others are in the page
        streams = [address for address in over_the_line if "/events?" in address]
        assert 10 < len(over_the_line) - len(streams) <= 47, "\n".join(over_the_line)
        assert len(streams) <= 6, (
            streams
        )  # one for what is on screen at each moment at which it has come to rest, of which a slow line makes more
        assert 0.5e6 < sum(received.values()) < 2.0e6, "all of it comes over the line, and no more"
        assert sum(size for size, _ in shifts) < 0.03, shifts
    first.close()


def test_a_browser_without_import_maps_takes_the_files(browser: Browser, app: str) -> None:
    visitors = Visitors(browser, app)
    page = visitors("", ready=False)
    page.add_init_script("HTMLScriptElement.supports = undefined;")
    files: list[str] = []
    page.on("request", lambda request: files.append(request.url))
    page.goto(f"{app}/iris")
    until_ready(page)
    visitors.leave()
    assert any(url.endswith("/panel_network.js") for url in files)
    assert visitors.faults == []


@pytest.mark.parametrize("path", ["", "autograd?expression=corner&backwards=2", "autograd?program=y=x!&x=one"])
def test_a_korean_page_without_a_run_says_nothing_in_english(visit: Visitors, path: str) -> None:
    page = visit(path, language="ko")
    if path:
        page.wait_for_selector("[data-pytorch=answered]")
    found = english(page)
    assert not found, "\n".join(found)


def test_a_korean_page_that_refuses_says_nothing_in_english(visit: Visitors) -> None:
    """What each page says after a run: test_accessibility.py, which has them open."""
    page = visit("char_rnn?text=korean&epochs=20&speed=max&lr=99", language="ko")  # what it learns is Korean too
    press(page, said("Train"))
    until_status(page, "finished")
    page.get_by_test_id("stExpander").get_by_text(said("More settings")).click()
    page.get_by_role("button", name=said("Links")).click()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name=said("Data")).click()
    page.get_by_role("spinbutton", name=said("Learning rate (lr)")).fill("99")
    page.keyboard.press("Tab")
    expect(page.locator(".sw-problem", has_text="99")).to_be_visible()
    page.get_by_role("spinbutton", name=said("Seed"), exact=True).fill("9999999999")
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert").filter(has_text=said("Error: {sentence}").split("{")[0])).to_be_visible()
    page.get_by_test_id("stDataFrame").hover()
    until_quiet(page)
    found = english(page)
    assert not found, "\n".join(found)


UPLOADER = "[data-testid=stFileUploader]"


def test_a_place_for_files_says_nothing_in_english(visit: Visitors) -> None:
    page = visit("linear_regression?data=own&table=1,1;2,2.5", language="ko")
    page.wait_for_function("() => window.stepwiseShell?.watch")
    elsewhere = f":not(:has({UPLOADER}), {UPLOADER}, {UPLOADER} *), [data-testid=stIconMaterial]"

    def is_korean() -> None:
        texts = page.evaluate(SAID, elsewhere)
        assert any(map(str.strip, texts))
        assert [text for text in texts if re.search(r"[a-z]{3}", text)] == []

    is_korean()
    page.locator(f"{UPLOADER} input").set_input_files({"name": "값", "mimeType": "text/csv", "buffer": b"x,y\n1,$5\n2,$6\n3,$9\n"})
    expect(page.locator(f"{UPLOADER} [data-testid=stFileChip]")).to_be_visible()
    expect(page.get_by_text(said("The numbers of {column} are read without {unit}.").rpartition("}")[2])).to_be_visible()
    until_quiet(page)
    is_korean()


def test_the_watch_for_english_works(visit: Visitors) -> None:
    assert english(visit(""), "en"), "an English page is found out"
