"""Grammar: what a learner may type, checked and taken apart into single operations. Nothing that was typed is executed.

    program    = lines of  name = expression
    expression = x | a name from above | a number | -e | e + e | e - e | e * e | e / e | e ** e | f(e) | e.f()
    f          = mean sum exp log sin cos tanh sigmoid relu sqrt

Python's own parser reads a line; every node of what it finds must be one of these.
"""

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.labs.reading import LARGEST, AsPyTorch, ProgramError, code_lines, free_name, statement

Number = int | float
Operand = str | Number  # the name of a result from above, or a number

FUNCTIONS = ("exp", "log", "sin", "cos", "tanh", "sigmoid", "relu", "sqrt")
REDUCTIONS = ("mean", "sum")
OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
RESERVED = {"x", "torch", "print", *FUNCTIONS, *REDUCTIONS}

MOST_LINES = 12
MOST_OPERATIONS = 40
MOST_ELEMENTS = 8

_UNREADABLE = re.compile(r"[^\w\s+\-*/().,=]")


@dataclass(frozen=True)
class Step:
    """One operation: `name` is what its result is called, `operation` a key of `core.labs.by_hand.operations.OPERATIONS`."""

    name: str
    operation: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Program:
    """A checked program: its operations in order, the name of the last line's result, and its lines as plain PyTorch."""

    steps: tuple[Step, ...]
    output: str
    lines: tuple[str, ...]


def vector(text: str) -> tuple[float, ...]:
    """The elements of x, from text such as `0, 1, 2`.

    Raises:
        ProgramError: `element` is no finite number, or `elements`: there are none or too many.
    """
    parts = [part for part in re.split(r"[\s,;]+", text.strip().strip("[]()").strip()) if part]
    if not 1 <= len(parts) <= MOST_ELEMENTS:
        raise ProgramError("elements", 0, str(len(parts)), f"1 … {MOST_ELEMENTS}")
    return tuple(map(_element, parts))


def _element(text: str) -> float:
    try:
        number = float(text.replace("−", "-"))
    except ValueError:
        number = math.nan
    if not abs(number) <= LARGEST:
        raise ProgramError("element", 0, text)
    return number


def program(text: str) -> Program:
    """The program that was typed.

    Raises:
        ProgramError: names the first line that is refused, and why.
    """
    reader = _Reader(text)
    for number, code in code_lines(text, MOST_LINES):
        reader.read(number, code)
    return reader.program()


class _Reader:
    """Reads line by line; `scope` holds what each name from above stands for."""

    def __init__(self, text: str) -> None:
        self._scope: dict[str, Operand] = {"x": "x"}
        self._steps: list[Step] = []
        self._lines: list[str] = []
        self._line = self._operations = 0
        self._code = self._last = ""
        self._taken = set(re.findall(r"\w+", text))

    def read(self, number: int, code: str) -> None:
        """One line without its comment."""
        self._line, self._code = number, code
        target, tree = self._assignment(code)
        value = self._value(tree)
        named = isinstance(value, str) and value not in self._scope.values()
        if named:
            self._taken.discard(value)
            self._steps[-1] = Step(target, self._steps[-1].operation, self._steps[-1].operands)
        self._scope[target] = target if named else value
        self._last = target
        self._lines.append(f"{target} = {ast.unparse(AsPyTorch().visit(tree))}")

    def program(self) -> Program:
        """All of it, after the last line."""
        if not self._lines:
            raise ProgramError("empty", 1, "")
        output = self._scope[self._last]
        if not isinstance(output, str):
            raise self._refused("constant", self._lines[-1])
        return Program(tuple(self._steps), output, tuple(self._lines))

    def _assignment(self, code: str) -> tuple[str, ast.expr]:
        match statement(self._line, code, _UNREADABLE):
            case ast.Assign(targets=[ast.Name(id=name)], value=tree):
                return self._free(name), tree
        raise self._refused("assignment", code)

    def _free(self, name: str) -> str:
        if name in self._scope and name != "x":
            raise self._refused("taken", name)
        return free_name(name, self._line, RESERVED)

    def _value(self, tree: ast.expr) -> Operand:
        """What an expression stands for; its operations are added to the program."""
        match tree:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self._bounded(number, tree)
            case ast.Name(id=name):
                if name not in self._scope:
                    raise self._refused("unknown", name, ", ".join(self._scope))
                return self._scope[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._result("neg", tree, operand)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
                return self._result(OPERATORS[type(operator)], tree, left, right)
            case ast.Call():
                return self._called(tree)
        raise self._refused("construct", self._written(tree))

    def _called(self, call: ast.Call) -> Operand:
        """f(e), torch.f(e) or e.f()."""
        match call.func:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="torch"), attr=name):
                arguments = call.args
            case ast.Attribute(value=owner, attr=name):
                arguments = [owner, *call.args]
            case _:
                raise self._refused("construct", self._written(call))
        if name not in FUNCTIONS + REDUCTIONS:
            raise self._refused("function", name)
        if len(arguments) != 1 or call.keywords:
            raise self._refused("arguments", self._written(call))
        return self._result(name, call, *arguments)

    def _result(self, operation: str, tree: ast.expr, *operands: ast.expr) -> Operand:
        self._operations += 1  # counted on the way down, so that nothing nests deeper than this
        if self._operations > MOST_OPERATIONS:
            raise self._refused("too_many_operations", self._written(tree), str(MOST_OPERATIONS))
        values = tuple(map(self._value, operands))
        if any(isinstance(value, str) for value in values):
            step = Step(self._passing_name(), operation, values)
            self._steps.append(step)
            return step.name
        if operation in FUNCTIONS + REDUCTIONS:
            raise self._refused("number", self._written(tree))
        return self._computed(operation, tree, [value for value in values if not isinstance(value, str)])

    def _computed(self, operation: str, tree: ast.expr, numbers: list[Number]) -> Number:
        """Arithmetic of numbers alone, as Python does it."""
        try:
            rough = ARITHMETIC[operation](*map(float, numbers))  # in floats first: integers could grow without end
        except (OverflowError, ZeroDivisionError):
            rough = math.nan
        if isinstance(rough, complex) or not abs(rough) <= LARGEST:
            raise self._refused("size", self._written(tree))
        exact: Number = ARITHMETIC[operation](*numbers)
        return exact

    def _bounded(self, number: Number, tree: ast.expr) -> Number:
        if not number <= LARGEST:
            raise self._refused("size", self._written(tree))
        return number

    def _passing_name(self) -> str:
        """A name for a result that was given none."""
        number = 1
        while f"t{number}" in self._taken:
            number += 1
        self._taken.add(f"t{number}")
        return f"t{number}"

    def _written(self, tree: ast.expr) -> str:
        """A part of the line as it was typed."""
        return ast.get_source_segment(self._code, tree) or self._code

    def _refused(self, code: str, written: str, allowed: str = "") -> ProgramError:
        return ProgramError(code, self._line, written, allowed)


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "neg": lambda a: -a,
}
