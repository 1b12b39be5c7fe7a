"""The learner's own samples: columns of an uploaded table, one of which says the class."""

from collections.abc import Sequence

import streamlit as st

from core.experiments.iris.config import IrisConfig
from core.reading import words
from core.reading.classes import Classified, classified, default_features, default_target, may_be_classes
from core.reading.errors import ReadingError
from core.reading.table import Table
from core.settings.limits import limits
from ui.bench import uploaded_table, uploads
from ui.bench.controls import put
from ui.bench.problems import verbatim
from ui.frame import widgets
from ui.frame.widgets import show
from ui.locale import _


def editor(experiment: str) -> None:
    """A place for a file, and which of the table's columns the network is given; an upload replaces the table."""
    key = f"{experiment}.table"
    if file := uploads.place(_("A table: CSV, TSV or text"), f"{key}.file"):
        table = uploaded_table.table(file, key, lambda table, column: column.usable or may_be_classes(table, column))
        found = _chosen(table, f"{key}.{file.file_id}") if table else None
        if found and st.button(_("Use these columns"), type="primary", width="stretch"):
            put(experiment, {"data": "own", **found.settings(IrisConfig.settings())})
    _used(experiment)


def _chosen(table: Table, key: str) -> Classified | None:
    """The samples by the columns that the learner chooses; None, and the reason in words, where there are none."""
    places = [column.place for column in table.columns]
    target = uploaded_table.column(table, f"{key}.target", _("Column of the classes"), places, default_target(table))
    features = [place for place in (column.place for column in table.usable) if place != target]
    own = f"{key}.features.{target}"
    st.session_state.setdefault(own, list(default_features(table, target)))
    names = {place: verbatim(words.named(table, place, _)) for place in features}
    widgets.choices(_("Columns to learn from"), features, own, names, help=None, disabled=False)
    try:
        found = classified(table, target, st.session_state[own])
    except ReadingError as error:
        st.error(words.error(error, _), icon=":material/error:")
        return None
    _understood(table, found, [place for place in features if place not in st.session_state[own]])
    return found


def _understood(table: Table, found: Classified, unused: Sequence[int]) -> None:
    """What is learned, and what is left out."""
    counts = ", ".join(f"{verbatim(name)} {count:,}" for name, count in zip(found.classes, found.counts, strict=True))
    st.caption(_("Rows: {n} – {counts}", n=f"{len(found.rows):,}", counts=counts))
    if len(unused) and len(found.columns) >= limits().table_features:
        st.caption(words.no_room(table, found._replace(beyond=tuple(unused)), _))
    if found.left_out:
        st.caption(words.left_out(found.left_out, _, verbatim))


def _used(experiment: str) -> None:
    """Which of the columns that the run has are given to the network; none chosen stands for all of them."""
    names, key = list(st.session_state[f"{experiment}.column_names"]), f"{experiment}.used_columns"
    shown = f"{key}.shown"

    def take() -> None:
        chosen = tuple(st.session_state[shown])
        st.session_state[key] = () if len(chosen) == len(names) else chosen

    if len(names) > 1:
        show(shown, list(st.session_state[key]) or names)
        st.pills(_("Features"), names, selection_mode="multi", key=shown, on_change=take, format_func=verbatim)
