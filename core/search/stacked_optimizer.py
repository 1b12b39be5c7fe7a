"""The optimizer of a stack: PyTorch's own updates over a table (M, P) of parameters, each member with its own rate, momentum and decay.

Where PyTorch multiplies and adds in one operation that rounds once (`add` with `alpha`), each member's row is moved by itself;
all else is done for all rows at once.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from core.settings.config import TrainingConfig

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8  # of Adam and AdamW
ALPHA = 0.99  # of RMSprop


class StackedOptimizer:
    """What `make_optimizer` makes, for all members. Their configs name one optimizer."""

    def __init__(self, configs: Sequence[TrainingConfig], table: Tensor) -> None:
        updates: dict[str, Callable[[Tensor, Tensor], None]] = {
            "SGD": self._sgd,
            "Momentum": self._heavy,
            "Nesterov": self._heavy,
            "RMSprop": self._rmsprop,
            "Adam": self._adam,
            "AdamW": self._adamw,
        }
        self._update = updates[configs[0].optimizer]
        self._coupled = configs[0].optimizer != "AdamW"  # the decay is part of the gradient
        self._nesterov = configs[0].optimizer == "Nesterov"
        self._lr = [config.lr for config in configs]
        self._momentum = [config.momentum for config in configs]
        self._decay = [config.weight_decay for config in configs]
        self._l1 = [float(getattr(config, "l1", 0.0)) for config in configs]
        self._first, self._second = torch.zeros_like(table), torch.zeros_like(table)
        self._steps = 0

    def keep(self, rows: Tensor) -> None:
        """Only these members."""
        each = self._lr, self._momentum, self._decay, self._l1
        self._lr, self._momentum, self._decay, self._l1 = ([one[row] for row in rows.tolist()] for one in each)
        self._first, self._second = self._first[rows], self._second[rows]

    def step(self, table: Tensor, gradients: Tensor) -> None:
        """Move the parameters; what is in `gradients` is used up."""
        self._steps += 1
        if any(self._l1):
            gradients += _column(self._l1) * table.sign()
        if self._coupled:
            _add(gradients, table, self._decay)
        self._update(table, gradients)

    def _sgd(self, table: Tensor, gradients: Tensor) -> None:
        _add(table, gradients, [-lr for lr in self._lr])

    def _heavy(self, table: Tensor, gradients: Tensor) -> None:
        if self._steps == 1:
            self._first.copy_(gradients)
        else:
            self._first.mul_(_column(self._momentum)).add_(gradients)
        if self._nesterov:
            _add(gradients, self._first, self._momentum)
        _add(table, gradients if self._nesterov else self._first, [-lr for lr in self._lr])

    def _rmsprop(self, table: Tensor, gradients: Tensor) -> None:
        self._second.mul_(ALPHA).addcmul_(gradients, gradients, value=1 - ALPHA)
        _divide(table, gradients, self._second.sqrt().add_(EPS), [-lr for lr in self._lr])

    def _adam(self, table: Tensor, gradients: Tensor) -> None:
        self._first.lerp_(gradients, 1 - BETA1)
        self._second.mul_(BETA2).addcmul_(gradients, gradients, value=1 - BETA2)
        unbiased, scale = 1 - BETA1**self._steps, (1 - BETA2**self._steps) ** 0.5
        _divide(table, self._first, self._second.sqrt().div_(scale).add_(EPS), [lr / unbiased * -1 for lr in self._lr])

    def _adamw(self, table: Tensor, gradients: Tensor) -> None:
        table.mul_(_column([1 - lr * decay for lr, decay in zip(self._lr, self._decay, strict=True)]))
        self._adam(table, gradients)


def _column(numbers: Sequence[float]) -> Tensor:
    """One for each member, (M, 1): rounded once from Python's numbers, as PyTorch does with one that it is given."""
    return torch.tensor(numbers, dtype=torch.float64).float()[:, None]


def _add(table: Tensor, other: Tensor, factors: Sequence[float]) -> None:
    """table += factor · other, with a factor for each row."""
    if len(set(factors)) == 1:
        if factors[0]:
            table.add_(other, alpha=factors[0])
        return
    for row, added, factor in zip(table.unbind(), other.unbind(), factors, strict=True):
        if factor:
            row.add_(added, alpha=factor)


def _divide(table: Tensor, moved: Tensor, by: Tensor, factors: Sequence[float]) -> None:
    """table += (factor · moved) / by, in this order, which is that of `addcdiv_`."""
    table.add_((_column(factors) * moved).div_(by))
