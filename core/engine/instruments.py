"""Small instruments of a hosted run: rows not yet reported, the measured speed, the pictures that somebody watches."""

import logging
import math
from array import array
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core.program.experiment import Row, View
from core.run.messages import Rows

logger = logging.getLogger(__name__)

Clock = Callable[[], float]

VIEW_SECONDS = 0.1  # views at most ten times a second ...
VIEW_SHARE = 0.1  # ... and for at most about a tenth of the run's time


class RowBuffer:
    """Rows on their way out, as one flat array of floats: appending costs half a microsecond."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._numbers = array("d")
        self._first = 0

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def append(self, step: int, row: Row) -> None:
        """Add the row of the next step.

        Raises:
            KeyError: a metric of the first row is missing in this one.
        """
        if not self._numbers:
            self._first = step
            self._names = self._names or tuple(row)
        self._numbers.extend(map(row.__getitem__, self._names))

    def take(self) -> Rows | None:
        """What was appended since the last time."""
        if not self._numbers:
            return None
        table = np.frombuffer(self._numbers).reshape(-1, len(self._names))  # (rows, metrics)
        self._numbers = array("d")
        return Rows(self._names, np.arange(self._first, self._first + len(table)), table)


class StepRate:
    """Steps a second, over stretches of at least half a second, or up to the moment when the run is held."""

    def __init__(self) -> None:
        self.rate: float | None = None
        self._mark: tuple[float, int] | None = None

    def start(self, now: float, step: int) -> None:
        """A new stretch begins; time before it does not count."""
        self._mark = (now, step)

    def read(self, now: float, step: int, at_least: float = 0.5) -> float | None:
        """The newest rate; None before there is one."""
        if self._mark and now - self._mark[0] > at_least and step > self._mark[1]:
            self.rate = (step - self._mark[1]) / (now - self._mark[0])
            self._mark = (now, step)
        return self.rate

    def stop(self, now: float, step: int) -> None:
        """The run is held: the stretch ends here."""
        self.read(now, step, 0.0)
        self._mark = None


class ViewSchedule:
    """Which views are watched, which of them show the past, and when they may be drawn anew."""

    def __init__(self, watched: frozenset[str]) -> None:
        self._watched = self._stale = watched
        self._at = 0.0
        self._took = 0.0  # seconds for the last drawing

    @property
    def due(self) -> float:
        """When to draw next; inf while every watched picture is right."""
        return self._at if self._stale else math.inf

    def watch(self, views: frozenset[str]) -> None:
        """Watch these; those that were not watched before are due at once."""
        new = views - self._watched
        self._stale, self._watched = (self._stale & views) | new, views
        self._at = 0.0 if new else self._at

    def outdate(self, at_once: bool = False) -> None:
        """Something has happened since the pictures were drawn."""
        self._stale = self._watched
        self._at = 0.0 if at_once else self._at

    def draw(self, views: Mapping[str, View], clock: Clock, remember: Callable[[], None]) -> dict[str, Any]:
        """The stale pictures, drawn. Costly ones make the next come later; a cost that comes once does not.

        In place of one that raises stands `{"broken": why}`: a picture is not worth a run.

        Args:
            remember: keeps something for pictures of the past, also for those that nobody looks at yet.
        """
        start = clock()
        _drawn(remember)  # what cannot be kept cannot be drawn either: its own picture says why
        stale, self._stale = self._stale, frozenset()
        pictures = {name: _drawn(views[name]) for name in sorted(stale) if name in views}
        before, self._took = self._took, clock() - start
        self._at = start + max(VIEW_SECONDS, min(before, self._took) / VIEW_SHARE)
        return pictures


def _drawn(view: Callable[[], Any]) -> Any:
    try:
        return view()
    except Exception as error:
        logger.info("A picture could not be drawn.", exc_info=True)
        return {"broken": f"{type(error).__name__}: {error}"}
