"""One run against the bare loop of S1; thirty runs against one on each core."""

import os
import statistics
import time
from contextlib import ExitStack
from functools import partial
from typing import Any

import psutil

from benchmarks import hosted
from benchmarks.bare import Bare
from benchmarks.hosted import cpu_seconds, waiting_run
from benchmarks.measure import Timing, Trained, interleaved, ratio, say, spread
from benchmarks.table import Results, Row
from core.engine import LocalPool
from core.run.handle import Run

ROUNDS, ROUND_SECONDS = 60, 0.5  # many short rounds: what slows the machine for a second falls on both sides
MANY, MANY_ROUNDS = 30, 5


def run() -> Results:
    """The part `engine`."""
    return _one_run() + _many_runs()


def compared(what: str, against: str, ours: list[Trained], bare: list[Trained], target: float, characters: int = 0) -> Row:
    """Ours against bare by processor time, which a busy machine changes little; by the clock in the note.

    Both sides are one thread that never waits, so on an idle machine the two ratios are the same. A step may be
    counted as so many `characters`. Both sides must have done the same work: their last losses are equal to the last bit.
    """
    assert ours[0].loss == bare[0].loss, f"{what}: ours ends at {ours[0].loss}, the bare loop at {bare[0].loss}"
    rates, plain = ([trained.timing.rate for trained in side] for side in (ours, bare))
    busy, bare_busy = ([trained.timing.cpu_rate for trained in side] for side in (ours, bare))
    each, unit = (characters, "characters") if characters else (1, "steps")
    note = (
        f"by processor time (rounds {spread(busy, bare_busy)}): {each * statistics.median(busy):,.0f} against "
        f"{each * statistics.median(bare_busy):,.0f} {unit}/s; by the clock {ratio(rates, plain):.3f}"
    )
    return Row(what, against, ratio(busy, bare_busy), "≥", target, note)


def calibrated(bare: Bare, name: str, **settings: Any) -> int:
    """As many steps as the bare loop makes in about one round."""
    timing = bare.train(100, name, **settings).timing
    timing = bare.train(max(20, int(0.1 * timing.cpu_rate)), name, **settings).timing
    return max(20, int(ROUND_SECONDS * timing.cpu_rate))


def _one_run() -> Results:
    say("engine: one run against the bare loop of S1")
    with Bare() as bare, hosted.pool(workers=1) as pool:
        steps = calibrated(bare, "regression")

        ours = partial(hosted.train, pool, "linear_regression", steps)
        ours()  # warm up
        found, plain = interleaved(ROUNDS, ours, partial(bare.train, steps, "regression"))
    row = compared(
        "steps/s of a run with loss, W, b, ∂W, ∂b of every step recorded, through worker and History",
        "bare loop of S1, one thread", found, plain, 0.9,
    )  # fmt: skip
    return Results([row])


def _many_runs() -> Results:
    """Thirty runs against one run on each core, both at the same moment of the machine's day; and one run alone."""
    cores = os.cpu_count() or 1
    say(f"engine: {MANY} runs on {cores} cores against {cores} × one run")
    with hosted.pool() as pool:
        runs = [waiting_run(pool, "linear_regression", epochs=1_000_000) for _ in range(MANY)]
        stretches = [partial(_stretch, pool, runs[:some]) for some in (1, cores, MANY)]
        one, full, many = interleaved(MANY_ROUNDS, *stretches)
    alone, each, together = ([timing.rate for timing in timings] for timings in (one, full, many))
    note = (
        f"{statistics.median(together):,.0f} against {statistics.median(each):,.0f} steps/s of {cores} runs at once, one on "
        f"each core (rounds {spread(together, each)}); by processor time "
        f"{ratio([timing.cpu_rate for timing in many], [timing.cpu_rate for timing in full]):.3f}; against {cores} × one run "
        f"alone {ratio(together, alone) / cores:.3f}, where {cores} bare loops at once reach {_ceiling(cores):.3f} of "
        f"{cores} × one bare loop: the rest is the machine's"
    )
    what = f"total steps/s of {MANY} runs at full speed on all cores"
    return Results([Row(what, f"{cores} cores × one run", ratio(together, each), "≥", 0.85, note)])


def _stretch(pool: LocalPool, runs: list[Run], seconds: float = 2.0) -> Timing:
    """Steps of all `runs` together in a stretch of time, as their handles saw them."""
    workers = [psutil.Process(pid) for pid in pool.pids]
    starts = {run.id: run.step for run in runs}
    for run in runs:
        run.train()
    for run in runs:
        assert run.wait_for(lambda run=run: run.step > starts[run.id])  # type: ignore[misc]
    steps, cpu, wall = sum(run.step for run in runs), cpu_seconds(*workers), time.perf_counter()
    time.sleep(seconds)
    timing = Timing(sum(run.step for run in runs) - steps, time.perf_counter() - wall, cpu_seconds(*workers) - cpu)
    for run in runs:
        run.pause()
    return timing


def _ceiling(cores: int) -> float:
    """Bare loops on all cores at once, against as many times one alone: what no program on this machine can exceed."""
    with ExitStack() as stack:
        loops = [stack.enter_context(Bare()) for _ in range(cores)]
        steps = calibrated(loops[0], "regression")

        def rate(busy: list[Bare]) -> float:
            for loop in busy:
                loop.begin(steps, "regression")
            return sum(loop.result().timing.rate for loop in busy)

        rate(loops)
        one, all_of_them = interleaved(MANY_ROUNDS, lambda: rate(loops[:1]), lambda: rate(loops))
    return ratio(all_of_them, [cores * alone for alone in one])
