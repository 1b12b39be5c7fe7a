"""Evaluation: a program's lines computed by torch, with everything about each result that can be seen, as plain data.

A line is computed part by part, so that the shape of each part is known, and which part fails. What a part needs of memory is known
before it is computed: no operand has more than MOST_ELEMENTS elements, nor what two of them are stretched to, nor a list of them; so a
product, or an index, gives no more than their square, and nothing else does.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.jsonable import jsonable
from core.labs.reading import LARGEST, ProgramError
from core.labs.tensors import grammar, provenance
from core.labs.tensors.grammar import LOSSES, MOST_AXES, MOST_ELEMENTS, MOST_TOGETHER, Line, Node
from core.labs.tensors.memory import Memory, strides

Json = dict[str, Any]
SEED = 0  # until a line says another
OWN = (RuntimeError, TypeError, IndexError, ValueError, AttributeError, ZeroDivisionError, NotImplementedError)  # of torch, NumPy, Python
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "@": lambda a, b: a @ b,
}
UNPACKED = {".add_": "+", ".sub_": "-", ".mul_": "*", ".div_": "/", ".eq": "=="}
MADE = ("zeros", "ones", "full", "eye", "rand", "randn", "arange")
ARRAY_METHODS = ("reshape", "copy")
PRINTED = 8  # elements that a tensor counts for at least in a list: to print it takes as long
STRETCHING = ("+", "-", "*", "/", ".eq", ".max", ".min", "F.mse_loss")


@dataclass
class Result:
    """What a part of a line gave: a tensor or an array with the numbers that it had then, a pair of tensors, or a plain value.

    Args:
        how: where its cells come from, as plain data; `of` names the results that are its operands.
        axes: a number for each axis, the same as long as it is the same axis.
    """

    value: Any
    number: int
    cells: list[Any] = field(default_factory=list)
    how: Json = field(default_factory=lambda: {"kind": "made"})
    axes: list[int] = field(default_factory=list)
    parts: tuple["Result", ...] = ()

    @property
    def shape(self) -> list[int]:
        """Of a tensor or an array."""
        return list(self.value.shape)


class Failed(Exception):  # noqa: N818  # torch's error is its cause
    """A part could not be computed: torch's own error, the part, and its operands."""

    def __init__(self, node: Node, operands: Sequence[Any], error: Exception) -> None:
        super().__init__(str(error))
        self.node, self.operands, self.error = node, operands, error


class Evaluation:
    """Computes lines one after another; `step` raises Failed or ProgramError, and leaves all that was computed before as it was."""

    def __init__(self) -> None:
        self.names: dict[str, Result] = {}
        self.results: list[Result] = []
        self.memory = Memory()
        self.parts: list[tuple[Node, Result]] = []  # of the present line, in the order of computation
        self.seen: list[str] = []  # the names whose numbers the present line changed by changing another's in place
        self._axes = provenance.Axes()
        self._line = self._together = 0
        self._code = ""

    def step(self, line: Line) -> list[tuple[str, Result]]:
        """Compute a line; its results by the names that they are shown under."""
        self.parts, self.seen, self._line, self._code = [], [], line.number, line.code
        if line.kind == "seed":
            torch.manual_seed(line.tree.value)
            return []
        if line.target is not None:
            return self._in_place(line, line.target)
        found = self._result(line.tree)
        if len(line.names) == 1:
            self.names[line.names[0]] = found
            return self._shown(line.names[0], found)
        return self._unpacked(line, found)

    def _shown(self, name: str, found: Result) -> list[tuple[str, Result]]:
        if found.parts:
            return [(f"{name}.values", found.parts[0]), (f"{name}.indices", found.parts[1])]
        return [(name, found)]

    def _unpacked(self, line: Line, found: Result) -> list[tuple[str, Result]]:
        """name, name = e: a pair, or the two halves along the first axis."""
        parts: Sequence[Result] = found.parts
        if not parts:
            values = self._own(line.tree, [found], lambda: _two(found.value))
            parts = [self._kept(value, self._half(found, place)) for place, value in enumerate(values)]
        self.names.update(zip(line.names, parts, strict=True))
        return list(zip(line.names, parts, strict=True))

    def _half(self, whole: Result, place: int) -> tuple[Json, list[int]]:
        if not is_array(whole.value):
            return {"kind": "made"}, []
        found = provenance.moved("index", whole.shape, lambda names: names[place])
        return {"kind": "move", "of": [whole.number], "from": found}, whole.axes[1:]

    # --- the parts of a line ----------------------------------------------------------------------------------------

    def _result(self, node: Node) -> Result:
        """The result of a part, with its own in `parts` before it."""
        found = self._read(node.value) if node.operation == "name" else self._computed(node)
        if is_array(found.value):
            self.parts.append((node, found))
        return found

    def _read(self, name: str) -> Result:
        """A name's result; with its numbers of now, if something else changed them."""
        found = self.names[name]
        if is_array(found.value) and found.cells != numbers(found.value):
            how = {"kind": "move", "of": [found.number], "from": list(range(len(found.cells)))}
            found = self.names[name] = self._kept(found.value, (how, found.axes))
        return found

    def _computed(self, node: Node) -> Result:
        operation = node.operation
        if operation in ("number", "none", "dots", "dtype", "list", "tuple", "slice"):
            return self._plain(node)
        operands = [self._result(one) for one in node.operands]
        keywords = {name: self._result(one).value for name, one in node.keywords}
        self._check(node, operands)
        if operation == "neg" or operation in ARITHMETIC:
            return self._arithmetic(node, operands)
        if operation in (".values", ".indices", "index") and operands[0].parts:
            return self._part(node, operands)
        values = [one.value for one in operands]
        value = self._own(node, operands, lambda: _call(operation, values, keywords))
        if callable(value):  # a tensor has methods of these names
            raise self._refused("attribute", node, " ".join(f".{name}" for name in grammar.ATTRIBUTES))
        if isinstance(value, tuple) and hasattr(value, "values"):
            return self._pair(node, operands, value, keywords)
        return self._kept(value, self._traced(node, operands, value, keywords))

    def _plain(self, node: Node) -> Result:
        """A number, None, …, a dtype, or a list, a tuple or a slice of parts."""
        match node.operation:
            case "number":
                return Result(node.value, -1)
            case "dtype":
                module, name = node.value.split(".")
                return Result(getattr({"torch": torch, "np": np}[module], name if module == "torch" or name != "bool" else "bool_"), -1)
            case "dots":
                return Result(..., -1)
            case "none":
                return Result(None, -1)
        items = [self._result(one) for one in node.operands]
        values = [one.value for one in items]
        if _leaves(values) > MOST_ELEMENTS:  # lists of lists of one list would double with each line
            raise self._refused("elements", node, str(MOST_ELEMENTS))
        made = slice(*values) if node.operation == "slice" else tuple(values) if node.operation == "tuple" else values
        return Result(made, -1, how={"kind": "list", "of": [one for one in items if one.number >= 0]})

    def _arithmetic(self, node: Node, operands: list[Result]) -> Result:
        values = [one.value for one in operands]
        if not all(_is_operand(one) or one.parts for one in operands):
            raise self._refused("operand", node)
        if node.operation == "neg":
            value = self._own(node, operands, lambda: -values[0])
        else:
            value = self._own(node, operands, lambda: ARITHMETIC[node.operation](*values))
        if isinstance(value, int | float) and not abs(value) <= LARGEST:
            raise self._refused("size", node)
        return self._kept(value, self._traced(node, operands, value, {}))

    def _part(self, node: Node, operands: list[Result]) -> Result:
        """One of the two tensors of a pair."""
        pair = operands[0]
        place = {".values": 0, ".indices": 1}.get(node.operation)
        if place is None:
            place = operands[1].value
            self._own(node, operands, lambda: pair.value[place])
            if not isinstance(place, int):
                raise self._refused("operand", node)
        return pair.parts[place]

    def _pair(self, node: Node, operands: list[Result], value: Any, keywords: Json) -> Result:
        """`max(dim)`, `min(dim)`, `topk`: values and indices."""
        of, owner = [operands[0].number], operands[0]
        if node.operation == ".topk":
            dim = keywords.get("dim", operands[2].value if len(operands) > 2 else -1)
            names = provenance.names_of(owner.shape)
            found = names.gather(int(dim), value.indices) if owner.shape else names
            hows: list[Json] = [{"kind": "move", "of": of, "from": found.flatten().tolist()}, {"kind": "made"}]
            axes = [list(owner.axes), list(owner.axes)]
        else:
            dim = _dims(operands, keywords)
            into = provenance.reduced(owner.shape, dim)
            name = node.operation[1:]
            hows = [{"kind": "reduce", "of": of, "name": one, "into": into} for one in (name, f"arg{name}")]
            axes = [self._axes.reduced(owner.shape, owner.axes, dim, value.values.shape)] * 2
        parts = tuple(self._kept(one, (how, list(axis))) for one, how, axis in zip(value, hows, axes, strict=True))
        return Result(value, -1, parts=parts)

    # --- what a line changes ----------------------------------------------------------------------------------------

    def _in_place(self, line: Line, target: Node) -> list[tuple[str, Result]]:
        """name[i] = e, name += e, name.add_(e): the name's result is what it is now."""
        name = str((target.operands[0] if line.kind == "set" else target).value)
        before = self._read(name)
        if line.kind == "set":
            how = self._set(line, target, before)
            value = before.value
        elif line.kind == "call":
            value, how = self._called_in_place(line)
        else:
            value, how = self._operated(line)
        found = self._kept(
            value, (how, before.axes if list(getattr(value, "shape", [])) == list(getattr(before.value, "shape", [])) else [])
        )
        self.names[name] = found
        for other, one in list(self.names.items()):
            if one.value is not value and self._read(other) is not one:
                self.seen.append(other)
        return self._shown(name, found)

    def _set(self, line: Line, target: Node, before: Result) -> Json:
        if not is_array(before.value):
            raise ProgramError("operand", line.number, line.code)
        self.parts.append((target.operands[0], before))
        index, given = self._result(target.operands[1]), self._result(line.tree)
        self._check(target, [before, index])
        self._own(target, [before, index, given], lambda: before.value.__setitem__(index.value, given.value))
        names = provenance.names_of(before.shape)
        source = provenance.names_of(given.shape, len(before.cells)) if is_array(given.value) else torch.tensor(-1)
        if isinstance(before.value, Tensor):
            names[index.value] = source
        else:
            names.numpy()[index.value] = source.numpy()
        return {"kind": "move", "of": [before.number, *([given.number] if is_array(given.value) else [])], "from": names.flatten().tolist()}

    def _called_in_place(self, line: Line) -> tuple[Any, Json]:
        operands = [self._result(one) for one in line.tree.operands]
        owner = operands[0].value
        if not isinstance(owner, Tensor):
            raise ProgramError("method", line.number, line.tree.operation)
        method = getattr(owner, line.tree.operation[1:])
        keywords = {name: self._result(one).value for name, one in line.tree.keywords}
        value = self._own(line.tree, operands, lambda: method(*(one.value for one in operands[1:]), **keywords))
        if line.tree.operation in UNPACKED and len(operands) == 2:
            return value, self._each(UNPACKED[line.tree.operation], operands, list(value.shape))
        return value, {"kind": "made"}

    def _operated(self, line: Line) -> tuple[Any, Json]:
        operands = [self._result(one) for one in line.tree.operands]
        values = [one.value for one in operands]
        if not all(map(_is_operand, operands)):
            raise ProgramError("operand", line.number, line.code)
        value = self._own(line.tree, operands, lambda: _operate(line.tree.operation, *values))
        if isinstance(value, int | float) and not abs(value) <= LARGEST:
            raise ProgramError("size", line.number, line.code)
        if line.tree.operation == "@":
            return value, self._traced(line.tree, operands, value, {})[0]
        return value, self._each(line.tree.operation, operands, list(value.shape)) if is_array(value) else {"kind": "made"}

    # --- where a result comes from ----------------------------------------------------------------------------------

    def _traced(self, node: Node, operands: list[Result], value: Any, keywords: Json) -> tuple[Json, list[int]]:
        """The cells' sources, and the axes."""
        if not is_array(value) or too_large(value):
            return {"kind": "made"}, []
        if 0 in value.shape:
            return {"kind": "made"}, self._axes.fresh(value.shape)
        shape, operation = list(value.shape), node.operation.removeprefix(".")
        arrays = [one for one in operands if is_array(one.value)]
        if operation in ("torch.cat", "torch.stack"):
            return self._joined(operands[0], operation.removeprefix("torch."), keywords or _second(operands), value)
        if operation in ("@", "torch.matmul", "matmul") and len(arrays) == 2:
            return self._product(arrays)
        if operation in LOSSES or operation.removeprefix("F.") in LOSSES:
            return {"kind": "all", "of": [one.number for one in arrays], "name": operation}, []
        if operation in (*ARITHMETIC, "neg", "eq") or (operation in ("max", "min") and len(arrays) == 2):
            found = self._each({"eq": "=="}.get(operation, operation), operands, shape)
            return found, self._axes.spread([(one.shape, one.axes) for one in arrays], shape)
        if operation in (*provenance.MOVING, *provenance.KEPT) and arrays and arrays[0] is operands[0]:
            return self._moved(operation, operands, keywords, shape)
        if operation in provenance.REDUCING:
            dims = _dims(operands, keywords)
            how = {"kind": "reduce", "of": [operands[0].number], "name": operation, "into": provenance.reduced(operands[0].shape, dims)}
            return how, self._axes.reduced(operands[0].shape, operands[0].axes, dims, shape)
        return {"kind": "made"}, self._axes.fresh(shape)

    def _moved(self, operation: str, operands: list[Result], keywords: Json, shape: list[int]) -> tuple[Json, list[int]]:
        owner, rest = operands[0], [one.value for one in operands[1:]]
        same = "reshape" if operation == "view" else operation

        def apply(names: Tensor) -> Any:
            if operation == "index" and isinstance(owner.value, np.ndarray):  # it may go backwards
                return torch.from_numpy(names.numpy()[rest[0]].copy())
            return _call("index" if operation == "index" else f".{same}", [names, *rest], keywords)

        how = {"kind": "move", "of": [owner.number], "from": provenance.moved(operation, owner.shape, apply)}
        if operation == "index":
            return how, self._axes.indexed(rest[0], owner.axes, shape)
        return how, self._axes.moved(operation, owner.shape, owner.axes, shape, apply)

    def _each(self, sign: str, operands: list[Result], shape: list[int]) -> Json:
        return {
            "kind": "each",
            "sign": sign,
            "of": [one.number if is_array(one.value) else None for one in operands],
            "maps": [provenance.spread(one.shape, shape) if is_array(one.value) else None for one in operands],
            "texts": [None if is_array(one.value) else one.value for one in operands],
        }

    def _product(self, arrays: list[Result]) -> tuple[Json, list[int]]:
        left, right = arrays
        how = {"kind": "dot", "of": [left.number, right.number], **provenance.products(left.shape, right.shape)}
        return how, self._axes.product(left.axes, right.axes)

    def _joined(self, listed: Result, operation: str, keywords: Json, value: Tensor) -> tuple[Json, list[int]]:
        items: list[Result] = listed.how["of"] if listed.how["kind"] == "list" else []
        if not items or not all(is_array(one.value) for one in items) or len(items) != len(listed.value):
            return {"kind": "made"}, self._axes.fresh(value.shape)
        shapes = [one.shape for one in items]
        found = provenance.joined(shapes, lambda names: getattr(torch, operation)(names, **keywords))
        axes = list(items[-1].axes)
        if operation == "stack":
            axes.insert(keywords.get("dim", 0) % value.dim(), self._axes.fresh([1])[0])
        return {"kind": "move", "of": [one.number for one in items], "from": found}, axes

    # --- limits, and torch's own errors -----------------------------------------------------------------------------

    def _check(self, node: Node, operands: list[Result]) -> None:
        """Refuse what would be too large before it is there, and what cannot be followed."""
        module, _, name = node.operation.rpartition(".")
        values = [one.value for one in operands]
        size = 0.0
        if values and isinstance(values[0], np.ndarray) and not module and name in grammar.METHODS and hasattr(values[0], name):
            if name not in ARRAY_METHODS:  # NumPy's have the same names and do other things
                raise self._refused("array_method", node, " ".join(f".{one}" for one in ARRAY_METHODS))
        elif module in ("torch", "np") and name in MADE:
            size = _arange_size(values) if name == "arange" else _product_of(values[:1] if name == "full" else values)
        elif node.operation in (".expand", ".repeat"):
            own = operands[0].value.numel() if isinstance(operands[0].value, Tensor) else 1
            size = _product_of(values[1:]) * (own if name == "repeat" else 1)
        elif node.operation == "index":
            self._check_index(node, values[1])
        elif node.operation in STRETCHING and len(values) == 2 and all(map(is_array, values)):
            size = _stretched(*values)
        elif any(isinstance(value, torch.dtype) for value in values[1:]) and name != "to":
            raise self._refused("operand", node)
        if not size <= MOST_ELEMENTS:
            raise self._refused("elements", node, str(MOST_ELEMENTS))

    def _check_index(self, node: Node, index: Any) -> None:
        items = index if isinstance(index, tuple) else (index,)
        lists = [one for one in items if isinstance(one, Tensor | np.ndarray | list)]
        if len(lists) > 1:  # two lists give a value for each pair of their elements
            raise self._refused("one_list", node)
        if any(isinstance(one, list) and not all(isinstance(item, int) for item in one) for one in lists):
            raise self._refused("operand", node)

    def _refused(self, code: str, node: Node, allowed: str = "") -> ProgramError:
        return ProgramError(code, self._line, self._code[node.start : node.end], allowed)

    def _own(self, node: Node, operands: Sequence[Result], compute: Callable[[], Any]) -> Any:
        """What torch, NumPy or Python gives; their errors with the part and its operands."""
        try:
            return compute()
        except OWN as error:
            raise Failed(node, [one.value for one in operands], error) from error

    def _kept(self, value: Any, traced: tuple[Json, list[int]]) -> Result:
        if not is_array(value):
            return Result(value, -1)
        if too_large(value):
            raise ProgramError("elements", self._line, self._code, str(MOST_ELEMENTS))
        if value.ndim > MOST_AXES:
            raise ProgramError("axes", self._line, self._code, str(MOST_AXES))
        self._together += math.prod(value.shape)
        if self._together > MOST_TOGETHER:
            raise ProgramError("together", self._line, self._code, str(MOST_TOGETHER))
        how, axes = traced
        if len(axes) != value.ndim:
            axes = self._axes.fresh(value.shape)
        found = Result(value, len(self.results), numbers(value), how, axes)
        self.results.append(found)
        self.memory.storage(value)
        return found


def is_array(value: Any) -> bool:
    """Whether it has a shape, a dtype and cells."""
    return isinstance(value, Tensor | np.ndarray)


def numbers(value: Any) -> list[Any]:
    """The elements in row-major order as Python's numbers, as JSON can hold them."""
    found = (value.detach() if isinstance(value, Tensor) else value).reshape(-1).tolist()
    return list(jsonable(found, infinities=True))


def too_large(value: Any) -> bool:
    """More elements than a tensor may have here."""
    return bool(math.prod(value.shape) > MOST_ELEMENTS)


def described(result: Result, memory: Memory) -> Json:
    """A tensor or an array as plain data."""
    value = result.value
    tensor = isinstance(value, Tensor)
    storage = memory.storage(value)
    offset, places = memory.places(value, storage)
    kept = jsonable(storage.cells(), infinities=True) if storage else []
    itemsize = value.element_size() if tensor else value.itemsize
    return {
        "library": "torch" if tensor else "numpy",
        "shape": list(value.shape),
        "dtype": str(value.dtype),
        "stride": strides(value),
        "offset": offset,
        "contiguous": bool(value.is_contiguous() if tensor else value.flags.c_contiguous),
        "grad": tensor and value.requires_grad,
        "bytes": len(result.cells) * itemsize,
        "storage": None if storage is None else {"number": storage.number, "bytes": storage.end - storage.start, "cells": kept},
        "places": places,
    }


def _call(operation: str, values: list[Any], keywords: Json) -> Any:
    module, _, name = operation.rpartition(".")
    if operation == "index":
        return values[0][values[1]]
    if module:
        return getattr({"torch": torch, "np": np, "F": F}[module], name)(*values, **keywords)
    found = getattr(values[0], name)
    return found if name in grammar.ATTRIBUTES else found(*values[1:], **keywords)


def _operate(operation: str, one: Any, other: Any) -> Any:
    """name += e: in place where the left is a tensor."""
    match operation:
        case "+":
            one += other
        case "-":
            one -= other
        case "*":
            one *= other
        case "/":
            one /= other
        case _:
            one @= other
    return one


def _two(value: Any) -> tuple[Any, Any]:
    one, other = value
    return one, other


def _leaves(value: Any) -> int:
    """The numbers in nested sequences and tensors, each as often as it stands there; what holds none counts as one."""
    if is_array(value):
        return max(PRINTED, int(math.prod(value.shape)))
    return max(1, sum(map(_leaves, value))) if isinstance(value, tuple | list) else 1


def _stretched(one: Any, other: Any) -> float:
    """The elements that two tensors are stretched to; 0 where they cannot be, which torch says better."""
    try:
        return float(math.prod(np.broadcast_shapes(tuple(one.shape), tuple(other.shape))))
    except ValueError:
        return 0.0


def _second(operands: list[Result]) -> Json:
    return {"dim": operands[1].value} if len(operands) > 1 else {}


def _is_operand(one: Result) -> bool:
    """Whether arithmetic knows it; NumPy's own numbers are neither Python's nor tensors."""
    return isinstance(one.value, int | float | Tensor | np.ndarray) and not isinstance(one.value, np.generic)


def _dims(operands: list[Result], keywords: Json) -> Any:
    """The axes that are reduced: a number, several, or None for all."""
    dims = keywords.get("dim", operands[1].value if len(operands) > 1 else None)
    if isinstance(dims, Tensor | np.ndarray):
        dims = dims.tolist()
    return dims if isinstance(dims, int) or (isinstance(dims, tuple | list) and dims) else None


def _flat(values: Any) -> Iterator[float]:
    """All numbers in nested sequences and tensors."""
    for value in values:
        if isinstance(value, int | float | np.generic):
            yield float(value)
        elif isinstance(value, Tensor | np.ndarray):
            yield from map(float, value.flatten().tolist())
        elif isinstance(value, tuple | list):
            yield from _flat(value)


def _product_of(values: Sequence[Any]) -> float:
    return math.prod(max(1.0, abs(size)) for size in _flat(values))


def _arange_size(values: Sequence[Any]) -> float:
    ends = list(_flat(values))
    start, stop, step = ([0.0, *ends, 1.0] if len(ends) < 2 else [*ends, 1.0])[:3] if ends else (0.0, 0.0, 1.0)
    return abs(stop - start) / abs(step) if step else 0.0
