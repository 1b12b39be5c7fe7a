"""Cells → numbers: which sign parts the decimals, which groups the thousands, what a column is measured in, what is missing."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

Decimal = Literal[".", ","]
DECIMALS: tuple[Decimal, ...] = (".", ",")
LARGEST = 3.4e38  # of float32, which the networks compute in
_ENOUGH = 1000
_LONGEST = 60  # characters; what is longer was not written as a number
MISSING = {
    "?", "??", ".", "..", "...", "…", "*", "**", "na", "n/a", "n.a.", "n.a", "#n/a", "#na", "n/d", "nd", "nan", "<na>", "null", "nil",
    "none", "missing", "unknown", "#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!",
    "결측", "결측치", "결측값", "없음", "미상", "해당없음",
}  # fmt: skip
_DASHES = re.compile(r"[-–—―−_:]+")
_PLAIN = str.maketrans("０１２３４５６７８９．，－＋−–％＄￥￦", "0123456789.,-+--%$¥₩")  # as Korean and Japanese keyboards write them
_SPACES = "\u0020\u00a0\u2009\u202f"
_GROUPED = {
    ".": re.compile(rf"\d{{1,3}}(?:([,'’{_SPACES}])\d{{3}}(?:\1\d{{3}})*)|\d{{1,2}}(,)(?:\d\d,)+\d{{3}}", re.ASCII),
    ",": re.compile(rf"\d{{1,3}}(?:([.'’{_SPACES}])\d{{3}}(?:\1\d{{3}})*)", re.ASCII),
}
_UNSIGNED = {
    ".": re.compile(r"(?:(?P<whole>[^.eE]*?)(?P<point>\.)?(?P<rest>\d*))(?P<power>[eE][-+]?\d+)?", re.ASCII),
    ",": re.compile(r"(?:(?P<whole>[^,eE]*?)(?P<point>,)?(?P<rest>\d*))(?P<power>[eE][-+]?\d+)?", re.ASCII),
}
_MONEY = "$€£¥₩"
_UNIT = re.compile(
    rf"(?P<sign>[-+]?) ?(?:(?P<before>[{_MONEY}]) ?(?P<first>.*\d.*)|(?P<last>.*\d.*?)[ \u00a0\u202f]?(?P<after>[%{_MONEY}원]))"
)
_INFINITE = re.compile(r"[-+]?(inf|infinity|∞)", re.IGNORECASE)
_TIME = r"\d{1,2}:\d\d(:\d\d([.,]\d+)?)?"
_DATE = re.compile(
    rf"(\d{{1,4}}([-/.])\d{{1,2}}\2\d{{1,4}}\.?|\d{{4}}[-/.]\d{{1,2}}|\d{{4}}년 ?\d{{1,2}}월( ?\d{{1,2}}일)?)([T ] ?{_TIME}.*)?|{_TIME}"
)


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return not cell or cell.casefold() in MISSING or _DASHES.fullmatch(cell) is not None


@lru_cache(maxsize=100_000)
def number(cell: str, decimal: Decimal) -> float | None:
    """The number in a cell, infinite where it is too large for any float; None where there is none."""
    if len(cell) > _LONGEST:
        return None
    if cell.isascii() and cell.isdecimal():
        return float(cell)
    if cell[:1].isalpha() and cell[:3].lower() != "inf":
        return None  # most words need no closer look
    text = cell.translate(_PLAIN).strip()
    if _INFINITE.fullmatch(text):
        return -math.inf if text.startswith("-") else math.inf
    sign, unsigned = (text[0], text[1:].lstrip()) if text[:1] in ("-", "+") else ("", text)
    parts = _parts(unsigned, decimal)
    return None if parts is None else float(f"{sign}{parts}")


def _parts(text: str, decimal: Decimal) -> str | None:
    """`1 234,5` as Python writes it; None if it is no number."""
    found = _UNSIGNED[decimal].fullmatch(text)
    if found is None:
        return None
    whole, rest, power = found["whole"], found["rest"], found["power"] or ""
    if found["point"] is None:
        whole, rest = whole + rest, ""
    if not (whole or rest):
        return None
    if whole and not (whole.isascii() and whole.isdigit()):
        if _GROUPED[decimal].fullmatch(whole) is None:
            return None
        whole = re.sub(r"\D", "", whole)
    return f"{whole or '0'}.{rest or '0'}{power}"


def is_number(cell: str) -> bool:
    """Whether a cell is a number by either sign."""
    return any(number(cell, decimal) is not None for decimal in DECIMALS)


@lru_cache(maxsize=100_000)
def without_unit(cell: str) -> tuple[str, str]:
    """`$1,234` → `$` and `1,234`: percent or money, and the number without it; "" and the cell where it is anything else."""
    if len(cell) > _LONGEST or (cell.isascii() and cell.isdecimal()):
        return "", cell
    found = _UNIT.fullmatch(cell.translate(_PLAIN).strip())
    if found is None:
        return "", cell
    text = found["sign"] + (found["first"] or found["last"])
    return (found["before"] or found["after"], text) if is_number(text) else ("", cell)


def unit(column: Sequence[str]) -> str:
    """What every number of a column is written with; "" where that is nothing, or not the same for all."""
    parts = [without_unit(cell) for cell in column if not is_missing(cell)]
    units = {sign for sign, text in parts if is_number(text)}
    return units.pop() if len(units) == 1 else ""


def is_grouped(cell: str, decimal: Decimal) -> bool:
    """Whether a sign groups the thousands of a number, as in `1,234`."""
    text = cell.translate(_PLAIN).strip(" +-").split(decimal)[0]
    return _GROUPED[decimal].fullmatch(text) is not None


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time of day."""
    return len(cell) <= _LONGEST and _DATE.fullmatch(cell.strip()) is not None


def decimal_sign(columns: Sequence[Sequence[str]], separator: str) -> tuple[Decimal, bool]:
    """The sign by which more cells are numbers, and whether the other one would read them as other numbers just as well.

    `1,234` alone can be either. Beside 950 it is taken for a thousand, beside 2 for a decimal comma: a column's numbers are assumed
    to be of similar size.
    Where nothing tells, it is a decimal comma in a file that needs `;` between its columns, and a thousand in any other.
    """
    votes = {".": 0, ",": 0}
    telling: list[list[str]] = []
    for column in columns:
        cells = _sample(column)
        readable = {decimal: _consistent(cells, decimal) for decimal in DECIMALS}
        if max(readable.values()) * 2 < len(cells):
            continue  # a column of words that holds a number here and there has no say
        telling.append(cells)
        for decimal in DECIMALS:
            votes[decimal] += readable[decimal]
    if votes["."] != votes[","]:
        return (".", False) if votes["."] > votes[","] else (",", False)
    unlike = [cells for cells in telling if any(number(cell, ".") != number(cell, ",") for cell in cells)]
    sizes = sum((_spread(cells, ".") > _spread(cells, ",")) - (_spread(cells, ".") < _spread(cells, ",")) for cells in unlike)
    if sizes:
        return ("," if sizes > 0 else "."), False
    commas = any("," in cell for cells in unlike for cell in cells)
    return ("," if separator == ";" and commas else "."), bool(unlike)


def _sample(column: Sequence[str]) -> list[str]:
    """Cells that tell the decimal sign, those with a sign in them first; no table needs more of them."""
    signed = [cell for cell in column if "." in cell or "," in cell]
    plain = [cell for cell in column if not ("." in cell or "," in cell)]
    return [cell for cell in (*signed[:_ENOUGH], *plain[:_ENOUGH]) if not is_missing(cell)]


def _spread(cells: Sequence[str], decimal: Decimal) -> float:
    """How far apart the numbers of a column are in size; nothing where all of them change with the decimal sign alike."""
    numbers = [number(cell, decimal) for cell in cells]
    sizes = [math.log10(abs(value)) for value in numbers if value and math.isfinite(value)]
    mean = sum(sizes) / max(1, len(sizes))
    return round(sum((size - mean) ** 2 for size in sizes), 6)


def _consistent(cells: Sequence[str], decimal: Decimal) -> int:
    """How many cells are numbers; where some group their thousands, those of four digits and more that do not are none."""
    numbers = [cell for cell in cells if number(cell, decimal) is not None]
    if not any(is_grouped(cell, decimal) for cell in numbers):
        return len(numbers)
    return sum(re.match(r"\D*\d{4}", cell) is None for cell in numbers)
