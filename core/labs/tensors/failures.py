"""Failures: which axis is to blame where torch refuses, and lines that would do instead.

The cause is found in the operation and its operands, never in the words of torch's error, which change between versions. Repairs are
proposals: `report` keeps those that are computed.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor

from core.labs.tensors.evaluation import ARITHMETIC, Failed, Json, is_array
from core.labs.tensors.grammar import Line, Node

MOST_REPAIRS = 3
ELEMENTWISE = ("+", "-", "*", "/", ".eq", "F.mse_loss", ".add_", ".sub_", ".mul_", ".div_")
PRODUCTS = ("@", "torch.matmul", ".matmul")
ALONG_AN_AXIS = (".sum", ".mean", ".max", ".min", ".argmax", ".topk", ".squeeze", ".unsqueeze", ".transpose", ".flip", ".flatten", ".size")


@dataclass
class Blame:
    """Why an operation fails: a code that the page has words for, what these words name, and the axes: (operand, axis)."""

    code: str
    values: Json = field(default_factory=dict)
    axes: list[tuple[int, int]] = field(default_factory=list)


class Case:
    """A failed part with its operands, and how to write the line with something else in its place."""

    def __init__(self, failed: Failed, line: Line) -> None:
        self.node, self.operands, self.line = failed.node, failed.operands, line
        self.operation = failed.node.operation

    def text(self, node: Node) -> str:
        """A part as it is written; in parentheses where something is to follow it."""
        written = self.line.code[node.start : node.end]
        return f"({written})" if node.operation in ARITHMETIC or node.operation == "neg" else written

    def operand(self, place: int) -> str:
        """An operand as it is written."""
        return self.text(self.node.operands[place])

    def instead(self, *changes: tuple[Node, str]) -> str:
        """The line with these parts replaced."""
        code = self.line.code
        for node, written in sorted(changes, key=lambda change: -change[0].start):
            code = code[: node.start] + written + code[node.end :]
        return code

    def whole(self, written: str) -> str:
        """The line with the failed part replaced."""
        return self.instead((self.node, written))

    def with_operand(self, place: int, ending: str) -> str:
        """The line with something called on an operand."""
        return self.instead((self.node.operands[place], self.operand(place) + ending))

    @property
    def arrays(self) -> list[Any]:
        """The operands with a shape."""
        return [one for one in self.operands if is_array(one)]

    def shapes(self) -> list[tuple[int, ...]]:
        """Of these."""
        return [tuple(one.shape) for one in self.arrays]


def explained(failed: Failed, line: Line) -> Json:
    """What torch says, where, which axis is to blame, and what could stand there instead."""
    case = Case(failed, line)
    blame, proposals = Blame("other"), list[str]()
    for cause in CAUSES:
        if found := cause(case):
            blame, proposals = found[0], list(found[1])
            break
    operands = [
        {"start": node.start, "end": node.end, "text": line.code[node.start : node.end], "shape": list(value.shape)}
        for node, value in zip(failed.node.operands, failed.operands, strict=False)
        if is_array(value)
    ]
    return {
        "start": failed.node.start,
        "end": failed.node.end,
        "type": type(failed.error).__name__,
        "text": str(failed.error),
        "code": blame.code,
        "values": blame.values,
        "axes": [list(axis) for axis in blame.axes],
        "operands": operands,
        "repairs": proposals,
    }


Found = tuple[Blame, Iterator[str] | Sequence[str]]


def _pair_as_tensor(case: Case) -> Found | None:
    written = case.operands[: len(case.node.operands)]  # what is written into a tensor is no part of its index
    places = [place for place, one in enumerate(written) if isinstance(one, tuple) and hasattr(one, "values")]
    if not places:
        return None
    return Blame("pair", {"part": case.operand(places[0])}), [
        case.with_operand(places[0], ".values"),
        case.with_operand(places[0], ".indices"),
    ]


def _requires_grad(case: Case) -> Found | None:
    owner = case.operands[0] if case.operands else None
    if case.operation == ".numpy" and isinstance(owner, Tensor) and owner.requires_grad:
        return Blame("numpy_grad", {"part": case.operand(0)}), [case.with_operand(0, ".detach()")]
    names = dict(case.node.keywords)
    if "requires_grad" in names and (dtype := names.get("dtype")):
        return Blame("integer_grad"), [case.instead((dtype, "torch.float32"))]
    if "requires_grad" in names:
        return Blame("integer_grad"), [case.instead((names["requires_grad"], "True, dtype=torch.float32"))]
    return None


def _written_to(case: Case) -> Found | None:
    """An operation in place on what cannot take it."""
    if case.line.kind not in ("call", "operate", "set") or not isinstance(case.operands[0], Tensor):
        return None
    owner, name = case.operands[0], case.line.code[: case.node.end].split("[")[0].split(".")[0].split(" ")[0]
    sign = {"add_": "+", "sub_": "-", "mul_": "*", "div_": "/"}.get(case.operation[1:], case.operation)
    added = case.operand(1) if len(case.node.operands) > 1 and sign in ARITHMETIC else "0"
    plain = f"{name} = {name} {sign if sign in ARITHMETIC else '+'} {added}"
    if case.line.kind == "set" and not owner.requires_grad:
        return _index(case)
    if owner.requires_grad and owner.is_leaf:
        return Blame("leaf_write", {"part": name}), [plain]
    if any(size > 1 and stride == 0 for size, stride in zip(owner.shape, owner.stride(), strict=True)):
        axis = next(axis for axis, stride in enumerate(owner.stride()) if stride == 0 and owner.shape[axis] > 1)
        return Blame("expanded_write", {"part": name, "axis": axis}, [(0, axis)]), [plain]
    if not owner.is_floating_point():
        return Blame("result_dtype", {"part": name, "dtype": str(owner.dtype)}), [plain]
    return None


def _broadcast(case: Case) -> Found | None:
    if case.operation not in ELEMENTWISE or len(case.arrays) != 2:
        return None
    left, right = case.shapes()
    wrong = [
        place for place, (one, other) in enumerate(zip(left[::-1], right[::-1], strict=False), 1) if one != other and 1 not in (one, other)
    ]
    if not wrong:
        return None
    back = wrong[0]
    axes = [(0, len(left) - back), (1, len(right) - back)]
    values = {
        "one": case.operand(0),
        "other": case.operand(1),
        "axis": axes[0][1],
        "axis2": axes[1][1],
        "size": left[-back],
        "size2": right[-back],
    }
    return Blame("broadcast", values, axes), _stretched(case, left, right)


def _stretched(case: Case, left: Sequence[int], right: Sequence[int]) -> Iterator[str]:
    """Operands turned or given axes of size 1, so that their shapes fit."""
    for place, own, other in ((1, right, left), (0, left, right)):
        if tuple(own[::-1]) == tuple(other) and len(own) > 1:
            yield case.with_operand(place, ".T")
        if math.prod(own) == math.prod(other):
            yield case.with_operand(place, f".reshape({', '.join(map(str, other))})")
        for axis in range(len(own), -1, -1):
            yield case.with_operand(place, f".unsqueeze({axis - len(own) - 1 if axis == len(own) else axis})")


def _product(case: Case) -> Found | None:
    if case.operation not in PRODUCTS or len(case.arrays) != 2:
        return None
    (left, right), (one, other) = case.arrays, case.shapes()
    names = {"one": case.operand(0), "other": case.operand(1)}
    if not one or not other:
        return Blame("scalar_product", names), [case.whole(f"{names['one']} * {names['other']}")]
    inner = max(0, len(other) - 2)
    if one[-1] != other[inner]:
        values = {**names, "axis": len(one) - 1, "axis2": inner, "size": one[-1], "size2": other[inner]}
        turned = [
            case.with_operand(1, ".T" if len(other) == 2 else ".transpose(-2, -1)"),
            case.with_operand(0, ".T"),
            case.with_operand(0, ".unsqueeze(-1)"),
        ]
        swapped = case.whole(f"{names['other']} @ {names['one']}")
        return Blame("inner", values, [(0, len(one) - 1), (1, inner)]), [*turned, swapped]
    if left.dtype != right.dtype:
        floats = [place for place, one in enumerate(case.arrays) if "float32" not in str(one.dtype)]
        mends = [case.with_operand(place, ".float()") for place in floats] or [case.with_operand(1, ".float()")]
        return Blame("dtypes", {**names, "dtype": str(left.dtype), "dtype2": str(right.dtype)}), mends
    return None


def _view(case: Case) -> Found | None:
    if case.operation not in (".view", ".reshape") or not isinstance(case.operands[0], Tensor | np.ndarray):
        return None
    owner, sizes = case.operands[0], _sizes(case.operands[1:])
    count = math.prod(owner.shape)
    if any(not isinstance(size, int) for size in sizes):
        return None
    numbers = [str(size) for size in sizes]
    known = math.prod(size for size in sizes if size != -1)
    if sizes.count(-1) > 1:
        first = sizes.index(-1)
        return Blame("two_unknown", {"part": case.operand(0), "count": count}), list(_resized(case, numbers, first, count))
    if (-1 in sizes and known and count % known) or (-1 not in sizes and known != count) or not known:
        proposals = [made for place in reversed(range(len(sizes))) for made in _unknown_at(case, numbers, place)]
        return Blame("count", {"part": case.operand(0), "count": count, "wanted": known}), [*proposals, _called(case, "reshape", ["-1"])]
    if not isinstance(owner, Tensor):
        return None
    axis = next((place for place in range(owner.ndim - 1) if not _runs_on(owner, place)), 0)
    values = {
        "part": case.operand(0),
        "axis": axis,
        "axis2": axis + 1,
        "stride": owner.stride(axis),
        "wanted": owner.stride(axis + 1) * owner.shape[axis + 1],
    }
    return Blame("not_one_run", values, [(0, axis), (0, axis + 1)]), [
        _called(case, "reshape", numbers),
        case.with_operand(0, ".contiguous()"),
    ]


def _runs_on(owner: Tensor, axis: int) -> bool:
    return owner.shape[axis] == 1 or owner.shape[axis + 1] == 1 or owner.stride(axis) == owner.stride(axis + 1) * owner.shape[axis + 1]


def _called(case: Case, method: str, arguments: Sequence[str]) -> str:
    return case.whole(f"{case.operand(0)}.{method}({', '.join(arguments)})")


def _unknown_at(case: Case, numbers: Sequence[str], place: int) -> Iterator[str]:
    rest = (
        [number for number in numbers if number != "-1"]
        if "-1" in numbers
        else [number for at, number in enumerate(numbers) if at != place]
    )
    yield _called(case, case.operation[1:], [*rest[:place], "-1", *rest[place:]])


def _resized(case: Case, numbers: Sequence[str], first: int, count: int) -> Iterator[str]:
    for size in [size for size in (1, 2, 3, 4, 5) if count % size == 0][::-1]:
        yield _called(case, case.operation[1:], [*numbers[:first], str(size), *numbers[first + 1 :]])


def _sizes(values: Sequence[Any]) -> list[Any]:
    return [size for value in values for size in (value if isinstance(value, tuple | list) else [value])]


def _order(case: Case) -> Found | None:
    """`permute`, `transpose`, `t` with axes that are not there."""
    if case.operation not in (".permute", ".t") or not isinstance(case.operands[0], Tensor):
        return None
    owner = case.operands[0]
    backwards = [str(axis) for axis in reversed(range(owner.dim()))]
    axes = [size % owner.dim() for size in _sizes(case.operands[1:]) if isinstance(size, int)] if owner.dim() else []
    missing = [axis for axis in range(owner.dim()) if axis not in axes]
    once = list(dict.fromkeys(axes))
    values = {"part": case.operand(0), "axes": owner.dim()}
    turned = _called(case, "permute", [str(axis) for axis in [*once, *missing]])
    return Blame("order", values, [(0, axis) for axis in missing]), [
        turned,
        _called(case, "permute", backwards),
        _called(case, "transpose", ["0", "1"]),
    ]


def _axis(case: Case) -> Found | None:
    """An axis that is not there."""
    if case.operation not in ALONG_AN_AXIS or not isinstance(case.operands[0], Tensor):
        return None
    owner = case.operands[0]
    last = owner.dim() if case.operation == ".unsqueeze" else owner.dim() - 1
    given = [(node, value) for node, value in zip(case.node.operands[1:], case.operands[1:], strict=True) if isinstance(value, int)]
    given += [(node, node.value) for name, node in case.node.keywords if name == "dim" and node.operation == "number"]
    wrong = [(node, value) for node, value in given if not -last - 1 <= value <= last]
    if wrong and case.operation != ".topk":
        values = {"part": case.operand(0), "axis": wrong[0][1], "axes": owner.dim(), "last": last}
        return Blame("no_axis", values), [case.instead(*((node, str(max(last, 0))) for node, _ in wrong)), case.whole(case.operand(0))]
    if case.operation == ".mean" and not owner.is_floating_point():
        return Blame("integer_mean", {"part": case.operand(0), "dtype": str(owner.dtype)}), [case.with_operand(0, ".float()")]
    if case.operation == ".topk" and given:
        size = owner.shape[-1] if owner.dim() else 1
        return Blame("too_many", {"part": case.operand(0), "wanted": given[0][1], "size": size}), [case.instead((given[0][0], str(size)))]
    return None


def _index(case: Case) -> Found | None:
    """Too many numbers in an index, one that is out of range, a step backwards."""
    if case.operation != "index" or not is_array(case.operands[0]):
        return None
    owner, index = case.operands[0], case.operands[1]
    node = case.node.operands[1]
    items = index if isinstance(index, tuple) else (index,)
    parts = node.operands if node.operation == "tuple" else (node,)
    if isinstance(owner, Tensor) and any(isinstance(one, slice) and (one.step or 1) < 0 for one in items):
        place = next(place for place, one in enumerate(items) if isinstance(one, slice) and (one.step or 1) < 0)
        return Blame("step", {"part": case.operand(0), "axis": place}, [(0, place)]), [case.whole(f"{case.operand(0)}.flip({place})")]
    used = [one for one in items if one is not None and one is not ...]
    if len(used) > owner.ndim:
        kept = ", ".join(case.text(part) for part in parts[: owner.ndim])
        shorter = f"{case.operand(0)}[{kept}]" if kept else f"{case.operand(0)}.item()"
        return Blame("too_many_indices", {"part": case.operand(0), "axes": owner.ndim, "given": len(used)}), [
            case.whole(shorter),
            case.whole(case.operand(0)),
        ]
    for axis, (part, one) in enumerate(zip(parts, items, strict=True)):
        if isinstance(one, int) and axis < owner.ndim and not -owner.shape[axis] <= one < owner.shape[axis]:
            values = {"part": case.operand(0), "axis": axis, "size": owner.shape[axis], "last": owner.shape[axis] - 1, "index": one}
            return Blame("out_of_range", values, [(0, axis)]), [case.instead((part, str(owner.shape[axis] - 1)))]
    if case.line.kind == "set" and len(case.operands) > 2 and is_array(case.operands[2]):
        return Blame("set_shape", {"part": case.line.code[case.node.start : case.node.end]}), [
            f"{case.line.code}.sum()",
            f"{case.line.code}[0]",
        ]
    return None


def _joined(case: Case) -> Found | None:
    """`cat` and `stack` of shapes that do not fit."""
    if case.operation not in ("torch.cat", "torch.stack") or not case.operands or not isinstance(case.operands[0], list | tuple):
        return None
    tensors = [one for one in case.operands[0] if isinstance(one, Tensor)]
    shapes = [tuple(one.shape) for one in tensors]
    if not shapes:
        return None
    listed, parts = case.operand(0), case.node.operands[0].operands
    ranks = {len(shape) for shape in shapes}
    along = [case.whole(f"torch.cat({listed}, dim={axis})") for axis in range(max(ranks))]
    values = {"shapes": ", ".join(map(str, shapes)), "size": shapes[0][0] if shapes[0] else 1}
    if ranks == {0}:
        return Blame("cat_scalars", values), [case.whole(f"torch.stack({listed})")]
    if len(ranks) > 1:
        fewer = [(part, f"{case.text(part)}.unsqueeze(0)") for part, shape in zip(parts, shapes, strict=False) if len(shape) < max(ranks)]
        more = [(part, f"{case.text(part)}.unsqueeze(1)") for part, shape in zip(parts, shapes, strict=False) if len(shape) < max(ranks)]
        return Blame("cat_axes", values), [case.instead(*fewer), case.instead(*more)]
    different = [axis for axis in range(max(ranks)) if len({shape[axis] for shape in shapes}) > 1]
    code = "cat_sizes" if case.operation == "torch.cat" else "stack_sizes"
    turned = [case.instead((part, f"{case.text(part)}.T")) for part in parts[1:]]
    return Blame(code, {**values, "axis": different[0] if different else 0}, []), [*along, *turned]


def _expand(case: Case) -> Found | None:
    if case.operation != ".expand" or not isinstance(case.operands[0], Tensor):
        return None
    owner, sizes = case.operands[0], [size for size in _sizes(case.operands[1:]) if isinstance(size, int)]
    written = ", ".join(map(str, sizes))
    pairs = list(zip(range(owner.dim() - 1, -1, -1), sizes[::-1], strict=False))
    axis = next((axis for axis, size in pairs if owner.shape[axis] not in (1, size) and size != -1), None)
    if axis is None:
        return Blame("expand_axes", {"part": case.operand(0), "axes": owner.dim(), "given": len(sizes)}), [
            _called(case, "expand", ["-1"] * owner.dim()),
            _called(case, "reshape", ["-1"]),
        ]
    stretched = [f"{case.operand(0)}.unsqueeze({at}).expand({written})" for at in (-1, *range(owner.dim()))]
    values = {"part": case.operand(0), "axis": axis, "size": owner.shape[axis], "wanted": dict(pairs)[axis]}
    kept = [str(size if owner.shape[at] == 1 else owner.shape[at]) for at, size in pairs][::-1]
    return Blame("expand", values, [(0, axis)]), [
        *map(case.whole, stretched),
        _called(case, "expand", [*map(str, sizes[: len(sizes) - len(kept)]), *kept]),
    ]


def _made(case: Case) -> Found | None:
    """Lists that are no box, from_numpy of what is none or runs backwards, targets of the wrong kind."""
    operand = case.operands[0] if case.operands else None
    if case.operation == "torch.from_numpy":
        if isinstance(operand, np.ndarray):
            return Blame("backwards", {"part": case.operand(0)}), [case.with_operand(0, ".copy()")]
        return Blame("no_array", {"part": case.operand(0)}), [case.whole(case.operand(0)), case.whole(f"torch.tensor({case.operand(0)})")]
    if case.operation in ("torch.tensor", "torch.FloatTensor", "torch.LongTensor", "np.array") and isinstance(operand, list):
        return Blame("ragged", {}), list(_filled(case, operand))
    if case.operation == "F.cross_entropy" and len(case.arrays) == 2 and case.arrays[1].is_floating_point():
        return Blame("target_dtype", {"part": case.operand(1)}), [
            case.with_operand(1, ".long()"),
            case.with_operand(1, ".squeeze(-1).long()"),
        ]
    if case.operation == "F.cross_entropy" and len(case.arrays) == 2:
        return Blame("target_shape", {"one": case.operand(0), "other": case.operand(1)}), [
            case.with_operand(1, ".squeeze(-1)"),
            case.with_operand(1, ".argmax(dim=1)"),
        ]
    return None


def _filled(case: Case, rows: list[Any]) -> Iterator[str]:
    longest = max((len(row) for row in rows if isinstance(row, list)), default=0)
    if longest:
        filled = [[*row, *[0] * (longest - len(row))] if isinstance(row, list) else [row] * longest for row in rows]
        yield case.instead((case.node.operands[0], str(filled)))


def _item(case: Case) -> Found | None:
    if case.operation == ".item" and case.arrays:
        return Blame("item", {"part": case.operand(0), "count": math.prod(case.arrays[0].shape)}), [
            case.whole(f"{case.operand(0)}.mean().item()"),
            case.whole(f"{case.operand(0)}.sum().item()"),
        ]
    return None


def _unpacked(case: Case) -> Found | None:
    if len(case.line.names) == 2 and case.node is case.line.tree and case.arrays:
        return Blame("unpack", {"size": case.shapes()[0][0] if case.shapes()[0] else 0}), [f"{case.line.names[0]} = {case.text(case.node)}"]
    return None


CAUSES: tuple[Callable[[Case], Found | None], ...] = (
    _unpacked, _pair_as_tensor, _requires_grad, _broadcast, _written_to, _product, _view, _order, _axis, _index, _joined, _expand, _made,
    _item,
)  # fmt: skip
