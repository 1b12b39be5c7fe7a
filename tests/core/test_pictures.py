"""What pictures are made of, against the slower ways to make it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.pictures.views import BINS, counted, significant

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
