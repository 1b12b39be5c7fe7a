"""Numbers in JSON: strict, nested as they were, and read back by `Number()` on a page."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jsonable import dumps, jsonable, to_number

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def refuse(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


@given(st.floats())
def test_a_number_is_read_back_as_it_was(number: float) -> None:
    assert to_number(jsonable(number, infinities=True)) == pytest.approx(number, rel=0, abs=0, nan_ok=True)


@given(values)
def test_everything_is_written_as_strict_json(value: Any) -> None:
    assert json.loads(dumps(value), parse_constant=refuse) == jsonable(value)


@pytest.mark.parametrize("array", [np.array([1.0, np.nan, np.inf, -np.inf]), np.array([[1.0, 2.5], [np.nan, -np.inf]]), np.arange(3)])
def test_an_array_is_written_as_the_list_of_its_numbers(array: Any) -> None:
    for infinities in (False, True):
        assert jsonable({"a": array}, infinities=infinities) == {"a": jsonable(array.tolist(), infinities=infinities)}


def test_only_a_page_tells_the_infinities_apart() -> None:
    numbers = (1.5, math.nan, [math.inf, (-math.inf,)], 7, "nan", None)
    assert jsonable(numbers) == [1.5, None, [None, [None]], 7, "nan", None]
    assert jsonable(numbers, infinities=True) == [1.5, None, ["Infinity", ["-Infinity"]], 7, "nan", None]
