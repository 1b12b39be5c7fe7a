"""LocalPool: the worker processes of this machine, and the runs that live in them.

Lock order, without which two threads could wait for each other: a run's lock may be held when the pool's is taken, never the
reverse. So the pool calls a run only after it has released its own lock.
"""

import atexit
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from core.engine.admission import Admission
from core.engine.housekeeping import RecoveryQueue, make_room, shown_again, tidy
from core.engine.process import WorkerProcess
from core.engine.questions import Questions
from core.run.handle import Run
from core.run.messages import Answer, Ask, Command, Drop, Measure, Open, Past, Ready, Report, Update, Visit
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.device import CPU, Device, choose
from core.settings.limits import Limits, limits

logger = logging.getLogger(__name__)

TIDY_SECONDS = 2.0
CLOSE_SECONDS = 5.0
STARTS_IN_VAIN = 3  # a worker that dies so often before its first word is not started again ...
ANEW_SECONDS = 30.0  # ... for so long: what was in the way, such as a full disk, may have passed


class LocalPool:
    """Workers, one a core and one a GPU, and the runs in them.

    Args:
        catalogue: the module that names the experiments, for the workers to import.
        bounds: the limits in force.
        clock: seconds that only go forward.
    """

    def __init__(
        self, catalogue: str = "core.experiments", bounds: Limits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.devices: tuple[tuple[str, str], ...] = ()  # (name, title); empty until the first worker reports
        self.bounds = bounds or limits()
        self._catalogue, self._clock = catalogue, clock
        self._lock = threading.RLock()
        self._workers: list[WorkerProcess] = []
        self._runs: dict[str, Run] = {}
        self._demonstrations: dict[RunSpec, Run] = {}  # also among the runs
        self._visitors: dict[str, str | None] = {}
        self._homes: dict[str, WorkerProcess] = {}  # where each run lives
        self._backlog: list[Command] = []  # for as long as the devices are not known
        self.admission = Admission(self.bounds.least_speed, clock)
        self._recovering = RecoveryQueue()
        self._questions = Questions()
        self._started, self._closed = False, threading.Event()
        self._vain, self._given_up_at = 0, clock()

    # --- life --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start workers and housekeeping in the background. Idempotent."""
        with self._lock:
            if self._started:
                return
            self._started = True
            atexit.register(self.close)  # before multiprocessing ends the workers, which would be replaced
            self._add_missing()
        threading.Thread(target=self._keep_tidy, name="pool-tidy", daemon=True).start()

    def close(self) -> None:
        """Stop everything within seconds; no process is left. Idempotent."""
        with self._lock:
            self._closed.set()
            workers, self._workers = self._workers, []
        for worker in workers:
            worker.close()
        until = time.monotonic() + CLOSE_SECONDS  # for all of them: two that are still importing torch would take it one after the other
        for worker in workers:
            worker.join(max(0.0, until - time.monotonic()))
        atexit.unregister(self.close)

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that have started."""
        with self._lock:
            return tuple(worker.pid for worker in self._workers if worker.pid)

    def _add_worker(self, device: str) -> None:
        worker = WorkerProcess(device, self._catalogue, self._on_reports, self._on_death)
        self._workers.append(worker)
        worker.start()

    def _add_missing(self) -> None:
        there = sum(worker.device == CPU[0] for worker in self._workers)
        for _ in range((self.bounds.workers or os.cpu_count() or 1) - there):
            self._add_worker(CPU[0])

    def _keep_tidy(self) -> None:
        while not self._closed.wait(TIDY_SECONDS):
            self.tidy(self._clock())

    # --- runs --------------------------------------------------------------------------------------------------

    def open(
        self, spec: RunSpec, visitor: str | None = None, speed: float | None = None, ticket: str = "", held: Collection[str] = ()
    ) -> Run:
        """A new run; it is built at once and waits as `paused`.

        Args:
            spec: what it begins with, and what it changes by itself, each at its step.
            visitor: whoever it counts for; None for nobody, who is never kept waiting.
            speed: steps a second; None is full speed.
            ticket: of the visitor's place in the line.
            held: the ids of further runs that the visitor steers.

        Raises:
            LimitReached: the visitor or the machine has too many runs, and somebody watches each of them; or there is no place now.
        """
        theirs: list[str] = []  # ids
        if visitor is not None:
            counted = [run for run in self.runs if self._visitors.get(run.id) == visitor]
            theirs = [*held, *(run.id for run in counted)]
            self.admission.check(ticket, theirs)
            make_room(counted, "runs_per_visitor", self.bounds.runs_per_visitor, self.drop)
        make_room(self.runs, "runs_at_once", self.bounds.runs_at_once, self.drop)
        run = Run(spec, self._send, speed, self._clock)
        with self._lock:
            self._runs[run.id], self._visitors[run.id] = run, visitor
        if visitor is not None:
            self.admission.came_in(run.id, ticket, theirs)
        run.open()
        self._give_up_without_workers()
        return run

    def demonstration(self, spec: RunSpec, speed: float | None) -> Run:
        """The one run of this kind that everybody watches and nobody steers, begun at the first call: no limit counts it, and it stays.

        While somebody looks it begins anew whenever it has ended; else it rests at its end.
        """
        with self._lock:
            known = self._demonstrations.get(spec)
            run = self._demonstrations[spec] = known or Run(spec, self._send, speed, self._clock)
            self._runs[run.id] = run
        if known is None:
            run.open()
            run.train()
        return run

    def find(self, run_id: str) -> tuple[Run, bool] | None:
        """The run of a control id or a watch id, and whether this id is the right to control it."""
        if run := self._runs.get(run_id):
            return run, True
        with self._lock:
            runs = tuple(self._runs.values())
        return next(((run, False) for run in runs if run.watch_id == run_id), None)

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs there are, oldest first, without the demonstrations."""
        with self._lock:
            shown = {run.id for run in self._demonstrations.values()}
            return tuple(run for run in self._runs.values() if run.id not in shown)

    def drop(self, run: Run, code: str = "dropped") -> None:
        """Stop and forget a run; `code` becomes its message."""
        run.stop(code)
        with self._lock:
            self._runs.pop(run.id, None)
            self._visitors.pop(run.id, None)
            if home := self._homes.pop(run.id, None):
                home.send(Drop(run.id, run.generation, 0))
        self.admission.gone(run.id)
        run.forgotten()

    def tidy(self, now: float) -> None:
        """Hold, stop and drop what has gone on for too long. Called every few seconds by the pool itself."""
        tidy(self.runs, self.bounds, now, self.drop)
        with self._lock:
            shown, workers = tuple(self._demonstrations.values()), len(self._workers)
        for run in shown:
            shown_again(run)
        runs = self.runs
        free = self.bounds.runs_at_once - sum(run.unwatched_since is None for run in runs)
        self.admission.look(runs, workers, free, now)
        self._recovering.hurry()
        with self._lock:
            if self._vain > STARTS_IN_VAIN and now >= self._given_up_at + ANEW_SECONDS and not self._closed.is_set():
                self._vain = 0
                self._add_missing()

    def measure(self, spec: RunSpec, seconds: float = 0.5) -> dict[str, Future[float]]:
        """Steps/s of this very model on each kind of device, by its name; NoAnswerError where it does not run."""
        answers: dict[str, Future[float]] = {}
        endless = replace(spec, config=spec.config.replace(epochs=self.bounds.epochs))
        with self._lock:
            for device in {worker.device: worker for worker in self._workers}:
                order = Measure(secrets.token_urlsafe(8), endless, seconds)
                answers[device] = self._questions.ask(self._least_loaded(device), order)
        return answers

    def ask(self, question: str, run: Run | None = None, **arguments: Any) -> Future[Any]:
        """The answer to one of the questions in `core.engine.answers`, about a run or about none.

        The future raises NoAnswerError where there is no answer, and says why.
        """
        order = Ask(secrets.token_urlsafe(8), question, arguments, run.id if run else "")
        with self._lock:
            worker = self._homes.get(run.id) if run else self._least_loaded(CPU[0]) if self.devices and self._workers else None
        return self._questions.ask(worker, order)

    def at(self, run: Run, step: int, views: Sequence[str] = ()) -> Future[Past]:
        """Where a run was at one of its rows, with pictures of then; NoAnswerError if there is no such row."""
        order = Visit(secrets.token_urlsafe(8), run.id, step, tuple(views))
        with self._lock:
            worker = self._homes.get(run.id)
        return self._questions.ask(worker, order)

    # --- the way down ------------------------------------------------------------------------------------------

    def _send(self, command: Command) -> None:
        """Called by runs, which hold their own locks."""
        with self._lock:
            if self.devices:
                self._route(command)
            else:
                self._backlog.append(command)

    def _route(self, command: Command) -> None:
        if isinstance(command, Open):
            self._place(command)
        if home := self._homes.get(command.run):
            home.send(command)

    def _place(self, command: Open) -> None:
        run = self._runs.get(command.run)
        before = self._homes.pop(command.run, None)
        if run is None or not self._workers:
            return
        device = choose(command.spec.config.device, self.devices, run.config.gains_from_gpu)
        if not any(worker.device == device.name for worker in self._workers):
            device = Device(*CPU, reason="gpu_missing")
        run.placed(device)
        home = self._homes[command.run] = self._least_loaded(device.name)
        if before and before is not home:
            before.send(Drop(command.run, command.generation - 1, 0))

    def _least_loaded(self, device: str) -> WorkerProcess:
        def load(worker: WorkerProcess) -> tuple[int, int]:
            runs = [self._runs[run_id] for run_id, home in self._homes.items() if home is worker]
            return sum(run.status is Status.RUNNING for run in runs), len(runs)

        return min((worker for worker in self._workers if worker.device == device), key=load)

    # --- the way up, in the reading threads --------------------------------------------------------------------

    def _on_reports(self, worker: WorkerProcess, reports: Sequence[Report]) -> None:
        for report in reports:
            match report:
                case Update():
                    self._on_update(report)
                case Ready():
                    worker.ready = True
                    self._on_ready(report)
                case Answer():
                    self._questions.answered(report)

    def _on_update(self, update: Update) -> None:
        run = self._runs.get(update.run)
        if run is None:
            return
        try:
            run.receive(update)
        except ValueError as error:  # an experiment whose replay records other metrics than before
            logger.exception("Run %s sent what does not fit.", run.id)
            run.fail("exception", str(error))
        self._recovering.seen(run)

    def _on_ready(self, report: Ready) -> None:
        with self._lock:
            self._vain = 0
            if self.devices or self._closed.is_set():
                return
            self.devices = report.devices
            for name, _ in self.devices:
                if name != CPU[0]:
                    self._add_worker(name)
            backlog, self._backlog = self._backlog, []
            for command in backlog:
                self._route(command)

    def _on_death(self, worker: WorkerProcess) -> None:
        """A new worker takes its place, and its runs are brought back one after another."""
        with self._lock:
            if self._closed.is_set():
                return
            logger.warning("Worker %s on %s died.", worker.pid, worker.device)
            self._workers.remove(worker)
            self._vain += not worker.ready
            if self._vain <= STARTS_IN_VAIN:
                self._add_worker(worker.device)
            else:
                self._given_up_at = self._clock()
            lost = [self._runs[run_id] for run_id, home in self._homes.items() if home is worker]
            for run in lost:
                del self._homes[run.id]
        self._questions.died(worker)
        for run in lost:
            run.lost()
        self._recovering.add(lost)
        self._give_up_without_workers()

    def _give_up_without_workers(self) -> None:
        if self._started and not self._workers:
            for run in self.runs:
                run.fail("no_worker")
