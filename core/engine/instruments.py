"""Small instruments of a hosted run: rows not yet reported, and the measured speed."""

from array import array
from collections.abc import Callable

import numpy as np

from core.program.experiment import Row
from core.run.messages import Rows

Clock = Callable[[], float]


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
