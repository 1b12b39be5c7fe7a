"""Names of views that take an argument: `text:120`, `unrolled:3`, `continuation:prompt=if+you&way=top_k`.

No torch here. A name holds no comma, so that names can be listed with commas in an address.
"""

from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Continuation(BaseModel):
    """What the network is to write: `length` characters that go on from `prompt`; another `draw` is another try."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    prompt: str = Field("", max_length=200)
    way: Literal["greedy", "temperature", "top_k"] = "temperature"
    temperature: float = Field(1.0, ge=0.1, le=5.0)
    top_k: int = Field(5, ge=1, le=100)
    length: int = Field(40, ge=1, le=200)
    draw: int = Field(0, ge=0, le=2**31 - 1)

    def name(self) -> str:
        """The name of the view that shows it."""
        return f"continuation:{urlencode(self.model_dump())}"


def continuation(argument: str) -> Continuation:
    """What stands after the colon of `continuation:…`.

    Raises:
        KeyError: it is not what `Continuation.name` writes.
    """
    values: dict[str, Any] = dict(parse_qsl(argument, keep_blank_values=True))
    try:
        return Continuation.model_validate(values)
    except ValidationError as error:
        raise KeyError(f"continuation:{argument}") from error


def position(argument: str, last: int) -> int:
    """The position in a name like `text:120`, moved into 0 … `last`; 0 where there is none.

    Raises:
        KeyError: it is no whole number.
    """
    if not argument:
        return 0
    if not (argument.isascii() and argument.isdigit() and len(argument) < 10):
        raise KeyError(argument)
    return min(int(argument), max(last, 0))
