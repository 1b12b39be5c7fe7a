"""Chains of layers, as somebody types them, run on real zeros: what each gives, and where it fails, why and what would mend it.

    Conv2d(3, 10, 5)
    Conv2d(10, 20, 5)

A small grammar, read with Python's own reader and never executed: a layer is a name out of `LAYERS` with numbers, tuples of numbers,
`True`, `False` or `None` as its arguments; `nn.` before it and a comma behind it are passed over.
"""

import ast
import inspect
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor, nn

from core.labs.modules import formulas
from core.labs.reading import LONGEST_CHAIN, LONGEST_SHAPE
from core.program.pieces import Pieces

LAYERS: Mapping[str, type[nn.Module]] = {
    kind.__name__: kind
    for kind in (
        nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d,
        nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.Linear, nn.Flatten, nn.ReLU, nn.Tanh,
        nn.Sigmoid, nn.GELU, nn.Softmax, nn.Dropout, nn.Identity, nn.Unflatten,
    )
}  # fmt: skip
MOST_LAYERS = 40
LARGEST = 1_000_000  # an argument
MOST_NUMBERS = 5_000_000  # of parameters, or of a tensor with its padding
MOST_LAID = 30_000_000  # numbers that torch may lay side by side for a convolution
LAID = 16  # the least number of channels, or of windows, that it lays out
MOST_WORK, MOST_READ = 400_000_000, 50_000_000  # multiplications, numbers that a pool reads: up to a tenth of a second, and all runs wait
MOST = {"parameters": MOST_NUMBERS, "numbers": MOST_NUMBERS, "laid": MOST_LAID, "work": MOST_WORK, "read": MOST_READ}
ELSEWHERE = {"device", "dtype"}  # where a layer's numbers are and what they are: memory that was not asked for before it is there
Json = dict[str, Any]


class RefusedError(ValueError):
    """What is no chain; `code` says why, `line` counts from 1, `text` is what stands there, `value` the number that is not `allowed`."""

    def __init__(self, code: str, line: int, text: str, value: int = 0, allowed: int = 0) -> None:
        super().__init__(f"{code} in line {line}: {text}")
        self.told: Json = {"code": code, "line": line, "text": text, "value": value, "allowed": allowed}


def read(chain: str) -> list[tuple[int, str, list[Any], dict[str, Any]]]:
    """Line number, class, arguments by place and by name, of each layer.

    Raises:
        RefusedError: a line holds something else, or there are too many.
    """
    if len(chain) > LONGEST_CHAIN:
        raise RefusedError("too_long", 0, "", len(chain), LONGEST_CHAIN)
    found: list[tuple[int, str, list[Any], dict[str, Any]]] = []
    for number, line in enumerate(chain.split("\n"), start=1):
        text = line.split("#")[0].strip().rstrip(",").strip()
        if text:
            if len(found) == MOST_LAYERS:
                raise RefusedError("too_many", number, str(MOST_LAYERS))
            found.append((number, *_layer(number, text)))
    return found


def _layer(number: int, text: str) -> tuple[str, list[Any], dict[str, Any]]:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise RefusedError("unreadable", number, text) from error
    if not isinstance(node, ast.Call):
        raise RefusedError("no_layer", number, text)
    name = text.partition("(")[0].strip().removeprefix("torch.").removeprefix("nn.")
    if name not in LAYERS or not isinstance(node.func, ast.Name | ast.Attribute):
        raise RefusedError("unknown", number, name)
    if any(keyword.arg is None for keyword in node.keywords):
        raise RefusedError("no_number", number, text)
    places = [_value(number, text, argument) for argument in node.args]
    named = {str(keyword.arg): _value(number, text, keyword.value) for keyword in node.keywords}
    with suppress(TypeError):  # of arguments that do not fit, of which torch tells
        given = inspect.signature(LAYERS[name]).bind(*places, **named).arguments
        if found := ELSEWHERE & given.keys():
            raise RefusedError("elsewhere", number, min(found))
        if given.get("return_indices"):
            raise RefusedError("pair", number, "return_indices")
    return name, places, named


def _value(number: int, text: str, node: ast.expr) -> Any:
    """A number, a tuple of numbers, True, False, None, or a word such as "same"."""
    written = ast.get_source_segment(text, node) or text
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise RefusedError("no_number", number, written) from error
    for one in value if isinstance(value, tuple | list) else (value,):
        if not isinstance(one, int | float | bool | str | None) or (isinstance(one, int | float) and not abs(one) <= LARGEST):
            raise RefusedError("no_number", number, written)
    return value


def shape_of(text: str) -> list[int]:
    """The sizes in `1, 3, 256, 256`, with or without parentheses.

    Raises:
        RefusedError: it is something else, or more numbers than can be held.
    """
    parts = [part.strip() for part in text.strip().strip("()[]").split(",") if part.strip()]
    if len(text) > LONGEST_SHAPE or not 1 <= len(parts) <= 6 or not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise RefusedError("no_shape", 0, text)
    sizes = list(map(int, parts))
    if math.prod(sizes) > MOST_NUMBERS:
        raise RefusedError("too_large", 0, text, math.prod(sizes), MOST_NUMBERS)
    return sizes


def run(chain: str, shape: str) -> Pieces[Json]:
    """The chain on zeros of this shape, a layer at a time.

    `layers`: of each that ran its `code`, `count`, `formula`, shapes `given` and `made`, `arithmetic`. `failed`: of the one that did
    not, its `line`, `code`, torch's own `error`, which `axis` of the shape is to blame if it is known, and the `repaired` chain if there
    is one. `refused`: what could not be read, or would be too much to be run, as `RefusedError` has it.
    """
    layers: list[Json] = []
    failed = None
    try:
        x, lines = torch.zeros(shape_of(shape)), read(chain)
        for number, name, places, named in lines:
            try:
                module, made = _applied(number, name, places, named, x)
            except RefusedError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever torch says is shown
                failed = yield from _failed(chain, number, (name, places, named), x, error)
                break
            layers.append(_told(number, _code(name, places, named), module, x, made))
            x = made
            yield
    except RefusedError as refused:
        return {"layers": layers, "failed": None, "refused": refused.told}
    return {"layers": layers, "failed": failed, "refused": None}


def _told(line: int, code: str, module: nn.Module, x: Tensor, made: Tensor) -> Json:
    count = sum(parameter.numel() for parameter in module.parameters())
    shapes = {"given": list(x.shape), "made": list(made.shape), "arithmetic": formulas.shape(module, x.shape, made.shape)}
    return {"code": code, "count": count, "formula": formulas.parameters(module), "line": line, **shapes}


def _failed(chain: str, line: int, layer: tuple[str, list[Any], dict[str, Any]], x: Tensor, error: Exception) -> Pieces[Json]:
    axis, mended = _blamed(*layer, x)
    told = {"line": line, "code": _code(*layer), "given": list(x.shape), "error": f"{type(error).__name__}: {error}", "axis": axis}
    return told | {"repaired": _replaced(chain, line, mended) if mended and (yield from _runs(mended, x)) else None}


def _applied(line: int, name: str, places: Sequence[Any], named: Mapping[str, Any], x: Tensor) -> tuple[nn.Module, Tensor]:
    """A layer built and run. It is built without memory first, and asked what it would take.

    Raises:
        RefusedError: that would be too much.
        Exception: torch's own.
    """
    with torch.device("meta"):
        sketch = LAYERS[name](*places, **named).eval()
    wanted = {"parameters": sum(parameter.numel() for parameter in sketch.parameters()), **_wanted(sketch, x)}
    for what, value in wanted.items():
        if value > MOST[what]:
            raise RefusedError(what, line, _code(name, places, named), value, MOST[what])
    module = LAYERS[name](*places, **named).eval()
    with torch.no_grad():
        return module, module(x)


def _wanted(sketch: nn.Module, x: Tensor) -> dict[str, int]:
    """What a layer would give and do; nothing where it fails at once: what runs on numbers says why better."""
    try:
        made = sketch(torch.empty(x.shape, device="meta"))
    except (RuntimeError, ValueError, IndexError, TypeError):
        return {}
    numbers = made.numel()
    if isinstance(sketch, formulas.CONVOLUTIONS):
        padding, window = formulas.each(sketch, "padding"), sketch.weight[0].numel()
        axes = (int(n + 2 * p) for n, p in zip(x.shape[-len(padding) :], padding, strict=True))
        padded = math.prod((*x.shape[: -len(padding)], *axes))
        positions = max(LAID, numbers // max(1, sketch.out_channels))
        maps = [padded // max(1, sketch.in_channels) * max(LAID, sketch.in_channels), positions * max(LAID, sketch.out_channels)]
        return {"numbers": max(numbers, padded), "laid": max(positions * window, *maps), "work": numbers * window}
    if isinstance(sketch, formulas.POOLS):
        return {"numbers": numbers, "read": numbers * math.prod(formulas.each(sketch, "kernel_size"))}
    if isinstance(sketch, nn.AdaptiveAvgPool1d | nn.AdaptiveAvgPool2d):
        count = int(type(sketch).__name__[-2])
        windows = (m * (-(-n // max(1, m)) + 1) for n, m in zip(x.shape[-count:], made.shape[-count:], strict=True))
        return {"numbers": numbers, "read": math.prod((*x.shape[:-count], *windows))}
    return {"numbers": numbers, "work": numbers * (sketch.in_features if isinstance(sketch, nn.Linear) else 1)}


def _runs(chain: str, x: Tensor) -> Pieces[bool]:
    found = yield from run(chain, ",".join(map(str, x.shape)))
    return found["failed"] is None and found["refused"] is None


def _code(name: str, places: Sequence[Any], named: Mapping[str, Any]) -> str:
    return f"{name}({', '.join([*map(repr, places), *(f'{key}={value!r}' for key, value in named.items())])})"


def _replaced(chain: str, line: int, code: str) -> str:
    lines = chain.split("\n")
    lines[line - 1] = code
    return "\n".join(lines)


# --- what is to blame ---------------------------------------------------------------------------------------------


def _blamed(name: str, places: Sequence[Any], named: Mapping[str, Any], x: Tensor) -> tuple[int | None, str | None]:
    """The axis of the shape that does not fit the layer, counted from 0, and the layer or layers that would; None where it is not known."""
    for rule in (_channels, _features, _window):
        if found := rule(name, list(places), dict(named), x.shape):
            return found
    return None, None


def _channels(name: str, places: list[Any], named: dict[str, Any], shape: Sequence[int]) -> tuple[int | None, str | None] | None:
    """A convolution or a batch norm reads axis 1, the channels."""
    rank = {"1d": 3, "2d": 4, "3d": 5}.get(name[-2:])
    if rank is None or len(shape) != rank or not name.startswith(("Conv", "BatchNorm")):
        return None
    key = "in_channels" if name.startswith("Conv") else "num_features"
    told = places[0] if places else named.get(key)
    return (1, _with_first(name, places, named, key, shape[1])) if told not in (None, shape[1]) else None


def _features(name: str, places: list[Any], named: dict[str, Any], shape: Sequence[int]) -> tuple[int | None, str | None] | None:
    """A linear layer reads the last axis; behind maps it needs them in one row."""
    if name != "Linear":
        return None
    told = places[0] if places else named.get("in_features")
    if len(shape) > 2 and told == math.prod(shape[1:]):
        return 1, "Flatten()\n" + _code(name, places, named)
    return (len(shape) - 1, _with_first(name, places, named, "in_features", shape[-1])) if told not in (None, shape[-1]) else None


def _window(name: str, places: list[Any], named: dict[str, Any], shape: Sequence[int]) -> tuple[int | None, str | None] | None:
    """A kernel that is larger than the image with its padding."""
    at = 2 if name.startswith("Conv") else 0
    key = "kernel_size"
    kernel = places[at] if len(places) > at else named.get(key)
    spatial = shape[2:]
    if not name.startswith(("Conv", "MaxPool", "AvgPool")) or not spatial or not isinstance(kernel, int) or kernel <= min(spatial):
        return None
    axis = 2 + list(spatial).index(min(spatial))
    if len(places) > at:
        places[at] = min(spatial)
    else:
        named[key] = min(spatial)
    return axis, _code(name, places, named)


def _with_first(name: str, places: list[Any], named: dict[str, Any], key: str, value: int) -> str:
    """The layer with another first argument."""
    if places:
        return _code(name, [value, *places[1:]], named)
    return _code(name, places, {**named, key: value})
