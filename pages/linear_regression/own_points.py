"""The learner's own points: typed into a table, or two columns of an uploaded file."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.reading import words
from core.reading.errors import ReadingError
from core.reading.table import ROW_NUMBER, Table
from ui.bench import uploaded_table, uploads
from ui.bench.controls import put
from ui.bench.problems import verbatim
from ui.locale import _

Points = tuple[tuple[float, float], ...]


def editor(experiment: str, field: str) -> None:
    """A table of (x, y) rows for the Config's `field`; an upload replaces its rows."""
    key = f"{experiment}.{field}"
    _upload(experiment, field)
    draft = _draft(key)
    frame = pd.DataFrame(draft.base, columns=["x", "y"], dtype=float)
    edited = st.data_editor(frame, num_rows="dynamic", width="stretch", height=240, key=f"{key}.table.{draft.version}")
    complete = edited.dropna()
    draft.rows = tuple(map(tuple, complete.astype(float).to_numpy().tolist()))
    put(experiment, {field: draft.rows})
    if len(complete) < len(edited):
        st.caption(_("Rows with an empty cell are left out until they are complete."))


@dataclass
class _Draft:
    """The table as the editor was given it, and as it is now: `st.data_editor` would apply its edits to the latter again."""

    base: Points
    rows: Points
    version: int = 0


def _draft(key: str) -> _Draft:
    """The table's draft; rows that came from elsewhere (an upload, a restored run) begin it anew."""
    rows = st.session_state[key]
    draft: _Draft = st.session_state.setdefault(f"{key}.draft", _Draft(rows, rows))
    if rows != draft.rows:
        draft.base, draft.rows, draft.version = rows, rows, draft.version + 1
    return draft


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
