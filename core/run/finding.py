"""Finding: what the live numbers say, as a code with its numbers; the page puts it into words."""

from typing import Any, NamedTuple


class Finding(NamedTuple):
    """`code` names the sentence, `values` fill it, `remedy` holds the settings that one press would set (empty: none)."""

    code: str
    values: dict[str, float | str]
    remedy: dict[str, Any]
