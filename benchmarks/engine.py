"""One run against the bare loop of S1; thirty runs against one."""

import os
import statistics
import time
from contextlib import ExitStack
from functools import partial

import psutil

from benchmarks import hosted
from benchmarks.bare import Bare
from benchmarks.hosted import cpu_seconds, waiting_run
from benchmarks.measure import Timing, interleaved, ratio, say, spread
from benchmarks.table import Results, Row
from core.engine import LocalPool
from core.run import Run

STEPS, ROUNDS = 6_000, 9
MANY = 30
STRETCH = 2.0  # seconds


def run() -> Results:
    """The part `engine`."""
    return _one_run() + _many_runs()


def compared(row: str, against: str, ours: list[Timing], bare: list[Timing], target: float, unit: str = "steps") -> Row:
    """Ours against bare by the clock; the processor's time stands in the note."""
    rates, plain = [timing.rate for timing in ours], [timing.rate for timing in bare]
    busy, idle = [timing.cpu_rate for timing in ours], [timing.cpu_rate for timing in bare]
    note = (
        f"{statistics.median(rates):,.0f} against {statistics.median(plain):,.0f} {unit}/s, rounds {spread(rates, plain)}; "
        f"by processor time {ratio(busy, idle):.3f}"
    )
    return Row(row, against, ratio(rates, plain), "≥", target, note)


def _one_run() -> Results:
    say("engine: one run against the bare loop of S1")
    with Bare() as bare, hosted.pool(workers=1) as pool:
        found: list[tuple[Timing, float]]
        plain: list[tuple[Timing, float]]

        def ours() -> tuple[Timing, float]:
            timing, run = hosted.train(pool, "linear_regression", STEPS)
            return timing, run.history.latest()["loss"]

        theirs = partial(bare.train, STEPS, "regression")
        ours(), theirs()  # warm up
        found, plain = interleaved(ROUNDS, ours, theirs)
    assert found[0][1] == plain[0][1], "the two loops do not do the same work"
    row = compared(
        "steps/s of a run with loss, W, b, ∂W, ∂b of every step recorded, through worker and History",
        "the bare loop of S1, one thread", [timing for timing, _ in found], [timing for timing, _ in plain], 0.9,
    )  # fmt: skip
    return Results([row])


def _many_runs() -> Results:
    """One run and thirty in turn on the same pool; and the machine's own ceiling: bare loops, one a core, against one."""
    cores = os.cpu_count() or 1
    say(f"engine: {MANY} runs on {cores} cores against {cores} × one run")
    with hosted.pool() as pool:
        runs = [waiting_run(pool, "linear_regression", epochs=1_000_000) for _ in range(MANY)]
        one, many = interleaved(5, partial(_stretch, pool, runs[:1]), partial(_stretch, pool, runs))
    alone, together = [cores * timing.rate for timing in one], [timing.rate for timing in many]
    by_cpu = ratio([timing.cpu_rate for timing in many], [timing.cpu_rate for timing in one])
    note = (
        f"{statistics.median(together):,.0f} against {cores} × {statistics.median(alone) / cores:,.0f} steps/s, rounds "
        f"{spread(together, alone)}; steps by processor time of the workers {by_cpu:.3f}; this machine allows {cores} bare "
        f"loops at once {_ceiling(cores):.3f} of {cores} × one"
    )
    row = Row(
        f"total steps/s of {MANY} runs at full speed on all cores", f"{cores} cores × one run",
        ratio(together, alone), "≥", 0.85, note,
    )  # fmt: skip
    return Results([row])


def _stretch(pool: LocalPool, runs: list[Run]) -> Timing:
    """Steps of all `runs` together in a stretch of time, as their handles saw them."""
    workers = [psutil.Process(pid) for pid in pool.pids]
    for run in runs:
        run.train()
    for run in runs:
        start = run.step
        assert run.wait_for(lambda run=run, start=start: run.step > start)  # type: ignore[misc]
    steps, cpu, wall = sum(run.step for run in runs), cpu_seconds(*workers), time.perf_counter()
    time.sleep(STRETCH)
    timing = Timing(sum(run.step for run in runs) - steps, time.perf_counter() - wall, cpu_seconds(*workers) - cpu)
    for run in runs:
        run.pause()
    return timing


def _ceiling(cores: int) -> float:
    """Bare loops on all cores at once, against as many times one alone: what no program on this machine can exceed."""
    with ExitStack() as stack:
        loops = [stack.enter_context(Bare()) for _ in range(cores)]

        def rate(busy: list[Bare]) -> float:
            for loop in busy:
                loop.begin(STEPS, "regression")
            return sum(loop.result()[0].rate for loop in busy)

        rate(loops)
        one, all_of_them = interleaved(5, lambda: rate(loops[:1]), lambda: rate(loops))
    return ratio(all_of_them, [cores * alone for alone in one])
