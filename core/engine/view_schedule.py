"""When pictures are drawn: each view of a run by what it costs, and all views of a worker together within a share of its time.

Training comes first. While runs are due, pictures may take VIEWS_SHARE of a worker, and less and less of it, down to CROWDED_SHARE, while
most runs are behind what they are asked. Where the runs' pictures want more, the share of each is cut to one level for all, so that a run
of cheap pictures does not pay for one of dear pictures. A run that is granted less than all its pictures want has the time between two
drawings of a view go with the square root of its cost: for the same time, pictures are then as young as they can be on average.
A picture that takes long is drawn in pieces, one such picture of a run after the other: each holds what it is drawn from.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.engine.drawing import Drawing
from core.engine.instruments import Clock
from core.program.experiment import View

VIEW_SECONDS = 0.1  # a view at most ten times a second
LEAST_RATE = 5  # drawings a second that a run is granted although they take more than COMFORT of the time, up to VIEWS_SHARE
COMFORT = 0.1  # of the time, for the pictures of one run
VIEWS_SHARE = 0.3  # of a worker's time, for all pictures together while runs are due
CROWDED_SHARE = 0.08  # the same after most runs have been behind for long
YIELD_SECONDS, REGAIN_SECONDS = 1.0, 5.0  # from the one to the other, and back: slower, so that it does not swing
UNUSED = 0.9  # of the time, less what training and all else take: so much pictures may have beyond their share
AHEAD_SECONDS = 1.0  # a run may draw so much ahead of its share: what comes once, such as a fit, makes nothing late
SLOWED, FAST_ENOUGH = 1.5, 1.2  # so many times less often than wanted: from here on the page says so, and up to there


class ViewSchedule:
    """Which views are watched, which of them show the past, and when they may be drawn anew.

    `due` says when to draw next; inf while every watched picture is right. A worker asks it of all its runs after each slice, so it is
    found only where something has changed.
    """

    def __init__(self, watched: frozenset[str]) -> None:
        self._watched = watched
        self._at = dict.fromkeys(watched, 0.0)  # of each stale view: when it may be drawn
        self._next: dict[str, float] = {}  # of each watched view that has been drawn: when again
        self._took: dict[str, float] = {}  # seconds for its last drawing
        self._begun: tuple[str, Drawing] | None = None  # a picture that is drawn in pieces
        self._remembering: Drawing | None = None
        self._costs: dict[str, float] = {}  # the less of the last two: a cost that comes once, as with a first drawing, does not count
        self._paid_until = -math.inf
        self._whole = 0.0  # the share of time that its pictures would take, all of them ten times a second
        self.demand = 0.0  # as much of it as they are granted where there is time
        self.level = UNUSED  # of the worker's time, at most
        self.at_once = bool(watched)  # somebody waits for a picture
        self.slowed = False
        self._find_due()

    def _find_due(self) -> None:
        self.due = max(min(self._at.values()), self._paid_until - AHEAD_SECONDS) if self._at else math.inf

    def grant(self, level: float) -> None:
        """From now on its pictures may take this share of the worker's time."""
        self.level = level
        self.slowed = self.demand > (FAST_ENOUGH if self.slowed else SLOWED) * level

    def watch(self, views: frozenset[str]) -> None:
        """Watch these; those that were not watched before are due at once."""
        new = views - self._watched
        self._at = {name: at for name, at in self._at.items() if name in views} | dict.fromkeys(new, 0.0)
        self._next, self._took, self._costs = (
            {name: one[name] for name in views & one.keys()} for one in (self._next, self._took, self._costs)
        )
        self._watched, self.at_once = views, self.at_once or bool(new)
        if self._begun and self._begun[0] not in views:
            self._begun = None
        self._find_due()
        self._weigh()

    def begin_anew(self) -> None:
        """A setting has changed: what was begun before shows what nobody wants to see any more."""
        self._begun = None
        self.outdate(at_once=True)

    def outdate(self, at_once: bool = False) -> None:
        """Something has happened since the pictures were drawn."""
        if self._begun:
            self._begun[1].outdated = True
        if not at_once and len(self._at) == len(self._watched):
            return
        self._at = dict.fromkeys(self._watched, 0.0) if at_once else {name: self._next.get(name, 0.0) for name in self._watched} | self._at
        self.at_once = self.at_once or (at_once and bool(self._at))
        self._find_due()

    def draw(self, views: Mapping[str, View], clock: Clock, remember: Callable[[], Any]) -> dict[str, Any]:
        """The stale pictures whose time has come, drawn; in place of one that raises stands `{"broken": why}`.

        Args:
            remember: keeps something for pictures of the past, also for those that nobody looks at yet.
        """
        start = clock()
        self.remember(remember, clock)
        ready = {name: at for name, at in sorted(self._at.items()) if at <= start}
        self._at, self.at_once = {name: at for name, at in self._at.items() if at > start}, False
        pictures, unfinished, outdated = {}, set[str](), set[str]()
        for name in ready:
            try:
                view = views[name]
            except KeyError:  # there is none of this name
                continue
            drawing = self._drawing(name, view, clock)
            if not drawing.done:
                unfinished.add(name)
                self._costs[name] = max(self._costs.get(name, 0.0), drawing.seconds)  # others come as much less often already
                continue
            pictures[name] = drawing.picture
            self._costs[name], self._took[name] = min(self._took.get(name, 0.0), drawing.seconds), drawing.seconds
            if drawing.outdated:
                outdated.add(name)
        self._weigh()
        self._plan({name: at for name, at in ready.items() if name not in unfinished}, start)
        self._at |= dict.fromkeys(unfinished, start) | {name: self._next[name] for name in outdated}
        self._paid_until = max(self._paid_until, start) + (clock() - start) / self.level
        self._find_due()
        return pictures

    def remember(self, remember: Callable[[], Any], clock: Clock) -> None:
        """Keep something for pictures of the past, or go on with that. What cannot be kept cannot be drawn either: its picture says why."""
        if self._remembering is None:
            self._remembering = Drawing(remember, clock)
        if self._remembering.go_on():
            self._remembering = None

    def _drawing(self, name: str, view: View, clock: Clock) -> Drawing:
        """This picture drawn, or a piece of it; not even that while another one is drawn in pieces."""
        begun, drawing = self._begun or ("", None)
        if begun != name or drawing is None:
            drawing = Drawing(view, clock)
            if self._begun or drawing.done:
                return drawing
            self._begun = name, drawing
        if drawing.go_on():
            self._begun = None
        return drawing

    def _weigh(self) -> None:
        cost = sum(self._costs.get(name, 0.0) for name in self._watched)
        self._whole = cost / VIEW_SECONDS
        self.demand = min(self._whole, max(COMFORT, LEAST_RATE * cost), VIEWS_SHARE)

    def _plan(self, drawn: Mapping[str, float], start: float) -> None:
        """When these are drawn again: all of them together take the run's share.

        Those that come ten times a second are planned for the full tenths of the clock, at which the event stream has just had its tick:
        at any other time some would come late and go out with the ones after them, seven a second out of ten. Of others a time is
        counted from the one that was planned, not from when the turn came.

        Args:
            drawn: each view and the time for which it was planned.
        """
        roots = {name: math.sqrt(self._costs.get(name, 0.0)) for name in self._watched}
        share, of_all = min(self.demand, self.level), sum(roots.values())
        for name, planned in drawn.items():
            seconds = VIEW_SECONDS if share >= self._whole else roots[name] * of_all / share
            if seconds > VIEW_SECONDS:
                self._next[name] = (planned if start - planned < VIEW_SECONDS else start) + seconds
            else:
                self._next[name] = VIEW_SECONDS * math.floor(start / VIEW_SECONDS + 1.001)


class ViewBudget:
    """The time that all pictures of a worker may take.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._since = clock, clock()
        self.drawn = self.waited = 0.0  # seconds since the last look: for pictures, and with nothing due
        self._share = VIEWS_SHARE
        self._load = 0.0  # the share of all else, lately

    def level(self, demands: Sequence[float], crowded: bool) -> float:
        """The greatest share that one run's pictures may take, so that all of them keep within the budget.

        Args:
            demands: what each run's pictures would take.
            crowded: most runs are behind what they are asked.
        """
        now = self._clock()
        if (passed := now - self._since) > 0:
            self._load += min(1.0, passed) * (1 - (self.drawn + self.waited) / passed - self._load)
            self._since, self.drawn, self.waited = now, 0.0, 0.0
            pace = -1 / YIELD_SECONDS if crowded else 1 / REGAIN_SECONDS
            share = self._share + passed * pace * (VIEWS_SHARE - CROWDED_SHARE)
            self._share = min(VIEWS_SHARE, max(CROWDED_SHARE, share))
        left = room = max(self._share, UNUSED - self._load)
        for rank, demand in enumerate(sorted(demands)):
            even = left / (len(demands) - rank)
            if demand >= even:
                return even
            left -= demand
        return room
