"""Text: a program's source with its tree, its comments, and the lines that stand above each statement."""

import ast
import io
import tokenize
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any


@dataclass(frozen=True, eq=False)
class Text:
    """The source of a module; positions are those of its tree."""

    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def imports(self) -> list[ast.Import | ast.ImportFrom]:
        """Those at the top."""
        top = takewhile(lambda node: isinstance(node, ast.Import | ast.ImportFrom | ast.Expr), self.tree.body)
        return [node for node in top if isinstance(node, ast.Import | ast.ImportFrom)]

    @cached_property
    def lines(self) -> list[str]:
        return self.source.split("\n")

    @cached_property
    def _segments(self) -> dict[ast.AST, str]:
        """What has been asked for: a program is read once, and its scripts are written again and again."""
        return {}

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins, counted in characters of the source."""
        return [0, *accumulate(len(line) + 1 for line in self.lines)]

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comment at the end of a line of code, by the line's number from 1; without its `#`."""
        found = {}
        for token in tokenize.generate_tokens(io.StringIO(self.source).readline):
            line, column = token.start
            if token.type == tokenize.COMMENT and token.string != "# fmt: skip" and self.lines[line - 1][:column].strip():
                found[line] = token.string.removeprefix("# ")
        return found

    def of(self, node: ast.AST) -> str:
        """The source of an expression or a statement, from its first character to its last."""
        if node not in self._segments:
            self._segments[node] = self.source[self.offset(node) : self.offset(node, end=True)]
        return self._segments[node]

    def offset(self, node: ast.AST, end: bool = False) -> int:
        """Where a node begins, or ends, counted in characters of the source."""
        place: Any = node
        line: int
        line, column = (place.end_lineno, place.end_col_offset) if end else (place.lineno, place.col_offset)
        text = self.lines[line - 1]
        return self._starts[line - 1] + len(text.encode()[:column].decode())  # columns are counted in bytes

    def above(self, statement: ast.stmt, previous_end: int) -> list[str]:
        """What stands between the line `previous_end` and a statement: paragraphs of comment; "" is an empty line."""
        return paragraphs([line.strip() for line in self.lines[previous_end : statement.lineno - 1]])


def paragraphs(lines: list[str]) -> list[str]:
    """Lines of comment that belong together, joined, without `#`; a line set in further, `#     so`, stands for itself."""
    made: list[str] = []
    for line in lines:
        text = line.removeprefix("#")[1:]
        goes_on = line and made and made[-1] and not text.startswith(" ") and not made[-1].startswith(" ")
        made = [*made[:-1], f"{made[-1]} {text}"] if goes_on else [*made, text]
    return made


@cache
def text(path: Path) -> Text:
    """The program of a file."""
    return Text(path.read_text(encoding="utf-8"))
