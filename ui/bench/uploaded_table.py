"""An uploaded table as the learner sees it before it is used: how it was read, with the ways to correct it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from core.reading import words
from core.reading.dialect import SEPARATORS
from core.reading.encoding import ENCODINGS
from core.reading.errors import ReadingError
from core.reading.header import HEADERS
from core.reading.numbers import DECIMALS
from core.reading.table import Column, Reading, Table, read
from ui.bench.uploads import Upload
from ui.frame import widgets
from ui.frame.refusals import verbatim
from ui.frame.widgets import show
from ui.locale import _

PREVIEW = 5  # rows


@dataclass
class _File:
    """A file as it was read last; a page is drawn many times while it lies there."""

    id: str
    reading: Reading = field(default_factory=Reading)
    read_by: Reading | None = None
    table: Table | None = None
    refused: ReadingError | None = None

    def read(self, file: Upload) -> None:
        """Read it, unless it was read so already."""
        if self.read_by != self.reading:
            self.read_by, self.table, self.refused = self.reading, None, None
            try:
                self.table = read(file.getvalue(), self.reading)
            except ReadingError as error:
                self.refused = error


def table(file: Upload, key: str, fits: Callable[[Table, Column], bool] = lambda _table, column: column.usable) -> Table | None:
    """The table in a file, shown with how it was read; None, and the reason in words, where there is none.

    `fits` says which columns can be used.
    """
    known: _File | None = st.session_state.get(f"{key}.read")
    if known is None or known.id != file.file_id:
        known = _File(file.file_id)
        st.session_state[f"{key}.read"] = known
    known.read(file)
    _corrections(known, key)
    if known.refused is not None:
        st.error(words.error(known.refused, _), icon=":material/error:")
    elif known.table is not None:
        _preview(known.table, fits)
    return known.table


def _corrections(file: _File, key: str) -> None:
    """How it was read, each thing in a list from which another can be chosen."""
    left, right = st.columns(2)
    found = file.table or file.reading
    with left:
        _choice(file, key, "encoding", _("Encoding"), list(ENCODINGS), found.encoding or None)
        _choice(file, key, "decimal", _("Decimal sign"), DECIMALS, found.decimal or None)
    with right:
        _choice(file, key, "separator", _("Separator"), SEPARATORS, found.separator)
        _choice(file, key, "header", _("First row"), HEADERS, found.header or None)


_NAMES = {"separator": words.SEPARATORS, "decimal": words.DECIMALS, "header": words.HEADERS}


def _choice(file: _File, key: str, name: str, label: str, choices: Sequence[Any], value: Any) -> None:
    own = f"{key}.{file.id}.{name}"

    def correct() -> None:
        file.reading = file.reading._replace(**{name: st.session_state[own]})

    names: Mapping[str, str] = _NAMES.get(name, {})
    options = list(choices) if value in choices or value is None else [*choices, value]  # a separator that Excel's first line says
    show(own, value)
    widgets.choice(label, options, own, {one: _(names.get(str(one), str(one))) for one in options}, on_change=correct)


def _preview(table: Table, fits: Callable[[Table, Column], bool]) -> None:
    """The first rows as they stand in the file, and what became of each column."""
    for note in words.notes(table, _, verbatim):
        st.caption(f":material/info: {note}")
    names = [words.name(column, table.columns, _) for column in table.columns]
    rows = {name: [row.cells[place] for row in table.rows[:PREVIEW]] for place, name in enumerate(names)}
    st.caption(_("The first rows of {rows}", rows=f"{len(table.rows):,}"))
    st.dataframe(pd.DataFrame(rows, index=[row.line for row in table.rows[:PREVIEW]]), height="content")
    st.dataframe(
        {
            _("Column"): names,
            _("Type"): [_(words.KINDS[column.kind]) for column in table.columns],
            _("Can be used"): [fits(table, column) for column in table.columns],
            _("Cells to blame"): [words.reason(column, _) if column.usable or not fits(table, column) else "" for column in table.columns],
        },
        height="content" if len(names) <= PREVIEW else 200,
    )
    for column in [column for column in table.columns if not fits(table, column)][
        :PREVIEW
    ]:  # a cell of the table above cuts a sentence off
        st.caption(words.unusable(column, table.columns, _, verbatim))


def column(table: Table, key: str, label: str, places: Sequence[int], default: int) -> int:
    """The column that is chosen out of those at some places."""
    if st.session_state.get(key) not in places:
        st.session_state[key] = default
    widgets.choice(label, places, key, {place: words.named(table, place, _) for place in places})
    return int(st.session_state[key])
