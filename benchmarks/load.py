"""Many visitors at once, over the real routes: each has a run of its own at 60 steps/s and all its views on screen.

The visitors live on the same machine and take their share of it, so their processor time is told beside that of the workers and of
the web process. What the machine could do at most is measured first: one run for each worker, as fast as it can, without a view.
"""

import argparse
import http.client
import json
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.hosted import cpu_seconds
from benchmarks.measure import percentile, say
from benchmarks.table import Figure, Results
from benchmarks.web import Served, Visitors, serving

APP = Path(__file__).with_name("served_app.py")
SPEED = 60  # steps/s a visitor
SETTLE = 2.0  # seconds after everybody has come
PRESSES = 12
PATIENCE = 10.0  # seconds for one press
VIEWS = {
    "linear_regression": ("line",),
    "iris": ("network", "regions:petal_length,petal_width", "confusion", "mistakes", "histograms", "sample:5.9,3.0,4.2,1.5"),
    "char_rnn": ("text:0", "probabilities:0", "hidden:0", "unit:0", "unrolled:11", "gradient_through_time:11", "sample", "shapes"),
    "plane": ("network", "units:20", "regions", "confusion", "histograms", "references"),
}


class Asked(NamedTuple):
    """What is to be measured."""

    visitors: Sequence[int] = (1, 10, 50, 100, 200)
    experiments: Sequence[str] = ("linear_regression", "iris", "char_rnn")
    seconds: float = 5.0

    @classmethod
    def of(cls, options: argparse.Namespace) -> "Asked":
        """What the command line says."""
        return cls([int(count) for count in options.visitors.split(",")], options.experiments.split(","), options.seconds)


class Cell(NamedTuple):
    """What some visitors have had."""

    steps: list[float]  # a second, by visitor
    gaps: list[float]  # seconds between two messages of one visitor
    messages: float  # a second and visitor
    bytes: float  # the same
    web: float  # processor time of the web process, a second
    workers: float
    visitors: float
    presses: list[float]  # seconds from a press until its visitor reads that it was obeyed


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the part `load` can be told."""
    default = Asked()
    parser.add_argument("--visitors", default=",".join(map(str, default.visitors)), help="load: how many, such as 1,10,50")
    parser.add_argument("--experiments", default=",".join(default.experiments), help="load: which, such as iris,char_rnn")
    parser.add_argument("--seconds", type=float, default=default.seconds, help="load: how long each cell is measured")


def run(asked: Asked) -> Results:
    """The part `load`."""
    results = Results()
    with serving(APP) as served:
        for experiment in asked.experiments:
            most = _machine(served, experiment, asked.seconds)
            rates = f"{sum(most.steps):,.0f} steps/s in all, {sum(most.steps) / most.workers:,.0f} a second of the workers' processor time"
            results += Results(figures=[Figure(f"{experiment}, one run a worker, no views", rates)])
            for count in asked.visitors:
                results += Results(figures=[_figure(experiment, count, _cell(served, experiment, count, asked.seconds), most)])
    return results


def _machine(served: Served, experiment: str, seconds: float) -> Cell:
    """The whole machine at its best."""
    say(f"load: {experiment} at its best")
    served.ask(f"/benchmark/runs?count=1&speed={SPEED}&experiment={experiment}")  # then there are workers
    served.ask("/benchmark/drop")
    workers = len(served.ask("/benchmark/workers"))
    ids = served.ask(f"/benchmark/runs?count={workers}&speed=0&experiment={experiment}")
    most = _watched(served, ids, (), seconds)
    served.ask("/benchmark/drop")
    return most


def _cell(served: Served, experiment: str, count: int, seconds: float) -> Cell:
    say(f"load: {experiment}, {count} visitors (load {psutil.getloadavg()[0]:.1f})")
    ids = served.ask(f"/benchmark/runs?count={count}&speed={SPEED}&experiment={experiment}")
    cell = _watched(served, ids, VIEWS[experiment], seconds, PRESSES)
    served.ask("/benchmark/drop")
    return cell


def _watched(served: Served, ids: Sequence[str], views: Sequence[str], seconds: float, presses: int = 0) -> Cell:
    workers, own = [psutil.Process(pid) for pid in served.ask("/benchmark/workers")], psutil.Process()

    def clock() -> list[float]:
        return [time.perf_counter(), cpu_seconds(served.process), cpu_seconds(*workers), cpu_seconds(own)]

    with ExitStack() as stack:
        visitors = Visitors(served.port, ids, stack, ("facts", *views))
        visitors.read(SETTLE)
        before, begin = visitors.steps, clock()
        visitors.read(seconds)
        took, *used = (after - first for after, first in zip(clock(), begin, strict=True))
        steps = [(after - first) / took for after, first in zip(visitors.steps, before, strict=True)]
        gaps, messages, size = visitors.gaps, visitors.messages / (took * len(ids)), visitors.bytes / (took * len(ids))
        pressed = [_press(served, visitors, ids, number % len(ids)) for number in range(presses)]
        web, training, reading = (seconds / took for seconds in used)
        return Cell(steps, gaps, messages, size, web, training, reading, pressed)


def _press(served: Served, visitors: Visitors, ids: Sequence[str], number: int) -> float:
    """A visitor holds the run and lets it go on; seconds until the stream says that it is held."""
    start = time.perf_counter()
    _steer(served, ids[number], "pause")
    felt = visitors.until(number, b'"status":"paused"', PATIENCE)
    _steer(served, ids[number], "train")
    visitors.until(number, b'"status":"running"', PATIENCE)
    return felt - start


def _steer(served: Served, run: str, command: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("POST", f"/runs/{run}/commands", json.dumps({"command": command}), {"Content-Type": "application/json"})
    connection.getresponse().read()
    connection.close()


def _figure(experiment: str, count: int, cell: Cell, most: Cell) -> Figure:
    total, mean = sum(cell.steps), statistics.mean(cell.steps)
    training = (total / cell.workers) / (sum(most.steps) / most.workers)  # whatever else the machine does
    spread = max(abs(one - mean) for one in cell.steps) / mean if mean else 0.0
    gap, press = (1000 * percentile(found, 0.95) if found else float("nan") for found in (cell.gaps, cell.presses))
    shares = f"{mean / SPEED:4.0%} of the steps asked, {total / sum(most.steps):4.0%} of the machine's best, each ± {spread:.0%}"
    felt = f"p95 gap {gap:,.0f} ms, p95 press {press:,.0f} ms; {cell.messages:.1f} messages/s and {cell.bytes / 1000:.1f} kB/s each"
    cores = f"cores: workers {cell.workers:.2f} ({training:.0%} of it training), web {cell.web:.2f}, visitors {cell.visitors:.2f}"
    return Figure(f"{experiment}, {count} visitors", f"{shares}; {felt}; {cores}")
