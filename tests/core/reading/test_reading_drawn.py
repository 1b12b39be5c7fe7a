"""Any table that says what it means is read back equal, whatever separator, signs, encoding, line ends and header it is written with."""

import csv
import io
from dataclasses import dataclass
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from core.reading.errors import ReadingError
from core.reading.table import Table, read

NAMES = {
    "utf-8": ["x", "speed, km/h", "몸무게", "Größe (m)", "身長", "first name", "a;b", "y|z", "x1"],
    "cp949": ["키", "몸무게", "평균기온(℃)", "x값", "나이", "강수량, mm", "speed"],
    "cp1252": ["Größe", "Höhe über NN", "année", "prix (€)", "x", "Año", "naïve; café"],
}
ENCODINGS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-8", "cp949": "cp949", "cp1252": "cp1252"}
WORDS = {"utf-8": ["rot", "파랑", "grün"], "cp949": ["빨강", "파랑", "초록"], "cp1252": ["rot", "grün", "weiß"]}
MISSING = ["", "?", "-", "N/A", "NA", "nan"]
GROUPS = {".": ["", "", ",", "'", " "], ",": ["", "", ".", "'", "\u00a0"]}


@dataclass(frozen=True)
class Written:
    """A table, and how it is written."""

    encoding: str
    separator: str
    decimal: str
    group: str
    header: str
    names: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]
    words: tuple[str, ...]  # a column that is none of numbers, or nothing
    missing: str
    all_quoted: bool
    ends_with_separator: bool
    line_end: str
    announced: bool

    @property
    def data(self) -> bytes:
        """The file."""
        out = io.StringIO()
        quoting: Literal[0, 1] = csv.QUOTE_ALL if self.all_quoted else csv.QUOTE_MINIMAL
        write = csv.writer(out, delimiter=self.separator, lineterminator=self.line_end, quoting=quoting).writerow
        if self.announced:
            out.write(f"sep={self.separator}{self.line_end}")
        end = [""] if self.ends_with_separator else []
        if self.header != "none":
            write([*self.names, *(["kind"] if self.words else [])])
        for place, row in enumerate(self.rows):
            label = [f"row {place}"] if self.header == "row names" else []
            write([*label, *map(self.cell, row), *self.words[place : place + 1], *end])
        return out.getvalue().encode(self.encoding)

    def cell(self, value: float | None) -> str:
        """A number as it is written here; two decimals say which sign is the decimal one."""
        if value is None:
            return self.missing
        return f"{value:,.2f}".replace(",", "\0").replace(".", self.decimal).replace("\0", self.group)


@st.composite
def tables(draw: st.DrawFn) -> Written:
    encoding = draw(st.sampled_from(list(ENCODINGS)))
    repertoire = ENCODINGS[encoding]
    separator = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    spaced = separator == " "
    decimal = draw(st.sampled_from([".", ","]))
    group = draw(st.sampled_from([group for group in GROUPS[decimal] if not (spaced and group == " ")]))
    if group == "\u00a0" and encoding == "cp949":
        group = " " if not spaced else ""
    header = draw(st.sampled_from(["names", "names", "none", "row names"]))
    width = draw(st.integers(2, 4))
    number = st.decimals(-99_999, 99_999, places=2).map(float)
    rows = draw(st.lists(st.tuples(*[number] * width), min_size=3, max_size=12))
    gaps = draw(st.sets(st.tuples(st.integers(1, len(rows) - 1), st.integers(0, width - 1)), max_size=len(rows) // 3))
    with_gaps = tuple(tuple(None if (y, x) in gaps else value for x, value in enumerate(row)) for y, row in enumerate(rows))
    has_words = draw(st.booleans())
    ending = header != "row names" and not spaced and draw(st.booleans())
    return Written(
        encoding, separator, decimal, group, header,
        names=tuple(draw(st.permutations(NAMES[repertoire]))[:width]),
        rows=with_gaps,
        words=tuple(draw(st.sampled_from(WORDS[repertoire])) for _ in rows) if has_words else (),
        missing=draw(st.sampled_from(MISSING[spaced:])),
        all_quoted=draw(st.booleans()),
        ends_with_separator=ending,
        line_end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        announced=not spaced and draw(st.booleans()),
    )  # fmt: skip


@given(tables())
@settings(max_examples=400)
def test_what_is_written_is_read_back(written: Written) -> None:
    table = read(written.data)
    assert (table.separator, table.decimal, table.header) == (written.separator, written.decimal, written.header), written.data
    numbers = [column for column in table.columns if column.kind != "text"]
    if written.header != "none":
        assert tuple(column.name for column in numbers) == written.names, written.data
    assert [column.values for column in numbers] == list(zip(*written.rows, strict=True)), written.data
    assert len(table.columns) - len(numbers) == bool(written.words)
    assert_every_row_is_accounted_for(table)


def assert_every_row_is_accounted_for(table: Table) -> None:
    """A row is a point, or it is named with the cell to blame."""
    if table.usable:
        pairs = table.points(table.default_x, table.default_y)
        assert len(pairs.points) + len(pairs.left_out) == len(table.rows) + len(table.odd)
        assert table.default_x != table.default_y


@given(st.binary(max_size=300) | st.text(alphabet="ab1.5,;|\t \n\"'-?é가", max_size=300).map(str.encode))
@settings(max_examples=400)
def test_no_file_crashes(data: bytes) -> None:
    try:
        table = read(data)
    except ReadingError:
        return
    assert_every_row_is_accounted_for(table)
