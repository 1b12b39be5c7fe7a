"""The pool with real processes: they train, die, come back, and never outlive the app."""

import multiprocessing.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from core.engine import LimitReached, LocalPool, NoAnswerError
from core.engine.local import ANEW_SECONDS
from core.run.change import Change
from core.run.handle import Run, Status
from core.run.messages import Open
from core.run.spec import RunSpec
from core.settings.limits import Limits
from tests.core.engine.fakes import FakeConfig

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0  # seconds; a loaded machine takes long to import torch twice
ANEW_PATIENCE = 240.0  # seconds; a new fork server imports every experiment


@pytest.fixture(scope="module")
def pool() -> Iterator[LocalPool]:
    pool = LocalPool("tests.core.engine.fakes", Limits(workers=2))
    pool.start()
    pool.start()
    yield pool
    pool.close()
    pool.close()
    assert pool.pids == ()


@pytest.fixture
def opened(pool: LocalPool) -> Iterator[Callable[..., Run]]:
    runs = []

    def open_run(**config: Any) -> Run:
        run = pool.open(RunSpec("fake", FakeConfig(**config)))
        runs.append(run)
        assert run.wait_for(lambda: run.status is not Status.QUEUED, PATIENCE)
        return run

    yield open_run
    for run in runs:
        pool.drop(run)


def until(run: Run, *statuses: Status) -> Run:
    assert run.wait_for(lambda: run.status in statuses, PATIENCE), run.snapshot()
    return run


def passes(run: Run, step: int) -> bool:
    return run.wait_for(lambda: run.step > step, PATIENCE)


def status(run: Run) -> Status:
    return run.status


def home(pool: LocalPool, run: Run) -> int:
    """The process in which the run lives."""
    return next(worker.pid or 0 for run_id, worker in pool._homes.items() if run_id == run.id)


# --- training ----------------------------------------------------------------------------------------------------


def test_a_run_trains_in_another_process(pool: LocalPool, opened: Callable[..., Run]) -> None:
    run = opened(epochs=500)
    assert run.status is Status.PAUSED
    assert run.step == 0
    assert run.device.name in ("cpu", "cuda:0", "mps")
    run.train()
    until(run, Status.FINISHED)
    assert run.history.steps.tolist() == list(range(501))
    assert run.rate
    assert run.rate > 100
    assert home(pool, run) in pool.pids
    assert home(pool, run) != os.getpid()


def test_a_run_is_found_by_either_id(pool: LocalPool, opened: Callable[..., Run]) -> None:
    run = opened()
    assert pool.find(run.id) == (run, True)
    assert pool.find(run.watch_id) == (run, False)
    assert pool.find("guessed") is None
    pool.drop(run)
    assert pool.find(run.id) is None
    assert run.status is Status.STOPPED


def test_hold_step_change_and_go_on(opened: Callable[..., Run]) -> None:
    run = opened(epochs=100_000)
    run.watch("me", {"picture"})
    run.train()
    assert run.wait_for(lambda: run.step > 50, PATIENCE)
    run.pause()
    run.change("lr", run.current_config.replace(lr=0.25))
    assert run.wait_for(lambda: bool(run.changes), PATIENCE)
    (change,) = run.changes
    assert change == Change(run.step, "lr", 0.01, 0.25)
    assert run.current_config.model_dump()["lr"] == 0.25
    run.advance()
    assert run.wait_for(lambda: run.step == change.step + 1, PATIENCE)
    assert run.status is Status.PAUSED
    assert run.history.latest()["lr"] == 0.25
    assert run.history.steps.tolist() == list(range(run.step + 1))
    assert run.wait_for(lambda: run.views["picture"][1] == {"step": run.step}, PATIENCE)


def test_reset_gives_the_same_numbers_again(opened: Callable[..., Run]) -> None:
    run = opened(epochs=200)
    run.train()
    first = until(run, Status.FINISHED).history.column("noise")
    run.reset()
    run.train()
    np.testing.assert_array_equal(until(run, Status.FINISHED).history.column("noise"), first)
    assert run.generation == 1
    assert len(run.past) == 1


def test_runs_spread_over_the_workers(pool: LocalPool, opened: Callable[..., Run]) -> None:
    assert len({home(pool, opened()) for _ in range(2)}) == 2


def test_an_exception_ends_one_run(opened: Callable[..., Run]) -> None:
    ill, well = opened(fault="exception", at=3), opened(epochs=300)
    ill.train()
    well.train()
    assert until(ill, Status.FAILED).message == {
        "code": "exception",
        "type": "RuntimeError",
        "text": "mat1 and mat2 must have the same dtype",
        "step": 2,
    }
    until(well, Status.FINISHED)


def test_devices_are_told_by_the_workers(pool: LocalPool, opened: Callable[..., Run]) -> None:
    opened()
    assert pool.devices[0] == ("cpu", "CPU")


def test_a_model_can_be_measured(pool: LocalPool, opened: Callable[..., Run]) -> None:
    opened()
    answers = pool.measure(RunSpec("fake", FakeConfig(epochs=5)), seconds=0.05)
    rate = answers["cpu"].result(PATIENCE)
    assert rate
    assert rate > 100
    broken = pool.measure(RunSpec("fake", FakeConfig(fault="build")), seconds=0.05)
    with pytest.raises(NoAnswerError, match="no such data"):
        broken["cpu"].result(PATIENCE)


def test_where_nothing_can_be_forked_workers_are_spawned(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows and macOS."""
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    pool = LocalPool("tests.core.engine.fakes", Limits(workers=1))
    pool.start()
    run = pool.open(RunSpec("fake", FakeConfig(epochs=50)))
    run.train()
    until(run, Status.FINISHED)
    assert run.step == 50
    pool.close()


# --- deaths ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [True, False])
def test_a_run_goes_on_when_its_worker_is_killed(pool: LocalPool, opened: Callable[..., Run], held: bool) -> None:
    whole, run = opened(epochs=3000), opened(epochs=3000)
    run.set_speed(1000.0)
    run.change("lr", run.current_config.replace(lr=0.02))
    run.train()
    assert run.wait_for(lambda: run.step > 100, PATIENCE)
    if held:
        run.pause()
    before, pid = run.step, home(pool, run)
    os.kill(pid, signal.SIGKILL)
    assert run.wait_for(lambda: run.message is not None, PATIENCE)
    assert run.message
    assert run.message["code"] == "worker_died"
    assert run.message["step"] >= before
    until(run, Status.PAUSED if held else Status.RUNNING)
    assert home(pool, run) != pid
    run.set_speed(None)
    run.train()
    until(run, Status.FINISHED)
    assert run.history.steps.tolist() == list(range(3001))
    whole.change("lr", whole.current_config.replace(lr=0.02))
    whole.train()
    np.testing.assert_array_equal(run.history.column("noise"), until(whole, Status.FINISHED).history.column("noise"))


def test_a_run_that_kills_its_workers_fails_alone(opened: Callable[..., Run]) -> None:
    neighbours = [opened(epochs=1_000_000) for _ in range(4)]
    for run in neighbours:
        run.set_speed(100.0)
        run.train()
    killer = opened(fault="die", at=3)
    killer.train()
    until(killer, Status.FAILED)
    assert killer.message
    assert killer.message["code"] == "worker_died"
    for run in neighbours:
        step = run.step
        until(run, Status.RUNNING)
        assert passes(run, step + 10)


def test_workers_that_cannot_start_are_given_up() -> None:
    pool = LocalPool("no.such.catalogue", Limits(workers=1))
    pool.start()
    run = pool.open(RunSpec("fake", FakeConfig()))
    until(run, Status.FAILED)
    assert run.message == {"code": "no_worker", "text": ""}
    pool.close()


def test_a_cleaned_temporary_folder_ends_no_recovery(pool: LocalPool, opened: Callable[..., Run]) -> None:
    run = opened(epochs=1_000_000)
    run.set_speed(100.0)
    run.train()
    assert passes(run, 10)
    shutil.rmtree(multiprocessing.util.get_temp_dir())  # where the fork server listens
    killed = home(pool, run)
    os.kill(killed, signal.SIGKILL)
    assert run.wait_for(lambda: run.message is not None, PATIENCE)
    before = run.step
    assert run.wait_for(lambda: run.status is Status.RUNNING and run.step > before, ANEW_PATIENCE), run.snapshot()
    others = [pool.open(RunSpec("fake", FakeConfig())) for _ in range(3)]  # one of them lives where the killed worker was
    for other in others:
        assert other.wait_for(lambda other=other: other.status is Status.PAUSED, ANEW_PATIENCE), other.snapshot()  # type: ignore[misc]
    homes = {home(pool, one) for one in (run, *others)}
    assert len(homes) == 2
    assert killed not in homes
    for other in others:
        pool.drop(other)


def test_where_no_worker_could_be_started_it_is_tried_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> Any:
        raise OSError("No space left on device")

    now = [0.0]
    pool = LocalPool("tests.core.engine.fakes", Limits(workers=1), clock=lambda: now[0])
    with monkeypatch.context() as disk:
        disk.setattr("core.engine.process.context", full)
        disk.setattr("core.engine.process.forget_fork_server", lambda: None)  # it is well, and takes seconds to make
        pool.start()
        until(pool.open(RunSpec("fake", FakeConfig())), Status.FAILED)
    now[0] += ANEW_SECONDS
    pool.tidy(now[0])
    run = pool.open(RunSpec("fake", FakeConfig(epochs=10)))
    run.train()
    until(run, Status.FINISHED)
    pool.close()


# --- limits, with a clock that is cranked by hand and no process -------------------------------------------------


class Idle:
    """A pool that was never started: runs wait, time stands still."""

    def __init__(self, **bounds: Any) -> None:
        self.now = 0.0
        self.pool = LocalPool("tests.core.engine.fakes", Limits(**bounds), clock=lambda: self.now)

    def open(self, visitor: str | None = None, watched: bool = False) -> Run:
        run = self.pool.open(RunSpec("fake", FakeConfig()), visitor)
        if watched:
            run.watch("page")
        return run

    def tidy(self, now: float) -> None:
        self.now = now
        self.pool.tidy(now)


def test_too_many_runs_are_refused_by_name() -> None:
    idle = Idle(runs_at_once=3, runs_per_visitor=2)
    idle.open("ann", watched=True)
    idle.open("ann", watched=True)
    with pytest.raises(LimitReached) as caught:
        idle.open("ann")
    assert (caught.value.code, caught.value.limit) == ("runs_per_visitor", 2)
    idle.open("bob", watched=True)
    with pytest.raises(LimitReached) as caught:
        idle.open("cem")
    assert (caught.value.code, caught.value.limit) == ("runs_at_once", 3)


def test_the_run_that_nobody_has_watched_for_longest_makes_room() -> None:
    idle = Idle(runs_per_visitor=2)
    old = idle.open("ann")
    idle.now = 1.0
    new = idle.open("ann")
    third = idle.open("ann")
    assert idle.pool.runs == (new, third)
    assert old.status is Status.STOPPED


def test_a_run_that_nobody_watches_is_held_and_later_dropped() -> None:
    idle = Idle(unwatched_pause_seconds=10, unwatched_drop_seconds=100)
    lonely, seen = idle.open(), idle.open(watched=True)
    lonely.train()
    seen.train()
    idle.tidy(9.0)
    assert status(lonely) is Status.RUNNING
    idle.tidy(11.0)
    assert status(lonely) is Status.PAUSED
    assert lonely.message == {"code": "unwatched", "text": ""}
    idle.tidy(101.0)
    assert idle.pool.runs == (seen,)
    assert status(lonely) is Status.STOPPED
    assert seen.status is Status.RUNNING


def test_the_demonstration_is_one_for_all_and_takes_nobodys_place() -> None:
    idle = Idle(runs_at_once=1, unwatched_pause_seconds=10, unwatched_drop_seconds=100)
    spec = RunSpec("fake", FakeConfig())
    shown = idle.pool.demonstration(spec, speed=20.0)
    assert shown.going
    assert idle.pool.demonstration(spec, speed=20.0) is shown
    ours = idle.open("ann", watched=True)
    assert idle.pool.runs == (ours,)
    idle.tidy(1000.0)
    assert idle.pool.find(shown.watch_id) == (shown, False)
    assert shown.going


def test_the_demonstration_begins_anew_while_somebody_looks(pool: LocalPool) -> None:
    shown = pool.demonstration(RunSpec("fake", FakeConfig(epochs=5)), speed=None)
    until(shown, Status.FINISHED)
    pool.tidy(0.0)
    assert shown.generation == 0, "it rests while nobody does"
    shown.watch("page")
    assert shown.wait_for(lambda: shown.generation > 0, PATIENCE), "by the pool's own housekeeping"
    assert shown.wait_for(lambda: not shown.past, PATIENCE), "each of its curves is the same"
    shown.unwatch("page")
    until(shown, Status.FINISHED)
    pool.drop(shown)


def test_a_run_that_trains_too_long_is_stopped() -> None:
    idle = Idle(run_minutes=1)
    run = idle.open(watched=True)
    run.train()
    idle.tidy(59.0)
    assert status(run) is Status.RUNNING
    idle.tidy(61.0)
    assert status(run) is Status.STOPPED
    assert run.message == {"code": "time_limit", "text": ""}


def test_commands_wait_until_the_devices_are_known() -> None:
    idle = Idle()
    run = idle.open()
    run.train()
    first, second = idle.pool._backlog
    assert isinstance(first, Open)
    assert second.order > first.order
    assert run.device.reason == "waiting"


# --- no orphans --------------------------------------------------------------------------------------------------

APP = """
import signal, sys, threading
from core.engine import LocalPool
from core.settings.limits import Limits
from core.run.spec import RunSpec
from tests.core.engine.fakes import FakeConfig

def leave(*_):
    raise SystemExit(0)

signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin with Ctrl-C ignored
pool = LocalPool("tests.core.engine.fakes", Limits(workers=2))
pool.start()
runs = [pool.open(RunSpec("fake", FakeConfig(epochs=1_000_000))) for _ in range(2)]
for run in runs:
    run.train()
    assert run.wait_for(lambda: run.step > 10, 60)
try:
    print("ready", *pool.pids, flush=True)  # from here on a signal may come
    threading.Event().wait()
except KeyboardInterrupt:
    pass
finally:
    END
"""


@pytest.mark.parametrize(
    ("way", "end"),
    [(signal.SIGINT, "pool.close()"), (signal.SIGTERM, "pool.close()"), (signal.SIGTERM, "pass"), (signal.SIGKILL, "pass")],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_no_process_outlives_the_app(tmp_path: Path, way: signal.Signals, end: str) -> None:
    script = tmp_path / "app.py"
    script.write_text(APP.replace("END", end))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, script],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as app:
        try:
            said = _ended(app, way)
        finally:
            app.kill()  # else a failure would wait for it
    assert "Traceback" not in said


def _ended(app: subprocess.Popen[str], way: signal.Signals) -> str:
    """What the app said on stderr until it and its whole family were gone."""
    assert app.stdout
    assert app.stderr
    ready, *pids = app.stdout.readline().split()
    family = psutil.Process(app.pid).children(recursive=True)
    assert ready == "ready"
    assert {int(pid) for pid in pids} <= {child.pid for child in family}
    server = next(child for child in family if child.ppid() == app.pid and "forkserver" in " ".join(child.cmdline()))
    taken = sum(server.cpu_times()[:2])  # before the signal: a moment after it the process may be gone
    if way is signal.SIGINT:
        os.killpg(app.pid, way)  # Ctrl-C reaches everything in the terminal
    else:
        app.send_signal(way)
    assert _seconds_at_its_end(server) - taken < 0.5, "it leaves at once, and does not take its modules apart first"
    _, alive = psutil.wait_procs([psutil.Process(app.pid), *family], PATIENCE) if app.poll() is None else ([], [])
    assert not alive
    return app.stderr.read()


def _seconds_at_its_end(process: psutil.Process) -> float:
    """All processor time that a process has taken when it ends, as far as it can be seen; 0 where it is gone already."""
    last = 0.0
    for _ in range(round(PATIENCE / 0.05)):
        try:
            last = max(last, sum(process.cpu_times()[:2]))
            process.wait(0.05)
            break
        except psutil.TimeoutExpired:
            continue
        except psutil.NoSuchProcess:
            break
    return last
