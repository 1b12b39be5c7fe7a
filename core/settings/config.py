"""Config: the hyperparameters of one experiment, frozen and checked, declared once.

Widgets, the link, the command line, the reset policy and the exported script all follow from these declarations.
"""

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args, get_origin

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo

from core.settings.limits import limits

Kind = Literal["float", "int", "bool", "choice", "text", "table", "choices", "integers", "names"]
Liveness = Literal["structural", "live", "pictured"]  # a change needs a new run, bends the run, or only touches what is shown
Scale = Literal["linear", "log"]
_ESCAPED = {"%": "%25", ",": "%2C", ";": "%3B"}  # in a name out of several that a link writes with commas between
Optimizer = Literal["SGD", "Momentum", "Nesterov", "RMSprop", "Adam", "AdamW"]
OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
MOMENTUM: tuple[Optimizer, ...] = ("Momentum", "Nesterov")  # those that read `momentum`
ADAPTIVE: tuple[Optimizer, ...] = ("RMSprop", "Adam", "AdamW")  # those that scale the step of each parameter by its own gradients


@dataclass(frozen=True)
class Setting:
    """What can be known about one field without a value: its kind, bounds, default, and what a change of it means to a run."""

    name: str
    kind: Kind
    default: Any
    low: float | None
    high: float | None
    longest: int | None  # how many items a tuple may have
    choices: tuple[Any, ...]
    liveness: Liveness
    scale: Scale
    when: Mapping[str, tuple[Any, ...]]  # it means something only while each named field has one of these values
    target: str = (
        ""  # Python: what a program assigns a new value to, or what it does with one, `x = f({value})`; "" where it reads the field
    )

    @property
    def changeable(self) -> bool:
        """Whether a run that has begun can take another value; one that has ended takes only `pictured` fields."""
        return self.liveness != "structural"

    @property
    def built(self) -> str:
        """The name in a program that was made of it."""
        return re.split(r"\W", self.target)[0]

    def assignment(self, written: str) -> str:
        """The Python that brings a value, written as Python, to what a program has built."""
        return self.target.format(value=written) if "{value}" in self.target else f"{self.target} = {written}"

    def applies(self, config: "Config") -> bool:
        """Whether the field has any effect under `config`."""
        return all(getattr(config, name) in values for name, values in self.when.items())


@dataclass(frozen=True)
class Problem:
    """One bad value: the field, what was given, why it was refused (a code), and the field's bounds."""

    field: str
    value: Any
    code: str
    setting: Setting | None
    row: int | None = None  # of a table, from 1; `value` is then what stands there
    remedy: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # settings that would do

    @property
    def bounds(self) -> str:
        """The allowed values in mathematical notation, the same in every language: `0.001 … 10`, `SGD | Adam`."""
        if self.setting is None:
            return ""
        if self.setting.choices:
            return " | ".join(str(choice) for choice in self.setting.choices)
        if self.code == "too_long" and self.setting.longest is not None:
            return f"≤ {self.setting.longest}"
        ends = [_end(end) for end in (self.setting.low, self.setting.high)]
        return " … ".join(ends) if any(ends) else _written(self.setting)


def _written(setting: Setting) -> str:
    """How a link writes a value of this kind: the first rows of a table, or names."""
    if setting.kind == "table":
        return ";".join(",".join(f"{number:g}" for number in row) for row in setting.default[:2])
    return to_text(setting.default) if setting.kind == "names" else setting.kind


def _end(bound: float | None) -> str:
    """A whole number with all its digits."""
    return "" if bound is None else str(bound) if isinstance(bound, int) else f"{bound:g}"


class ConfigError(ValueError):
    """Settings that Config refuses; `problems` names each field with its value and bounds."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.field} = {p.value!r} ({p.code}; {p.bounds})" for p in problems))
        self.problems = problems


def live(
    default: Any, *, scale: Scale = "linear", when: Mapping[str, tuple[Any, ...]] | None = None, target: str = "", **bounds: Any
) -> Any:
    """A field that may change while the run goes on; the change bends the curve."""
    return _setting(default, "live", scale, bounds, when, target)


def group(argument: str) -> str:
    """Where an optimizer holds what it was given: the `target` of such a field."""
    return f'optimizer.param_groups[0]["{argument}"]'


def pictured(default: Any, *, scale: Scale = "linear", **bounds: Any) -> Any:
    """A field of pictures alone: it may change at any time, and no curve bends."""
    return _setting(default, "pictured", scale, bounds)


def structural(default: Any, *, scale: Scale = "linear", when: Mapping[str, tuple[Any, ...]] | None = None, **bounds: Any) -> Any:
    """A field that needs a new run."""
    return _setting(default, "structural", scale, bounds, when)


def _setting(
    default: Any,
    liveness: Liveness,
    scale: Scale,
    bounds: dict[str, Any],
    when: Mapping[str, tuple[Any, ...]] | None = None,
    target: str = "",
) -> Any:
    extra = {"liveness": liveness, "scale": scale, "when": dict(when or {}), "target": target}
    return Field(default, json_schema_extra=typing.cast(Any, extra), **bounds)


class Config(BaseModel):
    """Base of every experiment's config. `model_dump_json` / `model_validate_json` and the link round-trip it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    seed: int = structural(0, ge=0, le=2**31 - 1)
    device: Literal["auto", "cpu", "gpu"] = structural("auto")

    @property
    def gains_from_gpu(self) -> bool:
        """Whether `auto` takes a GPU that is there; a config that can tell that it is too small says no."""
        return True

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """Every field's Setting, in the order of declaration."""
        return _settings(cls)

    @classmethod
    def checked(cls, values: Mapping[str, Any]) -> Self:
        """A config from outside values.

        Raises:
            ConfigError: names each bad field, its value and its bounds.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            problems = [_problem(cls, dict(values), line) for line in error.errors()]
            raise ConfigError(_first_of_each_table(problems)) from error

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, checked like any outside value; `model_copy(update=…)` takes values that have been checked."""
        return self.checked({**self.model_dump(), **changes})

    def differences(self, other: "Config") -> dict[str, Any]:
        """The fields in which `self` differs from `other`, with the values of `self`."""
        theirs = other.model_dump()
        return {name: value for name, value in self.model_dump().items() if theirs.get(name) != value}

    def used(self) -> Self:
        """A copy that holds only what has an effect: a field that has none is at its default.

        What a run is given: so no link, file or label can carry a table or text that the run does not use.
        """
        default = _default(type(self))
        return self.model_copy(update={name: getattr(default, name) for name, of in self.settings().items() if not of.applies(self)})

    def to_link(self) -> dict[str, str]:
        """The fields that differ from their defaults, as query parameters."""
        return {name: to_text(value) for name, value in self.differences(_default(type(self))).items()}

    @classmethod
    def from_link(cls, parameters: Mapping[str, str]) -> Self:
        """The config that a link describes; parameters that are no field of this config are left alone.

        Raises:
            ConfigError: names each bad field, its value and its bounds.
        """
        return cls.checked({name: text for name, text in parameters.items() if name in cls.model_fields})


class TrainingConfig(Config):
    """The fields that mean the same in every experiment that is trained by an optimizer."""

    optimizer: Optimizer = structural("SGD")
    lr: float = live(0.01, ge=1e-6, le=10.0, scale="log", target=group("lr"))
    momentum: float = live(0.9, ge=0.0, le=0.999, when={"optimizer": MOMENTUM}, target=group("momentum"))
    weight_decay: float = live(0.0, ge=0.0, le=1.0, target=group("weight_decay"))
    batch_size: int = live(0, ge=0, le=limits().table_rows)  # 0: all rows at once
    epochs: int = structural(1000, ge=1, le=limits().epochs, scale="log")

    @field_validator("optimizer", mode="before")
    @classmethod
    def _any_case(cls, name: Any) -> Any:
        known = {optimizer.lower(): optimizer for optimizer in OPTIMIZERS}
        return known.get(name.lower(), name) if isinstance(name, str) else name


@cache
def _default(cls: type[Config]) -> Config:
    return cls()


@cache
def _settings(cls: type[Config]) -> dict[str, Setting]:
    return {name: _read_setting(name, info) for name, info in cls.model_fields.items()}


def _read_setting(name: str, info: FieldInfo) -> Setting:
    metadata = info.metadata + _item_metadata(info.annotation)
    bounds = {kind: getattr(item, kind) for item in metadata for kind in ("ge", "gt", "le", "lt") if hasattr(item, kind)}
    kind, choices = _kind(info.annotation)
    extra = typing.cast(dict[str, Any], info.json_schema_extra or {})
    return Setting(
        name=name,
        kind=kind,
        default=info.default,
        low=bounds.get("ge", bounds.get("gt")),
        high=bounds.get("le", bounds.get("lt")),
        longest=next((item.max_length for item in metadata if isinstance(item, MaxLen)), None),
        choices=choices,
        liveness=extra.get("liveness", "structural"),
        target=extra.get("target", ""),
        scale=extra.get("scale", "linear"),
        when=types.MappingProxyType({field: tuple(values) for field, values in extra.get("when", {}).items()}),
    )


def _kind(annotation: Any) -> tuple[Kind, tuple[Any, ...]]:
    if get_origin(annotation) is Literal:
        return "choice", get_args(annotation)
    item = _item(annotation)
    if get_origin(item) is Literal:
        return "choices", get_args(item)
    if get_origin(item) is Annotated and get_args(item)[0] in (int, str):
        return ("integers" if get_args(item)[0] is int else "names"), ()
    kinds: dict[Any, Kind] = {bool: "bool", int: "int", float: "float", str: "text"}
    return kinds.get(annotation, "table"), ()


def _item(annotation: Any) -> Any:
    """The type of the items of a `tuple[item, ...]`; None for other annotations."""
    items = get_args(annotation)
    return items[0] if get_origin(annotation) is tuple and items[1:] == (...,) else None


def _item_metadata(annotation: Any) -> list[Any]:
    """The bounds of each item of a tuple, where they are declared as `Annotated[int, Field(ge=…, le=…)]`."""
    item = _item(annotation)
    return [bound for field in get_args(item)[1:] for bound in field.metadata] if get_origin(item) is Annotated else []


def _problem(cls: type[Config], values: dict[str, Any], line: Any) -> Problem:
    field = str(line["loc"][0]) if line["loc"] else str(line.get("ctx", {}).get("field", ""))
    setting = cls.settings().get(field)
    value = values.get(field, setting.default if setting else line.get("input"))
    if setting is not None and setting.kind == "table" and len(line["loc"]) > 1:
        return Problem(field, line["input"], "table_row", setting, row=line["loc"][1] + 1)
    known = line.get("ctx", {})
    return Problem(field, known.get("held", value), line["type"], setting, known.get("row"), known.get("remedy", {}))


def _first_of_each_table(problems: list["Problem"]) -> list["Problem"]:
    """A table that is wrong throughout is told by its first bad row."""
    first = {problem.field: problem for problem in reversed(problems) if problem.row is not None}
    return [problem for problem in problems if problem.row is None or problem is first[problem.field]]


def to_text(value: Any) -> str:
    """A value as a link writes it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple):  # numbers in rows: "1,1;2,2.5"; one row: "1,2"
        separator = ";" if any(isinstance(item, tuple) for item in value) else ","
        return separator.join(_escaped(item) if isinstance(item, str) else to_text(item) for item in value)
    return str(value)


def _escaped(name: str) -> str:
    return "".join(_ESCAPED.get(character, character) for character in name)


def names_in(text: str) -> list[str]:
    """The names that a link writes with commas between."""
    names = [part.strip() for part in text.split(",") if part.strip()]
    for character, escaped in reversed(_ESCAPED.items()):  # the percent sign last, or it would make further ones
        names = [name.replace(escaped, character) for name in names]
    return names
