"""Rows of cells → names and rows of one length: lines above the table, its header or none, row names, separators at the ends."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from core.reading.dialect import Row, is_counting
from core.reading.numbers import is_date, is_missing, is_number, unit, without_unit

Header = Literal["names", "row names", "none"]
HEADERS: tuple[Header, ...] = ("names", "row names", "none")
_ABOVE = 30  # so many lines of title and remarks may stand above a table


class Arranged(NamedTuple):
    """A table as it is meant.

    `rows` all have as many cells as there are `names`; a name that is not there is "". `odd` are rows with more cells than that.
    """

    header: Header
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    above: int
    odd: tuple[Row, ...]
    surplus: int  # names for which no row has a cell


def arranged(rows: Sequence[Row], header: Header | None = None) -> Arranged:
    """The rows as a table; `header` says what the first one is, if that was found out already."""
    width = _width(rows)
    above = _above(rows, width)
    first, *below = rows[above:]
    header = header or _header(*_without_units(first.cells, [row.cells for row in below]), width)
    if header == "none":
        return _made(header, (), [first, *below], width, above)
    names = list(_without_mark(_without_end(first.cells), width))
    if header == "row names":
        names = names[1:] if len(names) >= width else names
        below = [Row(line, cells[1:]) for line, cells in below]
        width -= 1
    return _made(header, names, below, width, above)


def _made(header: Header, names: Sequence[str], rows: Sequence[Row], width: int, above: int) -> Arranged:
    """Every row gets as many cells as there are columns; a column without a name and without a value is none."""
    longest = max((len(row.cells) for row in rows), default=width)
    surplus = max(0, len(names) - longest)
    width = max(width, len(names))
    names = [*names, *[""] * (width - len(names))]
    odd = tuple(row for row in rows if any(row.cells[width:]))
    full = [Row(line, (*cells, *[""] * width)[:width]) for line, cells in rows if not any(cells[width:])]
    kept = [place for place, name in enumerate(names) if name or any(row.cells[place] for row in full)]
    cut = tuple(Row(line, tuple(cells[place] for place in kept)) for line, cells in full)
    return Arranged(header, tuple(names[place] for place in kept), cut, above, odd, surplus)


def _width(rows: Sequence[Row]) -> int:
    """How many cells most rows have, without the empty ones after a separator at the end."""
    bulk = rows[1:] or rows
    usual = Counter(len(row.cells) for row in bulk).most_common(1)[0][0]
    return max(len(_without_end(row.cells)) for row in bulk if len(row.cells) == usual)


def _without_end(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells without the empty ones at the end."""
    return tuple(cells[: max((place for place, cell in enumerate(cells, 1) if cell), default=0)])


def _without_mark(names: Sequence[str], width: int) -> Sequence[str]:
    """`# x y`, as NumPy writes a header, names x and y; `#,x,y` has a column of numbers that is called #."""
    if names and names[0] == "#" and len(names) == width + 1:
        return names[1:]
    return [names[0].lstrip("#% ") or names[0], *names[1:]] if names else names


# --- what the first rows are ---------------------------------------------------------------------------------------


def _above(rows: Sequence[Row], width: int) -> int:
    """How many lines stand above the table: titles and remarks, which have fewer cells than it."""
    for place, row in enumerate(rows[:_ABOVE]):
        if _begins(row.cells, [row.cells for row in rows[place + 1 : place + 3]], width):
            return place
    return 0


def _begins(cells: Sequence[str], below: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the table may begin with these cells."""
    filled = sum(bool(cell) for cell in cells)
    if width <= 1 or not below or (any(map(is_number, cells)) and filled > width / 2):
        return True
    if filled == width - 1 and len(below) > 1:  # as R writes a header, or a title of as many words
        return not (all(map(_is_word, below[0])) and len(below[0]) == width and any(map(is_number, below[1])))
    return filled >= width or (len(cells) >= width and filled > 1 and any(map(is_number, below[0])))


def _is_word(cell: str) -> bool:
    return not (is_number(cell) or is_missing(cell) or is_date(cell))


def _without_units(first: Sequence[str], below: Sequence[Sequence[str]]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """`$5` above `$6` is a value and no name; `5%` above 6 may be one."""
    units = [unit([cells[place] for cells in below if len(cells) > place]) for place in range(len(first))]

    def bare(cells: Sequence[str]) -> list[str]:
        parts = map(without_unit, cells)
        return [text if sign and place < len(units) and sign == units[place] else cells[place] for place, (sign, text) in enumerate(parts)]

    return bare(first), [bare(cells) for cells in below]


def _header(first: Sequence[str], below: Sequence[Sequence[str]], width: int) -> Header:
    if not _names(first, below):
        return "none"
    labels = [cells[0] for cells in below if cells]
    short = len(first) == width - 1 or (len(first) == width > 1 and not first[0])
    return "row names" if short and _are_labels(labels) else "names"


def _are_labels(labels: Sequence[str]) -> bool:
    """Whether the cells of a first column without a name can be the names of the rows: no two alike, and no measurements."""
    return len(set(labels)) == len(labels) and (is_counting(labels) or all(label.isdecimal() or _is_word(label) for label in labels))


def _names(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: a number in it says no, unless a word stands over nothing but numbers."""
    numbers = [cell for cell in first if is_number(cell)]
    if not numbers or not below:
        return any(map(_is_word, first)) and not (numbers and not any(map(_is_word, first)))
    whole = all(cell.isdecimal() for cell in numbers)
    return whole and (_has_name_over_numbers(first, below) or _are_years(numbers, first, below) or _are_counted(first, below))


def _has_name_over_numbers(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    shift = max(0, max(map(len, below)) - len(first))
    for place, name in enumerate(first):
        column = [cells[place + shift] for cells in below if len(cells) > place + shift]
        values = [cell for cell in column if not is_missing(cell)]
        if _is_word(name) and len(values) > 1 and all(map(is_number, values)):
            return True
    return False


def _are_years(numbers: Sequence[str], first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """`country,2019,2020`: years in a row, over values that are none."""
    years = [int(number) for number in numbers]
    if len(years) < 2 or not any(map(_is_word, first)) or years != list(range(years[0], years[0] + len(years))):
        return False
    return all(1500 <= year <= 2200 for year in years) and not any(cell in numbers for cells in below for cell in cells)


def _are_counted(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """`,0,1,2` over rows that are counted as well, as pandas writes a table without names."""
    return first[0] == "" and is_counting(first[1:]) and is_counting([cells[0] for cells in below if cells])
