"""The learner's own points: typed into a table, or two columns of an uploaded file."""

import streamlit as st

from core.reading import words
from core.reading.errors import ReadingError
from core.reading.table import ROW_NUMBER, Table
from ui.bench import typed_rows, uploaded_table, uploads
from ui.bench.controls import put
from ui.frame.refusals import verbatim
from ui.locale import _


def editor(experiment: str, field: str) -> None:
    """A table of (x, y) rows for the Config's `field`; an upload replaces its rows."""
    _upload(experiment, field)
    typed_rows.editor(experiment, field, ("x", "y"))


def _upload(experiment: str, field: str) -> None:
    key = f"{experiment}.{field}"
    file = uploads.place(_("A table: CSV, TSV or text"), f"{key}.file")
    if file is None:
        return
    table = uploaded_table.table(file, key)
    chosen = _columns(table, f"{key}.{file.file_id}") if table else None
    if table and chosen and st.button(_("Use these columns"), type="primary", width="stretch"):
        put(experiment, {field: table.points(*chosen).points})


def _columns(table: Table, key: str) -> tuple[int, int] | None:
    """The columns that the learner chooses for x and y; None, and the reason in words, where no line goes through them."""
    if not table.usable:
        st.error(_("The file has no column of numbers; the table above says why."), icon=":material/error:")
        return None
    places = [*(column.place for column in table.usable), ROW_NUMBER]
    x = uploaded_table.column(table, f"{key}.x", _("Column for x"), places, table.default_x)
    y = uploaded_table.column(table, f"{key}.y", _("Column for y"), places, table.default_y)
    pairs = table.points(x, y)
    st.caption(_("Points: {n}", n=f"{len(pairs.points):,}"))
    if pairs.left_out:
        st.caption(words.left_out(pairs.left_out, _, verbatim))
    if len({point[0] for point in pairs.points}) < 2:
        st.error(words.error(ReadingError("one_x"), _), icon=":material/error:")
        return None
    return x, y
