"""Grammar: what may be typed, checked and taken apart into a tree. Nothing that was typed is executed.

    program = lines of  name = e | name, name = e | name[i] = e | name += e | name.add_(e) | torch.manual_seed(n)
    e       = a number | [e, …] | a name from above | -e | e + e | e - e | e * e | e / e | e @ e | e[i] | e.T | e.method(e, …)
              | torch.function(e, …) | np.function(e, …) | F.loss(e, e)
    i       = e | a:b:c | None | … with commas between them

Python's own parser reads a line; every node of what it finds must be one of these.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.labs.reading import LARGEST, AsPyTorch, ProgramError, code_lines, free_name, statement

MOST_LINES = 16
MOST_NODES = 160  # in the whole program
MOST_ELEMENTS = 1024  # of one tensor
MOST_TOGETHER = 16 * MOST_ELEMENTS  # of all that a program computes
MOST_AXES = 5

FUNCTIONS = (
    "tensor", "arange", "zeros", "ones", "full", "eye", "rand", "randn", "FloatTensor", "LongTensor", "from_numpy", "cat", "stack",
    "matmul",
)  # fmt: skip
LISTS_ONLY = ("FloatTensor", "LongTensor", "np.array")  # given sizes, the first two hand out memory with anything in it
NUMPY = ("array", "arange", "zeros", "ones")
LOSSES = ("mse_loss", "cross_entropy")
IN_PLACE = ("add_", "sub_", "mul_", "div_", "fill_", "zero_")
METHODS = (
    "view", "reshape", "permute", "transpose", "t", "squeeze", "unsqueeze", "expand", "repeat", "flatten", "flip", "contiguous", "clone",
    "detach", "sum", "mean", "max", "min", "argmax", "topk", "matmul", "eq", "to", "float", "double", "long", "numpy", "copy", "item",
    "size", *IN_PLACE,
)  # fmt: skip
ATTRIBUTES = ("T", "shape", "values", "indices")
KEYWORDS = ("dim", "keepdim", "dtype", "requires_grad")
DTYPES = ("float32", "float64", "int64", "int32", "bool")
OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}
MODULES = {"torch": FUNCTIONS, "np": NUMPY, "F": LOSSES}
RESERVED = {*MODULES, "print"}

_UNREADABLE = re.compile(r"[^\w\s+\-*/@().,=\[\]:]")


@dataclass(frozen=True)
class Node:
    """A part of a line.

    Args:
        operation: "number", "name", "dtype", "none", "dots", "list", "tuple", "slice", "index", "+" …, "neg", "torch.cat", ".view", ".T".
        value: of a number, the name of a name or a dtype.
        start, end: its columns in the line's code.
    """

    operation: str
    operands: tuple["Node", ...]
    start: int
    end: int
    value: Any = None
    keywords: tuple[tuple[str, "Node"], ...] = ()


@dataclass(frozen=True)
class Line:
    """A line that was understood: `code` is it as plain PyTorch, `names` what it gives names to (none if it changes `target` in place)."""

    number: int
    code: str
    kind: str  # "assign", "set" (name[i] = e), "operate" (name += e), "call" (name.add_(e)), "seed"
    names: tuple[str, ...]
    tree: Node
    target: Node | None = None


def program(text: str) -> list[Line]:
    """The lines of a program.

    Raises:
        ProgramError: names the first line that is refused, the part of it, and why.
    """
    reader = _Reader()
    lines = [reader.line(number, code) for number, code in code_lines(text, MOST_LINES)]
    if not lines:
        raise ProgramError("empty", 1, "")
    return lines


class _Reader:
    """Reads line by line; knows the names that there are by then."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._nodes = self._line = 0
        self._code = ""

    def line(self, number: int, code: str) -> Line:
        """One line without its comment."""
        self._line, self._code = number, code
        typed = statement(number, code, _UNREADABLE)
        try:
            self._code = ast.unparse(ast.fix_missing_locations(AsPyTorch().visit(typed)))
        except RecursionError:
            raise self._refused("syntax", code) from None
        found = self._statement(statement(number, self._code, _UNREADABLE))
        for name in found.names:
            free_name(name, number, RESERVED)
        self._known.update(found.names)
        return found

    def _statement(self, tree: ast.stmt) -> Line:
        match tree:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return self._found("assign", (name,), value)
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=one), ast.Name(id=other)])], value=value):
                return self._found("assign", (one, other), value)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name()) as target], value=value):
                return self._found("set", (), value, self._node(target))
            case ast.AugAssign(target=ast.Name(id=name) as target, op=operator, value=value) if type(operator) in OPERATORS:
                owner = self._node(ast.copy_location(ast.Name(name, ast.Load()), target))
                node = Node(OPERATORS[type(operator)], (owner, self._node(value)), *self._columns(tree))
                return Line(self._line, self._code, "operate", (name,), node, owner)
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(id="torch"), "manual_seed"), [ast.Constant(value=int() as seed)], [])):
                if seed > LARGEST:
                    raise self._refused("size", str(seed))
                return Line(self._line, self._code, "seed", (), Node("number", (), *self._columns(tree), seed))
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(), attribute)) as call) if attribute in IN_PLACE:
                node = self._node(call)
                return Line(self._line, self._code, "call", (), node, node.operands[0])
        raise self._refused("assignment", self._code)

    def _found(self, kind: str, names: tuple[str, ...], value: ast.expr, target: Node | None = None) -> Line:
        return Line(self._line, self._code, kind, names, self._node(value), target)

    def _node(self, tree: ast.expr) -> Node:
        self._nodes += 1  # counted on the way down, so that nothing nests deeper than this
        if self._nodes > MOST_NODES:
            raise self._refused("too_many_operations", self._written(tree), str(MOST_NODES))
        match tree:
            case ast.Constant():
                return self._constant(tree)
            case ast.Name(id=name):
                return self._name(name, tree)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return self._made(type(tree).__name__.lower(), tree, *items)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._made("neg", tree, operand)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
                return self._made(OPERATORS[type(operator)], tree, left, right)
            case ast.Subscript(value=owner, slice=index):
                return self._made("index", tree, owner, index)
            case ast.Attribute() | ast.Call() | ast.Slice():
                return self._longer(tree)
        raise self._refused("construct", self._written(tree))

    def _longer(self, tree: ast.Attribute | ast.Call | ast.Slice) -> Node:
        match tree:
            case ast.Slice(lower=lower, upper=upper, step=step):
                return self._made("slice", tree, *(one or ast.copy_location(ast.Constant(None), tree) for one in (lower, upper, step)))
            case ast.Attribute():
                return self._attribute(tree)
        return self._call(tree)

    def _constant(self, tree: ast.Constant) -> Node:
        match tree.value:
            case None:
                return self._made("none", tree)
            case int() | float() as number:
                if not abs(number) <= LARGEST:
                    raise self._refused("size", self._written(tree))
                return Node("number", (), *self._columns(tree), number)
        if tree.value is ...:
            return self._made("dots", tree)
        raise self._refused("construct", self._written(tree))

    def _name(self, name: str, tree: ast.expr) -> Node:
        if name not in self._known:
            raise self._refused("unknown", name, ", ".join(sorted(self._known)))
        return Node("name", (), *self._columns(tree), name)

    def _attribute(self, tree: ast.Attribute) -> Node:
        match tree:
            case ast.Attribute(ast.Name(id="torch" | "np" as module), name) if name in DTYPES:
                return Node("dtype", (), *self._columns(tree), f"{module}.{name}")
            case ast.Attribute(ast.Name(id=module), name) if module in MODULES:
                raise self._refused("function", f"{module}.{name}", " ".join(DTYPES))
            case ast.Attribute(owner, name) if name in ATTRIBUTES:
                return self._made(f".{name}", tree, owner)
        raise self._refused("attribute", f".{tree.attr}", " ".join(f".{name}" for name in ATTRIBUTES))

    def _call(self, tree: ast.Call) -> Node:
        match tree.func:
            case ast.Attribute(ast.Name(id=module), name) if module in MODULES and module not in self._known:
                operation, operands = f"{module}.{name}", tree.args
                if name not in MODULES[module]:
                    raise self._refused("function", operation, " ".join(MODULES[module]))
            case ast.Attribute(owner, name):
                operation, operands = f".{name}", [owner, *tree.args]
                if name not in METHODS:
                    raise self._refused("method", operation, " ".join(METHODS))
            case _:
                raise self._refused("construct", self._written(tree))
        if operation.removeprefix("torch.") in LISTS_ONLY and not (operands and isinstance(operands[0], ast.List)):
            raise self._refused("list_only", self._written(tree), f"{operation}([…])")
        if any(isinstance(one, ast.Starred) for one in operands):
            raise self._refused("construct", self._written(tree))
        return self._made(operation, tree, *operands, keywords=tree.keywords)

    def _made(self, operation: str, tree: ast.expr, *operands: ast.expr, keywords: list[ast.keyword] | None = None) -> Node:
        named = []
        for one in keywords or []:
            if one.arg not in KEYWORDS:
                raise self._refused("keyword", str(one.arg or "**"), " ".join(KEYWORDS))
            named.append((one.arg, self._node(one.value)))
        return Node(operation, tuple(map(self._node, operands)), *self._columns(tree), keywords=tuple(named))

    def _columns(self, tree: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a part begins and ends in the line; Python counts bytes."""
        code = self._code.encode()
        return len(code[: tree.col_offset].decode()), len(code[: tree.end_col_offset].decode())

    def _written(self, tree: ast.expr) -> str:
        return ast.get_source_segment(self._code, tree) or self._code

    def _refused(self, code: str, written: str, allowed: str = "") -> ProgramError:
        return ProgramError(code, self._line, written, allowed)


def nodes(node: Node) -> Iterator[Node]:
    """A part and all parts of it."""
    yield node
    for one in (*node.operands, *(value for _, value in node.keywords)):
        yield from nodes(one)
