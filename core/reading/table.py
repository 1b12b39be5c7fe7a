"""A file as a table: what was understood of it, its columns with their types, and every row that is left out with the reason."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from core.reading.dialect import Row, split
from core.reading.encoding import decoded
from core.reading.errors import ReadingError
from core.reading.header import Header, arranged
from core.reading.numbers import LARGEST, Decimal, decimal_sign, is_date, is_missing, number, unit, without_unit
from core.settings.limits import limits

Kind = Literal["whole numbers", "numbers", "dates", "text", "empty"]
Why = Literal["missing", "no_number", "too_large", "too_many_cells", "alone"]
NUMBERS = ("whole numbers", "numbers")
FIRST = 3  # so many of the cells to blame are named
ROW_NUMBER = 0  # the place of a column that every table has: 1, 2, 3 …
_TOLERATED = 0.2  # of a column's values may be no numbers; from there on it is a column of words


class Reading(NamedTuple):
    """How a file is to be read; what is "" (or, as a separator, None) is found out."""

    encoding: str = ""
    separator: str | None = None
    decimal: Decimal | Literal[""] = ""
    header: Header | Literal[""] = ""


AS_FOUND = Reading()


class Cell(NamedTuple):
    """A cell that cannot be used: its line in the file, the place of its column, what it holds, and why."""

    line: int
    place: int
    text: str
    why: Why


class Column(NamedTuple):
    """One column; `values` has a number or None for each row. `blamed` are the cells to blame for None, of words the first ones."""

    place: int  # from 1
    name: str
    kind: Kind
    values: tuple[float | None, ...]
    blamed: tuple[Cell, ...]
    to_blame: int  # how many there are of them
    unit: str  # what its numbers are written with and read without: % or a sign of money; "" where they have none

    @property
    def usable(self) -> bool:
        """Whether it can be x or y."""
        return self.kind in NUMBERS and self.numbers > 1

    @property
    def numbers(self) -> int:
        """How many rows have a number."""
        return sum(value is not None for value in self.values)

    @property
    def constant(self) -> bool:
        """Whether all its numbers are the same: no line goes through such x."""
        return len({value for value in self.values if value is not None}) < 2


class Pairs(NamedTuple):
    """Two columns as points, and the cells for which a row was left out: the first of each row."""

    points: tuple[tuple[float, float], ...]
    left_out: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """What was understood of a file."""

    encoding: str
    separator: str
    decimal: Decimal
    header: Header
    doubtful: bool  # the other decimal sign would make other numbers of the same cells
    above: int  # lines of title and remarks above the table
    surplus: int  # names for which no row has a cell
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    odd: tuple[Cell, ...]  # rows with more cells than there are columns

    @cached_property
    def usable(self) -> tuple[Column, ...]:
        """The columns of numbers."""
        return tuple(column for column in self.columns if column.usable)

    @property
    def default_x(self) -> int:
        """The place of the column that is x where nobody chose one."""
        return self.x_beside(None)

    @property
    def default_y(self) -> int:
        """The place of the column that is y where nobody chose one."""
        return self.y_beside(self.default_x)

    def x_beside(self, y: int | None) -> int:
        """The place of the first column that can be x and is not y; the number of the row, where that leaves y nothing."""
        varying = [column.place for column in self.usable if not column.constant and column.place != y]
        return varying[0] if varying and (y is not None or len(self.usable) > 1) else ROW_NUMBER

    def y_beside(self, x: int) -> int:
        """The place of the first column that is not x, one whose numbers differ where there is one."""
        others = sorted(self.usable, key=lambda column: column.constant)
        return next((column.place for column in others if column.place != x), ROW_NUMBER)

    def points(self, x: int, y: int) -> Pairs:
        """The columns at these places as points."""
        points, left_out = [], list(self.odd)
        blamed = {cell.line: cell for place in (y, x) if place for cell in self.columns[place - 1].blamed}
        for row, pair in zip(self.rows, zip(self._values(x), self._values(y), strict=True), strict=True):
            if pair[0] is None or pair[1] is None:
                left_out.append(blamed[row.line])
            else:
                points.append((pair[0], pair[1]))
        return Pairs(tuple(points), tuple(sorted(left_out)))

    def _values(self, place: int) -> Sequence[float | None]:
        return [float(count) for count in range(1, len(self.rows) + 1)] if place == ROW_NUMBER else self.columns[place - 1].values

    def place(self, name: str) -> int | None:
        """The place of the column of this name, or of this number where no name is so; None where there is none."""
        named = next((column.place for column in self.columns if column.name == name), None)
        by_number = int(name) if name.isdecimal() and int(name) <= len(self.columns) else None
        return by_number if named is None else named


def read(data: bytes, reading: Reading = AS_FOUND) -> Table:
    """The table in a file.

    Raises:
        ReadingError: it is no text, holds no row, or more rows than a table may have.
    """
    text, encoding = decoded(data, reading.encoding)
    separator, rows = split(text, reading.separator)
    if not rows:
        raise ReadingError("table_empty")
    if len(rows) > limits().table_rows + 1:
        raise ReadingError("table_too_long", rows=len(rows), limit=limits().table_rows)
    header, names, rows, above, odd, surplus = arranged(rows, reading.header or None)
    cells = [[row.cells[place] for row in rows] for place in range(len(names))]
    units = [unit(column) for column in cells]
    bare = [[without_unit(cell)[1] for cell in column] if sign else column for column, sign in zip(cells, units, strict=True)]
    decimal, doubtful = decimal_sign(bare, separator)
    decimal = reading.decimal or decimal
    lines = [row.line for row in rows]
    named = enumerate(zip(names, cells, units, strict=True), 1)
    columns = [_column(place, name, sign, lines, column, decimal) for place, (name, column, sign) in named]
    wide = tuple(Cell(row.line, ROW_NUMBER, str(len(row.cells)), "too_many_cells") for row in odd)
    return Table(encoding, separator, decimal, header, doubtful, above, surplus, tuple(columns), rows, wide)


def _column(place: int, name: str, sign: str, lines: Sequence[int], cells: Sequence[str], decimal: Decimal) -> Column:
    values: list[float | None] = []
    blamed: list[Cell] = []
    for line, cell in zip(lines, cells, strict=True):
        bare = without_unit(cell)[1] if sign else cell
        value = None if is_missing(cell) else number(bare, decimal)
        usable = value is not None and math.isfinite(value) and abs(value) <= LARGEST
        values.append(value if usable else None)
        if not usable:
            why: Why = "missing" if is_missing(cell) else "no_number" if value is None else "too_large"
            blamed.append(Cell(line, place, cell, why))
    kind = _kind(cells, values, blamed)
    if kind in NUMBERS:
        return Column(place, name, kind, tuple(values), tuple(blamed), len(blamed), sign)
    unreadable = [cell for cell in blamed if cell.why != "missing"] or blamed
    return Column(place, name, kind, (), tuple(unreadable[:FIRST]), len(unreadable), "")


def _kind(cells: Sequence[str], values: Sequence[float | None], blamed: Sequence[Cell]) -> Kind:
    """A few cells that are no numbers cost their rows, many of them the column."""
    there = [cell for cell in cells if not is_missing(cell)]
    words = sum(cell.why == "no_number" for cell in blamed)
    if not there:
        return "empty"
    if words > max(1, _TOLERATED * len(there)) or words == len(there):
        return "dates" if sum(map(is_date, there)) > len(there) / 2 else "text"
    return "whole numbers" if all(value is None or value.is_integer() for value in values) else "numbers"
