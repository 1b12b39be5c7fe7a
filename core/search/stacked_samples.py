"""The samples of a stack: what its members learn from or are tested on, and how wrong they are there. M members, N rows, C outputs.

Each loss is computed by the kernels that a single run goes through, in their order; what they do depends on where in a tensor a number
stands, so a member's numbers are a row of their own (`stacked_product.aligned`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Self

import torch
from torch import Tensor
from torch.nn import functional

from core.search.stacked_network import picked
from core.search.stacked_product import aligned

WIDE = 64  # numbers; a multiple of what a processor takes at once
aten = torch.ops.aten


class Samples:
    """x (M, N, F) and y, (M, N) classes or (M, N, 1) numbers. Where all members have the same, it is there once, seen M times."""

    columns: ClassVar[tuple[str, ...]] = ("loss",)  # what of a row can be a goal

    def __init__(self, x: Tensor, y: Tensor) -> None:
        self.x, self.y = x, y

    @classmethod
    def of(cls, members: Sequence[tuple[Tensor, Tensor]]) -> Self:
        """x (N, F) and y, (N,) or (N, 1), of each member."""
        x, y = (_together(part) for part in zip(*members, strict=True))
        return cls(x, y[..., None] if y.dim() == 2 and y.is_floating_point() else y)

    def __len__(self) -> int:
        return self.y.shape[1]

    def kept(self, rows: Tensor) -> Self:
        """Those of these members only."""
        return type(self)(picked(self.x, rows), picked(self.y, rows))

    def batches(self, order: Tensor, size: int, *, cut: bool) -> Iterator[Self]:
        """All of them, so many at a time, in an order, (1, N) the same for all members or (M, N).

        Args:
            cut: whether they lie one behind the other, so that most batches begin where no tensor of its own would.
        """
        if not cut:
            yield from map(self._picked, order.split(size, 1))
            return
        whole = self._picked(order)
        for x, y in zip(whole.x.split(size, 1), whole.y.split(size, 1), strict=True):
            yield type(self)(x, y)

    def _picked(self, rows: Tensor) -> Self:
        """Some of them, (1, B) the same of all members or (M, B)."""
        if len(rows) == 1 and self.y.stride(0) == 0:
            members = len(self.y)
            return type(self)(_seen(self.x[0, rows[0]], members), _seen(self.y[0, rows[0]], members))
        each = torch.arange(len(self.y))[:, None]
        x = self.x[each, rows]
        return type(self)(aligned(*x.shape).copy_(x), self.y[each, rows])

    def loss(self, outputs: Tensor) -> Tensor:
        """For outputs (M, N, C) the loss of each member (M,)."""
        raise NotImplementedError

    def slope(self, outputs: Tensor) -> Tensor:
        """Its gradient (M, N, C)."""
        raise NotImplementedError

    def learned(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        """Both."""
        return self.loss(outputs), self.slope(outputs)

    def right(self, outputs: Tensor) -> Tensor:
        """The share of rows of each member that are given their own class: (M,) float64."""
        raise NotImplementedError


class Classes(Samples):
    """Cross-entropy of a softmax; y (M, N) int64.

    The classes lie in rows (C, W), W ≥ M · N, each of them for all samples of all members: where they lie in columns PyTorch takes one
    sample after another, which costs a dozen times as much. The numbers are the same but for the last few of a row, so these are nobody's.
    """

    columns = ("loss", "accuracy")
    _aimed: Tensor | None = None  # the gradient of the logarithms, the same in each pass

    def loss(self, outputs: Tensor) -> Tensor:
        return self._loss(self._logs(outputs))

    def slope(self, outputs: Tensor) -> Tensor:
        return self._slope(self._logs(outputs))

    def learned(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        logs = self._logs(outputs)
        return self._loss(logs), self._slope(logs)

    def _seen(self, wide: Tensor) -> Tensor:
        """(C, M, N) of (C, W)."""
        seen: Tensor = wide[:, : self.y.numel()].unflatten(1, self.y.shape)
        return seen

    def _logs(self, outputs: Tensor) -> Tensor:
        wide = torch.zeros(outputs.shape[2], _wide(self.y.numel()))
        self._seen(wide).copy_(outputs.movedim(2, 0))
        return torch.log_softmax(wide, 0)

    def _loss(self, logs: Tensor) -> Tensor:
        return _mean_of_classes(-self._seen(logs).gather(0, self.y[None])[0])

    def _slope(self, logs: Tensor) -> Tensor:
        if self._aimed is None:
            self._aimed = torch.zeros_like(logs)
            self._seen(self._aimed).scatter_(0, self.y[None], -_share(self))
        slope: Tensor = aten._log_softmax_backward_data(self._aimed, logs, 0, torch.float32)
        return self._seen(slope).movedim(0, 2)

    def right(self, outputs: Tensor) -> Tensor:
        return (outputs.argmax(2) == self.y).sum(1).double() / len(self)


class Two(Samples):
    """Binary cross-entropy of a sigmoid; y (M, N, 1), 0 or 1."""

    columns = ("loss", "accuracy")

    def loss(self, outputs: Tensor) -> Tensor:
        return (1 - self.y).mul_(outputs).sub_(functional.logsigmoid(outputs))[..., 0].mean(1)

    def slope(self, outputs: Tensor) -> Tensor:
        chance = torch.sigmoid(outputs, out=aligned(*outputs.shape))
        return chance.sub_(self.y).div_(len(self))

    def right(self, outputs: Tensor) -> Tensor:
        return ((outputs > 0) == self.y)[..., 0].sum(1).double() / len(self)


class Squares(Samples):
    """Mean squared error; y (M, N, 1)."""

    def loss(self, outputs: Tensor) -> Tensor:
        return (outputs - self.y)[..., 0].square().mean(1)

    def slope(self, outputs: Tensor) -> Tensor:
        return (outputs - self.y).mul_(2 * _share(self))


class Distances(Samples):
    """Mean absolute error; y (M, N, 1)."""

    def loss(self, outputs: Tensor) -> Tensor:
        return (outputs - self.y)[..., 0].abs().mean(1)

    def slope(self, outputs: Tensor) -> Tensor:
        return (outputs - self.y).sign_().mul_(_share(self))


class Huber(Samples):
    """Huber loss; y (M, N, 1)."""

    def loss(self, outputs: Tensor) -> Tensor:
        return functional.huber_loss(outputs, self.y, reduction="none")[..., 0].mean(1)

    def slope(self, outputs: Tensor) -> Tensor:
        return (outputs - self.y).clamp_(-1, 1).mul_(_share(self))


LOSSES: Mapping[str, type[Samples]] = {"softmax": Classes, "sigmoid": Two, "mse": Squares, "l1": Distances, "huber": Huber}


def _share(samples: Samples) -> float:
    """What the mean of N losses hands back to each."""
    return (torch.tensor(1.0) / len(samples)).item()


def _together(tensors: Sequence[Tensor]) -> Tensor:
    """One for each member; the same once, seen M times, where all are alike."""
    first = tensors[0]
    if all(one is first or torch.equal(one, first) for one in tensors):
        return _seen(first, len(tensors))
    return torch.stack(list(tensors)) if first.dim() == 1 else aligned(len(tensors), *first.shape).copy_(torch.stack(list(tensors)))


def _seen(tensor: Tensor, members: int) -> Tensor:
    return tensor.expand(members, *tensor.shape)


def _mean_of_classes(losses: Tensor) -> Tensor:
    """The mean of each row of (M, N), added in the order of PyTorch's `nll_loss`: the first number by itself, then in chunks of chunks.

    That is how PyTorch adds up the columns of a table, but for the last few.
    """
    members, samples = losses.shape
    table = torch.zeros(samples, _wide(members))
    table[:, :members] = losses.T
    return (table[1:].sum(0)[:members] + losses[:, 0]) / samples


def _wide(numbers: int) -> int:
    """So many of them at least that none is one of the last few."""
    return -(-numbers // WIDE) * WIDE
