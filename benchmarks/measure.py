"""Measuring on a noisy machine: two things in turn, over several rounds, compared round by round."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Timing:
    """What a stretch of work has cost.

    Args:
        steps: how much was done.
        wall: seconds by the clock.
        cpu: seconds of processor time of the process that did it: what else the machine does changes it little.
    """

    steps: int
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        """Steps a second."""
        return self.steps / self.wall

    @property
    def cpu_rate(self) -> float:
        """Steps a second of processor time."""
        return self.steps / self.cpu


class Trained(NamedTuple):
    """A training: what it took, its last loss, and how often each of its views was drawn."""

    timing: Timing
    loss: float
    drawn: int = 0


def interleaved(rounds: int, *measures: Callable[[], T]) -> list[list[T]]:
    """Measure A B C, A B C, … `rounds` times; for each measure its results by round."""
    results: list[list[T]] = [[] for _ in measures]
    for _ in range(rounds):
        for measure, found in zip(measures, results, strict=True):
            found.append(measure())
    return results


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios: a disturbance of one round, or a slow drift, does not move it.

    Raises:
        ValueError: not equally many rounds.
    """
    return statistics.median(our / their for our, their in zip(ours, theirs, strict=True))


def spread(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """The least and the greatest of the rounds' ratios: "0.88–0.95"."""
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    return f"{min(ratios):.3g}–{max(ratios):.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that `share` of them do not exceed (the nearest rank).

    Raises:
        ValueError: there are none.
    """
    if not values:
        raise ValueError("There is no percentile of nothing.")
    ranked = sorted(values)
    return ranked[max(0, -int(-share * len(ranked) // 1) - 1)]


def p50_p95(seconds: Sequence[float]) -> str:
    """Latencies in words: "p50 41 ms, p95 88 ms (20 times)"."""
    half, most = (1000 * percentile(seconds, share) for share in (0.5, 0.95))
    return f"p50 {half:.0f} ms, p95 {most:.0f} ms ({len(seconds)} times)"


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Wait for something that no condition announces, such as another program's port.

    Raises:
        TimeoutError: it has not come about.
    """
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come about in {seconds:g} s.")
        time.sleep(0.005)


def say(text: str) -> None:
    """Progress, beside the table."""
    print(text, file=sys.stderr, flush=True)
