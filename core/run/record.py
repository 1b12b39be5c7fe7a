"""Record: all that is known about a run — what was asked for, and what its worker has reported since."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from core.run.change import Change
from core.run.history import History
from core.run.messages import SetField, Update
from core.run.past import PastRun
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.config import TrainingConfig
from core.settings.device import UNPLACED, Device
from core.settings.limits import limits

MOST_VIEWS = 100  # a view's name may hold an argument, such as a typed flower


class Unchanged(NamedTuple):
    """What a picture has in common with the one before it."""

    before: int  # their versions
    version: int
    parts: frozenset[str]


def _alike(before: Any, picture: Any) -> frozenset[str]:
    """The parts of a picture that are as they were; none if it has other parts."""
    if not isinstance(before, dict) or not isinstance(picture, dict) or before.keys() != picture.keys():
        return frozenset()
    return frozenset(part for part, content in picture.items() if content == before[part])


class Record:
    """The readable half of a run. Safe to read from any thread: what it publishes is replaced, never altered in place.

    `version` grows with everything that is new, so a reader knows when to look again.
    """

    def __init__(self, experiment: str, config: TrainingConfig, speed: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.id = secrets.token_urlsafe(16)  # the right to control the run
        self.watch_id = secrets.token_urlsafe(16)  # the right to watch it
        self.experiment, self.speed = experiment, speed
        self.generation, self.version = 0, 0
        self.device: Device = UNPLACED
        self.past: tuple[PastRun, ...] = ()  # earlier curves of the page, oldest first
        self._clock = clock
        self._news = threading.Condition(threading.RLock())
        self._begin(config)

    def _begin(self, config: TrainingConfig) -> None:
        """The state of a generation that nobody has built yet."""
        self.config = self.current_config = config.used()  # as it began; as live changes have made it
        self.status, self.step = Status.QUEUED, 0
        self.rate: float | None = None  # measured steps/s
        self.slowed = False  # its pictures come less often than wanted
        self.history = History(limits().history_rows)
        self.changes: tuple[Change, ...] = ()
        self.views: Mapping[str, tuple[int, Any]] = {}  # name → (version, picture)
        self._drawn = 0  # pictures so far
        self.unchanged: Mapping[str, Unchanged] = {}  # of the newest pictures
        self.facts: Mapping[str, Any] = {}
        self.message: Mapping[str, Any] | None = None  # {"code", "text", ...}: what happened to it
        self._wanted = Status.PAUSED  # what it shall be once a worker has it
        self._asked_at = self._heard = 0  # order of the last command that asked for a status, of the last that was answered
        self._unanswered: dict[int, SetField] = {}
        self._checkpoint: bytes | None = None  # the newest that its worker has sent
        self._deaths = 0  # workers lost in a row without a new row
        self._lost = False  # it has no worker and waits for another
        self._trained, self._since = 0.0, self._clock()

    @property
    def last(self) -> int:
        """The step of the last row."""
        return self.config.epochs

    @property
    def going(self) -> bool:
        """Whether it trains, or will as soon as a worker has it."""
        return self.status is Status.RUNNING or (self.status is Status.QUEUED and self._wanted is Status.RUNNING)

    @property
    def begun(self) -> bool:
        """Whether a change bends it: it trains, or is held after its first step."""
        return (self.going or self.history.last_step >= 1) and not self.status.ended

    @property
    def answered(self) -> bool:
        """Whether its worker has taken the status that was asked for: no row from before that is still on its way."""
        asked_for = (Status.RUNNING, Status.PAUSED, Status.STOPPED)
        return self.status not in asked_for or self._heard >= self._asked_at

    @property
    def obeyed(self) -> bool:
        """Whether its worker has answered all that was asked of it."""
        return self.answered and not self._unanswered

    def spec(self, held: bool = True) -> RunSpec:
        """What it has done so far, of one moment. One that is held ends where it is held, or with `held=False` goes on from there.

        Ask once it is `answered`: before that rows may be on their way.
        """
        with self._news:
            last = self.history.last_step
            over = last >= 0 if self.status.ended else held and self.status is Status.PAUSED and last >= 1
            return RunSpec(self.experiment, self.config, self.changes, last if over else None, self.device.name or "cpu")

    @property
    def wanted_config(self) -> TrainingConfig:
        """The settings as they will be once the worker has answered everything that was asked of it."""
        with self._news:
            return self.current_config.model_copy(update={asked.field: asked.value for asked in self._unanswered.values()})

    def trained_seconds(self, now: float) -> float:
        """How long it has been running since it began, in seconds of its clock."""
        with self._news:
            return self._trained + (now - self._since if self.status is Status.RUNNING else 0.0)

    def current(self) -> tuple[int, History]:
        """The generation and its history, of one moment."""
        with self._news:
            return self.generation, self.history

    def snapshot(self) -> dict[str, Any]:
        """Everything about it that is small, as JSON-able data of one moment."""
        with self._news:
            return {
                "generation": self.generation,
                "status": str(self.status),
                "going": self.going,
                "begun": self.begun,
                "answered": self.answered,
                "step": self.step,
                "last": self.last,
                "speed": self.speed,
                "rate": self.rate,
                "slowed": self.slowed,
                "device": asdict(self.device),
                "changes": [change._asdict() for change in self.changes],
                "past": len(self.past),
                "config": self.current_config.model_dump(mode="json"),
                "asked": {command.field: command.value for command in self._unanswered.values()},
                "message": dict(self.message) if self.message else None,
            }

    @property
    def essence(self) -> tuple[Any, ...]:
        """What it is doing: all of `snapshot` but the numbers that run along while it trains; a hundredth of that to make."""
        with self._news:
            numbers = () if self.status is Status.RUNNING else (self.step, self.rate, self.history.last_step)
            doing = self.status, self.going, self.begun, self.answered, self.speed, self.slowed, self.device, self.message
            return self.generation, *doing, len(self.changes), len(self.past), tuple(self._unanswered), *numbers

    def wait_for(self, true: Callable[[], bool], timeout: float = 10.0) -> bool:
        """Wait until `true()`, asked again after everything new; False if the time is over first."""
        with self._news:
            return self._news.wait_for(true, timeout)

    # --- what the worker says ----------------------------------------------------------------------------------

    def receive(self, update: Update) -> None:
        """Take in what is new; an update about an earlier generation means nothing."""
        with self._news:
            if update.generation != self.generation:
                return
            if update.rows:
                self.history.extend(update.rows.names, update.rows.steps, update.rows.table)
            self.step, self.rate, self.slowed = max(self.step, update.step), update.rate, update.slowed
            self.facts = update.facts or self.facts
            self._checkpoint = update.checkpoint or self._checkpoint
            self._take_changes(update)
            if update.views:
                self._take_views(update.views)
            self.message = update.message or self.message
            self._heard = update.order
            if update.status is not self.status and (self._heard >= self._asked_at or update.status.ended):
                self._take(update.status)  # else it does not know yet what was asked
            if update.rows or update.status is Status.PAUSED:
                self._deaths = 0
            self._publish()

    def _take_changes(self, update: Update) -> None:
        self._unanswered = {order: command for order, command in self._unanswered.items() if order > update.order}
        if update.changes:
            self.changes += update.changes
            fields = {change.field: change.new for change in update.changes}
            self.current_config = self.current_config.model_copy(update=fields)

    def _take_views(self, views: Mapping[str, Any]) -> None:
        """New pictures take the place of old ones; of all the names ever looked at, the newest stay. One that is as it was is not new."""
        known = {name: picture for name, picture in self.views.items() if name not in views}
        fresh, unchanged = {}, {}
        for place, (name, picture) in enumerate(views.items(), start=1):
            before = self.views.get(name)
            fresh[name] = before if before and before[1] == picture else (self._drawn + place, picture)
            if before and before is not fresh[name] and (parts := _alike(before[1], picture)):
                unchanged[name] = Unchanged(before[0], fresh[name][0], parts)
        self._drawn += len(fresh)
        self.unchanged = {name: one for name, one in self.unchanged.items() if name not in views} | unchanged
        self.views = dict(list((known | fresh).items())[-MOST_VIEWS:])

    def _take(self, status: Status) -> None:
        now = self._clock()
        if self.status is Status.RUNNING:
            self._trained += now - self._since
        self._since, self.status = now, status
        self._publish()

    def _publish(self) -> None:
        self.version += 1
        self._news.notify_all()
