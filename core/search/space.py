"""Space: the fields that are searched, each over a range or among choices that its Config allows.

Written as `lr=1e-4..0.3:log`, `weight_decay=0..0.1`, `batch_size=8..64`, `hidden=4|10|10,10`; on a grid `lr=1e-4..0.3:log:8` has
eight values.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Self

from core.settings.config import ConfigError, Setting, TrainingConfig, to_text

Value = float | int | str
BUDGET = {"epochs": "--epochs", "seed": "--seeds", "device": "--set device="}  # these say how a search is made, not what is searched
MOST_CHOICES = 64


class SearchError(ValueError):
    """A search that is refused: `field` and `value` say what, `code` why, `allowed` the bounds, `instead` what would do."""

    def __init__(self, code: str, field: str, value: object = "", allowed: str = "", instead: str = "") -> None:
        super().__init__(f"{field} = {value!r} ({code}; {allowed}; {instead})")
        self.code, self.field, self.value, self.allowed, self.instead = code, field, str(value), allowed, instead


@dataclass(frozen=True)
class Dimension:
    """One field that is searched.

    Args:
        field: its name.
        low, high: the ends of a range, both part of it; whole numbers where the field is one.
        log: equal ratios are equally likely, not equal differences.
        choices: what is chosen among instead, as a link writes it.
        points: how many values a grid takes of the range; 0 is as many as its budget allows.
    """

    field: str
    low: float | int = 0
    high: float | int = 0
    log: bool = False
    choices: tuple[str, ...] = ()
    points: int = 0

    def __str__(self) -> str:
        if self.choices:
            return f"{self.field}={'|'.join(self.choices)}"
        return f"{self.field}={self.low}..{self.high}{':log' if self.log else ''}{f':{self.points}' if self.points else ''}"

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return isinstance(self.low, int)

    @property
    def numbers(self) -> bool:
        """Whether it is a range, not choices."""
        return not self.choices

    def holds(self, value: Value) -> bool:
        """Whether a value is one of it."""
        return value in self.choices if self.choices else not isinstance(value, str) and self.low <= value <= self.high

    def value(self, config: TrainingConfig) -> Value:
        """What the field is in a config, as this dimension writes it."""
        held: Any = getattr(config, self.field)
        return to_text(held) if self.choices else held

    def grid(self, points: int) -> tuple[Value, ...]:
        """So many values from end to end, equally far apart (in ratio where `log`); whole numbers do not repeat."""
        if self.choices:
            return self.choices
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (float(self.low), float(self.high))
        parts = [low + (high - low) * place / (points - 1) for place in range(1, points - 1)] if points > 1 else []
        inner = [math.exp(part) if self.log else part for part in parts]
        ends: list[Value] = [self.low, self.high] if points > 1 else [self.low]
        values = [ends[0], *(min(max(round(x) if self.whole else x, self.low), self.high) for x in inner), *ends[1:]]
        return tuple(dict.fromkeys(values))

    def narrowed(self, low: float, high: float) -> Self:
        """The part of a range between two values; it never grows."""
        ends = max(low, self.low), min(high, self.high)
        low, high = (math.ceil(ends[0]), math.floor(ends[1])) if self.whole else ends
        if low >= high:
            raise SearchError("range_empty", self.field, f"{low:g}..{high:g}", f"{self.low:g} … {self.high:g}")
        return replace(self, low=low, high=high)

    def among(self, choices: Sequence[str]) -> Self:
        """Some of the choices, in their order."""
        kept = tuple(choice for choice in self.choices if choice in choices)
        if not kept:
            raise SearchError("no_choices", self.field, "", " | ".join(self.choices))
        return replace(self, choices=kept)


def searchable(config: type[TrainingConfig]) -> dict[str, Setting]:
    """The fields of a Config that can be searched, by name."""
    kinds = {"float", "int", "bool", "choice", "integers", "choices"}
    found = config.settings().items()
    return {name: of for name, of in found if of.kind in kinds and of.liveness != "pictured" and name not in BUDGET}


def read(text: str, config: TrainingConfig) -> Dimension:
    """The dimension that a text describes.

    Raises:
        SearchError: the text is no range, its field cannot be searched, or its ends are not in order.
        ConfigError: a value that the field does not take.
    """
    field, separator, range_ = text.partition("=")
    known = searchable(type(config))
    if field in BUDGET:
        raise SearchError("budget", field, range_, ", ".join(known), BUDGET[field])
    if field not in known:
        raise SearchError("not_searchable" if field in config.settings() else "unknown_field", field, range_, ", ".join(known))
    if not separator or not range_.strip():
        raise SearchError("range_empty", field, range_, _bounds(known[field]), _example(known[field]))
    made = _range(known[field], range_) if ".." in range_ else _choices(field, range_)
    for value in made.choices or (made.low, made.high):
        config.replace(**{field: value})
    return _canonical(made, config)


def proposals(config: TrainingConfig) -> dict[str, Dimension]:
    """A range to begin with for each field that has an effect under a config and can be searched there."""
    found = {}
    for name, setting in searchable(type(config)).items():
        made = _proposal(setting)
        if made.choices:
            made = replace(made, choices=tuple(choice for choice in made.choices if _taken(config, name, choice)))
        elif made.low >= made.high or not (_taken(config, name, made.low) and _taken(config, name, made.high)):
            continue
        if setting.applies(config) and len(made.choices) != 1 and (made.choices or made.high > made.low):
            found[name] = _canonical(made, config)
    return found


def _taken(config: TrainingConfig, field: str, value: Value) -> bool:
    try:
        config.replace(**{field: value})
    except ConfigError:
        return False
    return True


def _canonical(made: Dimension, config: TrainingConfig) -> Dimension:
    """Choices as a config writes them, so that `Adam` and `adam` are one."""
    if not made.choices:
        return made
    written = (to_text(getattr(config.replace(**{made.field: choice}), made.field)) for choice in made.choices)
    choices = tuple(dict.fromkeys(written))
    return replace(made, choices=choices)


def _choices(field: str, text: str) -> Dimension:
    choices = tuple(choice.strip() for choice in text.split("|"))
    if len(choices) > MOST_CHOICES:
        raise SearchError("too_many_choices", field, len(choices), f"1 … {MOST_CHOICES}")
    return Dimension(field, choices=choices)


def _range(setting: Setting, text: str) -> Dimension:
    if setting.kind not in ("float", "int"):
        raise SearchError("only_choices", setting.name, text, " | ".join(map(str, setting.choices)), _example(setting))
    ends, *further = text.split(":")
    low, high = (_number(setting, end, text) for end in ends.split("..", 1))
    points = next((int(part) for part in further if part.isdecimal()), 0)
    if odd := [part for part in further if part not in ("log", "linear") and not part.isdecimal()]:
        raise SearchError("unknown_scale", setting.name, odd[0], "log | linear", f"{setting.name}={ends}:log")
    if low > high:
        raise SearchError("range_reversed", setting.name, ends, _bounds(setting), f"{setting.name}={high}..{low}")
    if low == high:
        raise SearchError("range_empty", setting.name, ends, _bounds(setting), f"--set {setting.name}={low}")
    log = "log" in further
    if log and low <= 0:
        raise SearchError("log_of_zero", setting.name, ends, _bounds(setting), f"{setting.name}={high / 1000:g}..{high}:log")
    return Dimension(setting.name, low, high, log, points=points)


def _number(setting: Setting, text: str, whole: str) -> float | int:
    try:
        number = float(text)
    except ValueError as error:
        raise SearchError("range_empty", setting.name, whole, _bounds(setting), _example(setting)) from error
    if setting.kind == "int" and number.is_integer():
        return int(number)
    if setting.kind == "int" or not math.isfinite(number):
        raise SearchError("not_whole" if setting.kind == "int" else "range_empty", setting.name, text, _bounds(setting), _example(setting))
    return number


def _bounds(setting: Setting) -> str:
    if setting.choices:
        return " | ".join(map(str, setting.choices))
    return f"{setting.low:g} … {setting.high:g}" if setting.low is not None and setting.high is not None else setting.kind


def _example(setting: Setting) -> str:
    """A range or choices that this field takes."""
    if setting.choices:
        return f"{setting.name}={'|'.join(map(str, setting.choices[:3]))}"
    if setting.kind == "bool":
        return f"{setting.name}=0|1"
    if setting.kind == "integers":
        return f"{setting.name}=4|10|32"
    return str(_proposal(setting))


def _proposal(setting: Setting) -> Dimension:
    """A range to begin with: two decades to each side of the default on a log scale, else as far as the field goes, within reason."""
    if setting.kind == "bool":
        return Dimension(setting.name, choices=("0", "1"))
    if setting.kind in ("choice", "choices"):
        return Dimension(setting.name, choices=tuple(map(str, setting.choices)))
    if setting.kind == "integers":
        return Dimension(setting.name, choices=("4", "10", "32"))
    low, high = setting.low or 0, setting.high if setting.high is not None else max(1, 10 * setting.default)
    if setting.scale == "log":
        low, high = max(low, setting.default / 100), min(high, setting.default * 100)
    elif setting.kind == "int":
        high = min(high, max(8, 4 * setting.default))
    whole = setting.kind == "int"
    return Dimension(setting.name, int(low) if whole else float(low), int(high) if whole else float(high), setting.scale == "log")


def grid(over: Sequence[Dimension], trials: int) -> list[Mapping[str, Value]]:
    """All combinations: of a range whose `points` are not said, as many values as the budget allows, the same for each.

    Raises:
        SearchError: there are more combinations than trials.
    """
    open_ = [dimension for dimension in over if dimension.numbers and not dimension.points]
    points = next((n for n in range(trials, 1, -1) if _size(over, n) <= trials), 2) if open_ else 2
    size = _size(over, points)
    if size > trials:
        raise SearchError("grid_too_large", " × ".join(one.field for one in over), size, f"1 … {trials}", f"--trials {size}")
    columns = [one.grid(one.points or points) for one in over]
    return [dict(zip((one.field for one in over), values, strict=True)) for values in product(*columns)]


def _size(over: Sequence[Dimension], points: int) -> int:
    return math.prod(len(one.grid(one.points or points)) for one in over)
