"""Silent: what torch computes without a word, and what was probably not meant. Each note has a code, what its words name, and repairs."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from core.labs.tensors.evaluation import Evaluation, Json, Result
from core.labs.tensors.grammar import Line, Node, nodes

ELEMENTWISE = ("+", "-", "*", "/", ".eq", "F.mse_loss")
Shown = Sequence[tuple[str, Result]]


def notes(evaluation: Evaluation, line: Line, shown: Shown) -> list[Json]:
    """What there is to say about a line that was computed; repairs are whole lines, proposed and not yet tried."""
    results = {id(node): result for node, result in evaluation.parts}
    found: dict[str, Json] = {}
    for node in nodes(line.tree):
        operands = [results.get(id(one)) for one in node.operands]
        for look in (_grown, _viewed, _squeezed, _largest):
            for note in look(node, operands, results.get(id(node)), line):
                found.setdefault(note["code"], note)
    if evaluation.seen:
        found["shared"] = _shared(evaluation, line, shown)
    return list(found.values())


def _note(code: str, node: Node, repairs: Sequence[str], **values: Any) -> Json:
    return {"code": code, "start": node.start, "end": node.end, "values": values, "repairs": list(repairs)}


def _grown(node: Node, operands: Sequence[Result | None], _result: Result | None, line: Line) -> Iterator[Json]:
    """(N, 1) against (N): both are stretched, to (N, N)."""
    if node.operation not in ELEMENTWISE or len(operands) != 2 or not operands[0] or not operands[1]:
        return
    one, other = (operand.shape for operand in operands if operand)
    column, row = (one, other) if len(one) > len(other) else (other, one)
    if len(column) == 2 and column[1] == 1 and len(row) == 1 and column[0] == row[0] > 1:
        place = 0 if column is one else 1
        columns, rows = (node.operands[place], node.operands[1 - place])
        repairs = [_with(line, columns, ".squeeze(1)"), _with(line, rows, ".unsqueeze(1)")]
        yield _note("grown", node, repairs, one=str(tuple(one)), other=str(tuple(other)), size=row[0], count=row[0] ** 2)


def _viewed(node: Node, operands: Sequence[Result | None], result: Result | None, line: Line) -> Iterator[Json]:
    """`view` into a shape that turns axes round: the numbers stay in their order, and so go to other places."""
    if node.operation not in (".view", ".reshape") or not operands[0] or not result:
        return
    before, after = operands[0].shape, result.shape
    big = [size for size in before if size > 1]
    if len(before) != len(after) or len(big) < 2 or before == after or sorted(before) != sorted(after):
        return
    if [size for size in after if size > 1] == big:
        return
    order = next(order for order in permutations(range(len(before))) if [before[axis] for axis in order] == after)
    owner = node.operands[0]
    permuted = f"{_text(line, owner)}.permute({', '.join(map(str, order))})"
    yield _note(
        "viewed", node, [line.code[: node.start] + permuted + line.code[node.end :]], shape=str(tuple(before)), shape2=str(tuple(after))
    )


def _squeezed(node: Node, operands: Sequence[Result | None], _result: Result | None, line: Line) -> Iterator[Json]:
    """`squeeze()` that takes the first axis too, which was a batch of one."""
    if node.operation != ".squeeze" or len(node.operands) > 1 or node.keywords or not operands[0]:
        return
    shape = operands[0].shape
    if len(shape) < 2 or shape[0] != 1:
        return
    others = [axis for axis in range(1, len(shape)) if shape[axis] == 1]
    owner = _text(line, node.operands[0])
    kept = f"{owner}.squeeze({others[0]})" if len(others) == 1 else f"{owner}.squeeze(({', '.join(map(str, others))}))" if others else owner
    yield _note("squeezed", node, [line.code[: node.start] + kept + line.code[node.end :]], shape=str(tuple(shape)))


def _largest(node: Node, operands: Sequence[Result | None], _result: Result | None, line: Line) -> Iterator[Json]:
    """`max()` of a table: one number of all rows."""
    if node.operation not in (".max", ".min", ".argmax") or len(node.operands) > 1 or node.keywords or not operands[0]:
        return
    shape = operands[0].shape
    if len([size for size in shape if size > 1]) < 2:
        return
    dim = len(shape) - 1
    ending = f"{node.operation}(dim={dim})"
    repaired = line.code[: node.start] + _text(line, node.operands[0]) + ending + line.code[node.end :]
    yield _note("largest", node, [repaired], name=node.operation[1:], shape=str(tuple(shape)), dim=dim)


def _shared(evaluation: Evaluation, line: Line, shown: Shown) -> Json:
    """What was changed in place is seen by other names."""
    arrays = any(isinstance(evaluation.names[name].value, np.ndarray) for name in evaluation.seen)
    values = {"name": shown[0][0], "others": ", ".join(evaluation.seen), "library": "numpy" if arrays else "torch"}
    return _note("shared", line.tree, [], **values)


def _text(line: Line, node: Node) -> str:
    written = line.code[node.start : node.end]
    return written if node.operation in ("name", "index") or node.operation.startswith((".", "torch.", "np.", "F.")) else f"({written})"


def _with(line: Line, node: Node, ending: str) -> str:
    return line.code[: node.start] + _text(line, node) + ending + line.code[node.end :]
