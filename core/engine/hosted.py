"""One run inside a worker: its trainer, its pace, and what is new about it since the last report."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch

from core.engine.answers import Errand, answer
from core.engine.catalogue import Catalogue
from core.engine.instruments import Clock, RowBuffer, StepRate
from core.engine.loop_view import LoopView
from core.engine.view_schedule import VIEWS_SHARE, ViewSchedule
from core.program.experiment import Experiment
from core.program.trainer import Trainer
from core.run.checkpoints import Checkpoint
from core.run.messages import Answer, Ask, Command, Open, Pause, SetField, SetSpeed, Step, Stop, Train, Update, Watch
from core.run.status import Status
from core.settings.config import ConfigError
from core.settings.limits import limits

logger = logging.getLogger(__name__)

AHEAD_SECONDS = 10.0  # of answers: a hand that moves asks for many in a row
BACKLOG_SECONDS = 0.25  # a paced run that was kept waiting catches up on this much, no more
SAVED_SECONDS = 2.0  # between two checkpoints that are sent: as much is replayed after a worker has died
SAVED_BYTES = 50_000  # a second; larger ones are sent less often


class ModelTooLargeError(Exception):
    """The model is larger than the limit."""


class Hosted:
    """A run and its place in the queue.

    `due` says when it wants its next step: -inf at once, inf not at all. `used` is the processor time it has had, by
    which the worker is fair.
    """

    def __init__(self, command: Open, clock: Clock) -> None:
        self.run, self.generation, self.order = command.run, command.generation, command.order
        self._done = command.order  # the last order that is carried out: rows that are owed are still to come
        self.status = Status.QUEUED
        self.used = 0.0
        self.urgent = True  # there is something that must not wait for the next round of reports
        self._command, self._clock = command, clock
        self.trainer: Trainer | None = None  # until it is built, and after a failure
        self._step = max(0, command.replay_to)
        self._reported_changes = command.known  # changes that the handle has heard of
        self._rows_to_make = 0  # rows to record before it holds again
        self._speed, self._next_at = command.speed, 0.0
        self.views = ViewSchedule(command.watched)
        self._deferred: list[Command] = []  # wishes that wait until a replay is over
        self._rows, self._step_rate = RowBuffer(), StepRate()
        self._pending: dict[str, Any] = {}
        self._answered_until = 0.0  # by then its answers have had no more than their share of the time
        self._slowed = False  # as it was reported
        self._loop_view = LoopView(command, clock)
        self._save_at = clock() + SAVED_SECONDS
        self._trained_until = clock()

    def build(self, catalogue: Catalogue, device: torch.device) -> None:
        """Make the trainer. A loop whose rows begin at 0 shows its untrained state at once."""
        command = self._command
        with self._failing():
            watch = catalogue.watch(command.spec.experiment)
            start = Checkpoint.unpacked(command.checkpoint) if command.checkpoint else None
            self.trainer = trainer = Trainer(watch, command.spec.config, device, command.spec.changes, start)
            _check_size(trainer.experiment)
            self._pending["facts"] = dict(trainer.experiment.facts())
            self.views.remember(partial(trainer.experiment.remember, trainer.step), self._clock)  # how it began, whoever looks later
            with trainer.stream():
                if watch.first_step == 0:
                    self._advance(trainer)
            if self.status is Status.QUEUED and not self.replaying:
                self._settle(command.status)

    @property
    def replaying(self) -> bool:
        """Whether the run is on its way back to where it was lost."""
        return self.status is Status.QUEUED and self.step < self._command.replay_to

    @property
    def step(self) -> int:
        """The label of the last row."""
        return self.trainer.step if self.trainer else self._step

    # --- commands: each may come twice, late, or at the wrong time ---------------------------------------------

    def obey(self, command: Command) -> None:
        """Do what a command of this generation says, now or when a replay is over."""
        self.order, self.urgent = command.order, True
        match command:
            case Stop():
                self._settle(self.status if self.status.ended else Status.STOPPED)
            case SetSpeed():
                self._set_speed(command.speed)
            case Watch():
                self.views.watch(command.views)
                self._loop_view.watch(command.views)
            case _ if self.replaying:
                self._deferred.append(command)
            case SetField() if self.trainer:
                self._set_field(self.trainer, command.field, command.value)
            case _ if self.status.ended:
                return
            case Train():
                self._train()
            case Pause():
                self._hold()
            case Step():
                self._hold()
                self._rows_to_make = command.count

    def _train(self) -> None:
        if self.status is Status.PAUSED:
            self._rows_to_make = 0
            self._settle(Status.RUNNING)

    def _hold(self) -> None:
        self._rows_to_make = 0
        if self.status is Status.RUNNING:
            self._settle(Status.PAUSED)

    def _set_speed(self, speed: float | None) -> None:
        if speed == self._speed:
            return
        now = self._clock()
        self._next_at = min(self._next_at, now + 1 / speed) if speed and self._speed else now
        self._speed = speed
        self._step_rate.start(now, self.step)

    def _set_field(self, trainer: Trainer, field: str, value: Any) -> None:
        if self.status.ended and trainer.experiment.config.settings()[field].liveness != "pictured":
            return
        with self._failing():
            try:
                with trainer.stream():
                    change = trainer.change(field, value)
            except ConfigError as error:
                problems = [
                    {"field": problem.field, "value": problem.value, "code": problem.code, "bounds": problem.bounds}
                    for problem in error.problems
                ]
                self._pending["message"] = {"code": "refused", "text": str(error), "problems": problems}
                return
            if change:
                self._loop_view.changes.append(change)
                self.views.begin_anew()

    # --- turns -------------------------------------------------------------------------------------------------

    @property
    def due(self) -> float:
        """When the next step should be made."""
        if self.status is Status.RUNNING:
            return self._next_at if self._speed else -math.inf
        return -math.inf if self._rows_to_make or self.replaying else math.inf

    @property
    def behind(self) -> bool:
        """Whether it goes on slower than it is asked to, or has waited as long for its turn: the worker has too much to do."""
        waiting_since = self._next_at if self._speed else self._trained_until
        return self.status is Status.RUNNING and waiting_since < self._clock() - BACKLOG_SECONDS

    def turn(self, seconds: float) -> None:
        """Make steps for about this long: at least one, and none before it is due."""
        start, trainer = self._clock(), self.trainer
        if trainer is None or self.due > start:  # it may have ended since it was chosen
            return
        end = start + seconds
        trainer.checkpoints.rested(start - self._trained_until)
        with self._failing(), trainer.stream():
            while True:
                self._advance(trainer)
                now = self._clock()
                if self._speed:
                    self._next_at = max(self._next_at + 1 / self._speed, now - BACKLOG_SECONDS)
                if now >= end or self.due > now or (self._deferred and not self.replaying):
                    break
        self.views.outdate()
        self._trained_until = self._clock()
        if self._deferred and not self.replaying:
            deferred, self._deferred = self._deferred, []
            for command in deferred:
                self.obey(command)

    def _advance(self, trainer: Trainer) -> None:
        step, row = next(trainer)
        if step > self._command.replay_to:
            self._rows.append(step, row)
        if trainer.outcome:
            if trainer.outcome == "diverged":
                self._pending["message"] = {"code": "loss_not_finite", "text": "", "value": str(row["loss"]), "step": step}
            self._settle(Status(trainer.outcome))
        elif self._rows_to_make:
            self._rows_to_make -= 1
            if not self._rows_to_make:
                self._settle(Status.PAUSED)
        elif self.status is Status.QUEUED and step == self._command.replay_to:
            self._settle(self._command.status)

    def _settle(self, status: Status) -> None:
        """Take a status. Whoever watches sees the newest picture at once, held or not."""
        now = self._clock()
        if self.status is Status.RUNNING:
            self._step_rate.stop(now, self.step)
        if status is Status.RUNNING:
            self._step_rate.start(now, self.step)
        self.status, self._rows_to_make, self._next_at, self.urgent = status, 0, now, True
        self.views.outdate(at_once=True)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Whatever goes wrong inside ends this run and no other."""
        try:
            yield
        except Exception as error:
            logger.info("Run %s failed at step %d.", self.run, self.step, exc_info=True)
            code = "too_many_parameters" if isinstance(error, ModelTooLargeError) else "exception"
            self._pending["message"] = {"code": code, "type": type(error).__name__, "text": str(error), "step": self.step}
            self._settle(Status.FAILED)
            self._step, self.trainer = self.step, None

    # --- reports -----------------------------------------------------------------------------------------------

    @property
    def views_due(self) -> float:
        """When views are to be computed next; inf when none is watched or nothing has happened since."""
        return self.views.due if self.trainer and not self.replaying else math.inf

    @property
    def has_news(self) -> bool:
        """Whether there is anything to report."""
        return self.urgent or bool(self._rows) or bool(self._pending) or self._slowed != self.views.slowed

    def report(self) -> Update:
        """What is new, taken out of here. A picture that somebody waits for, of a press or a new panel, is drawn for it."""
        if self.views.at_once:
            self.draw()
        if self.status is Status.RUNNING:
            self._step_rate.read(self._clock(), self.step)
        changes = tuple(self.trainer.changes[self._reported_changes :]) if self.trainer else ()
        self._reported_changes += len(changes)
        news, self._pending, self.urgent = self._pending, {}, False
        self._slowed = self.views.slowed
        self._done = self._done if self._rows_to_make else self.order
        return Update(
            self.run,
            self.generation,
            self._done,
            self.status,
            self.step,
            self._step_rate.rate,
            rows=self._rows.take(),
            changes=changes,
            checkpoint=self._saved(),
            slowed=self._slowed,
            **news,
        )

    def _saved(self) -> bytes | None:
        """The newest checkpoint now and then: what is known of it in the web process outlives this one."""
        now, newest = self._clock(), self.trainer.checkpoints.newest if self.trainer else None
        if newest is None or now < self._save_at or self.replaying:
            return None
        packed = newest.packed()
        self._save_at = now + max(SAVED_SECONDS, len(packed) / SAVED_BYTES)
        return packed

    def draw(self) -> None:
        """Draw the watched pictures whose time has come, outside of the run's random stream: watching changes nothing."""
        start, trainer = self._clock(), self.trainer
        if trainer is None or self.views_due > start:
            return
        with self._failing():
            views = self._loop_view.beside(trainer, held=self.status is not Status.RUNNING)
            remember = partial(trainer.experiment.remember, trainer.step)
            self._pending.setdefault("views", {}).update(self.views.draw(views, self._clock, remember))
            if self._loop_view.behind or trainer.experiment.behind:
                self.views.outdate(at_once=self._loop_view.behind)

    def answer(self, ask: Ask) -> Answer | Errand:
        """The answer to a question about it. Answers have, in the long run, the share of pictures; a picture far beyond is refused."""
        start = self._clock()
        if ask.question == "view" and self._answered_until > start + AHEAD_SECONDS:
            return Answer(ask.ticket, None, "Too many pictures of this run are asked for.")
        answered = answer(ask, self.trainer, self._clock)
        seconds = self._clock() - start
        self._answered_until = max(self._answered_until, start) + seconds / VIEWS_SHARE
        self.used += seconds
        return answered


def _check_size(experiment: Experiment) -> None:
    groups = experiment.optimizer.param_groups
    parameters = sum(parameter.numel() for group in groups for parameter in group["params"])
    if parameters > limits().model_parameters:
        raise ModelTooLargeError(f"{parameters} parameters; at most {limits().model_parameters}")
