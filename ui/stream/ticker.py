"""Ticker: one tick, aligned to the clock, that wakes everyone whose run has changed, and no one else."""

import asyncio
from typing import Protocol


class Versioned(Protocol):
    """Something whose `version` grows with every change."""

    @property
    def version(self) -> int: ...


class Ticker:
    """Waiting visitors, looked at once an interval.

    Everyone is woken at the same moment, so those who watch the same run ask for the same message and share it. A run
    that stands still costs a comparison a tick for each visitor and wakes no task; with nobody waiting nothing runs.
    """

    def __init__(self, interval: float = 0.1) -> None:
        self.interval = interval
        self._waiting: list[tuple[Versioned, int, asyncio.Future[None]]] = []
        self._tick: asyncio.TimerHandle | None = None

    @property
    def count(self) -> int:
        """The number of the current tick; the same for everyone who is woken by it."""
        return round(asyncio.get_running_loop().time() / self.interval)

    async def change(self, source: Versioned, seen: int) -> None:
        """Return at the first tick at which `source.version` is not `seen`."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        self._waiting.append((source, seen, woken))
        if self._tick is None:
            self._tick = self._next(loop)
        await woken

    def now(self, source: Versioned) -> None:
        """Wake at once whoever waits for this source, if it has changed: what a hand has done is not kept until the next tick."""
        self._wake(source)

    def _next(self, loop: asyncio.AbstractEventLoop) -> asyncio.TimerHandle:
        ticks = int(loop.time() / self.interval + 1e-6) + 1
        return loop.call_at(ticks * self.interval, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._wake()
        self._tick = self._next(loop) if self._waiting else None

    def _wake(self, only: Versioned | None = None) -> None:
        still = []
        for source, seen, woken in self._waiting:
            if woken.done():  # cancelled: the visitor has left
                continue
            if source.version != seen and only in (None, source):
                woken.set_result(None)
            else:
                still.append((source, seen, woken))
        self._waiting = still
