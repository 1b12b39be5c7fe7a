"""Chains of layers, as somebody types them, run on real zeros: what each gives, and where it fails, why and what would mend it.

    Conv2d(3, 10, 5)
    Conv2d(10, 20, 5)

A small grammar, read with Python's own reader and never executed: a layer is a name out of `LAYERS` with numbers, tuples of numbers,
`True`, `False` or `None` as its arguments; `nn.` before it and a comma behind it are passed over.
"""

import ast
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from core.labs.modules import formulas

LAYERS: Mapping[str, type[nn.Module]] = {
    kind.__name__: kind
    for kind in (
        nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d,
        nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.Linear, nn.Flatten, nn.ReLU, nn.Tanh,
        nn.Sigmoid, nn.GELU, nn.Softmax, nn.Dropout, nn.Identity, nn.Unflatten,
    )
}  # fmt: skip
MOST_LAYERS, MOST_NUMBERS, MOST_WORK = 40, 5_000_000, 1_000_000_000  # layers; numbers of a tensor; multiplications of a layer
LARGEST = 1_000_000  # an argument
Json = dict[str, Any]


class RefusedError(ValueError):
    """What is no chain; `code` says why, `line` counts from 1, `text` is what stands there."""

    def __init__(self, code: str, line: int, text: str) -> None:
        super().__init__(f"{code} in line {line}: {text}")
        self.code, self.line, self.text = code, line, text


def read(chain: str) -> list[tuple[int, str, list[Any], dict[str, Any]]]:
    """Line number, class, arguments by place and by name, of each layer.

    Raises:
        RefusedError: a line holds something else.
    """
    found = []
    for number, line in enumerate(chain.split("\n"), start=1):
        text = line.split("#")[0].strip().rstrip(",").strip()
        if text:
            found.append((number, *_layer(number, text)))
    if len(found) > MOST_LAYERS:
        raise RefusedError("too_many", found[MOST_LAYERS][0], str(MOST_LAYERS))
    return found


def _layer(number: int, text: str) -> tuple[str, list[Any], dict[str, Any]]:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise RefusedError("unreadable", number, text) from error
    if not isinstance(node, ast.Call):
        raise RefusedError("no_layer", number, text)
    name = ast.unparse(node.func).removeprefix("torch.").removeprefix("nn.")
    if name not in LAYERS:
        raise RefusedError("unknown", number, name)
    if any(keyword.arg is None for keyword in node.keywords):
        raise RefusedError("no_number", number, text)
    places = [_value(number, argument) for argument in node.args]
    return name, places, {str(keyword.arg): _value(number, keyword.value) for keyword in node.keywords}


def _value(number: int, node: ast.expr) -> Any:
    """A number, a tuple of numbers, True, False, None, or a word such as "same"."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise RefusedError("no_number", number, ast.unparse(node)) from error
    for one in value if isinstance(value, tuple | list) else (value,):
        if not isinstance(one, int | float | bool | str | None) or (isinstance(one, int | float) and not abs(one) <= LARGEST):
            raise RefusedError("no_number", number, ast.unparse(node))
    return value


def shape_of(text: str) -> list[int]:
    """The sizes in `1, 3, 256, 256`, with or without parentheses.

    Raises:
        RefusedError: it is something else, or more numbers than can be held.
    """
    parts = [part.strip() for part in text.strip().strip("()[]").split(",") if part.strip()]
    if not parts or not all(part.isdecimal() and int(part) > 0 for part in parts) or len(parts) > 6:
        raise RefusedError("no_shape", 0, text)
    sizes = list(map(int, parts))
    if math.prod(sizes) > MOST_NUMBERS:
        raise RefusedError("too_large", 0, text)
    return sizes


def run(chain: str, shape: str) -> Json:
    """The chain on zeros of this shape.

    `layers`: of each that ran its `code`, `count`, `formula`, shapes `given` and `made`, `arithmetic`. `failed`: of the one that did
    not, its `line`, `code`, torch's own `error`, which `axis` of the shape is to blame if it is known, and the `repaired` chain if there
    is one. `refused`: what could not be read, as `RefusedError` has it.
    """
    try:
        x, lines = torch.zeros(shape_of(shape)), read(chain)
    except RefusedError as refused:
        return {"layers": [], "failed": None, "refused": {"code": refused.code, "line": refused.line, "text": refused.text}}
    layers: list[Json] = []
    for number, name, places, named in lines:
        code = _code(name, places, named)
        try:
            module, made = _applied(name, places, named, x)
        except Exception as error:  # noqa: BLE001 - whatever torch says is shown
            axis, mended = _blamed(name, places, named, x)
            failed = {"line": number, "code": code, "given": list(x.shape), "error": f"{type(error).__name__}: {error}", "axis": axis}
            repaired = _replaced(chain, number, mended) if mended and _runs(mended, x) else None
            return {"layers": layers, "failed": failed | {"repaired": repaired}, "refused": None}
        count = sum(parameter.numel() for parameter in module.parameters())
        told = {"code": code, "count": count, "formula": formulas.parameters(module), "line": number}
        layers.append(told | {"given": list(x.shape), "made": list(made.shape), "arithmetic": formulas.shape(module, x.shape, made.shape)})
        x = made
    return {"layers": layers, "failed": None, "refused": None}


def _applied(name: str, places: Sequence[Any], named: Mapping[str, Any], x: Tensor) -> tuple[nn.Module, Tensor]:
    """A layer built and run. It is built without memory first, and asked what it would take.

    Raises:
        Exception: torch's own, or that it is too large.
    """
    with torch.device("meta"):
        sketch = LAYERS[name](*places, **named).eval()
    weights = sum(parameter.numel() for parameter in sketch.parameters())
    numbers, work = _wanted(sketch, x)
    if weights > MOST_NUMBERS or numbers > MOST_NUMBERS or work > MOST_WORK:
        raise ValueError(f"This is too much to be run here: {weights:,} parameters, {numbers:,} numbers, {work:,} multiplications.")
    module = LAYERS[name](*places, **named).eval()
    with torch.no_grad():
        return module, module(x)


def _wanted(sketch: nn.Module, x: Tensor) -> tuple[int, int]:
    """The numbers that a layer would give, and its multiplications; 0 where it fails at once: what runs on numbers says why better."""
    try:
        made = sketch(torch.empty(x.shape, device="meta"))
    except (RuntimeError, ValueError, IndexError, TypeError):
        return 0, 0
    kernel = getattr(sketch, "weight", None)
    return made.numel(), made.numel() * (kernel[0].numel() if isinstance(kernel, Tensor) and kernel.dim() > 1 else 1)


def _runs(chain: str, x: Tensor) -> bool:
    return run(chain, ",".join(map(str, x.shape)))["failed"] is None


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
