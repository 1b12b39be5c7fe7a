"""Numbers in JSON: strict, nested as they were, and read back by `Number()` on a page."""

import json
import math
from types import MappingProxyType
from typing import Any, NamedTuple

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


class Pair(NamedTuple):
    """Not a mere tuple."""

    first: float
    second: str


@pytest.mark.parametrize(
    ("value", "listed"),
    [
        (Pair(math.nan, "가"), [None, "가"]),
        (np.array([[1.0, math.inf], [2.0, 3.0]])[:, 1], [None, 3.0]),
        (MappingProxyType({"a": (1, 2**63, 2**70)}), {"a": [1, 2**63, 2**70]}),
        ([np.float64(0.1), np.arange(3)], [0.1, [0, 1, 2]]),
    ],
)
def test_what_only_looks_like_a_list_is_written_as_one(value: Any, listed: Any) -> None:
    assert json.loads(dumps(value), parse_constant=refuse) == listed


def test_what_is_no_data_is_not_written() -> None:
    with pytest.raises(TypeError):
        dumps({"a": object()})


@pytest.mark.parametrize("array", [np.array([1.0, np.nan, np.inf, -np.inf]), np.array([[1.0, 2.5], [np.nan, -np.inf]]), np.arange(3)])
def test_an_array_is_written_as_the_list_of_its_numbers(array: Any) -> None:
    for infinities in (False, True):
        assert jsonable({"a": array}, infinities=infinities) == {"a": jsonable(array.tolist(), infinities=infinities)}


def test_only_a_page_tells_the_infinities_apart() -> None:
    numbers = (1.5, math.nan, [math.inf, (-math.inf,)], 7, "nan", None)
    assert jsonable(numbers) == [1.5, None, [None, [None]], 7, "nan", None]
    assert jsonable(numbers, infinities=True) == [1.5, None, ["Infinity", ["-Infinity"]], 7, "nan", None]
