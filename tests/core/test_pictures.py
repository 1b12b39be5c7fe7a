"""What pictures are made of, against the slower ways to make it."""

import math

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.pictures.views import BINS, counted, numbers, numbers_of_each, shares, significant

FLOATS = st.floats(-1e6, 1e6, width=32)


@given(st.lists(FLOATS, min_size=2, max_size=60, unique=True))
def test_what_is_counted_is_what_numpy_counts(numbers: list[float]) -> None:
    values = np.array(numbers)
    low, high = values.min(), values.max()
    assert counted(values, low, high) == np.histogram(values, BINS, (low, high))[0].tolist()


@given(st.one_of(FLOATS, st.floats(width=32), st.floats()))
def test_four_digits_are_those_that_python_writes(number: float) -> None:
    (rounded,) = significant(np.array([number])).tolist()
    if not np.isfinite(number):
        np.testing.assert_equal(rounded, number)
    elif 1e-18 < abs(number) < 1e18:  # powers of ten that float64 holds
        assert abs(rounded - float(f"{number:.4g}")) <= 0.0011 * abs(number), "a half may go either way"
        assert len(f"{rounded!r}".split("e")[0].replace(".", "").replace("-", "").strip("0")) <= 4
    else:
        assert abs(rounded - number) <= 0.0006 * abs(number)


def test_numbers_rounded_in_one_go_are_those_rounded_one_by_one() -> None:
    tensors = [torch.randn(3, 4), None, torch.tensor([math.nan, 1e-30, 123456.0]), torch.empty(0, 2), torch.tensor(2.0)]
    assert numbers_of_each(tensors) == [numbers(tensor) for tensor in tensors]
    assert numbers_of_each([]) == []


def test_the_shares_of_classes_are_their_softmax() -> None:
    logits = torch.cat([torch.randn(100, 3) * 50, torch.tensor([[math.inf, 0.0, 0.0], [math.nan, 0.0, 0.0], [1e38, -1e38, 0.0]])])
    torch.testing.assert_close(shares(logits), torch.softmax(logits, dim=1), equal_nan=True)
