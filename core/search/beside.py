"""Beside: plain random search with as many epochs as a search has spent. What a clever choice is worth is seen only beside it.

It searches the same ranges with the same guess first and cuts nobody; so as data it follows from the search that it is compared with.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

from core.search.search import Search
from core.search.space import SearchError
from core.search.spec import SearchSpec

Stairs = tuple[tuple[int, float], ...]  # (epochs spent, best so far)


class Beside:
    """The random search that belongs to another one.

    Args:
        search: the other one.
    """

    def __init__(self, search: Search) -> None:
        self._other = search
        self.search = Search(random_of(search.spec), search.device, helpers=search.helpers)

    @property
    def owes(self) -> int:
        """How many trials it has still to make until it has spent as much; none where it may have no more."""
        spec = self.search.spec
        left = spent(self._other) - spent(self.search)
        missing = math.ceil(left / (spec.config.epochs * spec.seeds))
        return max(0, min(missing, spec.most - len(self.search.trials)))

    def rounds(self) -> Iterator[None]:
        """All of it. Those that diverge cost less than their epochs, and then others follow."""
        while missing := self.owes:
            self.search.extend(missing - (self.search.budget - len(self.search.trials)))
            yield from self.search.rounds()


def random_of(spec: SearchSpec) -> SearchSpec:
    """The random search beside this one; its trials are asked for when it is known how much may be spent."""
    if not spec.clever:
        raise SearchError("beside_itself", "beside", spec.sampler)
    return replace(spec, sampler="random", pruner="none", turns=(), beside=False, trials=0)


def spent(search: Search) -> int:
    """The epochs of all runs."""
    return sum(max(0, trial.step) for trial in search.trials) * search.spec.seeds


def stairs(search: Search) -> Stairs:
    """The best of the complete trials over the epochs spent, as if they had been made one after another; ends where it is now."""
    goal, seeds, at, best = search.spec.goal, search.spec.seeds, 0, math.nan
    made: list[tuple[int, float]] = []
    for trial in search.trials:
        at += max(0, trial.step) * seeds
        if trial.state == "complete" and (math.isnan(best) or goal.order(trial.value) < goal.order(best)):
            best = trial.value
            made.append((at, best))
    return (*made, (at, best)) if made and made[-1][0] < at else tuple(made)
