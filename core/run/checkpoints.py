"""Checkpoints: the states that a run was in, so that any past row can be come back to without going there from the beginning."""

import pickle
import time
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

import torch

from core.program.randomness import Randomness
from core.program.state import State, size
from core.settings.limits import limits

MOST = 2048
CHEAP_BYTES = 50_000  # a larger state is kept less often: to copy it takes longer
SPACING_SECONDS = 0.05  # of training, between two: so long it takes at most to come from one to any row after it


class Checkpoint(NamedTuple):
    """A run at the beginning of the pass of `row`; every change up to row `row - 1` has been made."""

    row: int
    state: State
    random: Randomness

    def packed(self) -> bytes:
        """To be sent to another process of our own, and unpacked there. Arrays: to pickle a tensor takes twenty times as long."""
        cpu, gpu = self.random
        return pickle.dumps((self.row, self.state, cpu.numpy(), None if gpu is None else gpu.numpy()))

    @classmethod
    def unpacked(cls, content: bytes) -> "Checkpoint":
        """The checkpoint that was packed."""
        row, state, cpu, gpu = pickle.loads(content)  # noqa: S301 - from a worker of our own, through our own pipe
        return cls(row, state, Randomness(torch.from_numpy(cpu), None if gpu is None else torch.from_numpy(gpu)))


class Checkpoints:
    """Those of one run, evenly spaced. Once there are too many, every second one goes, and they come half as often.

    Args:
        clock: seconds that only go forward: a row of one program costs a hundred times what that of another does.
        most: how many are kept.
        room: how many bytes they may take.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter, most: int = MOST, room: int = limits().checkpoint_bytes) -> None:
        self._clock, self._most, self._room = clock, most, room
        self._kept: list[Checkpoint] = []
        self._bytes: list[int] = []
        self._next_row, self._next_at = -1, clock()
        self._gap = 1  # rows between two, at least

    def __len__(self) -> int:
        return len(self._kept)

    def due(self, row: int) -> bool:
        """Whether the pass that begins now is to be kept."""
        return row >= self._next_row and self._clock() >= self._next_at

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep one more, unless it alone is too large; its row is greater than those of all that are kept."""
        random, taken = checkpoint.random, size(checkpoint.state)
        if self._kept and torch.equal(self._kept[-1].random.cpu, random.cpu):
            checkpoint = checkpoint._replace(random=random._replace(cpu=self._kept[-1].random.cpu))  # nothing was drawn there since: shared
        else:
            taken += random.cpu.nbytes
        if taken > self._room:
            self._next_at = self._clock() + SPACING_SECONDS * taken / CHEAP_BYTES
            return
        self._kept.append(checkpoint)
        self._bytes.append(taken)
        while len(self._kept) > 2 and (len(self._kept) > self._most or sum(self._bytes) > self._room):
            self._kept, self._bytes = self._kept[::2], self._bytes[::2]
            self._gap = (self._kept[-1].row - self._kept[0].row) // (len(self._kept) - 1)
        self._next_row, self._next_at = self._kept[-1].row + self._gap, self._clock() + SPACING_SECONDS * max(1.0, taken / CHEAP_BYTES)

    def rested(self, seconds: float) -> None:
        """So long the run has not trained: that brings the next one no nearer."""
        self._next_at += seconds

    @property
    def newest(self) -> Checkpoint | None:
        """The last one that was kept."""
        return self._kept[-1] if self._kept else None

    def before(self, row: int) -> Checkpoint | None:
        """The nearest one from which the pass of `row` can be come to; None if that is only the beginning."""
        at = bisect_right(self._kept, row, key=lambda checkpoint: checkpoint.row)
        return self._kept[at - 1] if at else None
