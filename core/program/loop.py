"""Loop: a program cut into what stands before its training loop, and that loop as a generator that is held where one likes."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import CodeType
from typing import Any, NamedTuple, cast

PASSES = "_passes"  # what the generator function is called in the program's namespace
BEGINS = "_begins"  # called with the number of each pass, at its beginning
LATER = "_later"  # given all passes, returns those that are still to be made

Hold = Callable[[ast.stmt, bool], Iterable[ast.stmt]]


class Loop(NamedTuple):
    """A program in two parts.

    Args:
        setup: what stands before the loop, statement by statement.
        passes: a generator function that is the loop; all that it assigns are names of the program, not of the function.
        counter: the name that holds the number of the pass.
        carried: the names that a pass may read before it assigns them, so that it finds in them what the pass before left.
    """

    setup: Sequence[CodeType]
    passes: CodeType
    counter: str
    carried: frozenset[str]

    def begin(self, namespace: dict[str, Any]) -> None:
        """Execute what stands before the loop; `namespace[PASSES]()` is then the loop."""
        for _ in self.begun(namespace):
            pass

    def begun(self, namespace: dict[str, Any]) -> Iterator[None]:
        """The same, held after each statement."""
        namespace |= {BEGINS: lambda _number: None, LATER: lambda passes: passes}
        for code in (*self.setup, self.passes):
            exec(code, namespace)  # noqa: S102 - our own program
            yield


def cut(tree: ast.Module, name: str, hold: Hold) -> Loop:
    """The two parts of a program; it changes `tree`.

    Args:
        name: of its file, for tracebacks.
        hold: what takes the place of a statement of the loop, with a `yield` where the run is held. It is also told whether
            a `backward()` is still to come in the pass.
    """
    loop = training_loop(tree)
    at = tree.body.index(loop)
    carried = _carried(loop, tree)
    _replace(loop, hold, to_come=False)
    counter = cast(ast.Name, loop.target)
    loop.iter = ast.Call(ast.Name(LATER, ast.Load()), [loop.iter], [])
    loop.body.insert(0, ast.Expr(ast.Call(ast.Name(BEGINS, ast.Load()), [ast.Name(counter.id, ast.Load())], [])))
    function = ast.parse(f"def {PASSES}():\n    global {', '.join(sorted(_assigned(loop)))}")
    cast(ast.FunctionDef, function.body[0]).body.append(loop)
    parts = (*(ast.Module([statement], []) for statement in tree.body[:at]), function)
    *setup, passes = (compile(ast.fix_missing_locations(part), name, "exec") for part in parts)
    return Loop(setup, passes, counter.id, carried)


def training_loop(tree: ast.Module) -> ast.For:
    """The `for` of a program in which `backward()` is called."""
    return next(node for node in tree.body if isinstance(node, ast.For) and calls(node, "backward"))


def first_pass(tree: ast.Module) -> int:
    """The number of the first pass of a program's loop, which goes over a `range`."""
    passes = cast(ast.Call, training_loop(tree).iter).args
    return cast(int, ast.literal_eval(passes[0])) if len(passes) > 1 else 0


def calls(node: ast.AST, method: str) -> bool:
    """Whether a method of this name is called anywhere in a part of a program."""
    called = (child.func for child in ast.walk(node) if isinstance(child, ast.Call))
    return any(isinstance(function, ast.Attribute) and function.attr == method for function in called)


def _replace(node: ast.AST, hold: Hold, to_come: bool) -> None:
    for field in ("body", "orelse"):
        statements = getattr(node, field, None)
        if not isinstance(statements, list):
            continue
        made: list[ast.stmt] = []
        for number, statement in enumerate(statements):
            follows = to_come or any(calls(later, "backward") for later in statements[number + 1 :])
            _replace(statement, hold, follows)
            made += hold(statement, follows)
        setattr(node, field, made)


def _assigned(node: ast.AST) -> set[str]:
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)}


# --- what goes from one pass to the next -------------------------------------------------------------------------------


def _carried(loop: ast.For, tree: ast.Module) -> frozenset[str]:
    """The names that hold something over from the pass before.

    What is assigned where a setting says so counts as assigned from there on: settings are the same in the pass before, and
    where a live one was changed, no program reads what a branch that is no longer taken has left.
    """
    functions = {node.name: _read(node) for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    found: set[str] = set()
    _follow(loop.body, set(_assigned(loop.target)), found, functions)
    return frozenset(found & _assigned(loop))


def _follow(body: Sequence[ast.stmt], known: set[str], found: set[str], functions: Mapping[str, set[str]]) -> None:
    """Go through statements: `known` grows by what they assign in any case, `found` by what they read before that."""

    def read(*nodes: ast.AST | None) -> None:
        names = set[str]().union(*(_read(node) for node in nodes if node is not None))
        found.update(names.union(*(functions.get(name, set()) for name in names)) - known)

    for statement in body:
        match statement:
            case ast.If(test=test, body=taken, orelse=other):
                read(test)
                ways = set(known), set(known)
                for way, branch in zip(ways, (taken, other), strict=True):
                    _follow(branch, way, found, functions)
                known |= ways[0] | ways[1] if _read(test) <= {"config", "ever"} else ways[0] & ways[1]
            case ast.For(target=target, iter=iterated, body=inner):
                read(iterated)
                _follow(inner, known | _assigned(target), found, functions)
            case ast.With(items=items, body=inner):
                read(*items)
                _follow(inner, known, found, functions)
            case ast.Assign(targets=targets, value=value):
                read(value, *targets)
                known |= set[str]().union(*map(_assigned, targets))
            case ast.AugAssign(target=ast.Name(name)):
                read(statement.value, ast.Name(name, ast.Load()))
                known.add(name)
            case _:
                read(statement)


def _read(node: ast.AST) -> set[str]:
    """The names that a part of a program reads, but for those that are its own: a function's, a comprehension's."""
    own = {child.arg for child in ast.walk(node) if isinstance(child, ast.arg)}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        own |= _assigned(node)
    own |= set[str]().union(*(_assigned(child.target) for child in ast.walk(node) if isinstance(child, ast.comprehension)))
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load)} - own
