"""Ticker: one tick, aligned to the clock, that wakes everyone whose run has changed, and no one else."""

import asyncio
import math
from collections.abc import Callable
from typing import Protocol


class Versioned(Protocol):
    """Something whose `version` grows with every change."""

    @property
    def version(self) -> int: ...


class Ticker:
    """Waiting visitors, looked at twice an interval and woken once an interval at most.

    All who watch the same run are woken at the same moment, so they ask for the same message and share it. What comes less often than once
    an interval waits for half of one at most: among two hundred runs each has something new four times a second, and where it waited for a
    whole tick now and then, messages came a tenth of a second later than the ones before. A run that stands still costs a comparison a
    look for each visitor and wakes no task; with nobody waiting nothing runs.
    """

    def __init__(self, interval: float = 0.1) -> None:
        self.interval = interval
        self._waiting: list[tuple[Versioned, int, asyncio.Future[None]]] = []
        self._tick: asyncio.TimerHandle | None = None
        self._woken: set[int] = set()  # whom the last look woke, by `id`: the next one passes them over
        self._looked_at = -math.inf

    @property
    def count(self) -> int:
        """The number of the current tick; the same for everyone who is woken by it."""
        return int(asyncio.get_running_loop().time() / self.interval + 1e-6)

    async def change(self, source: Versioned, seen: int) -> None:
        """Return at the first look at which `source.version` is not `seen`, an interval after the one before at the earliest."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        self._waiting.append((source, seen, woken))
        if self._tick is None:
            self._tick = self._next(loop)
        await woken

    def now(self, source: Versioned) -> None:
        """Wake at once whoever waits for this source, if it has changed: what a hand has done is not kept until the next tick."""
        self._wake(lambda waited_for: waited_for is source)

    def _next(self, loop: asyncio.AbstractEventLoop) -> asyncio.TimerHandle:
        half = self.interval / 2
        return loop.call_at((int(loop.time() / half + 1e-6) + 1) * half, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        before, now = self._looked_at, loop.time()
        resting = self._woken if now - before < 0.75 * self.interval else set[int]()  # a busy loop may look but once in an interval
        self._looked_at, self._woken = now, self._wake(lambda source: id(source) not in resting)
        self._tick = self._next(loop) if self._waiting else None

    def _wake(self, may: Callable[[Versioned], bool]) -> set[int]:
        """Wake whoever waits for one of these that has changed; the ids of what they have waited for."""
        still, changed = [], set[int]()
        for source, seen, woken in self._waiting:
            if woken.done():  # cancelled: the visitor has left
                continue
            if source.version != seen and may(source):
                changed.add(id(source))
                woken.set_result(None)
            else:
                still.append((source, seen, woken))
        self._waiting = still
        return changed
