"""Reading: what the small languages of the labs share. A program is read line by line and never executed; what is refused is named."""

import ast
import keyword
import re
from collections.abc import Collection, Iterator

LONGEST_PROGRAM = 1000  # characters
LONGEST_CHAIN, LONGEST_SHAPE = 4000, 80  # characters of layers, and of the shape that goes in
LONGEST_NAME = 12  # characters
LARGEST = 1e6  # of a number that is typed, or computed from numbers alone


class ProgramError(ValueError):
    """What was typed is refused.

    Args:
        code: why.
        line: the line's number, from 1; 0 where it is about no line.
        written: the part that is refused, as it was written.
        allowed: what could stand there instead, where that depends on the program.
    """

    def __init__(self, code: str, line: int, written: str, allowed: str = "") -> None:
        super().__init__(f"line {line}: {written!r} ({code}){f'; allowed: {allowed}' if allowed else ''}")
        self.code, self.line, self.written, self.allowed = code, line, written, allowed


def code_lines(text: str, most: int) -> Iterator[tuple[int, str]]:
    """The lines with code in them, without comments, by their numbers from 1; at most `most` of them.

    Raises:
        ProgramError: `too_long`, or `too_many_lines` when it comes to the first that is too many.
    """
    if len(text) > LONGEST_PROGRAM:
        raise ProgramError("too_long", text.count("\n") + 1, str(len(text)), str(LONGEST_PROGRAM))
    count = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if code := line.split("#")[0].strip():
            if (count := count + 1) > most:
                raise ProgramError("too_many_lines", number, code, str(most))
            yield number, code


def statement(number: int, code: str, unreadable: re.Pattern[str]) -> ast.stmt:
    """The one statement of a line, as Python's own parser reads it; `unreadable` finds characters that no line may hold."""
    if found := unreadable.search(code):
        raise ProgramError("character", number, found[0])
    try:
        [parsed] = ast.parse(code).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ProgramError("syntax", number, code) from None
    return parsed


def free_name(name: str, number: int, reserved: Collection[str]) -> str:
    """A name that a line may give to its result."""
    if name in reserved or keyword.iskeyword(name) or name.startswith("_"):
        raise ProgramError("reserved", number, name)
    if len(name) > LONGEST_NAME:
        raise ProgramError("long_name", number, name, str(LONGEST_NAME))
    return name


class AsPyTorch(ast.NodeTransformer):
    """f(e) → torch.f(e)."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name):
            node.func = ast.Attribute(ast.Name("torch", ast.Load()), node.func.id, ast.Load())
        return node
