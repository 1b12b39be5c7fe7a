"""PyTorch's own answer: the program with real tensors, `backward()` called on the last line, the nodes that it walks."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node

from core.jsonable import jsonable
from core.labs.by_hand import grammar
from core.labs.by_hand.grammar import Operand, Program
from core.program.microscope.autograd_graph import Json, walk

Value = Tensor | int | float

OPERATIONS: dict[str, Callable[..., Any]] = {
    **grammar.ARITHMETIC,
    **{name: getattr(torch, name) for name in grammar.FUNCTIONS + grammar.REDUCTIONS},
}


def differentiate(program: str, x: Sequence[float], backwards: int = 1) -> Json:
    """The values, `x.grad` and `grad_fn`s of a program, as JSON holds them (`core.jsonable`).

    Args:
        program: as a learner typed it.
        x: its elements.
        backwards: how often backward() is called, 1 or 2.

    Returns:
        values: of x and every result; numbers or lists of them.
        nodes: for each of these the names of the nodes that stand for it in the walk along `next_functions`: one as a rule,
            two where PyTorch computes it in two (2 / x), none where backward() does not come by.
        x_grad: a list, or None if backward() raised; error: what it raised, {type, text}, or None.
        again: after a second backward(), called just so and, `retained`, with retain_graph=True in the first: each
            {x_grad, error}; None if `backwards` is 1.

    Raises:
        ProgramError: the program is none.
    """
    checked = grammar.program(program)
    results = _forward(checked, x)
    answer = _backward(results["x"], results[checked.output], [False])
    again = None
    if backwards > 1:
        again = {name: _fresh(checked, x, retain) for name, retain in (("plain", [False, False]), ("retained", [True, False]))}
    return {
        "values": {name: jsonable(value.tolist(), infinities=True) for name, value in results.items()},
        "nodes": _nodes(checked, results),
        **answer,
        "again": again,
    }


def _forward(program: Program, x: Sequence[float]) -> dict[str, Tensor]:
    """x and every result, by name."""
    results = {"x": torch.tensor(x, requires_grad=True)}
    for step in program.steps:
        results[step.name] = OPERATIONS[step.operation](*(_value(operand, results) for operand in step.operands))
    return results


def _value(operand: Operand, results: dict[str, Tensor]) -> Value:
    return results[operand] if isinstance(operand, str) else operand


def _fresh(program: Program, x: Sequence[float], retain: Sequence[bool]) -> Json:
    results = _forward(program, x)
    return _backward(results["x"], results[program.output], retain)


def _backward(x: Tensor, y: Tensor, retain: Sequence[bool]) -> Json:
    """backward() once for each item of `retain`, which is its retain_graph; the first error ends it."""
    try:
        for one in retain:
            y.backward(retain_graph=one)
    except RuntimeError as error:
        return {"x_grad": None, "error": {"type": type(error).__name__, "text": str(error)}}
    return {"x_grad": None if x.grad is None else jsonable(x.grad.tolist(), infinities=True), "error": None}


def _nodes(program: Program, results: dict[str, Tensor]) -> dict[str, list[str]]:
    walked = walk(results[program.output].grad_fn)
    leaf = next((node for node in walked if getattr(node, "variable", None) is results["x"]), None)
    own = {name: leaf if name == "x" else result.grad_fn for name, result in results.items()}
    return {name: _chain(node, set(own.values()) - {node}) if node in walked else [] for name, node in own.items()}


def _chain(first: Node | None, others: set[Node | None]) -> list[str]:
    """The names of a node and of those behind it that belong to no other result."""
    names: list[str] = []
    waiting = deque([first])
    while waiting:
        node = waiting.popleft()
        if node is not None and node not in others:
            names.append(node.name().split("::")[-1])
            waiting.extend(following for following, _ in node.next_functions)
    return names
