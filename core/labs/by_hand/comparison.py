"""Comparison: the chain rule in float64 beside what PyTorch found in float32, and what there is to say about special places."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from core.jsonable import to_number
from core.labs.by_hand.grammar import Step
from core.labs.by_hand.graph import Graph, element
from core.labs.by_hand.operations import Array, plain

ROUNDING = 2.0**-16  # float32 rounds to 2⁻²⁴; a program of forty operations loses a few digits more
SMALLEST, LARGEST = 2.0**-126, (2 - 2.0**-23) * 2.0**127  # of the normal numbers of float32


class Row(NamedTuple):
    """One number by hand and by PyTorch."""

    name: str
    by_hand: float
    pytorch: float
    same: bool


class Note(NamedTuple):
    """Something to explain: a code, the element it is about, and the number found in it."""

    code: str
    element: str = ""
    number: str = ""


def rows(graph: Graph, answer: Mapping[str, Any], times: int = 1) -> list[Row]:
    """The elements of `x.grad`, after `times` backward() that added up; nothing where there is no gradient to compare."""
    found = answer["x_grad"]
    if graph.gradient is None or graph.scale is None or found is None:
        return []
    numbers = zip(times * graph.gradient, map(to_number, found), times * graph.scale, strict=True)
    return [Row(f"x.grad[{index}]", float(hand), torch, same(hand, torch, scale)) for index, (hand, torch, scale) in enumerate(numbers)]


def result(graph: Graph, answer: Mapping[str, Any]) -> Row:
    """The last line's value; of a vector, its first element."""
    found = answer["values"][graph.output]
    torch = to_number(found[0] if isinstance(found, list) else found)
    hand = float(graph.values[graph.output].flat[0])
    return Row(graph.output, hand, torch, same(hand, torch, _value_scale(graph)))


def same(hand: float, torch: float, scale: float) -> bool:
    """Whether two numbers agree up to the rounding of float32 at this scale."""
    if not (np.isfinite(hand) and np.isfinite(torch)):
        return bool(hand == torch or (np.isnan(hand) and np.isnan(torch)))
    return bool(abs(hand - torch) <= max(SMALLEST, ROUNDING * max(abs(hand), scale if np.isfinite(scale) else 0.0)))


def notes(graph: Graph, compared: Sequence[Row] = ()) -> list[Note]:
    """Special places on the way to the output, each kind once; then why numbers differ."""
    used = graph.used
    found: dict[str, Note] = {}
    for step in graph.program.steps:
        if step.name in used:
            for note in _special(graph, step):
                found.setdefault(note.code, note)
    if different := [row for row in compared if not row.same]:
        reason = _difference(graph, different)
        found.setdefault(reason.code, reason)
    return list(found.values())


def _value_scale(graph: Graph) -> float:
    """The size of what the last operation added up."""
    operands = [graph.values[edge.by] for edge in graph.edges if edge.of == graph.output]
    last = next((step for step in graph.program.steps if step.name == graph.output), None)
    if last is None or last.operation not in ("+", "-", "sum", "mean"):
        return 0.0
    total = sum(float(np.abs(value).sum()) for value in operands)
    return total / operands[0].size if last.operation == "mean" else total


def _special(graph: Graph, step: Step) -> Iterator[Note]:
    result = graph.values[step.name]
    operands = (
        [np.broadcast_to(np.asarray(graph.values[one] if isinstance(one, str) else one), result.shape) for one in step.operands]
        if step.operation not in ("mean", "sum")
        else []
    )
    for index in range(result.size if operands else 0):
        numbers = [float(operand.flat[index]) for operand in operands]
        code = _code(step, numbers)
        if code:
            shown = numbers[1] if code.startswith("division") else numbers[0]
            yield Note(code, element(step.name, index) if result.ndim else step.name, plain(shown))


def _code(step: Step, numbers: Sequence[float]) -> str:
    """What is special about an operation at these numbers."""
    match step.operation, numbers:
        case "log", [a] if a <= 0:
            return "log_zero" if a == 0 else "log_negative"
        case "sqrt", [a] if a <= 0:
            return "sqrt_zero" if a == 0 else "sqrt_negative"
        case "relu", [0.0]:
            return "relu_corner"
        case "/", [_, 0.0]:
            return "division_by_zero"
        case "**", [a, b] if a < 0 and (b % 1 != 0 or isinstance(step.operands[1], str)):
            return "power_negative"
        case "**", [0.0, b] if b < 1 and b != 0:
            return "power_zero"
    return ""


def _difference(graph: Graph, rows: Sequence[Row]) -> Note:
    row = rows[0]
    if any(np.isnan(one.by_hand) and not np.isnan(one.pytorch) for one in rows):
        return Note("masked", row.name, plain(row.pytorch))
    if any(_leaves_float32(value) for value in graph.values.values()) or _leaves_float32(np.array([row.by_hand for row in rows])):
        return Note("range", row.name, plain(row.pytorch))
    return Note("digits", row.name, plain(row.pytorch))


def _leaves_float32(value: Array) -> bool:
    size = np.abs(value[np.isfinite(value)])
    return bool(((size > LARGEST) | ((size > 0) & (size < SMALLEST))).any())
