"""Products of many matrices in one call: the bits of one by one."""

import pytest
import torch

from core.search.stacked_product import aligned, product, room


@pytest.mark.parametrize("rows", [45, 105, 150])
@pytest.mark.parametrize("units", [6, 8, 10])
def test_the_products_of_a_stack_are_those_of_single_runs(rows: int, units: int) -> None:
    """Of layers 4 → units → 8, where most members begin elsewhere than a tensor of its own does."""
    members, drawn = 7, torch.Generator().manual_seed(rows * units)
    x, hidden, slopes = (aligned(members, rows, columns).normal_(generator=drawn) for columns in (4, units, 8))
    first, last = (aligned(members, outputs, inputs).normal_(generator=drawn) for outputs, inputs in ((units, 4), (8, units)))
    bias = torch.randn(members, units, generator=drawn)
    forward, back, weights = (
        (x, first.transpose(1, 2), bias), (slopes, last, None), (slopes.transpose(1, 2), hidden, None),
    )  # fmt: skip
    for left, right, added in (forward, back, weights):
        made = product(left, right, room(left, right, added), added)
        for place in range(members):
            one, other = left[place].clone(), right[place].clone()
            alone = torch.mm(one, other) if added is None else torch.addmm(added[place].clone(), one, other)
            assert torch.equal(made[place], alone)
