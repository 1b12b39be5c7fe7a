"""What the live page costs the browser, and how long a press takes until its effect is on the screen."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Locator, Page

from benchmarks.chromium import chromium
from benchmarks.measure import p50_p95, say
from benchmarks.table import Figure, Results, Row
from benchmarks.web import ROOT, Served, serving

TIMES = 4
ROUNDS, SECONDS = 1, 6.0
PAGE = "linear_regression?lang=en&epochs=100000&speed="
STAGE = ".stepwise-stage"
LOSS = "document.querySelector('[data-panel=loss] .sw-plot')"
FIRST_POINT = f"() => {LOSS}.data.at(-1).x.length > 1"
PAUSED = f"() => document.querySelector('{STAGE}').dataset.runStatus === 'paused'"
# The moment of a press as the page hears it, and of the first frame in which its effect is there.
WATCH = """(effect) => {
  let pressed = null;
  const hear = () => (pressed ??= performance.now());
  for (const kind of ["click", "change"]) document.addEventListener(kind, hear, { capture: true, once: true });
  window.seconds = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`not seen within a minute: ${effect}`)), 60_000);
    const look = () => (pressed !== null && eval(effect)() ? resolve((performance.now() - pressed) / 1000) : requestAnimationFrame(look));
    look();
  });
}"""
COUNT = f"""() => {{
  window.longTasks = [];
  const keep = (list) => list.getEntries().forEach((task) => window.longTasks.push(task.duration));
  new PerformanceObserver(keep).observe({{ type: "longtask" }});
  window.batches = 0;
  new MutationObserver((seen) => (window.batches += seen.length)).observe(
    document.querySelector("{STAGE}"), {{ attributes: true, attributeFilter: ["data-step"] }});
}}"""
ON_SCREEN = """() => [...document.querySelectorAll(".sw-panel")].filter((panel) => {
  const { top, bottom } = panel.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}).length"""


@dataclass(frozen=True)
class Busy:
    """The main thread over some seconds of training."""

    share: float  # of the time, by the clock
    cpu: float  # the same by the thread's processor time
    long_tasks: list[float]  # ms of each that was longer than 50 ms
    batches: float  # a second
    panels: int  # on screen


def run() -> Results:
    """The part `browser`."""
    with serving(ROOT / "streamlit_app.py") as ours, chromium() as browser:
        return _busy(browser, ours) + _latencies(browser, ours)


def _opened(browser: Browser, served: Served, speed: int) -> Page:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.set_default_timeout(60_000)
    page.goto(f"{served.url}{PAGE}{speed}")
    page.wait_for_selector(f"{STAGE}[data-run-status=paused]")
    page.wait_for_function(f"{LOSS}?.data?.at(-1)?.x?.length === 1")
    return page


def _press(page: Page, name: str) -> None:
    _button(page, name).click()


def _button(page: Page, name: str) -> Locator:
    """A button by its word; its icon and its shortcut are part of its name too."""
    return page.locator(".st-key-run-buttons").get_by_role("button", name=name)


# --- the main thread -------------------------------------------------------------------------------------------


def _busy(browser: Browser, served: Served) -> Results:
    say("browser: the main thread while it draws")
    rounds = [_drawing(browser, served, 60) for _ in range(ROUNDS)]
    fast = _drawing(browser, served, 300)
    share = statistics.median(busy.share for busy in rounds)
    long_tasks = sorted((task for busy in rounds for task in busy.long_tasks), reverse=True)
    note = (
        f"{rounds[0].panels} panels on screen, {statistics.median(busy.batches for busy in rounds):.1f} batches/s, 60 steps/s, "
        f"software rendering; by the thread's processor time {statistics.median(busy.cpu for busy in rounds):.1%}; at 300 "
        f"steps/s {fast.share:.1%} ({fast.cpu:.1%}), {len(fast.long_tasks)} long tasks"
    )
    longest = f"in {ROUNDS} × {SECONDS:g} s" + (f"; the longest {long_tasks[0]:.0f} ms" if long_tasks else "")
    return Results([
        Row("browser main thread busy, all panels at 10 messages/s", "–", share, "≤", 0.5, note),
        Row("tasks over 50 ms meanwhile", "–", float(len(long_tasks)), "≤", 0, longest),
    ])  # fmt: skip


def _drawing(browser: Browser, served: Served, speed: int) -> Busy:
    page = _opened(browser, served, speed)
    clock, thread = (_metrics(page, domain) for domain in ("timeTicks", "threadTicks"))
    _press(page, "Train")
    page.wait_for_function(f"Number(document.querySelector('{STAGE}').dataset.step) > {2 * speed}")  # the rerun is over
    page.evaluate(COUNT)
    before, cpu = _task_seconds(clock), _task_seconds(thread)
    page.wait_for_timeout(1000 * SECONDS)
    share, used = (_task_seconds(clock) - before) / SECONDS, (_task_seconds(thread) - cpu) / SECONDS
    tasks, batches, panels = page.evaluate(f"[window.longTasks, window.batches, ({ON_SCREEN})()]")
    _press(page, "Pause")
    page.close()
    return Busy(share, used, tasks, batches / SECONDS, panels)


def _metrics(page: Page, domain: str) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": domain})
    return session


def _task_seconds(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


# --- latencies -------------------------------------------------------------------------------------------------


def _latencies(browser: Browser, served: Served) -> Results:
    say("browser: from a press to its effect")
    page = _opened(browser, served, 60)
    trained: list[float] = []
    paused: list[float] = []
    for _ in range(TIMES):
        trained.append(_seen(page, FIRST_POINT, lambda: _press(page, "Train")))
        page.wait_for_timeout(300)
        paused.append(_seen(page, PAUSED, lambda: _press(page, "Pause")))
        _press(page, "Reset")
        page.wait_for_selector(f"{STAGE}[data-run-status=paused][data-step='0']")
        page.wait_for_function(f"{LOSS}.data.at(-1).x.length === 1")
        _button(page, "Train").wait_for()
    _press(page, "Train")
    changed = [_lr_changed(page, 0.02 + place / 1000) for place in range(TIMES)]
    _press(page, "Pause")
    page.close()
    return Results(figures=[
        Figure("click on Train until the first point is drawn", p50_p95(trained)),
        Figure("click on Pause until the stage says so", p50_p95(paused)),
        Figure("change of lr until its mark is on the curve", p50_p95(changed)),
    ])  # fmt: skip


def _lr_changed(page: Page, lr: float) -> float:
    mark = f"() => ({LOSS}.layout.annotations ?? []).some((one) => one.text.includes('→ {lr:g}'))"
    field = page.get_by_role("spinbutton", name="Learning rate")

    def change() -> None:
        field.fill(f"{lr:g}")
        field.press("Enter")

    return _seen(page, mark, change)


def _seen(page: Page, effect: str, press: Callable[[], None]) -> float:
    """Seconds from the press to the first frame with its effect."""
    page.evaluate(WATCH, effect)
    press()
    return float(page.evaluate("window.seconds"))
