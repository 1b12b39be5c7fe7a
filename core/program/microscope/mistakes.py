"""Mistakes: what can be broken in a training loop on purpose, each a small edit of its program.

What is to be edited is found in the program's tree; the edit itself is made on its lines, so that a reader sees what was taken out
and what was put in.
"""

import ast
from collections.abc import Callable, Iterator, Mapping

from core.program.lines import Line, Program, source, updates

Places = Mapping[str, int]  # where the statements of an update stand, counted from 0
Mistake = Callable[[Program], Program]


def _in_each_update(edit: Callable[[Program, Places], Program]) -> Mistake:
    """The same edit in each of the updates that a loop may make; from the last one on, so that no place moves before its turn."""

    def everywhere(lines: Program) -> Program:
        for update in reversed(updates(lines)):
            lines = edit(lines, {line.statement: number - 1 for number, line in update})
        return lines

    return everywhere


@_in_each_update
def _no_zero_grad(lines: Program, places: Places) -> Program:
    return _without(lines, places["zero_grad"])


@_in_each_update
def _step_before_backward(lines: Program, places: Places) -> Program:
    moved = lines[places["step"]]._replace(edit="added")
    return _with(_without(lines, places["step"]), places["backward"], moved)


@_in_each_update
def _backward_twice(lines: Program, places: Places) -> Program:
    return _with(lines, places["backward"] + 1, lines[places["backward"]]._replace(edit="added"))


def _float64(lines: Program) -> Program:
    """The input as numpy hands it out: where characters become one-hot vectors, or in the forward line."""
    for node in ast.walk(ast.parse(source(lines))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Attribute(attr="one_hot")) as encoded, attr="float")):
                return _reworded(lines, node, f"{_text(lines, encoded)}.double()")
    return _float64_forward(lines)


@_in_each_update
def _float64_forward(lines: Program, places: Places) -> Program:
    forward = next(node for node in _statements(lines) if node.lineno == places["forward"] + 1)
    given = next(node for node in ast.walk(forward) if isinstance(node, ast.expr) and _is_input(node))
    return _reworded(lines, given, f"{_text(lines, given)}.double()")


def _is_input(node: ast.expr) -> bool:
    """`x`, `X` or a mini-batch of it, or some of its rows: these come first, for a tree is walked from the outside."""
    return _is_input(node.value) if isinstance(node, ast.Subscript) else isinstance(node, ast.Name) and node.id in ("x", "X", "batch_x")


def _wrong_parameters(lines: Program) -> Program:
    """The optimizer gets the parameters of a copy: equal numbers, other tensors."""
    for made in _statements(lines):
        match made:
            case ast.Assign(targets=[ast.Name("optimizer")], value=ast.Call(args=[ast.Call(func=ast.Attribute(value=model)), *_])):
                return _another(lines, made, model)  # model.parameters()
            case ast.Assign(targets=[ast.Name("optimizer")], value=ast.Call(args=[ast.List() as tensors, *_])):
                return _another(lines, made, tensors)  # [W, b]
    raise ValueError("This program makes no optimizer.")


def _another(lines: Program, made: ast.stmt, original: ast.expr) -> Program:
    copies = [Line("import copy", edit="added"), Line(f"another = copy.deepcopy({_text(lines, original)})", edit="added")]
    return _with(_reworded(lines, original, "another"), made.lineno - 1, *copies)


def _forgot_item(lines: Program) -> Program:
    """Losses are kept as tensors, each with the graph that it was computed by."""
    loop = next(at for at, line in enumerate(lines) if line.text.startswith("for "))
    return _with(_kept(lines), loop, Line("losses = []", edit="added"))


@_in_each_update
def _kept(lines: Program, places: Places) -> Program:
    at = places["loss"]
    name, indentation = lines[at].text.split("=")[0].strip(), lines[at].text[: -len(lines[at].text.lstrip())]
    return _with(lines, at + 1, Line(f"{indentation}losses.append({name})", edit="added"))


MISTAKES: Mapping[str, Mistake] = {
    "no_zero_grad": _no_zero_grad,
    "step_before_backward": _step_before_backward,
    "backward_twice": _backward_twice,
    "float64": _float64,
    "wrong_parameters": _wrong_parameters,
    "forgot_item": _forgot_item,
}


# --- edits -------------------------------------------------------------------------------------------------------------


def _statements(lines: Program) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(ast.parse(source(lines))) if isinstance(node, ast.stmt))


def _text(lines: Program, node: ast.expr) -> str:
    """The source of an expression of one line; columns of the tree are counted in bytes."""
    return lines[node.lineno - 1].text.encode()[node.col_offset : node.end_col_offset].decode()


def _with(lines: Program, at: int, *added: Line) -> Program:
    return [*lines[:at], *added, *lines[at:]]


def _without(lines: Program, at: int) -> Program:
    """The line crossed out."""
    return [*lines[:at], lines[at]._replace(edit="removed", statement=""), *lines[at + 1 :]]


def _reworded(lines: Program, node: ast.expr, new: str) -> Program:
    """An expression of one line in other words: the line as it was, crossed out, and the changed one after it."""
    at, text = node.lineno - 1, lines[node.lineno - 1].text.encode()
    changed = (text[: node.col_offset] + new.encode() + text[node.end_col_offset :]).decode()
    return _with(_without(lines, at), at + 1, lines[at]._replace(text=changed, edit="added"))
