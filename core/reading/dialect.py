"""A text → rows of cells. clevercsv weighs the separators; what only numbers can tell is added here."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import Literal, NamedTuple

from core.reading.errors import ReadingError
from core.reading.numbers import is_date, is_missing, is_number, without_unit

SPACES, NONE = " ", ""  # any number of spaces and tabs; one column
SEPARATORS = (",", ";", "\t", "|", SPACES, NONE)
_LINES, _LONGEST = 200, 1000  # lines, and characters of each, that tell the separator; a table looks the same all over
_ANNOUNCED = re.compile(r'"?sep=(.|\\t)"?[,;\t]*', re.IGNORECASE)  # the first line that Excel writes and reads
COLUMNS = 1000
_END = "\x1f"  # no cell holds it
_BETTER = 0.2  # by so much more of a table must be numbers before the guess of clevercsv is overruled


class Row(NamedTuple):
    """One row: the line of the file that it begins on, from 1, and its cells without the spaces round them."""

    line: int
    cells: tuple[str, ...]


class Split(NamedTuple):
    """A text as rows, from the first that holds anything to the last."""

    separator: str
    rows: tuple[Row, ...]


def split(text: str, separator: str | None = None) -> Split:
    """The rows of a text, by the given separator or by the one that fits best. An Excel line `sep=;` is obeyed and left out.

    A blank line is no row, but in a single column it is a missing value.

    Raises:
        ReadingError: "cell_too_long" or "table_too_wide": no table is so.
    """
    first, _, rest = text.partition("\n")
    announced = _ANNOUNCED.fullmatch(first.strip(" "))
    body, before = (rest, 1) if announced else (text, 0)
    if separator is None and announced:
        separator = "\t" if announced[1] == "\\t" else announced[1]
    if separator is None:
        separator = _found(body)
    rows = [row for row in rows_of(body, separator, before) if len(row.cells) > 1 or any(row.cells) or separator == NONE]
    if max((len(row.cells) for row in rows), default=0) > COLUMNS:
        raise ReadingError("table_too_wide", limit=COLUMNS)
    filled = [place for place, row in enumerate(rows) if any(row.cells)]
    return Split(separator, tuple(rows[filled[0] : filled[-1] + 1]) if filled else ())


def rows_of(text: str, separator: str, before: int = 0) -> Iterator[Row]:
    """Every line of a text as a row; `before` lines came before it."""
    if separator in (NONE, SPACES):
        for line, content in enumerate(text.split("\n"), before + 1):
            yield Row(line, tuple(_words(content)) if separator == SPACES else (_unquoted(content.strip()),))
        return
    try:
        yield from _by_csv(text, separator, before)
    except csv.Error as error:
        raise ReadingError("cell_too_long", limit=csv.field_size_limit()) from error


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"').strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _words(content: str) -> list[str]:
    """The words of a line; spaces between quotes part nothing."""
    return [_unquoted(word) for word in re.findall(r'"(?:[^"]|"")*"(?=[ \t]|$)|[^ \t]+', content)]


def _by_csv(text: str, separator: str, before: int) -> Iterator[Row]:
    """Python's own reader. A quote that is opened and never closed would swallow all that follows: then quotes mean nothing."""
    *rows, (_, end) = _quoted(text, separator, before, csv.QUOTE_MINIMAL)
    if end != (_END,):
        *rows, _ = _quoted(text, separator, before, csv.QUOTE_NONE)
    yield from rows


def _quoted(text: str, separator: str, before: int, quoting: Literal[0, 3]) -> Iterator[Row]:
    # A space after the separator would hide the quote that follows it; tabs that part cells are no such spaces.
    reader = csv.reader(StringIO(f"{text}\n{_END}", newline=""), delimiter=separator, quoting=quoting, skipinitialspace=True)
    begins = before + 1
    for cells in reader:
        yield Row(begins, tuple(cell.strip(" \t\n\v\f\u00a0\u3000\ufeff") for cell in cells))
        begins = before + reader.line_num + 1


# --- which separator -----------------------------------------------------------------------------------------------


def _found(text: str) -> str:
    lines = [line.strip("\n")[:_LONGEST] for line in islice(StringIO(text), _LINES) if line.strip(" \t\n,;|")]
    if not lines:
        return next((separator for separator in SEPARATORS if separator in text), NONE)
    if _is_one_column([line.strip() for line in lines]):
        return NONE
    sample = "\n".join(lines)
    from clevercsv.detect import Detector  # takes a second: whoever opens a page first need not wait for it

    dialect = Detector().detect(sample, delimiters=[*filter(None, SEPARATORS)])
    guess = dialect.delimiter if dialect is not None and dialect.delimiter else NONE
    fits = {separator: _fit(sample, separator) for separator in SEPARATORS if separator != NONE}
    best = max(fits, key=lambda separator: (fits[separator], separator == guess))
    return best if fits[best] > fits.get(guess, 0.0) + _BETTER else guess


def _is_one_column(lines: Sequence[str]) -> bool:
    """Whether every line but the first is one number or a missing one, so that no letter of the header parts anything.

    `1,5` may be two numbers: it is one if the header has no comma, and no row begins with its own number, as R writes them.
    """
    header, below = _unquoted(lines[0]), [without_unit(_unquoted(line))[1] for line in lines[1:]]
    numbers = [line for line in below if not is_missing(line)]
    if not numbers or not all(map(is_number, numbers)):
        return False
    parting = [sign for sign in (",", SPACES) if any(sign in line for line in numbers)]
    if not parting:
        return True
    counted = [line.replace(",", " ").split()[0] for line in below]
    return not (is_number(header) or any(sign in header for sign in parting) or is_counting(counted))


def is_counting(cells: Sequence[str]) -> bool:
    """Whether cells count 1, 2, 3 … or 0, 1, 2 …"""
    return cells in ([str(place) for place in range(len(cells))], [str(place) for place in range(1, len(cells) + 1)])


def _fit(sample: str, separator: str) -> float:
    """The share of the cells that are numbers, dates or missing, in rows of one length; 0 where it parts nothing."""
    rows = [row.cells for row in rows_of(sample, separator) if any(row.cells)]
    width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    if width < 2:
        return 0.0
    cells = [without_unit(cell)[1] for row in rows if len(row) == width for cell in row]
    return count / len(rows) * sum(is_number(cell) or is_missing(cell) or is_date(cell) for cell in cells) / len(cells)
