"""Desk: one visitor's place of work on one page — the run it holds, and the settings last agreed on with it.

A desk is found again in the session when its page is left and entered, and by the run's id in the link after a reload.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from core import experiments
from core.engine import LimitReached, pool
from core.run.handle import Press, Run
from core.run.replay import Replay
from core.run.spec import RunSpec
from core.settings.config import ConfigError, Problem, TrainingConfig
from ui.bench import controls
from ui.frame import link
from ui.frame._compat import session_id
from ui.stream.commands import SPEEDS

Absence = Literal["gone", "put_away", "waited"]  # a run that a link names, or this session held, is not there; or it was waited for
DEFAULT_SPEED = 60.0
TICKET = "place.ticket"  # in the session: of the visitor's place in the line, one for all pages


@dataclass(frozen=True)
class Waiting:
    """A visitor who waits for a place: why, their ticket, and what they came with."""

    why: LimitReached
    ticket: str
    config: TrainingConfig
    speed: float | None
    replay: Replay | None


@dataclass
class Desk:
    """A run in a visitor's hands; `asked` is what they pressed and the run has not been told yet.

    `replay` is what their link says was done to a run that was somebody else's; until it is reset, the run does it again.
    `absent` says that this run took the place of one that is no longer there; the next press clears it.
    `waiting`: there is no place for a run of theirs yet, and `run` is a demonstration that they watch meanwhile.
    `arrangement` says which panels are shown, and how, as the link does: `link.PANELS` and `link.LARGE`.
    `idle` holds the values of fields that have no effect now, and so are not the run's, for when they have one again.
    """

    run: Run
    agreed: TrainingConfig
    may_control: bool
    default_speed: float
    problems: Sequence[Problem] = ()
    asked: Press | None = None
    replay: Replay | None = None
    absent: Absence | None = None
    idle: Mapping[str, Any] = field(default_factory=dict)
    arrangement: Mapping[str, str] = field(default_factory=dict)
    waiting: Waiting | None = None
    generation: int = field(init=False)  # of the run, when this page was last drawn

    def __post_init__(self) -> None:
        self.generation = self.run.generation

    @property
    def parameters(self) -> dict[str, str]:
        """All that a link must hold to come back to this desk. It names the run for watching, whoever opens it.

        Who steers is known by the browser, which remembers the runs that it was handed (`link.held`).
        """
        settings = link.parameters(self.agreed)
        if self.waiting:  # a demonstration is nobody's to come back to
            settings = link.parameters(self.waiting.config)
            replay = {link.REPLAY: str(self.waiting.replay)} if self.waiting.replay else {}
            return {**settings, **replay, **self._paced(self.waiting.speed), **self.arranged}
        if self.replay and self.may_control:  # the settings that it began with; its changes come with the replay
            settings = {**link.parameters(self.run.config), link.REPLAY: str(self.replay)}
        speed = self._paced(self.run.speed) if self.may_control else {}
        return {**settings, **speed, **self.arranged, link.RUN: self.run.watch_id}

    def _paced(self, speed: float | None) -> dict[str, str]:
        return {link.SPEED: speed_text(speed)} if speed != self.default_speed else {}

    @property
    def arranged(self) -> dict[str, str]:
        """What a link says of the panels; nothing where they are as at first."""
        return {name: text for name, text in self.arrangement.items() if text}

    def follow(self) -> None:
        """The stage or another tab may have changed the run since the page was drawn: the widgets go along.

        But not one that was put since, as by a remedy: that is the later press, and the run has not been told of it yet.
        """
        wanted, later = self.run.wanted_config, controls.put_since(self.run.experiment)
        if wanted != self.agreed:
            controls.follow(self.run.experiment, wanted.differences(self.agreed), later)
            self.agreed, self.problems = wanted, ()
        self._look_at_the_run()

    def settle(self, values: Mapping[str, Any]) -> None:
        """Bring the run in line with the widgets, then do what was pressed."""
        try:
            config = type(self.agreed).checked(values).used()
            changes = config.differences(self.agreed)
            if changes:
                self.run.settle(changes)
        except ConfigError as error:
            self.problems, self.asked = error.problems, None
            return
        self.idle = {name: value for name, value in values.items() if not config.settings()[name].applies(config)}
        if changes:
            self.agreed, self.problems, self.absent = config, (), None
        if self.asked:
            self.run.press(self.asked)
            self.asked, self.absent = None, None
        self._look_at_the_run()

    def _look_at_the_run(self) -> None:
        """One that has begun anew replays nothing; one that goes on is no news any more."""
        if self.run.generation != self.generation:
            self.generation, self.replay, self.absent = self.run.generation, None, None
        if self.run.begun:
            self.absent = None


def find(experiment: str, default_speed: float = DEFAULT_SPEED) -> Desk:
    """The visitor's desk on this page: the one they left, the run in their link, or a new run with the link's settings.

    Where there is no place for a new run they wait, and have a demonstration before them.

    Args:
        experiment: the page.
        default_speed: steps a second of a new run, if the link says no other.

    Raises:
        LimitReached: the visitor has too many runs.
    """
    key = f"desk.{experiment}"
    known: Desk | None = st.session_state.get(key)
    asked = st.query_params.get(link.RUN)
    if known is None or (asked and asked not in (known.run.id, known.run.watch_id) and pool().find(asked)):
        known = _enter(experiment, asked, default_speed)
        known.arrangement = link.arrangement()
    elif known.waiting:
        known = _try_again(known, experiment, known.waiting)
    elif pool().find(known.run.id) is None:  # put away while nobody looked
        idle = known.idle
        known = _open(experiment, known.agreed, default_speed)
        known.idle, known.absent = idle, "put_away"
    st.session_state[key] = known
    known.follow()
    return known


def _enter(experiment: str, asked: str | None, default_speed: float) -> Desk:
    found = pool().find(asked) if asked else None
    config, refused = link.settings(experiments.config_class(experiment))
    replay, not_replayed = link.replay(experiment, config)
    if found and found[0].experiment == experiment:
        run = found[0]
        may_control = found[1] or run.id in link.held()
        controls.put(experiment, run.wanted_config.model_dump())
        return Desk(run, run.wanted_config, may_control, default_speed, replay=None if run.generation else replay)
    desk = _open(experiment, config, default_speed, replay)
    desk.problems = [*refused, *not_replayed]
    desk.absent = "gone" if asked and not replay else None
    return desk


def _open(
    experiment: str, config: TrainingConfig, default_speed: float, replay: Replay | None = None, waiting: Waiting | None = None
) -> Desk:
    """A new run; one that is to be done again begins at once. Or a demonstration for one who has to wait."""
    spec = RunSpec(experiment, config, replay.spec.changes if replay else ())
    speed = waiting.speed if waiting else _linked_speed(default_speed)
    ticket = _ticket()
    try:
        run = pool().open(spec, _visitor(), speed, ticket, link.held())
    except LimitReached as reached:
        if reached.code == "runs_per_visitor":
            raise
        ticket, why = pool().admission.wait(ticket, reached)
        st.session_state[TICKET] = ticket
        shown = pool().demonstration(RunSpec(experiment, experiments.config_class(experiment)()), default_speed)
        controls.put(experiment, shown.wanted_config.model_dump())
        waits = Waiting(why, ticket, config, speed, replay)
        return Desk(shown, shown.wanted_config, may_control=False, default_speed=default_speed, waiting=waits)
    controls.put(experiment, config.model_dump())
    return Desk(run, run.wanted_config, may_control=True, default_speed=default_speed, replay=replay, asked="train" if replay else None)


def _try_again(known: Desk, experiment: str, waiting: Waiting) -> Desk:
    """The desk of one who has waited: with a run now, or as it was."""
    desk = _open(experiment, waiting.config, known.default_speed, waiting.replay, waiting)
    desk.problems, desk.idle, desk.arrangement = known.problems, known.idle, known.arrangement
    desk.absent = known.absent or (None if desk.waiting else "waited")
    return desk


def _ticket() -> str:
    """The visitor's ticket; after a reload it is among what the browser holds. Empty if they have none."""
    ticket: str = st.session_state.get(TICKET, "")
    return ticket or next((held for held in link.held() if pool().admission.standing(held)), "")


def _visitor() -> str:
    """Whom a run counts for: the browser's session."""
    return session_id() or ""


def _linked_speed(default: float) -> float | None:
    asked = st.query_params.get(link.SPEED)
    return next((speed for speed in SPEEDS if asked == speed_text(speed)), default)


def speed_text(speed: float | None) -> str:
    """A speed as the link and the page write it."""
    return "max" if speed is None else f"{speed:g}"
