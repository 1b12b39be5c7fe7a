"""An uploaded table as samples with a class: the learner chooses the column of the classes, and those to learn from."""

from collections.abc import Sequence

import streamlit as st

from core.reading import words
from core.reading.classes import Classified, classified, default_features, default_target, may_be_classes
from core.reading.errors import ReadingError
from core.reading.table import Table
from core.settings.limits import limits
from ui.bench import uploaded_table, uploads
from ui.frame import widgets
from ui.frame.refusals import verbatim
from ui.locale import _


def samples(key: str, most: int = limits().table_features) -> Classified | None:
    """A place for a file, and what is learned of it, by at most so many columns; given out once the learner says so."""
    file = uploads.place(_("A table: CSV, TSV or text"), f"{key}.file")
    if not file:
        return None
    table = uploaded_table.table(file, key, lambda table, column: column.usable or may_be_classes(table, column))
    found = _chosen(table, f"{key}.{file.file_id}", most) if table else None
    return found if found and st.button(_("Use these columns"), type="primary", width="stretch") else None


def _chosen(table: Table, key: str, most: int) -> Classified | None:
    """The samples by the columns that the learner chooses; None, and the reason in words, where there are none."""
    places = [column.place for column in table.columns]
    target = uploaded_table.column(table, f"{key}.target", _("Column of the classes"), places, default_target(table))
    features = [place for place in (column.place for column in table.usable) if place != target]
    own = f"{key}.features.{target}"
    st.session_state.setdefault(own, list(default_features(table, target)[:most]))
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
