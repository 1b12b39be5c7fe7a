"""Lines: a script line by line, with what a reader of its training loop is to know of each."""

import io
import tokenize
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

STATEMENTS = ("forward", "loss", "zero_grad", "backward", "step")  # of an update, in their right order


class Line(NamedTuple):
    """A line of a program: its text, which statement of the update it is, and whether a mistake put it in or took it out."""

    text: str
    statement: str = ""
    edit: Literal["", "added", "removed"] = ""


Program = Sequence[Line]


def program(source: str, marks: Mapping[str, Sequence[int]]) -> Program:
    """The lines of a script, with the statements that `core.program.script.Script.marks` tells."""
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
