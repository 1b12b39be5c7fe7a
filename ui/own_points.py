"""The learner's own points: typed into a table, or two columns of an uploaded CSV file."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.limits import limits
from ui import uploads
from ui.controls import put
from ui.locale import _
from ui.problems import verbatim

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
    """The table as the editor was given it, and what has become of it: an editor must not be given its own edits."""

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
    file = uploads.place(_("A CSV file with a header"), ["csv", "txt"], f"{experiment}.{field}.file")
    if file is None:
        return
    frame = _numbers(file.getvalue())
    if frame is None:
        return
    x = st.selectbox(_("Column for x"), frame.columns, key=f"{experiment}.{field}.x")
    y = st.selectbox(_("Column for y"), frame.columns, index=min(1, frame.shape[1] - 1), key=f"{experiment}.{field}.y")
    if st.button(_("Use these columns"), type="primary", width="stretch"):
        rows = frame[[x, y]].dropna() if x != y else pd.concat([frame[x], frame[y]], axis=1).dropna()
        put(experiment, {field: tuple(map(tuple, rows.to_numpy(float).tolist()))})


def _numbers(content: bytes) -> pd.DataFrame | None:
    """The numeric columns of a CSV; None, and the reason in words, where there are none or too many rows."""
    try:
        frame = _table(content)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        st.error(_("The file could not be read as CSV: {reason}", reason=verbatim(str(error))))
        return None
    numeric = frame.select_dtypes("number")
    if numeric.shape[1] == 0:
        st.error(_("The file has no column of numbers; its columns are: {columns}", columns=verbatim(", ".join(map(str, frame.columns)))))
        return None
    if len(frame) > limits().table_rows:
        st.error(_("The file has too many rows. Allowed: {bounds}.", bounds=f"2 … {limits().table_rows}"))
        return None
    return numeric


def _table(content: bytes) -> Any:
    """The table in a CSV file, which Korean spreadsheets write in CP949."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp949")
    return pd.read_csv(io.StringIO(text), sep=None, engine="python", nrows=limits().table_rows + 1)
