"""The one table: ratios with what they should reach, then plain figures."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

HEAD = ("what", "against", "measured", "to reach", "")
LONGEST = 58  # characters of a cell before it is wrapped


@dataclass(frozen=True)
class Row:
    """One ratio (or share, or count) and its bound, if it has one.

    Args:
        measured: None where it could not be measured; the note says why.
        sense: whether `target` is the least or the most that is allowed.
        note: what lies behind the number: both sides in their own units, and the spread.
    """

    what: str
    against: str
    measured: float | None
    sense: Literal["≥", "≤"] = "≥"
    target: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the bound is kept; None where there is none, or nothing was measured."""
        if self.measured is None or self.target is None:
            return None
        return self.measured >= self.target if self.sense == "≥" else self.measured <= self.target


@dataclass(frozen=True)
class Figure:
    """A number that is compared with nothing."""

    what: str
    value: str


@dataclass
class Results:
    """What a part of the benchmarks has found."""

    rows: list[Row] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)

    def __add__(self, other: "Results") -> "Results":
        return Results(self.rows + other.rows, self.figures + other.figures)


def number(value: float | None) -> str:
    """Three significant digits, without an exponent: 0.934, 1.07, 12.5; a dash where there is none."""
    if value is None:
        return "–"
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.6f}"


def render(results: Results) -> str:
    """The whole table as text."""
    grid = _grid([HEAD, *map(_cells, results.rows)]) if results.rows else []
    notes = [f"{place:>2}  {row.note}" for place, row in enumerate(results.rows, start=1) if row.note]
    width = max((len(figure.what) for figure in results.figures), default=0)
    figures = [f"{figure.what:<{width}}  {figure.value}" for figure in results.figures]
    return "\n\n".join("\n".join(block) for block in (grid, _wrapped(notes), figures) if block) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    to_reach = "" if row.target is None else f"{row.sense} {number(row.target)}"
    said = "not measured" if row.measured is None else {True: "reached", False: "MISSED", None: ""}[row.reached]
    return row.what, row.against, number(row.measured), to_reach, said


def _grid(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns side by side, the rows numbered, long cells wrapped; the third and fourth column are right-aligned."""
    numbered = [("", *rows[0])] + [(str(place), *row) for place, row in enumerate(rows[1:], start=1)]
    split = [[textwrap.wrap(cell, LONGEST) or [""] for cell in row] for row in numbered]
    widths = [max(len(line) for row in split for line in row[column]) for column in range(len(numbered[0]))]
    lines: list[str] = []
    for place, row in enumerate(split):
        for depth in range(max(map(len, row))):
            parts = [cell[depth] if depth < len(cell) else "" for cell in row]
            lines.append("  ".join(_aligned(part, width, at) for at, (part, width) in enumerate(zip(parts, widths, strict=True))))
        if place == 0:
            lines.append("  ".join("─" * width for width in widths))
    return [line.rstrip() for line in lines]


def _aligned(text: str, width: int, column: int) -> str:
    return text.rjust(width) if column in {0, 3, 4} else text.ljust(width)


def _wrapped(notes: Iterable[str]) -> list[str]:
    return [line for note in notes for line in textwrap.wrap(note, 118, subsequent_indent="    ")]
