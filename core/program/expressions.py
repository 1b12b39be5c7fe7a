"""Expressions: one that depends on settings alone is written as its value (constant folding); all others stay as they are."""

import ast
import builtins
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from types import CodeType
from typing import Any

from core.program.source_text import quoted, rows_of
from core.program.text import Text
from core.settings.config import TrainingConfig

GIVEN: Mapping[str, Any] = {
    **{name: getattr(builtins, name) for name in ("len", "min", "max", "round", "sum", "any", "all", "abs", "sorted", "enumerate")},
    "pairwise": pairwise,
}
DEFAULTS = {  # arguments that are left out with this value
    "foreach": "True", "num_layers": "1", "weight_decay": "0.0", "device": "device",
    "metrics": "None", "shuffle": "True", "validation_data": "None", "validation_batch_size": "None", "global_clipnorm": "None",
    "activation": "None", "stateful": "False", "use_cudnn": '"auto"', "kernel_regularizer": "None", "bias_regularizer": "None",
    "embeddings_regularizer": "None", "**": "{}",
}  # fmt: skip
ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Tuple, ast.JoinedStr)


@dataclass(frozen=True)
class Scope:
    """What holds where an expression stands.

    Args:
        text: what it is a part of.
        versions: the settings, as they are at any time while this is executed.
        ever: all that they are in the whole run.
        on_cpu: whether tensors stay where they are made.
        variables: settings that the script holds in a variable, and how it is written: those that were changed, or are given.
        functions: those that choose by a setting, with the text that they stand in: written out where they are called.
        known: values of the variables of loops that are unrolled.
        bound: what is written for a name: the arguments of a function that is written out.
        to_come: whether a `backward()` of the same pass still follows.
        held: whether the run is to be held after the next one.
        differs: whether the versions are of several runs, not of one after the other.
        column: how far the statement is set in, in the text.
    """

    text: Text
    versions: Sequence[TrainingConfig]
    ever: Sequence[TrainingConfig]
    on_cpu: bool = True
    variables: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, tuple[Text, ast.FunctionDef]] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)
    to_come: bool = False
    held: bool = False
    column: int = 0
    differs: bool = False

    def values(self, node: ast.expr) -> list[Any]:
        """What an expression is worth under each version; none if settings alone do not decide it."""
        read = free(node)
        deciding = {"config", "ever", *self.known}
        if read.isdisjoint(deciding) or not read <= {*deciding, *GIVEN}:
            return []
        given = {**GIVEN, **self.known, "ever": self._ever}
        return [eval(_compiled(node), {**given, "config": config}) for config in self.versions]  # noqa: S307 - our own text

    def _ever(self, name: str) -> bool:
        return any(getattr(config, name) for config in self.ever)

    def alike(self, node: ast.expr) -> list[Any] | None:
        """The items of what is the same under each version; None of anything else."""
        found = [list(each) for each in self.values(node)]
        return found[0] if found and all(other == found[0] for other in found) else None

    def said(self, code: str) -> str:
        """An expression that stands in a comment: its first value, or where each call has another, itself."""
        values = list(map(str, self.values(_parsed(code))))
        return code.replace("config.", "") if self.differs and len(set(values)) > 1 else values[0]

    def touches(self, node: ast.AST) -> bool:
        """Whether anything of a node may have to be written in another way."""
        read = free(node)
        return not all(read.isdisjoint(own) for own in (("config", "ever", "device"), self.known, self.bound, self.functions))


# A program is parsed once and its scripts are written again and again: what its tree alone tells is found out once.


@cache
def free(node: ast.AST) -> frozenset[str]:
    """The names that a part of a program reads and does not assign itself."""
    stored = {child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)}
    return names(node) - stored


@cache
def names(node: ast.AST) -> frozenset[str]:
    """The names that a part of a program reads or assigns."""
    return frozenset(child.id for child in ast.walk(node) if isinstance(child, ast.Name))


@cache
def _compiled(node: ast.expr) -> CodeType:
    return compile(ast.fix_missing_locations(ast.Expression(node)), "<setting>", "eval")


@cache
def _parsed(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


def written(node: ast.AST, scope: Scope) -> str:
    """The source of an expression or a simple statement, with the settings of `scope` written into it."""
    if not scope.touches(node):
        return _source(scope.text.offset(node), scope.text.offset(node, end=True), scope)
    if isinstance(node, ast.expr) and (decided := _decided(node, scope)):
        return decided
    return _in_another_way(node, scope) or _with_children(node, scope)


def _in_another_way(node: ast.AST, scope: Scope) -> str:
    """What is not simply the node with its parts written anew; "" for most."""
    match node:
        case ast.Name() if node.id in scope.bound:
            return scope.bound[node.id]
        case ast.IfExp() if len(worth := set(map(bool, scope.values(node.test)))) == 1:
            return written(node.body if worth.pop() else node.orelse, scope)
        case ast.Call(func=ast.Name(name)) if name in scope.functions:
            return _inlined(node, scope)
        case ast.Call(func=ast.Attribute(value=moved, attr="to"), args=[ast.Name("device")]) if scope.on_cpu:
            return written(moved, scope)
        case ast.Slice(lower=None, upper=ast.expr() as upper, step=None):
            end = written(upper, scope)
            return f":{end}" if re.fullmatch(r"\w+", end) else f": {end}"
        case ast.BinOp(left, ast.Add(), right) if (added := _child(right, node, scope)).startswith("-"):
            return f"{_child(left, node, scope)} - {added[1:]}"
    return ""


def _decided(node: ast.expr, scope: Scope) -> str:
    """The value of what settings alone decide, or the variable that holds it; "" for anything else."""
    if isinstance(node, ast.Attribute) and node.attr in scope.variables and scope.text.of(node.value) == "config":
        return scope.variables[node.attr]
    values = scope.values(node) if not isinstance(node, ast.Slice | ast.Tuple | ast.Starred) else []
    return literal(values[0]) if values and all(value == values[0] for value in values) else ""


def _with_children(node: ast.AST, scope: Scope) -> str:
    made, at = "", scope.text.offset(node)
    for child, begin, end in _children(node, scope.text):
        new = _child(child, node, scope)
        if isinstance(child, ast.keyword) and _left_out(child, new, node, scope):
            line = scope.text.source.rfind("\n", 0, begin)
            alone = not scope.text.source[line:begin].strip()  # then its line goes with it
            made += _source(at, line, scope) if alone else ""
            at = scope.text.source.find("\n", end) if alone else end
            continue
        made, at = made + _source(at, begin, scope) + new, end
    return made + _source(at, scope.text.offset(node, end=True), scope)


def _source(begin: int, end: int, scope: Scope) -> str:
    """What stands there; its further lines are set in from where the first one's statement begins."""
    return scope.text.source[begin:end].replace("\n" + " " * scope.column, "\n")


def _child(child: ast.AST, parent: ast.AST, scope: Scope) -> str:
    new = written(child, scope)
    source, begin, end = scope.text.source, scope.text.offset(child), scope.text.offset(child, end=True)
    enclosed = source[begin - 1] == "(" and source[end] == ")"
    if enclosed or new == source[begin:end] or not isinstance(parent, ast.BinOp | ast.UnaryOp | ast.Attribute) or new.startswith("-"):
        return new
    top = ast.parse(new, mode="eval").body
    if isinstance(child, ast.BinOp) and isinstance(top, ast.BinOp) and type(top.op) is type(child.op):
        return new
    first_of_sum = isinstance(parent, ast.BinOp) and child is parent.left and isinstance(parent.op, ast.Add | ast.Sub)
    return new if isinstance(top, ATOMS) or (isinstance(top, ast.BinOp) and first_of_sum) else f"({new})"


@cache
def _children(node: ast.AST, text: Text) -> tuple[tuple[ast.AST, int, int], ...]:
    """The parts of a node that have a place in the source, in its order; an f-string is left as it is."""
    if isinstance(node, ast.JoinedStr):
        return ()
    parts = [child for child in ast.iter_child_nodes(node) if hasattr(child, "lineno")]
    parts += [item.context_expr for item in getattr(node, "items", ()) if isinstance(item, ast.withitem)]
    return tuple((child, text.offset(child), text.offset(child, end=True)) for child in sorted(parts, key=text.offset))


def _left_out(argument: ast.keyword, new: str, call: ast.AST, scope: Scope) -> bool:
    """Whether an argument says what holds without it. AdamW's own weight decay is not 0."""
    name, value = (argument.arg, new.partition("=")[2]) if argument.arg else ("**", new[2:])
    if name == "device" and not scope.on_cpu:
        return False
    adamw = name == "weight_decay" and isinstance(call, ast.Call) and scope.text.of(call.func).endswith("AdamW")
    return DEFAULTS.get(name) == value and not adamw


def _inlined(call: ast.Call, scope: Scope) -> str:
    """The one expression that a function returns under these settings, with the arguments in it; "" if it does more."""
    home, function = scope.functions[scope.text.of(call.func)]
    lines = chosen(function.body, scope)
    if not isinstance(lines[0], ast.Return) or lines[0].value is None:
        return ""
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
            if len(set(map(bool, worth))) > 1:
                raise ValueError(f"{scope.text.of(statement.test)} was changed while it ran: no one expression can be written for it")
            lines += chosen(statement.body if worth[0] else statement.orelse, scope)
        else:
            lines.append(statement)
        if lines and isinstance(lines[-1], ast.Return):
            break
    return lines


def literal(value: Any) -> str:
    """A value as a person writes it; rows of a table in lines of their own."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        rows = rows_of(f"[{', '.join(map(literal, row))}]" for row in value)
        return f"[\n{rows}\n]"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(literal, value))}]"
    return quoted(value) if isinstance(value, str) else repr(value)
