"""Lines: a script line by line, and its training loop as a generator that can be held before and after each statement."""

import ast
import io
import tokenize
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

STATEMENTS = ("forward", "loss", "zero_grad", "backward", "step")  # of an update, in their right order
LOOP = "_passes"  # what the generator function is called


class Line(NamedTuple):
    """A line of a program: its text, which statement of the update it is, and whether a mistake put it in or took it out."""

    text: str
    statement: str = ""
    edit: Literal["", "added", "removed"] = ""


Program = Sequence[Line]


def program(source: str, marks: Mapping[str, Sequence[int]]) -> Program:
    """The lines of a script, with the statements that `core.script.Script.marks` tells."""
    named = {number: name for name in STATEMENTS for number in marks[name]}
    return [Line(text, named.get(number, "")) for number, text in enumerate(source.split("\n"), start=1)]


def source(lines: Program) -> str:
    """What Python is given: a line that was taken out leaves an empty one, so that numbers stay."""
    return "\n".join("" if line.edit == "removed" else line.text for line in lines)


def updates(lines: Program) -> list[list[tuple[int, Line]]]:
    """The numbered statements of each update that a loop may make: a run that went from mini-batches to all rows has two."""
    found: list[list[tuple[int, Line]]] = []
    outside, inner = True, 0  # whether a line set in less than the last statement has been passed; how far that was set in
    for number, line in enumerate(lines, start=1):
        depth = len(line.text) - len(line.text.lstrip())
        if line.statement:
            found = [*found, [(number, line)]] if outside else [*found[:-1], [*found[-1], (number, line)]]
            outside, inner = False, depth
        elif line.text and not outside:
            outside = depth < inner
    return found


def parts(lines: Program, held_at: list[int]) -> tuple[Any, Any, str]:
    """What stands before the loop, the loop as a generator function, and the name of its counter."""
    tree = ast.parse(source(lines))
    loop = next(node for node in tree.body if isinstance(node, ast.For) and node.lineno <= held_at[0] <= (node.end_lineno or 0))
    assigned = {node.id for node in ast.walk(loop) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(loop):
        for field in ("body", "orelse"):
            if isinstance(body := getattr(node, field, None), list):
                setattr(node, field, [made for statement in body for made in _held(statement, held_at)])
    function = ast.parse(f"def {LOOP}():\n    global {', '.join(sorted(assigned))}")
    cast(ast.FunctionDef, function.body[0]).body.append(loop)
    setup = ast.Module(tree.body[: tree.body.index(loop)], [])
    compiled = [compile(ast.fix_missing_locations(part), "<program>", "exec") for part in (setup, function)]
    return compiled[0], compiled[1], cast(ast.Name, loop.target).id


def _held(statement: ast.stmt, held_at: list[int]) -> list[ast.stmt]:
    """The statement, with a `yield` before and after it if it is one of the update's."""
    if statement.lineno not in held_at:
        return [statement]
    place = held_at.index(statement.lineno)
    before, after = (_yielding(place, done) for done in (False, True))
    return [before, statement, after]


def _yielding(place: int, done: bool) -> ast.Expr:
    return ast.Expr(ast.Yield(ast.Tuple([ast.Constant(place), ast.Constant(done)], ast.Load())))


def listing(lines: Program, first: int) -> list[dict[str, Any]]:
    """From line `first` to the end of the loop, and what a mistake has put in before it; without comments."""
    numbered = list(enumerate(lines, start=1))
    last = next((number for number, line in numbered[first:] if line.text and not line.text.startswith(" ")), len(numbered))
    kept = [(number, line) for number, line in numbered if first <= number < last or (line.edit and number < first)]
    return [
        {"number": number, "text": text, "statement": line.statement, "edit": line.edit} for number, line in kept if (text := code(line))
    ]


def code(line: Line) -> str:
    """A line without the comment at its end."""
    reader = io.StringIO(line.text.strip()).readline
    comment = ""
    try:
        comment = next((token.string for token in tokenize.generate_tokens(reader) if token.type == tokenize.COMMENT), "")
    except tokenize.TokenError:  # a line out of a statement of several
        return line.text
    return line.text.removesuffix(comment).rstrip()
