"""Products of the matrices of a stack: one operation for all members where that has the bits of one by one. M members."""

from functools import cache

import torch
from torch import Tensor

ALIGNED = 16  # float32 in 64 bytes
SMALL = 400  # multiplications; a batched product of fewer is not made by the code that makes a single one, and adds in another order
Laid = tuple[bool, int, int, int]  # whether there is one of each member; how far behind a multiple of 64 bytes it begins; its strides
TRIED = 4  # members: where a float32 lies within 16 bytes, it lies as one of the first four members does


def aligned(members: int, rows: int, columns: int) -> Tensor:
    """Room for (M, N, C) in which each member begins at a multiple of 64 bytes, behind a gap."""
    step = (rows * columns // ALIGNED + 1) * ALIGNED
    return torch.zeros(members * step).as_strided((members, rows, columns), (step, columns, 1))


def room(left: Tensor, right: Tensor, bias: Tensor | None = None) -> Tensor:
    """Where their product is put.

    Without gaps it is made in one call, two to three times as fast, but then most members do not begin where a tensor of its own does. In
    which order PyTorch adds depends on that for some sizes and not for others, so it is tried out.
    """
    (members, rows, inner), columns = left.shape, right.shape[2]
    laid = [(part.stride(0) > 0, part.storage_offset() % ALIGNED, part.stride(1), part.stride(2)) for part in (left, right)]
    close = rows * inner * columns >= SMALL and _same_without_gaps((rows, inner, columns), *laid, biased=bias is not None)
    return torch.zeros(members, rows, columns) if close else aligned(members, rows, columns)


def product(left: Tensor, right: Tensor, into: Tensor, bias: Tensor | None = None) -> Tensor:
    """left (M, N, K) @ right (M, K, C) + bias (M, C), put into (M, N, C)."""
    if into[0].numel() * left.shape[2] >= SMALL:
        if bias is None:
            return torch.bmm(left, right, out=into)
        return into.copy_(bias[:, None].expand(into.shape)).baddbmm_(left, right)
    for place, out in enumerate(into):
        if bias is None:
            torch.mm(left[place], right[place], out=out)
        else:
            torch.addmm(bias[place], left[place], right[place], out=out)
    return into


@cache
def _same_without_gaps(sizes: tuple[int, int, int], left: Laid, right: Laid, *, biased: bool) -> bool:
    """Whether random matrices of these sizes (N, K, C), laid out like this, have the same product; 0.1 ms for each that is new.

    Args:
        sizes: those of one member.
        left: how its matrices are laid out.
        right: likewise.
        biased: whether something is added to the product.
    """
    rows, inner, columns = sizes
    drawn = torch.Generator().manual_seed(0)
    lefts, rights = _random((rows, inner), *left, drawn), _random((inner, columns), *right, drawn)
    bias = torch.randn(TRIED, columns, generator=drawn) if biased else None
    close, apart = (product(lefts, rights, into, bias) for into in (torch.zeros(TRIED, rows, columns), aligned(TRIED, rows, columns)))
    return torch.equal(close, apart)


def _random(shape: tuple[int, int], each: bool, behind: int, down: int, across: int, drawn: torch.Generator) -> Tensor:
    step = (behind + (shape[0] - 1) * down + (shape[1] - 1) * across) // ALIGNED * ALIGNED + ALIGNED
    return torch.randn(TRIED * step, generator=drawn).as_strided((TRIED, *shape), (step * each, down, across), behind)
