"""Rows of numbers that are typed into a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from ui.bench.controls import put
from ui.locale import _

Rows = tuple[tuple[float, ...], ...]


def editor(experiment: str, field: str, columns: Sequence[str], config: Mapping[str, Any] | None = None) -> None:
    """A table for the Config's `field`, a column for each number of a row. `config` is Streamlit's own, by the columns' names."""
    key = f"{experiment}.{field}"
    draft = _draft(key)
    frame = pd.DataFrame(draft.base, columns=list(columns), dtype=float)
    # The editor's tools lie over what stands above it: over a line of text, no button or field is out of reach.
    st.caption(_("A row for each point; the empty row at the end adds one."))
    edited = st.data_editor(
        frame, num_rows="dynamic", width="stretch", height=240, key=f"{key}.table.{draft.version}", column_config=config,
    )  # fmt: skip
    complete = edited.dropna()
    draft.rows = tuple(map(tuple, complete.astype(float).to_numpy().tolist()))
    if draft.rows != st.session_state[key]:  # else the run may have others by now, that were drawn
        put(experiment, {field: draft.rows})
    if len(complete) < len(edited):
        st.caption(_("Rows with an empty cell are left out until they are complete."))


@dataclass
class _Draft:
    """The table as the editor was given it, and as it is now: `st.data_editor` would apply its edits to the latter again."""

    base: Rows
    rows: Rows
    version: int = 0


def _draft(key: str) -> _Draft:
    """The table's draft; rows that came from elsewhere (an upload, a restored run) begin it anew."""
    rows = st.session_state[key]
    draft: _Draft = st.session_state.setdefault(f"{key}.draft", _Draft(rows, rows))
    if rows != draft.rows:
        draft.base, draft.rows, draft.version = rows, rows, draft.version + 1
    return draft
