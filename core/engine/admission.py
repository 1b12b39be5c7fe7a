"""Admission: where a further run would leave all of them too little, the next visitor waits for a place, first come first served.

It is measured, not guessed: how many steps each run makes in the time that it trains. Where most of the people who train get fewer than
`least_speed` steps a second although they ask for more, a fair share is of no use to anybody, and nobody else begins. Whoever has a run
keeps it, and may begin others. A crowd alone closes nothing, and neither does a model that is slow by itself.

What is measured comes late for those who come at once, so it is also foretold: n people whose speed is v would leave each of n + k people
v·n / (n + k). As many come in between two looks as leave all of them the least speed; the others wait for the next look.
"""

import logging
import math
import secrets
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from statistics import median_high
from typing import NamedTuple

from core.engine.housekeeping import LimitReached
from core.run.handle import Run
from core.run.status import Status

logger = logging.getLogger(__name__)

CROWD = 4  # people who train, for each worker: where there are fewer, nobody is kept waiting for speed
RUSH = 100  # people, for each worker, who come in at once where nothing says that it is too many
LOOKS = 2  # in a row must say the same before it closes or opens: what takes a moment, such as a build, counts for nothing
REOPENED = 1.25  # times the least speed: as much must the runs have before one more is let in, else it would open and close in turn
ENOUGH = 0.8  # of the speed that is asked: a run with as much is not kept back by others
MEASURED_SECONDS = 1.0  # of training between two looks, at least: fewer say nothing about a run of few steps a second
SETTLING_SECONDS = 30.0  # for so long whoever was let in is expected to train soon
CLAIMED_SECONDS = 10.0  # for so long a place is kept free for one who was called; later it is still theirs, if there is one
FORGOTTEN_SECONDS = 90.0  # without a word from a page that waits: it was closed. A browser lets a hidden one speak once a minute


class Standing(NamedTuple):
    """Where somebody stands in the line, from 1, and whether they may come in now."""

    place: int
    called: bool


class _Mark(NamedTuple):
    generation: int
    step: int
    trained: float  # seconds


class Admission:
    """Who has a place, and who waits for one. All methods may be called from any thread.

    Args:
        least_speed: steps a second; 0 lets everybody in.
        clock: seconds that only go forward.
    """

    def __init__(self, least_speed: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.least_speed, self._clock = least_speed, clock
        self.full = False
        self._lock = threading.RLock()
        self._people: dict[str, str] = {}  # run → whose it is: somebody may have several pages and tabs
        self._came: dict[str, str] = {}  # ticket → who came in with it: another of their tabs may show it too
        self._let_in: dict[str, float] = {}  # person who has not trained yet → when
        self._line: dict[str, float] = {}  # ticket → when it was last asked for; the first to come stands in front
        self._reasons: dict[str, LimitReached] = {}  # ticket → why there was no place
        self._called: dict[str, float] = {}  # ticket → when
        self._marks: Mapping[str, _Mark] = {}
        self._contrary = 0  # looks in a row that have said otherwise than `full`
        self._trainees = 0  # people who trained at the last look
        self._capacity, self._measured = float(RUSH), -math.inf  # people who could train, as far as is known; when that was measured

    # --- who comes in ------------------------------------------------------------------------------------------

    def check(self, ticket: str, theirs: Collection[str]) -> None:
        """Let somebody begin a run: who has one already, who was called, or anybody while nobody waits.

        Args:
            ticket: of their place in the line, if they have one.
            theirs: ids of runs that they steer; those that are no longer there say nothing.

        Raises:
            LimitReached: they have to wait.
        """
        with self._lock:
            if ticket in self._called or self._person(ticket, theirs):
                return
            if self.full:
                raise LimitReached("least_speed", self.least_speed)
            now = self._clock()
            if self._line.keys() - self._called.keys() or self._kept(now):
                raise LimitReached("line", len(self._line))
            if not self._places(now):
                raise LimitReached("rush", self._settling(now))

    def came_in(self, run_id: str, ticket: str, theirs: Collection[str]) -> None:
        """Somebody who was admitted has begun this run."""
        with self._lock:
            person = self._people[run_id] = self._person(ticket, theirs) or run_id
            if person == run_id:
                self._let_in[person] = self._clock()
            if ticket in self._line:
                self._came[ticket] = person
                self._leave(ticket)

    def gone(self, run_id: str) -> None:
        """This run was put away; whoever has no other has no place any more."""
        with self._lock:
            self._people.pop(run_id, None)
            people = set(self._people.values())
            self._came, self._let_in = (
                {ticket: person for ticket, person in self._came.items() if person in people},
                {person: at for person, at in self._let_in.items() if person in people},
            )

    def _person(self, ticket: str, theirs: Collection[str]) -> str | None:
        """Whose these are, if they have a place."""
        return next((self._people[one] for one in theirs if one in self._people), self._came.get(ticket))

    def wait(self, ticket: str, why: LimitReached) -> tuple[str, LimitReached]:
        """Join the line at its end, or stay in it.

        Returns:
            The ticket, a new one for who has none; and why they wait: who is in the line already does not wait because of it.
        """
        with self._lock:
            ticket = ticket if ticket in self._line else secrets.token_urlsafe(16)
            self._line[ticket] = self._clock()
            if why.code != "line" or ticket not in self._reasons:
                self._reasons[ticket] = why
            return ticket, self._reasons[ticket]

    def standing(self, ticket: str) -> Standing | None:
        """Where this ticket stands, whose page is still there; None for one that is not in the line."""
        with self._lock:
            if ticket not in self._line:
                return None
            self._line[ticket] = self._clock()
            return Standing(list(self._line).index(ticket) + 1, ticket in self._called)

    def _kept(self, now: float) -> int:
        """How many places are kept free for those who were called."""
        return sum(now - at <= CLAIMED_SECONDS for at in self._called.values())

    def _leave(self, ticket: str) -> None:
        self._line.pop(ticket, None)
        self._reasons.pop(ticket, None)
        self._called.pop(ticket, None)

    # --- what is measured --------------------------------------------------------------------------------------

    def look(self, runs: Sequence[Run], workers: int, free: int, now: float) -> None:
        """Measure, close or open, and call those in front. Done every few seconds by the pool.

        Args:
            runs: all there are.
            workers: how many share the work.
            free: how many more runs there may be.
        """
        training = [run for run in runs if run.status is Status.RUNNING and run.answered]
        marks = {run.id: _Mark(run.generation, run.step, run.trained_seconds(now)) for run in training}
        with self._lock:
            before, self._marks = self._marks, marks
            least = self.least_speed * (REOPENED if self.full else 1)
            shares: dict[str, float] = {}  # person → the speed of their best run in least speeds: one that goes well is of use
            for run in training:
                speed = _speed(before.get(run.id), marks[run.id])
                if speed is not None:
                    person = self._people.get(run.id, run.id)
                    shares[person] = max(shares.get(person, 0.0), _share(speed, run.speed, least))
            people = {self._people.get(run.id, run.id) for run in training}
            self._trainees = len(people)
            self._let_in = {person: at for person, at in self._let_in.items() if person not in people}
            for ticket in [ticket for ticket, asked in self._line.items() if now - asked > FORGOTTEN_SECONDS]:
                self._leave(ticket)
            workers = max(1, workers)
            share = median_high(shares.values()) if len(shares) >= CROWD * workers else None
            self._foretell(share, len(shares), workers, now)
            self._decide(share is not None and share < 1)
            self._call(free, now)

    def _foretell(self, share: float | None, people: int, workers: int, now: float) -> None:
        """How many could train, each with the least speed or what they ask for; `share`: of the middle one of `people`, if many."""
        unknown = float(RUSH * workers)
        if share is not None:
            known = max(unknown, 2 * people) if math.isinf(share) else people * share
            self._capacity, self._measured = max(known, CROWD * workers), now
        elif now - self._measured > SETTLING_SECONDS:
            self._capacity = unknown

    def _decide(self, full: bool) -> None:
        self._contrary = self._contrary + 1 if full is not self.full else 0
        if self._contrary >= LOOKS:
            self.full, self._contrary = full, 0
            logger.info("Further visitors %s, least speed %g steps/s.", "wait" if full else "come in again", self.least_speed)

    def _call(self, free: int, now: float) -> None:
        """Those in front, as many as there are places."""
        if not self.full:
            waiting = [ticket for ticket in self._line if ticket not in self._called]
            self._called |= dict.fromkeys(waiting[: max(0, min(self._places(now), free - self._kept(now)))], now)

    def _places(self, now: float) -> int:
        """How many more may come in until the next look: as is foretold, or one whose cost is then measured."""
        if not self.least_speed:
            return sys.maxsize
        settling = self._settling(now)
        return max(int(self._capacity) - self._trainees - settling, int(settling < CROWD))

    def _settling(self, now: float) -> int:
        """How many are expected to train soon: they have just come in, or were called."""
        return self._kept(now) + sum(now - at <= SETTLING_SECONDS for at in self._let_in.values())


def _share(speed: float, asked: float | None, least: float) -> float:
    """Of the least speed; infinite where it is what was asked for, which says nothing of how much more there could be."""
    return math.inf if asked is not None and speed >= ENOUGH * asked else speed / least if least else math.inf


def _speed(before: _Mark | None, mark: _Mark) -> float | None:
    """Steps a second between two looks; None where there is nothing to say."""
    if before is None or before.generation != mark.generation or mark.trained - before.trained < MEASURED_SECONDS:
        return None
    return (mark.step - before.step) / (mark.trained - before.trained)
