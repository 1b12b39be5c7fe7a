"""Numbers in JSON, which has no word for NaN and the infinities.

In a file each of them becomes null, which every reader of JSON takes for a gap. A page tells them apart: for it the infinities
become the words that JavaScript's `Number()` and Python's `float()` read, and NaN alone is null. Such a number is read by
`toNumber` in ui/stage/format.js and by `to_number` here.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

_INFINITIES = {math.inf: "Infinity", -math.inf: "-Infinity"}


def jsonable(value: Any, *, infinities: bool = False) -> Any:
    """`value`, nested as it is, with None for each number that is not finite; arrays become lists.

    Args:
        value: numbers, strings, None, arrays, and mappings, lists and tuples of those.
        infinities: whether the infinities become "Infinity" and "-Infinity" and only NaN None.
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else _INFINITIES.get(value) if infinities else None
    if isinstance(value, Mapping):
        return {key: jsonable(item, infinities=infinities) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        listed = value.tolist()
        return listed if np.isfinite(value).all() else jsonable(listed, infinities=infinities)
    if isinstance(value, list | tuple):
        return [jsonable(item, infinities=infinities) for item in value]
    return value


def to_number(value: float | str | None) -> float:
    """A number out of JSON that was written with its infinities."""
    return math.nan if value is None else float(value)


def dumps(value: Any) -> str:
    """`value` as JSON without needless blanks, with null for each number that is not finite."""
    try:
        return orjson.dumps(value, _listed, orjson.OPT_SERIALIZE_NUMPY).decode()  # a tenth of the time that json takes
    except orjson.JSONEncodeError:  # seldom: a whole number beyond 64 bits, a key that is no text, half a character
        return json.dumps(jsonable(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _listed(value: Any) -> Any:
    """What only looks like a list.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(value, tuple):
        return tuple(value)
    if isinstance(value, np.ndarray):  # one that skips numbers, such as a column
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
