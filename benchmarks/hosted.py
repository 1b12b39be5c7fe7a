"""A run of ours as a page would hold it, without the page: a LocalPool with one worker process, and the run's History."""

import platform
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from benchmarks.measure import Timing, Trained
from core import experiments
from core.engine import LocalPool
from core.run.handle import Run
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.limits import limits

PATIENCE = 120.0  # seconds


@contextmanager
def pool(workers: int = 0, catalogue: str = "core.experiments") -> Iterator[LocalPool]:
    """A started pool (0: one worker a core), closed at the end."""
    made = LocalPool(catalogue, bounds=limits().model_copy(update={"workers": workers}))
    made.start()
    try:
        yield made
    finally:
        made.close()


def waiting_run(pool: LocalPool, experiment: str, **settings: Any) -> Run:
    """A run at full speed, built and waiting.

    Raises:
        RuntimeError: it could not be built.
    """
    config = experiments.config_class(experiment).checked({"device": "cpu", **settings})
    run = pool.open(RunSpec(experiment, config))
    _wait(run, lambda: run.status is not Status.QUEUED)
    return run


def train(pool: LocalPool, experiment: str, steps: int, views: Collection[str] = (), **settings: Any) -> Trained:
    """A whole run of so many steps through worker and History: from the press on Train until the last row is there.

    The processor time is that of the worker, with its reports. The first pool's first worker computes it.
    """
    run = waiting_run(pool, experiment, epochs=steps, **settings)
    worker = psutil.Process(pool.pids[0])
    if views:
        run.watch("benchmark", views)
    cpu, wall = cpu_seconds(worker), time.perf_counter()
    run.train()
    _wait(run, lambda: run.history.last_step == run.last)
    timing = Timing(steps, time.perf_counter() - wall, cpu_seconds(worker) - cpu)
    pool.drop(run)
    drawn = max((run.views[view][0] for view in views), default=0) // max(len(views), 1)  # versions count all views
    return Trained(timing, run.history.latest()["loss"], drawn)


def cpu_seconds(*processes: psutil.Process) -> float:
    """Processor time that these have used so far, user and system."""
    if platform.system() == "Linux":  # the process's own clock, in nanoseconds; psutil reads ticks of 10 ms
        return sum(time.clock_gettime(~process.pid << 3 | 2) for process in processes)
    times = [process.cpu_times() for process in processes]
    return float(sum(time.user + time.system for time in times))


def _wait(run: Run, true: Any) -> None:
    if not run.wait_for(lambda: true() or run.status in (Status.FAILED, Status.DIVERGED), PATIENCE):
        raise TimeoutError(f"{run.experiment} did not get there in {PATIENCE:g} s; it is at step {run.step}.")
    if run.message:
        raise RuntimeError(f"{run.experiment} {run.status}: {run.message}")
