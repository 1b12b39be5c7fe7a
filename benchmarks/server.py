"""What visitors cost the web process, what they feel of each other, how fast it starts, and what it remembers."""

import statistics
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser

from benchmarks.fragment_page import EMPTY, PAGE
from benchmarks.hosted import cpu_seconds
from benchmarks.measure import interleaved, percentile, ratio, say, spread
from benchmarks.table import Figure, Results, Row
from benchmarks.web import ROOT, Served, Visitors, serving
from tests.browser.chromium import chromium

OURS = Path(__file__).with_name("served_app.py")
MANY = 50
ROUNDS, SECONDS, SETTLE = 5, 4.0, 1.0
STARTS = 5
RUNS, STEPS = 50, 100_000


class Watched(NamedTuple):
    """A stretch of time with some visitors."""

    cpu: float  # seconds of the web process a second
    p95: float  # seconds between two messages of one visitor
    messages: float  # a second and visitor
    bytes: float  # the same


def run() -> Results:
    """The part `server`."""
    with tempfile.TemporaryDirectory() as name:
        fragments, empty = Path(name, "fragments.py"), Path(name, "empty.py")
        fragments.write_text(PAGE, encoding="utf-8")
        empty.write_text(EMPTY, encoding="utf-8")
        with serving(OURS) as ours:
            results = _visitors(ours, fragments)
            return results + _starts(empty, ours.ask("/benchmark/torch")) + _memory(ours)


# --- visitors --------------------------------------------------------------------------------------------------


def _visitors(ours: Served, fragments: Path) -> Results:
    say(f"server: one and {MANY} watching visitors, and one of a page of fragments")
    ids = ours.ask("/benchmark/runs?count=1&speed=60")
    with serving(fragments) as theirs, chromium() as browser:
        watch = [partial(_watched, ours, ids * count) for count in (1, MANY)]
        page = partial(_drawn, theirs, browser)
        one, many = interleaved(ROUNDS, *watch)
        drawn = interleaved(3, page)[0]
    own = _watched(ours, ours.ask(f"/benchmark/runs?count={MANY}&speed=20"))
    more = [(full.cpu - single.cpu) / (MANY - 1) for single, full in zip(one, many, strict=True)]
    cost, page_cost = statistics.median(more), statistics.median(found.cpu for found in drawn)
    messages, sent = (statistics.median(column) for column in ([m.messages for m in many], [m.bytes for m in many]))
    note = (
        f"processor time of the web process: {cost:.3%} of a core for each further visitor at {messages:.1f} messages/s, "
        f"{sent:,.0f} bytes/s; the page of fragments takes {page_cost:.1%} of a core at "
        f"{statistics.median(found.messages for found in drawn):.1f} of 4 updates/s asked for, "
        f"{statistics.median(found.bytes for found in drawn):,.0f} bytes/s"
    )
    gaps = [[1000 * found.p95 for found in side] for side in (one, many)]
    late = f"{statistics.median(gaps[1]):.0f} ms against {statistics.median(gaps[0]):.0f} ms, rounds {spread(gaps[1], gaps[0])}"
    rows = [
        Row(
            "server CPU of one more watching visitor at 10 messages/s", "visitor of a page with run_every=0.25",
            cost / page_cost, "≤", 1 / 20, note,
        ),
        Row(f"p95 gap between messages, {MANY} watching visitors", "one visitor", ratio(gaps[1], gaps[0]), "≤", 2, late),
    ]  # fmt: skip
    each = f"{own.cpu / MANY:.2%} of a core for each, p95 gap {1000 * own.p95:.0f} ms (the {MANY} runs take steps meanwhile)"
    return Results(rows, [Figure(f"web process, {MANY} visitors, each with a run of their own at 20 steps/s", each)])


def _watched(served: Served, ids: list[str]) -> Watched:
    """Visitors that read event streams and nothing else, one for each id."""
    with ExitStack() as stack:
        visitors = Visitors(served.port, ids, stack)
        visitors.read(SETTLE)
        cpu, start = cpu_seconds(served.process), time.perf_counter()
        visitors.read(SECONDS)
        seconds = time.perf_counter() - start
        used = cpu_seconds(served.process) - cpu
        each = seconds * len(ids)
        return Watched(used / seconds, percentile(visitors.gaps, 0.95), visitors.messages / each, visitors.bytes / each)


def _drawn(served: Served, browser: Browser) -> Watched:
    """One visitor with a browser: the fragment's reruns are asked for by its page. A round of updates is four charts."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    sent: list[int] = []
    page.on("websocket", lambda line: line.on("framereceived", lambda frame: sent.append(len(frame))))
    page.goto(served.url)
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    page.wait_for_timeout(2000)
    sent.clear()
    cpu, start = cpu_seconds(served.process), time.perf_counter()
    page.wait_for_timeout(2000 * SECONDS)
    seconds, used = time.perf_counter() - start, cpu_seconds(served.process) - cpu
    charts = sum(size > CHART_BYTES for size in sent) / 4
    page.close()
    return Watched(used / seconds, 0.0, charts / seconds, sum(sent) / seconds)


CHART_BYTES = 600  # a frame with a figure in it is longer, all others are shorter


# --- start and memory ------------------------------------------------------------------------------------------


def _starts(empty: Path, torch_in_web_process: bool) -> Results:
    say("server: start of the app and of an empty one")

    def started(script: Path) -> tuple[float, float]:
        with serving(script) as served:
            return served.seconds, served.cpu

    app, nothing = interleaved(STARTS, partial(started, ROOT / "streamlit_app.py"), partial(started, empty))
    ours, theirs = [seconds for seconds, _ in app], [seconds for seconds, _ in nothing]
    by_cpu = ratio([cpu for _, cpu in app], [cpu for _, cpu in nothing])
    note = (
        f"{statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s, rounds {spread(ours, theirs)}; "
        f"by processor time of the web process {by_cpu:.2f}"
    )
    return Results([
        Row("start of the app until it answers", "an empty Streamlit app", ratio(ours, theirs), "≤", 1.5, note),
        Row("torch imported in the web process (0: no)", "–", float(torch_in_web_process), "≤", 0, "asked after visits"),
    ])  # fmt: skip


def _memory(ours: Served) -> Results:
    say(f"server: {RUNS} runs of {STEPS:,} steps")
    before, after = (size / 2**20 for size in ours.ask(f"/benchmark/fill?count={RUNS}&steps={STEPS}"))
    value = f"{after:.0f} MiB, {before:.0f} before them: {(after - before) / RUNS:.2f} MiB each, by workers that only count"
    return Results(figures=[Figure(f"memory of the web process with {RUNS} runs of {STEPS:,} steps", value)])
