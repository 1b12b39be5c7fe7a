"""A full machine: the next visitors are told so, watch a demonstration, and come in one after another with their own settings."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.engine.admission import LOOKS
from core.engine.local import TIDY_SECONDS
from tests.browser.app_server import AppServer, serving_app
from tests.browser.visitors import Visitors, press, run_id, stage, steered, until_address, until_ready, until_status, until_step

pytestmark = pytest.mark.browser
CROWD = 4  # people who train, on one worker
NOTICE = ".sw-waiting"
MOST_STRANGERS = 60
LONG = "linear_regression?epochs=1000000&speed=max"

COUNT_SCRIPT_RUNS = """() => {
    const app = document.querySelector(".stApp");
    let before = app.dataset.testScriptState;
    window.scriptRuns = 0;
    new MutationObserver(() => {
        window.scriptRuns += app.dataset.testScriptState === "running" && before !== "running";
        before = app.dataset.testScriptState;
    }).observe(app, { attributes: true });
}"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """One worker, and a least speed that no machine gives to four."""
    with serving_app(tmp_path_factory.mktemp("small"), workers="1", least_speed="1e9") as served:
        yield served


@pytest.fixture
def people(browser: Browser, small: AppServer) -> Iterator[tuple[Visitors, Visitors]]:
    """One person's browser; and one that is passed from hand to hand, since a fresh one opens its first page much slower."""
    person, strangers = Visitors(browser, small.url), Visitors(browser, small.url)
    yield person, strangers
    for visitors in (person, strangers):
        visitors.leave()
    assert [person.faults, strangers.faults] == [[], []]


def stands(page: Page, words: str) -> None:
    expect(page.locator(f"{NOTICE} [role=status]")).to_have_text(words)


def comes_in(page: Page) -> None:
    page.locator(NOTICE).wait_for(state="detached")
    until_ready(page)


def until_full(visitors: Visitors, path: str) -> Page:
    """The page of the first who has to wait: until it closes strangers come in."""
    page = visitors(path)
    for _ in range(MOST_STRANGERS):
        if page.locator(NOTICE).count():
            return page
        page.context.clear_cookies()
        page.goto(f"{visitors.app}/{path}")
        until_ready(page)
    raise AssertionError("it never closed")


def test_on_a_full_machine_visitors_wait_and_come_in_by_turns(people: tuple[Visitors, Visitors], small: AppServer) -> None:
    person, strangers = people
    early, stranger = person(LONG), strangers(ready=False)
    own, crowd = "", list[str]()
    for page in (early, *[stranger] * (CROWD - 1)):
        if page is stranger:  # another one each time
            page.context.clear_cookies()
            page.goto(f"{small.url}/{LONG}")
            until_ready(page)
        press(page, "Train")
        until_status(page, "running")
        own = own or run_id(page)
        crowd.append(steered(page))
        page.goto(f"{small.url}/_stcore/health")  # nobody stays to look: full speed takes long to draw
    stranger.context.clear_cookies()
    stranger.wait_for_timeout(1000 * (LOOKS + 1) * TIDY_SECONDS)  # as long as it is measured
    first = until_full(strangers, "iris?lr=0.05&hidden=7")
    second = strangers("char_rnn?lr=0.2", language="ko")
    second.evaluate(COUNT_SCRIPT_RUNS)
    stands(first, "You are number 1 in the line.")
    stands(second, "대기 순서 2번째입니다.")
    expect(first.locator(NOTICE)).to_contain_text("most of their runs get fewer than 1,000,000,000 steps a second")
    until_step(second, 1)  # the demonstration
    train = second.get_by_role("button", name=re.compile(r"(^|\s)학습(\s|$)"))
    expect(train).to_have_count(0)
    until_address(first, run=None, lr="0.05", hidden="7")

    first.reload()
    stands(first, "You are number 1 in the line.")

    _, _, generation = stage(second)
    second.wait_for_function("(before) => Number(document.querySelector('.stepwise-stage').dataset.runGeneration) > before", arg=generation)
    second.wait_for_timeout(2000)
    assert second.evaluate("window.scriptRuns") == 0, "a demonstration that begins anew has no page drawn anew"

    early.go_back()
    until_ready(early)
    assert run_id(early) == own, "who has a run keeps it"
    for one in crowd:
        early.request.post(f"{small.url}/runs/{one}/commands", data={"command": "pause"})
    comes_in(first)
    comes_in(second)
    expect(train).to_have_count(1)
    for page, lr in ((first, "0.05"), (second, "0.2")):
        until_address(page, lr=lr)
        expect(page.get_by_role("spinbutton", name=re.compile(r"\(lr\)"))).to_have_value(lr)
    assert run_id(first) != run_id(second)
    until_address(first, hidden="7")
    press(first, "Train")
    until_status(first, "running", "finished")
