"""Halving: trials that do badly are cut short, so that the steps they would have made go to others.

At each rung only the best third goes on (successive halving; Jamieson and Talwalkar 2016). Which rung is the first is a guess, so
Hyperband (Li et al. 2018) deals the trials out to brackets that begin at different rungs; the last bracket cuts nobody.
Whoever comes later is compared with all who were at the rung before.
"""

from collections.abc import Mapping
from typing import Literal

from core.search.goal import Goal

Pruner = Literal["none", "halving", "hyperband"]
THIRD = 3  # one in three goes on
RUNGS = 3  # a trial can be cut at a 27th, a ninth and a third of its steps
GOLDEN = 0.6180339887498949  # multiples of it, modulo 1, are spread evenly however many there are


def rungs(epochs: int) -> tuple[int, ...]:
    """The epochs at which is cut, ascending; fewer where a run is short."""
    return tuple(sorted({epochs // THIRD**power for power in range(1, RUNGS + 1)} - {0}))


def bracket(number: int, epochs: int, pruner: Pruner) -> int:
    """How many of the first rungs a trial passes without being looked at."""
    count = len(rungs(epochs))
    if pruner != "hyperband":
        return 0 if pruner == "halving" else count
    shares = [THIRD**cuts * (count + 1) / (cuts + 1) for cuts in range(count, -1, -1)]  # each bracket is to make about as many steps
    place = (number * GOLDEN) % 1 * sum(shares)
    return next(skipped for skipped in range(count + 1) if place < sum(shares[: skipped + 1]) or skipped == count)


class Halving:
    """What has been seen at each rung so far."""

    def __init__(self, goal: Goal, epochs: int, pruner: Pruner) -> None:
        self._goal, self._epochs, self._pruner = goal, epochs, pruner
        self.rungs = rungs(epochs) if pruner != "none" else ()
        self._seen: dict[tuple[int, int], list[tuple[float, int]]] = {}

    def cut(self, rung: int, came: Mapping[int, float]) -> set[int]:
        """The trials that end at a rung, of those that `came` there, each with its value so far."""
        for number, value in sorted(came.items()):
            self._of(number, rung).append((self._goal.order(value), number))
        return {number for number in came if self._judged(number, rung) and not self._goes_on(number, rung)}

    def _of(self, number: int, rung: int) -> list[tuple[float, int]]:
        return self._seen.setdefault((bracket(number, self._epochs, self._pruner), rung), [])

    def _judged(self, number: int, rung: int) -> bool:
        return self.rungs.index(rung) >= bracket(number, self._epochs, self._pruner)

    def _goes_on(self, number: int, rung: int) -> bool:
        ordered = sorted(self._of(number, rung))
        return number in {one for _, one in ordered[: max(1, len(ordered) // THIRD)]}
