"""How the extremes are measured: each piece of work by its processor time and by the memory that it takes at its peak.

Time is in yardsticks of the same process a moment before: so it is the same on a machine that is slow, or busy with other things.
"""

import gc
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from core.engine.drawing import Drawing

T = TypeVar("T")


class Bound(NamedTuple):
    """The most that a piece of work may take: yardsticks of processor time, MiB of memory at its peak."""

    yardsticks: float
    megabytes: float


class Meter:
    """Measures pieces of work of one process by its yardstick, and holds each to the bound of its kind."""

    def __init__(self, bounds: Mapping[str, Bound]) -> None:
        self._bounds = bounds
        self._yardstick = _yardstick()

    def bounded(self, kind: str, work: Callable[[], T], what: str = "") -> T:
        """The result of a piece of work, which is within the bound of its kind."""
        bound = self._bounds[kind]
        _forget_peak()
        before, found = _peak(), list[T]()
        took = _timed(lambda: found.append(work())) / self._yardstick
        grown = _peak() - before
        if took > bound.yardsticks:  # what runs beside it may have made the machine slower meanwhile
            took *= min(1.0, self._yardstick / _yardstick())
        assert took <= bound.yardsticks, f"{kind} {what}: {took:.1f} yardsticks"
        assert grown <= bound.megabytes, f"{kind} {what}: {grown:.0f} MiB"
        return found[0]


def _yardstick() -> float:
    """Seconds that a known piece of work takes at this moment."""
    return min(_timed(_work) for _ in range(3))


def _work() -> NDArray[np.float32]:
    """What a worker does much of: small operations of torch, and Python between them."""
    a = b = torch.full((64, 64), 0.01)
    for _ in range(1000):
        b = torch.tanh(a @ b)
    return b.numpy()


def _timed(work: Callable[[], object]) -> float:
    """Seconds of processor time, without a collection of what all tests before have left behind: it takes more than most of the work."""
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()


def _forget_peak() -> None:
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    """MiB that the process has held at most since its peak was forgotten; 0 where that cannot be told."""
    if sys.platform != "linux":
        return 0.0
    (line,) = [line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def in_pieces(meter: Meter, name: str, view: Callable[[], Any]) -> None:
    """Draw a picture as a worker does; each piece is bounded."""
    drawing = meter.bounded("piece", lambda: Drawing(view, time.perf_counter), name)
    while not drawing.done:
        meter.bounded("piece", drawing.go_on, name)
    assert not isinstance(drawing.picture, dict) or "broken" not in drawing.picture, (name, drawing.picture)
