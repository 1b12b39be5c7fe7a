"""What the live page costs the browser's main thread, and how long it is waited for."""

import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser

from benchmarks.drawing_page import drawing
from benchmarks.latency import latencies
from benchmarks.live_page import STAGE, opened, press
from benchmarks.measure import say
from benchmarks.page_change import page_changes
from benchmarks.plane_page import plane
from benchmarks.table import Results, Row
from benchmarks.tracing import Task, tracing
from benchmarks.web import ROOT, Served, serving
from tests.browser.chromium import chromium

ROUNDS, SECONDS = 3, 8.0
LONG = 0.05  # seconds
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
        pages = page_changes(browser, ours) + plane(browser, ours) + drawing(browser, ours)
        return _busy(browser, ours) + latencies(browser, ours) + pages


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
    page = opened(browser, served, speed)
    press(page, "Train")
    page.wait_for_function(f"Number(document.querySelector('{STAGE}').dataset.step) > {2 * speed}")  # the rerun is over
    page.evaluate(COUNT)
    with tracing(browser, page) as tasks:
        page.wait_for_timeout(1000 * SECONDS)
    batches, panels = page.evaluate(f"[window.batches, ({ON_SCREEN})()]")
    press(page, "Pause")
    page.close()
    return Drawing(tasks, batches / SECONDS, panels)
