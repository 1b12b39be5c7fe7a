"""Worker: one process that hosts many runs and serves them in turn by time slices.

One process that takes runs in turn, 10 ms each, makes twice the steps of as many threads. Each run gets the same share
of the processor, whatever one of its steps costs: the next turn is that of the run that has had the least time. A run
of heavy steps overshoots its turn by one step at most. Where many runs are due the turns are shorter, so that each of them
moves several times a second. Between the turns pictures are drawn, of one run at a time, within a budget of their own
(`view_schedule`), which is shared as evenly: they cost a run no steps.
With nothing due the worker sleeps until a command comes.
"""

import gc
import importlib
import logging
import math
import os
import threading
import time
from collections.abc import Sequence
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import Any, Protocol, cast

import torch

from core.engine.answers import answer
from core.engine.catalogue import Catalogue
from core.engine.hosted import Hosted
from core.engine.inquiry import Inquiry
from core.engine.instruments import Clock
from core.engine.measurement import Measurement
from core.engine.view_schedule import ViewBudget
from core.engine.visit import PastVisit
from core.run.messages import Answer, Ask, Command, Drop, Measure, Open, Order, Quit, Ready, Report, Visit
from core.settings import device as devices

logger = logging.getLogger(__name__)

SLICE_SECONDS = 0.01
LEAST_SLICE_SECONDS = 0.001  # a shorter turn would be spent on going from run to run
CYCLE_SECONDS = 0.15  # in which every run that is due has its turn, as long as turns are not shorter than that
CROWD = 2  # runs that are behind: one alone is behind by its own slowness
REPORT_SECONDS = 0.05
LEAD_SECONDS = 0.02  # before full REPORT_SECONDS of the clock, when the event stream looks for news: a report waits no longer
REPORT_SHARE, LONGEST_REPORT_SECONDS = 0.1, 0.2  # of the time for reports: those of many runs go out less often


class Wire(Protocol):
    """The worker's end of the line; `multiprocessing.connection.Connection` is one."""

    def poll(self, timeout: float | None) -> bool: ...

    def recv(self) -> Any: ...

    def send(self, reports: Any) -> None: ...


class Schedulable(Protocol):
    """Whatever takes turns: `due` when (-inf: at once, inf: not at all), `used` seconds of processor time so far."""

    used: float

    @property
    def due(self) -> float: ...

    def turn(self, seconds: float) -> None: ...


class Worker:
    """Serves the runs that come over `wire`.

    Args:
        wire: orders come in one by one; reports go out in lists.
        catalogue: where experiments are looked up.
        device: where the tensors of all its runs live.
        clock: seconds that only go forward.
        busy: seconds of processor time, which a turn costs. By the clock a run would pay for what the machine did beside it: among a
            hundred runs, for half a second of that with half a minute without a step.
    """

    def __init__(
        self, wire: Wire, catalogue: Catalogue, device: torch.device, clock: Clock = time.perf_counter, busy: Clock = time.thread_time
    ) -> None:
        self._wire, self._catalogue, self._device, self._clock, self._busy = wire, catalogue, device, clock, busy
        self._hosted: dict[str, Hosted] = {}
        self._inquiries: list[Inquiry] = []  # what is answered in many turns
        self._answers: list[Answer] = []
        self._budget = ViewBudget(clock)
        self._report_at = -math.inf  # when the next round of reports may go out
        self._least_used = 0.0
        self._leaving = False

    def serve(self) -> None:
        """Work until told to leave, or until the other end of the line is gone."""
        try:
            self._wire.send([Ready(devices.found())])
            while not self._leaving:
                self.round()
        except (EOFError, ConnectionError):
            logger.debug("Worker %d leaves: nobody listens any more.", os.getpid())

    def round(self) -> None:
        """Obey what has come, let runs have their turns, draw the pictures of one, report what is new."""
        due = self._due()
        start = self._clock()
        came = self.obey_next(0.0 if due else self._seconds_to_wait())
        self._budget.waited += self._clock() - start
        while came:
            came = self.obey_next(0.0)
        self._turns(due or self._due())
        if drawn := min(self._hosted.values(), key=lambda hosted: hosted.views_due, default=None):
            start = self._clock()
            drawn.draw()
            self._budget.drawn += self._clock() - start
        if self._clock() >= self._report_at:
            self._report_all()
        else:
            self._report_urgent()

    # --- orders ------------------------------------------------------------------------------------------------

    def obey_next(self, timeout: float | None) -> bool:
        """Obey one order and answer it at once; False if none comes in this time."""
        if not self._wire.poll(timeout):
            return False
        self._obey(self._wire.recv())
        self._report_urgent()
        return True

    def _obey(self, order: Order) -> None:
        match order:
            case Open():
                self._open(order)
            case Measure():
                self._inquiries.append(Measurement(order, self._catalogue, self._device, self._clock))
            case Visit():
                hosted = self._hosted.get(order.run)
                self._inquiries.append(PastVisit(order, hosted.trainer if hosted else None, self._clock))
            case Ask():
                hosted = self._hosted.get(order.run)
                found = hosted.answer(order) if hosted else answer(order, None, self._clock)
                if isinstance(found, Answer):
                    self._answers.append(found)
                else:
                    self._inquiries.append(found)
            case Quit():
                self._leaving = True
            case Command():
                hosted = self._hosted.get(order.run)
                if hosted is None or hosted.generation != order.generation:
                    return
                if isinstance(order, Drop):
                    del self._hosted[order.run]
                else:
                    hosted.obey(order)

    def _open(self, command: Open) -> None:
        known = self._hosted.get(command.run)
        if known and known.generation >= command.generation:
            return
        hosted = self._hosted[command.run] = Hosted(command, self._clock)
        hosted.build(self._catalogue, self._device)

    # --- turns -------------------------------------------------------------------------------------------------

    def _due(self) -> list[Schedulable]:
        """Those that are due, the one with the least time used in front."""
        now = self._clock()
        candidates: list[Schedulable] = [*self._hosted.values(), *self._inquiries]
        return sorted((candidate for candidate in candidates if candidate.due <= now), key=lambda candidate: candidate.used)

    def _turns(self, due: Sequence[Schedulable]) -> None:
        """Let as many as have room in a slice have their turns.

        One that was not due for a while is first raised to the queue's virtual time, less a slice: else it would have the processor to
        itself until its time had caught up with that of the others.
        """
        start = self._clock()
        seconds = min(SLICE_SECONDS, max(LEAST_SLICE_SECONDS, CYCLE_SECONDS / max(1, len(due))))
        for chosen in due:
            chosen.used = max(chosen.used, self._least_used - SLICE_SECONDS)
            self._least_used = max(self._least_used, chosen.used)
            begun = self._busy()
            chosen.turn(seconds)
            chosen.used += self._busy() - begun
            if self._clock() >= start + SLICE_SECONDS:
                break

    def _seconds_to_wait(self) -> float | None:
        """Until the next step, picture or report is due; None when only an order can bring work."""
        runs = self._hosted.values()
        soonest = min((min(hosted.due, hosted.views_due) for hosted in runs), default=math.inf)
        if any(hosted.has_news for hosted in runs):
            soonest = min(soonest, self._report_at)
        return None if soonest == math.inf else max(0.0, soonest - self._clock())

    # --- reports -----------------------------------------------------------------------------------------------

    def _report_urgent(self) -> None:
        """What answers a command or ends a run goes out at once."""
        self._send([hosted for hosted in self._hosted.values() if hosted.urgent])

    def _report_all(self) -> None:
        """Everything else goes out in one message every 50 ms, or less often where that takes long."""
        start, runs = self._clock(), self._hosted.values()
        active = [hosted for hosted in runs if min(hosted.due, hosted.views_due) < math.inf]
        behind = sum(hosted.behind for hosted in active)
        level = self._budget.level([hosted.views.demand for hosted in active], crowded=behind >= max(CROWD, len(active) / 2))
        for hosted in runs:
            hosted.views.grant(level)
        self._send([hosted for hosted in runs if hosted.has_news])
        took = self._clock() - start
        seconds = min(LONGEST_REPORT_SECONDS, max(REPORT_SECONDS, took / REPORT_SHARE))
        self._report_at = REPORT_SECONDS * round((start + seconds + LEAD_SECONDS) / REPORT_SECONDS) - LEAD_SECONDS

    def _send(self, hosted: Sequence[Hosted]) -> None:
        answers = [*self._answers, *(inquiry.answer for inquiry in self._inquiries if inquiry.answer)]
        self._answers = []
        self._inquiries = [inquiry for inquiry in self._inquiries if not inquiry.answer]
        reports: list[Report] = [*(one.report() for one in hosted), *answers]
        if reports:
            self._wire.send(reports)


def main(wire: Wire, catalogue: str, device: str) -> None:
    """What a worker process runs.

    Args:
        wire: the line to the web process.
        catalogue: the module that names the experiments.
        device: a torch device by name.
    """
    threading.Thread(target=_leave_with_parent, name="leave-with-parent", daemon=True).start()
    torch.set_num_threads(1)  # two threads make the steps of small models slower, and cores are for other workers
    gc.freeze()  # what the imports left is never garbage
    Worker(wire, cast(Catalogue, importlib.import_module(catalogue)), torch.device(device)).serve()


def _leave_with_parent() -> None:
    """A worker inside a long step notices only here that the web process was killed."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
