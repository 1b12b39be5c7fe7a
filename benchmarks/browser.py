"""What the live page costs the browser, and how long a press takes until its effect is on the screen."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page

from benchmarks.chromium import Task, chromium, tracing
from benchmarks.measure import p50_p95, say
from benchmarks.table import Figure, Results, Row
from benchmarks.web import ROOT, Served, serving

TIMES = 12
ROUNDS, SECONDS = 3, 8.0
LONG = 0.05  # seconds
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
  window.batches = 0;
  new MutationObserver((seen) => (window.batches += seen.length)).observe(
    document.querySelector("{STAGE}"), {{ attributes: true, attributeFilter: ["data-step"] }});
}}"""
ON_SCREEN = """() => [...document.querySelectorAll(".sw-panel")].filter((panel) => {
  const { top, bottom } = panel.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}).length"""


@dataclass(frozen=True)
class Drawing:
    """The main thread over some seconds of training."""

    tasks: list[Task]
    batches: float  # a second
    panels: int  # on screen

    @property
    def clock(self) -> float:
        """Busy, as a share of the time."""
        return sum(task.clock for task in self.tasks) / SECONDS

    @property
    def cpu(self) -> float:
        """The same by the thread's processor time: what else the machine does is not in it."""
        return sum(task.cpu for task in self.tasks) / SECONDS


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
    note = (
        f"by the thread's processor time; {rounds[0].panels} panels on screen, "
        f"{statistics.median(drawing.batches for drawing in rounds):.1f} batches/s, 60 steps/s, software rendering; by the clock "
        f"{statistics.median(drawing.clock for drawing in rounds):.1%}; at 300 steps/s {fast.cpu:.1%} (by the clock {fast.clock:.1%})"
    )
    tasks = [task for drawing in rounds for task in drawing.tasks]
    longest, by_clock = max(task.cpu for task in tasks), max(task.clock for task in tasks)
    late = (
        f"by the thread's processor time, in {ROUNDS} × {SECONDS:g} s; the longest {1000 * longest:.0f} ms; by the clock "
        f"{sum(task.clock > LONG for task in tasks)}, the longest {1000 * by_clock:.0f} ms"
    )
    share, long_tasks = statistics.median(drawing.cpu for drawing in rounds), sum(task.cpu > LONG for task in tasks)
    return Results([
        Row("browser main thread busy, all panels at 10 messages/s", "–", share, "≤", 0.5, note),
        Row("tasks over 50 ms meanwhile", "–", float(long_tasks), "≤", 0, late),
    ])  # fmt: skip


def _drawing(browser: Browser, served: Served, speed: int) -> Drawing:
    page = _opened(browser, served, speed)
    _press(page, "Train")
    page.wait_for_function(f"Number(document.querySelector('{STAGE}').dataset.step) > {2 * speed}")  # the rerun is over
    page.evaluate(COUNT)
    with tracing(browser, page) as tasks:
        page.wait_for_timeout(1000 * SECONDS)
    batches, panels = page.evaluate(f"[window.batches, ({ON_SCREEN})()]")
    _press(page, "Pause")
    page.close()
    return Drawing(tasks, batches / SECONDS, panels)


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
