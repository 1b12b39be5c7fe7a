"""The random numbers of a stack: each member's are drawn as its single run draws them, from a generator of its own.

Members of one seed and one dropout draw the same, which is drawn once for all of them. S of them differ; M members.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.search.stacked_network import picked
from core.search.stacked_product import aligned


class StackedRandom:
    """Orders of samples, and the masks of dropout.

    Args:
        keys: seed and dropout of each member.
        states: of torch's generator where the training of each begins.
    """

    def __init__(self, keys: Sequence[tuple[int, float]], states: Sequence[Tensor]) -> None:
        distinct = dict(zip(keys, states, strict=True))
        self._dropout = [dropout for _, dropout in distinct]
        self._generators = [torch.Generator() for _ in distinct]
        for generator, state in zip(self._generators, distinct.values(), strict=True):
            generator.set_state(state)
        self._which = torch.tensor([list(distinct).index(key) for key in keys])

    def keep(self, rows: Tensor) -> None:
        """Only these members."""
        used, self._which = self._which[rows].unique(return_inverse=True)
        self._dropout, self._generators = ([each[place] for place in used.tolist()] for each in (self._dropout, self._generators))

    def order(self, samples: int) -> Tensor:
        """In which order the samples are gone through: (M, N), or (1, N) where it is the same for all."""
        orders = torch.stack([torch.randperm(samples, generator=generator) for generator in self._generators])
        return orders if len(orders) == 1 else orders[self._which]

    def noise(self, rows: int, columns: int) -> Tensor | None:
        """What the numbers of a layer (M, N, units) are multiplied by: 0 for those that are dropped; None while none is."""
        if not any(self._dropout):
            return None
        noise = aligned(len(self._dropout), rows, columns).fill_(1)
        for each, dropout, generator in zip(noise.unbind(), self._dropout, self._generators, strict=True):
            if dropout:
                each.bernoulli_(1 - dropout, generator=generator).div_(1 - dropout)
        return noise.expand(len(self._which), rows, columns) if len(noise) == 1 else picked(noise, self._which)
