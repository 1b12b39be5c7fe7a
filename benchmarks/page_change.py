"""How long it takes until a page can be used: from its address in a fresh browser, and from the press on its name."""

import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.live_page import STAGE
from benchmarks.measure import say
from benchmarks.table import Results, Row
from benchmarks.web import Served

NAMES = ("linear_regression", "iris", "char_rnn")
ROUNDS = 4
# Its run is built, its panels stand, its buttons can be pressed, and its script has ended.
USABLE = f"""() => {{
  const stage = document.querySelector("{STAGE}:not([data-left])");
  return document.querySelector(".stApp")?.dataset.testScriptState === "notRunning"
    && !["", "queued", undefined].includes(stage?.dataset.runStatus)
    && stage.querySelector("[data-panel]") && stage.querySelector(".sw-run button:enabled");
}}"""
# Asked frame by frame: what is not painted yet cannot be used. `from`: when the page began, or heard the press that leaves the one before.
WATCH = f"""(event) => {{
  let from = event ? null : 0;
  if (event) document.addEventListener(event, () => (from ??= performance.now()), {{ capture: true, once: true }});
  document.querySelector("{STAGE}")?.setAttribute("data-left", "");
  window.seconds = new Promise((resolve) => {{
    const look = () => (from !== null && ({USABLE})() ? resolve((performance.now() - from) / 1000) : requestAnimationFrame(look));
    look();
  }});
}}"""


@dataclass(frozen=True)
class Change:
    """Until the page could be used, in seconds: by the clock, and of its main thread's processor time."""

    clock: float
    cpu: float


def page_changes(browser: Browser, served: Served) -> Results:
    """Cold and warm, each as the median of the pages' changes."""
    say("browser: from a page's name to the page")
    cold = [_cold(browser, served, name) for name in NAMES for _ in range(ROUNDS)]
    return Results([_row("a fresh browser opens a page", cold, 1.5), _row("another page is pressed", _warm(browser, served), 0.7)])


def _row(what: str, changes: list[Change], most: float) -> Row:
    clock, cpu = ([getattr(change, kind) for change in changes] for kind in ("clock", "cpu"))
    note = (
        f"seconds; from {min(clock):.2f} to {max(clock):.2f} over {len(changes)} times; its main thread's processor time until then "
        f"{statistics.median(cpu):.2f} s"
    )
    return Row(f"{what}, until it can be used", "–", statistics.median(clock), "≤", most, note)


def _cold(browser: Browser, served: Served, name: str) -> Change:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    thread = _thread(page)
    page.add_init_script(f"({WATCH})('')")
    page.goto(f"{served.url}{name}")
    change = Change(float(page.evaluate("window.seconds")), _busy(thread))
    context.close()
    return change


def _warm(browser: Browser, served: Served) -> list[Change]:
    """From page to page in one tab that has shown each of them before."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
    thread = _thread(page)
    page.goto(f"{served.url}{NAMES[-1]}")
    page.wait_for_function(USABLE)
    changes = [_pressed(page, thread, name) for _ in range(ROUNDS + 1) for name in NAMES]
    page.close()
    return changes[len(NAMES) :]


def _pressed(page: Page, thread: CDPSession, name: str) -> Change:
    page.wait_for_timeout(2000)  # the page before is drawn to its end
    before = _busy(thread)
    page.evaluate(WATCH, "click")
    page.locator(f"[data-testid=stTopNavLink][href$='/{name}']").dispatch_event("click")  # it may lie in the menu of those that do not fit
    return Change(float(page.evaluate("window.seconds")), _busy(thread) - before)


def _thread(page: Page) -> CDPSession:
    """The page's main thread, which is asked for its processor time."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    return session


def _busy(thread: CDPSession) -> float:
    metrics = thread.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")
