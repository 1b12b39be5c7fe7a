"""Expressions: what settings alone decide is written as its value; what they have no part in stays as it stands."""

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from core.config import TrainingConfig
from core.program.text import Text
from core.script.source_text import quoted, rows_of

GIVEN: Mapping[str, Any] = {
    **{name: getattr(builtins, name) for name in ("len", "min", "max", "round", "sum", "any", "all", "abs", "sorted", "enumerate")},
    "pairwise": pairwise,
}
DEFAULTS = {"foreach": "True", "num_layers": "1", "weight_decay": "0.0", "device": "device"}  # arguments that are left out with this value
ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Tuple, ast.JoinedStr)


@dataclass(frozen=True)
class Scope:
    """What holds where an expression stands.

    Args:
        text: what it is a part of.
        versions: the settings, as they are at any time while this is executed.
        ever: all that they are in the whole run.
        on_cpu: whether tensors stay where they are made.
        variables: settings that a variable of the script holds, since they were changed.
        functions: those that choose by a setting, with the text that they stand in: written out where they are called.
        known: values of the variables of loops that are unrolled.
        bound: what is written for a name: the arguments of a function that is written out.
        to_come: whether a `backward()` of the same pass still follows.
        held: whether the run is to be held after the next one.
        column: how far the statement is set in, in the text.
    """

    text: Text
    versions: Sequence[TrainingConfig]
    ever: Sequence[TrainingConfig]
    on_cpu: bool = True
    variables: frozenset[str] = frozenset()
    functions: Mapping[str, tuple[Text, ast.FunctionDef]] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)
    to_come: bool = False
    held: bool = False
    column: int = 0

    def values(self, node: ast.expr) -> list[Any]:
        """What an expression is worth under each version; none if settings alone do not decide it."""
        names = _free(node)
        deciding = {"config", "ever", *self.known}
        if not names & deciding or not names <= {*deciding, *GIVEN}:
            return []
        code = compile(ast.fix_missing_locations(ast.Expression(node)), "<setting>", "eval")
        return [eval(code, {**GIVEN, **self.known, "config": config, "ever": self._ever}) for config in self.versions]  # noqa: S307 - our own text

    def _ever(self, name: str) -> bool:
        return any(getattr(config, name) for config in self.ever)

    def value(self, code: str) -> Any:
        """The first value of an expression that stands in a comment."""
        return self.values(ast.parse(code, mode="eval").body)[0]


def _free(node: ast.AST) -> set[str]:
    names = [child for child in ast.walk(node) if isinstance(child, ast.Name)]
    stored = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    return {name.id for name in names} - stored


def written(node: ast.AST, scope: Scope) -> str:
    """The source of an expression or a simple statement, with the settings of `scope` written into it."""
    decided = _decided(node, scope) if isinstance(node, ast.expr) else ""
    match node:
        case _ if decided:
            return decided
        case ast.Name() if node.id in scope.bound:
            return scope.bound[node.id]
        case ast.IfExp() if worth := scope.values(node.test):
            if len({bool(value) for value in worth}) == 1:
                return written(node.body if worth[0] else node.orelse, scope)
        case ast.Call() if isinstance(node.func, ast.Name) and node.func.id in scope.functions:
            if (inlined := _inlined(node, scope)) is not None:
                return inlined
        case ast.Call(func=ast.Attribute(value=moved, attr="to"), args=[ast.Name("device")]) if scope.on_cpu:
            return written(moved, scope)
        case ast.BinOp(op=ast.Add()):
            left, right = (_child(part, node, scope) for part in (node.left, node.right))
            if right.startswith("-"):
                return f"{left} - {right[1:]}"
    return _with_children(node, scope)


def _decided(node: ast.expr, scope: Scope) -> str:
    """The value of what settings alone decide, or the variable that holds it; "" for anything else."""
    if isinstance(node, ast.Attribute) and node.attr in scope.variables and scope.text.of(node.value) == "config":
        return node.attr
    values = scope.values(node) if not isinstance(node, ast.Slice) else []
    return _literal(values[0]) if values and all(value == values[0] for value in values) else ""


def _with_children(node: ast.AST, scope: Scope) -> str:
    text = scope.text

    def between(begin: int, end: int) -> str:
        return text.source[begin:end].replace("\n" + " " * scope.column, "\n")

    made, at = "", text.offset(node)
    for child, begin, end in _children(node, text):
        new = _child(child, node, scope)
        before = between(at, begin)
        if isinstance(child, ast.keyword) and _left_out(child, new, node, scope):
            before, new = "", ""
        made, at = made + before + new, end
    return made + between(at, text.offset(node, end=True))


def _child(child: ast.AST, parent: ast.AST, scope: Scope) -> str:
    new = written(child, scope)
    source, begin, end = scope.text.source, scope.text.offset(child), scope.text.offset(child, end=True)
    enclosed = source[begin - 1] == "(" and source[end] == ")"
    if enclosed or new == source[begin:end] or not isinstance(parent, ast.BinOp | ast.UnaryOp | ast.Attribute) or new.startswith("-"):
        return new
    top = ast.parse(new, mode="eval").body
    first_of_sum = isinstance(parent, ast.BinOp) and child is parent.left and isinstance(parent.op, ast.Add | ast.Sub)
    return new if isinstance(top, ATOMS) or (isinstance(top, ast.BinOp) and first_of_sum) else f"({new})"


def _children(node: ast.AST, text: Text) -> Iterator[tuple[ast.AST, int, int]]:
    """The parts of a node that have a place in the source, in its order; an f-string is left as it is."""
    if isinstance(node, ast.JoinedStr):
        return
    parts = [child for child in ast.iter_child_nodes(node) if hasattr(child, "lineno")]
    parts += [item.context_expr for item in getattr(node, "items", ()) if isinstance(item, ast.withitem)]
    for child in sorted(parts, key=text.offset):
        yield child, text.offset(child), text.offset(child, end=True)


def _left_out(argument: ast.keyword, new: str, call: ast.AST, scope: Scope) -> bool:
    """Whether an argument says what holds without it. AdamW's own weight decay is not 0."""
    name, value = argument.arg or "", new.partition("=")[2]
    if name == "device" and not scope.on_cpu:
        return False
    adamw = name == "weight_decay" and isinstance(call, ast.Call) and scope.text.of(call.func).endswith("AdamW")
    return DEFAULTS.get(name) == value and not adamw


def _inlined(call: ast.Call, scope: Scope) -> str | None:
    """The one expression that a function returns under these settings, with the arguments in it; None if it does more."""
    home, function = scope.functions[_name(call)]
    lines = chosen(function.body, scope)
    if not isinstance(lines[0], ast.Return) or lines[0].value is None:
        return None
    return written(lines[0].value, replace(scope, text=home, bound=arguments(function, call, scope)))


def arguments(function: ast.FunctionDef, call: ast.Call, scope: Scope) -> dict[str, str]:
    """What is written for each parameter of a function that is written out; `config` means itself."""
    given = zip(function.args.args, call.args, strict=True)
    return {parameter.arg: written(value, scope) for parameter, value in given if parameter.arg != "config"}


def chosen(body: Sequence[ast.stmt], scope: Scope) -> list[ast.stmt]:
    """The statements of a function that are executed under these settings, its docstring aside."""
    lines: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if isinstance(statement, ast.If) and (worth := scope.values(statement.test)):
            lines += chosen(statement.body if worth[0] else statement.orelse, scope)
        else:
            lines.append(statement)
        if lines and isinstance(lines[-1], ast.Return):
            break
    return lines


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _literal(value: Any) -> str:
    """A value as a person writes it; rows of a table in lines of their own."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        rows = rows_of(f"[{', '.join(map(_literal, row))}]" for row in value)
        return f"[\n{rows}\n]"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_literal, value))}]"
    return quoted(value) if isinstance(value, str) else repr(value)
