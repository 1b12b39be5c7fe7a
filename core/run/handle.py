"""Run: config + changes + status + history — the handle that a page holds while a worker does the work.

It knows no worker: commands go into `send`, updates come back through `receive`. So it can be tested with a list.
"""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

from core.run.change import Change
from core.run.messages import Command, Open, Pause, SetField, SetSpeed, Step, Stop, Train, Watch
from core.run.past import PastRun
from core.run.record import Record
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.config import Config, ConfigError, Problem, TrainingConfig
from core.settings.device import Device

__all__ = ["Change", "PastRun", "Press", "Run", "Status"]

Press = Literal["train", "pause", "step", "reset"]  # the buttons of a run
PAST_RUNS = 5
MOST_WATCHED = 60  # views of one run, by all who look; of more the worker draws none
DEATHS = 3  # so many workers in a row may die under a run


class Run(Record):
    """One execution, its ids, and those that came before it on the same page.

    Commands return at once and are idempotent; `status` shows what was asked for until the worker says otherwise. All
    methods may be called from any thread.

    Args:
        spec: its experiment, the settings to start with, and changes that it makes by itself, each at its step; a reset forgets
            these.
        send: takes commands to a worker; must neither block nor call back.
        speed: steps a second; None is full speed.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        spec: RunSpec,
        send: Callable[[Command], None],
        speed: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(spec.experiment, spec.config, speed, clock)
        self._plan = spec.changes
        self._send = send
        self._order = 0
        self._watchers: dict[str, frozenset[str]] = {}
        self.unwatched_since: float | None = clock()  # None while somebody looks

    # --- commands ----------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Have it built; it then waits as `paused`."""
        with self._news:
            self._send(self._opening())

    def train(self) -> None:
        """Go on, unless ended."""
        self._ask(Train, Status.RUNNING)

    def pause(self, code: str | None = None) -> None:
        """Hold between two steps; `code` says why, if it was not a person."""
        self._ask(Pause, Status.PAUSED, code)

    def stop(self, code: str | None = None) -> None:
        """End it; what it has learned can still be looked at."""
        self._ask(Stop, Status.STOPPED, code)

    def _ask(self, command: type[Command], status: Status, code: str | None = None) -> None:
        with self._news:
            if self.status.ended or self.status is status:
                return
            self.message = {"code": code, "text": ""} if code else None
            self._wanted = status
            self._take(status)
            self._send(command(*self._address()))
            self._asked_at = self._order

    def advance(self, count: int = 1) -> None:
        """Record `count` more rows and hold."""
        with self._news:
            if self.status.ended:
                return
            self.message, self._wanted = None, Status.PAUSED
            self._take(Status.PAUSED)
            self._send(Step(*self._address(), count))
            self._asked_at = self._order

    def reset(self, config: TrainingConfig | None = None) -> None:
        """Start over under the same ids, by default as before; a curve of more than one row becomes past."""
        with self._news:
            if len(self.history) > 1:
                past = PastRun.of(self.spec(), self.history)
                self.past = (*self.past, past)[-PAST_RUNS:]
            self.generation += 1
            self._plan = ()
            self._begin(config or self.config)
            self._send(self._opening())
            self._publish()

    def forget_past(self, index: int) -> None:
        """Take one of the earlier curves away, if it is there."""
        with self._news:
            self.past = tuple(past for place, past in enumerate(self.past) if place != index)
            self._publish()

    def change(self, field: str, wanted: Config) -> None:
        """Let a live field be, between two steps, what it is in `wanted`; the worker checks it once more and answers with a Change.

        An ended run stays as it is, but for its pictures.

        Raises:
            ConfigError: the field is not live.
        """
        setting = wanted.settings()[field]
        if not setting.changeable:
            raise ConfigError([Problem(field, getattr(wanted, field), "not_live", setting)])
        with self._news:
            if not self.status.ended or setting.liveness == "pictured":
                self._set(field, getattr(wanted, field))

    def _set(self, field: str, value: Any) -> None:
        with self._news:
            asked = [command.value for command in self._unanswered.values() if command.field == field]
            if value != (asked[-1] if asked else getattr(self.current_config, field)):
                command = SetField(*self._address(), field, value)
                self._unanswered[command.order] = command
                self._send(command)

    def set_speed(self, speed: float | None) -> None:
        """Steps a second from now on; None is full speed."""
        with self._news:
            if speed != self.speed:
                self.speed = speed
                self._send(SetSpeed(*self._address(), speed))
                self._publish()

    # --- what a person means -----------------------------------------------------------------------------------

    def press(self, button: Press) -> None:
        """What each button of a run does; the settings stay as they have become, also when it begins anew."""
        with self._news:
            if button == "reset" or (button == "train" and self.status.ended):
                self.reset(self.wanted_config)
            match button:
                case "train":
                    self.train()
                case "pause":
                    self.pause()
                case "step":
                    self.advance()

    def settle(self, changes: Mapping[str, Any]) -> None:
        """Let these fields have these values, checked like any from outside.

        Live fields bend a run that has begun. Any other field, or any field of a run that has not begun or has ended, makes
        it begin anew; the curve that was there stays as an earlier one. A field of pictures never does.

        Raises:
            ConfigError: names each bad field, its value and its bounds; nothing is changed.
        """
        with self._news:
            config = self.wanted_config.replace(**changes).used()
            names, settings = config.differences(self.wanted_config), config.settings()
            if all(settings[name].liveness == "pictured" or (self.begun and settings[name].changeable) for name in names):
                for name in names:
                    self.change(name, config)
            else:
                self.reset(config)

    # --- who looks ---------------------------------------------------------------------------------------------

    def watch(self, token: str, views: Collection[str] = (), steers: bool = False) -> None:
        """Somebody, known by a token, looks at the run and at these views; whoever steers it comes first."""
        looks = {token: frozenset(views)}
        self._watched_by(looks | self._watchers if steers else self._watchers | looks)

    def unwatch(self, token: str) -> None:
        """This somebody looks away."""
        self._watched_by({other: views for other, views in self._watchers.items() if other != token})

    @property
    def watched(self) -> frozenset[str]:
        """The views that anybody looks at, at most MOST_WATCHED of them."""
        names = dict.fromkeys(name for views in self._watchers.values() for name in sorted(views))
        return frozenset(list(names)[:MOST_WATCHED])

    def _watched_by(self, watchers: Mapping[str, frozenset[str]]) -> None:
        with self._news:
            before, self._watchers = self.watched, dict(watchers)
            if watchers:
                self.unwatched_since = None
            elif self.unwatched_since is None:
                self.unwatched_since = self._clock()
            if self.watched != before:
                self._send(Watch(*self._address(), self.watched))

    # --- between the run and its place -------------------------------------------------------------------------

    def placed(self, device: Device) -> None:
        """It computes there. Called while commands are being placed: takes no lock."""
        self.device = device

    def lost(self) -> None:
        """Its worker died. It waits until it is reopened, unless workers keep dying under it."""
        with self._news:
            if self.status.ended:
                self._left_alone()
                return
            self._deaths += 1
            self.message = {"code": "worker_died", "text": "", "step": self.step}
            self._take(Status.QUEUED if self._deaths < DEATHS else Status.FAILED)
            self._lost = True

    def reopen(self) -> None:
        """Have it replayed by another worker, to where it was and what it was doing."""
        with self._news:
            if not self._lost or self.status.ended:
                return
            self._lost = False
            self._send(self._opening())
            again, self._unanswered = self._unanswered.values(), {}
            for command in again:
                self._set(command.field, command.value)

    def fail(self, code: str, text: str = "") -> None:
        """It cannot go on, for a reason outside of its worker."""
        with self._news:
            if self.status.ended:
                self._left_alone()
                return
            self.message = {"code": code, "text": text}
            self._take(Status.FAILED)

    def forgotten(self) -> None:
        """It was ended and put away: no worker answers any more, and what is recorded stays as it is."""
        with self._news:
            self._left_alone()

    def _left_alone(self) -> None:
        self._heard = max(self._heard, self._asked_at)
        self._publish()

    @property
    def recovered(self) -> bool:
        """Whether it is well since its last worker died, if one ever did."""
        return self._deaths == 0 or self.status.ended

    def _address(self) -> tuple[str, int, int]:
        self._order += 1
        return self.id, self.generation, self._order

    def _opening(self) -> Open:
        to_come = (change for change in self._plan if change.step > self.history.last_step)
        opening = Open(
            *self._address(),
            spec=RunSpec(self.experiment, self.config, (*self.changes, *to_come)),
            known=len(self.changes),
            replay_to=self.history.last_step,
            status=self._wanted,
            speed=self.speed,
            watched=self.watched,
            checkpoint=self._checkpoint,
        )
        self._asked_at = self._order
        return opening
