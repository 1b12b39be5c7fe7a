"""Mistakes: what can be broken in a training loop on purpose, each a small change to the lines of its program."""

import re
from collections.abc import Callable, Mapping

from core.script.lines import Line, Program, code, updates

_ONE_HOT = re.compile(r"(F\.one_hot\(.*?\))\.float\(\)")
_INPUT = re.compile(r"(?<![\w.])x\b(\[rows\])?(?!\()")


def _in_each_update(mistake: Callable[[Program], Program]) -> Callable[[Program], Program]:
    """The same mistake in each of the updates that a loop may make."""

    def everywhere(lines: Program) -> Program:
        made, at = list[Line](), 0
        for update in updates(lines):
            first, last = update[0][0] - 1, update[-1][0]
            made += [*lines[at:first], *mistake(lines[first:last])]
            at = last
        return [*made, *lines[at:]]

    return everywhere


@_in_each_update
def _no_zero_grad(lines: Program) -> Program:
    at = _place(lines, "zero_grad")
    return [*lines[:at], lines[at]._replace(edit="removed", statement=""), *lines[at + 1 :]]


@_in_each_update
def _step_before_backward(lines: Program) -> Program:
    at, backward = _place(lines, "step"), _place(lines, "backward")
    early = lines[at]._replace(edit="added")
    late = lines[at]._replace(edit="removed", statement="")
    return [*lines[:backward], early, *lines[backward:at], late, *lines[at + 1 :]]


@_in_each_update
def _backward_twice(lines: Program) -> Program:
    at = _place(lines, "backward")
    return [*lines[: at + 1], lines[at]._replace(edit="added"), *lines[at + 1 :]]


def _float64(lines: Program) -> Program:
    """The input as numpy hands it out: in the forward line, or where characters become one-hot vectors."""
    encoded = [at for at, line in enumerate(lines) if _ONE_HOT.search(code(line))]
    if not encoded:
        return _float64_forward(lines)
    text = code(lines[encoded[0]])
    return _reworded(lines, encoded[0], text, _ONE_HOT.sub(r"\1.double()", text))


@_in_each_update
def _float64_forward(lines: Program) -> Program:
    at = _place(lines, "forward")
    text = code(lines[at])
    return _reworded(lines, at, text, _INPUT.sub(r"x\1.double()", text, count=1))


def _wrong_parameters(lines: Program) -> Program:
    """The optimizer gets the parameters of a copy: equal numbers, other tensors."""
    at = next(at for at, line in enumerate(lines) if line.text.startswith("optimizer = "))
    named = re.sub(r"(?<=\()model(?=\.parameters)|(?<=\()\[W, b\]", "another", lines[at].text)
    original = "model" if "another.parameters" in named else "[W, b]"
    changed = _replaced(lines, at, lines[at]._replace(text=named))
    copies = [Line("import copy", edit="added"), Line(f"another = copy.deepcopy({original})", edit="added")]
    return [*changed[:at], *copies, *changed[at:]]


def _forgot_item(lines: Program) -> Program:
    """Losses are kept as tensors, each with the graph that it was computed by."""
    loop = next(at for at, line in enumerate(lines) if line.text.startswith("for "))
    return [*lines[:loop], Line("losses = []", edit="added"), *_kept(lines[loop:])]


@_in_each_update
def _kept(lines: Program) -> Program:
    at = _place(lines, "loss")
    name = lines[at].text.split("=")[0]  # with the indentation before it
    indentation = name[: -len(name.lstrip())]
    keep = Line(f"{indentation}losses.append({name.strip()})", edit="added")
    return [*lines[: at + 1], keep, *lines[at + 1 :]]


MISTAKES: Mapping[str, Callable[[Program], Program]] = {
    "no_zero_grad": _no_zero_grad,
    "step_before_backward": _step_before_backward,
    "backward_twice": _backward_twice,
    "float64": _float64,
    "wrong_parameters": _wrong_parameters,
    "forgot_item": _forgot_item,
}


def _place(lines: Program, statement: str) -> int:
    return next(at for at, line in enumerate(lines) if line.statement == statement)


def _reworded(lines: Program, at: int, right: str, wrong: str) -> Program:
    """A part of a line in other words."""
    return _replaced(lines, at, lines[at]._replace(text=lines[at].text.replace(right, wrong, 1)))


def _replaced(lines: Program, at: int, changed: Line) -> Program:
    """The line as it was, crossed out, and the changed one after it."""
    crossed = lines[at]._replace(edit="removed", statement="")
    return [*lines[:at], crossed, changed._replace(edit="added"), *lines[at + 1 :]]
