"""History: the numbers of every step in columns. Beyond a bound it thins; it does not forget the ends or the extremes."""

import threading
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]


class History:
    """Metrics of one run by step. Safe to extend in one thread and read in others.

    What is read are read-only views, so that asking costs the same however long the run is: rows are only ever added behind
    them, and where rows are thinned out or room is made, the arrays are new ones.

    Args:
        bound: the most rows kept. A run of a million steps with 8 metrics holds at most `bound * 72` bytes.
    """

    def __init__(self, bound: int = 20_000) -> None:
        self._bound = bound
        self._lock = threading.Lock()
        self._size = 0
        self._steps: Steps = np.empty(0, np.int64)
        self._table: Floats = np.empty((0, 0))  # (rows, metrics)
        self.names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self._size

    @property
    def last_step(self) -> int:
        """The step of the newest row; -1 before any."""
        with self._lock:
            return int(self._steps[self._size - 1]) if self._size else -1

    def extend(self, names: tuple[str, ...], steps: Steps, table: Floats) -> None:
        """Append rows: `steps` (rows,), `table` (rows, metrics). Rows that are already known (a replay) are passed over.

        Raises:
            ValueError: the metrics are other ones than before.
        """
        with self._lock:
            if not self.names:
                self.names = names
            elif names != self.names:
                raise ValueError(f"This run records {self.names}, not {names}.")
            new = steps > (self._steps[self._size - 1] if self._size else -1)
            steps, table = steps[new], table[new]
            self._reserve(self._size + len(steps))
            self._steps[self._size : self._size + len(steps)] = steps
            self._table[self._size : self._size + len(steps)] = table
            self._size += len(steps)
            if self._size > self._bound:
                self._thin()

    def _reserve(self, rows: int) -> None:
        if rows <= len(self._steps):
            return
        room = max(rows, 2 * len(self._steps), 256)
        steps, table = np.empty(room, np.int64), np.empty((room, len(self.names)))
        if self._size:
            steps[: self._size], table[: self._size] = self._steps[: self._size], self._table[: self._size]
        self._steps, self._table = steps, table

    def _thin(self) -> None:
        kept = thinned(self._table[: self._size], self._bound // 2)
        self._steps, self._table, self._size = self._steps[kept], self._table[kept], len(kept)

    def since(self, step: int, limit: int | None = None, keep: int = 0) -> tuple[Steps, dict[str, Floats]]:
        """Rows after `step`, all of them or about `limit`, extremes kept; also every step divisible by `keep`."""
        steps, table = self.table_since(step, limit, keep)
        return steps, {name: table[:, column] for column, name in enumerate(self.names)}

    def table_since(self, step: int, limit: int | None = None, keep: int = 0) -> tuple[Steps, Floats]:
        """The same rows as one table (rows, metrics), in the order of `names`."""
        with self._lock:
            steps, table = self._kept()
        start = int(steps.searchsorted(step, side="right"))
        steps, table = steps[start:], table[start:]
        if limit is not None and len(steps) > limit:
            kept = thinned(table, limit)
            if keep:
                kept = np.union1d(kept, np.flatnonzero(steps % keep == 0))
            steps, table = steps[kept], table[kept]
        return steps, table

    def latest(self) -> Mapping[str, float]:
        """The newest row; empty before any."""
        with self._lock:
            if not self._size:
                return {}
            return dict(zip(self.names, self._table[self._size - 1].tolist(), strict=True))

    def column(self, name: str) -> Floats:
        """All kept values of one metric, shape (rows,).

        Raises:
            ValueError: no such metric.
        """
        with self._lock:
            return self._kept()[1][:, self.names.index(name)]

    @property
    def steps(self) -> Steps:
        """The kept steps, shape (rows,), ascending."""
        with self._lock:
            return self._kept()[0]

    def _kept(self) -> tuple[Steps, Floats]:
        steps, table = self._steps[: self._size], self._table[: self._size]
        steps.flags.writeable = table.flags.writeable = False
        return steps, table


def thinned(table: Floats, limit: int) -> NDArray[np.intp]:
    """Indices, ascending, of about `limit` rows of `table` (rows, metrics) that show its shape.

    Kept: the first and the last row, and the minimum and maximum of every metric in each of equally long stretches, hence
    the extremes of the whole. Non-finite values count as zero when extremes are sought.
    """
    rows, metrics = table.shape
    if rows <= max(limit, 2):
        return np.arange(rows)
    stretches = max(1, limit // (2 * metrics))
    width = -(-rows // stretches)
    padded = np.resize(np.nan_to_num(table, nan=0.0, posinf=0.0, neginf=0.0), (width * stretches, metrics))
    padded[rows:] = padded[rows - 1]
    blocks = padded.reshape(stretches, width, metrics)
    starts = np.arange(stretches)[:, None] * width
    ends = np.array([0, rows - 1])
    kept = np.concatenate([(starts + blocks.argmin(1)).ravel(), (starts + blocks.argmax(1)).ravel(), ends])
    return np.unique(np.minimum(kept, rows - 1))
