"""Provenance: from which cells of its operands each cell of a result comes, and which of their axes its axes are.

A cell is named by its place in row-major order. What moves cells (view, permute, indexing, cat …) is found out by moving their names:
the same operation on a tensor of names.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import torch
from torch import Tensor

Json = dict[str, Any]
KEPT = ("contiguous", "clone", "detach", "to", "float", "double", "long", "numpy", "copy", "torch.from_numpy", "torch.tensor")
TURNING = ("permute", "transpose", "t", "T", "squeeze", "unsqueeze")
MOVING = (*TURNING, "view", "reshape", "expand", "repeat", "flatten", "flip", "index")
REDUCING = ("sum", "mean", "max", "min", "argmax")


def names_of(shape: Sequence[int], first: int = 0) -> Tensor:
    """A tensor of this shape with the names of its cells."""
    return torch.arange(first, first + math.prod(shape)).view(tuple(shape))


def moved(operation: str, shape: Sequence[int], apply: Callable[[Tensor], Any]) -> list[int]:
    """For each cell of the result the cell of its one operand that it is."""
    names = names_of(shape)
    found: Tensor = names if operation in KEPT else apply(names)
    return found.flatten().tolist()


def joined(shapes: Sequence[Sequence[int]], apply: Callable[[list[Tensor]], Tensor]) -> list[int]:
    """The same for `cat` and `stack`; the cells of the operands are numbered through."""
    sizes = [math.prod(shape) for shape in shapes]
    names = [names_of(shape, sum(sizes[:place])) for place, shape in enumerate(shapes)]
    return list(apply(names).flatten().tolist())


def spread(shape: Sequence[int], over: Sequence[int]) -> list[int]:
    """For each cell of `over` the cell of an operand that broadcasting brings there."""
    return list(names_of(shape).expand(tuple(over)).flatten().tolist())


def reduced(shape: Sequence[int], dims: Any) -> list[int]:
    """For each cell of the operand the cell of the result that it goes into; `dims` None for all axes."""
    listed = range(len(shape)) if dims is None else [dims] if isinstance(dims, int) else dims
    gone = {dim % len(shape) for dim in listed} if shape else set()
    kept = [1 if axis in gone else size for axis, size in enumerate(shape)]
    return spread(kept, shape)


def products(left: Sequence[int], right: Sequence[int]) -> Json:
    """For each cell of `left @ right` where its row and its column begin, and by how many cells they go on."""
    rows = names_of(left) if len(left) > 1 else names_of(left)[None]
    columns = names_of(right) if len(right) > 1 else names_of(right)[:, None]
    inner = rows.shape[-1]
    batch = torch.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    over = (*batch, rows.shape[-2], columns.shape[-1])
    empty = inner == 0
    starts = [
        [] if empty else rows[..., :, :1].expand(over).flatten().tolist(),
        [] if empty else columns[..., :1, :].expand(over).flatten().tolist(),
    ]
    return {"count": inner, "starts": starts, "steps": [1, columns.shape[-1]]}


class Axes:
    """Gives every axis a number that stays with it through all operations that keep it."""

    def __init__(self) -> None:
        self._numbers = count()

    def fresh(self, shape: Sequence[int]) -> list[int]:
        """Axes that nothing had before."""
        return [next(self._numbers) for _ in shape]

    def moved(
        self, operation: str, shape: Sequence[int], axes: Sequence[int], result: Sequence[int], apply: Callable[[Tensor], Any]
    ) -> list[int]:
        """Those of an operand that was moved: an axis is known again by its stride."""
        if operation in (*KEPT, "flip"):
            return list(axes)
        if operation == "expand":
            return [*self.fresh(result[: len(result) - len(shape)]), *axes]
        if operation in TURNING:
            before = _row_major([max(size, 2) for size in shape])  # axes of size 1 too have a stride of their own then
            after = list(apply(torch.empty_strided(tuple(shape), tuple(before), device="meta")).stride())
            return self._taken(after, dict(zip(before, axes, strict=True)))
        known = {(stride, size): axis for stride, size, axis in zip(_row_major(shape), shape, axes, strict=True) if size > 1}
        return self._taken(list(zip(_row_major(result), result, strict=True)), known)

    def indexed(self, index: Any, axes: Sequence[int], result: Sequence[int]) -> list[int]:
        """Those that an index leaves: a number takes one away, None brings one, a slice keeps it."""
        items = list(index) if isinstance(index, tuple) else [index]
        plain = all(item is None or item is ... or (isinstance(item, int | slice) and not isinstance(item, bool)) for item in items)
        if not plain or items.count(...) > 1:
            return self.fresh(result)
        rest = len(axes) - sum(item is not None and item is not ... for item in items)
        at = items.index(...) if ... in items else len(items)
        items[at : at + 1] = [slice(None)] * rest
        waiting, found = list(axes), []
        for item in items:
            axis = next(self._numbers) if item is None else waiting.pop(0)
            found += [] if isinstance(item, int) else [axis]
        return found

    def spread(self, operands: Sequence[tuple[Sequence[int], Sequence[int]]], result: Sequence[int]) -> list[int]:
        """Those of elementwise arithmetic: from the first operand, counted from the last axis, that has the size of the result there."""
        found = []
        for place, size in enumerate(result, start=-len(result)):
            candidates = [axes[place] for shape, axes in operands if len(shape) >= -place and shape[place] == size]
            found.append(candidates[0] if candidates else next(self._numbers))
        return self._once(found)

    def reduced(self, shape: Sequence[int], axes: Sequence[int], dims: Any, result: Sequence[int]) -> list[int]:
        """Those that were not reduced; one that is kept with size 1 stays what it was."""
        if len(result) == len(shape):
            return list(axes)
        gone = {dim % len(shape) for dim in ([dims] if isinstance(dims, int) else dims or range(len(shape)))}
        return [axis for place, axis in enumerate(axes) if place not in gone]

    def product(self, left: Sequence[int], right: Sequence[int]) -> list[int]:
        """The rows of the left and the columns of the right; in front those of the batch."""
        own = [*left[-2:-1], *(right[-1:] if len(right) > 1 else [])]
        batch = (left if len(left) >= len(right) else right)[:-2]
        return self._once([*batch, *own])

    def _once(self, axes: list[int]) -> list[int]:
        """An axis that is there twice is a new one the second time."""
        return [axis if axes.index(axis) == place else next(self._numbers) for place, axis in enumerate(axes)]

    def _taken(self, after: Sequence[Any], known: Mapping[Any, int]) -> list[int]:
        found: list[int] = []
        for one in after:
            axis = known.get(one)
            found.append(next(self._numbers) if axis is None or axis in found else axis)
        return found


def _row_major(sizes: Sequence[int]) -> list[int]:
    return [math.prod(sizes[place + 1 :]) for place in range(len(sizes))]
