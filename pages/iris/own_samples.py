"""The learner's own samples: columns of an uploaded table, one of which says the class."""

import streamlit as st

from core.experiments.iris.config import IrisConfig
from ui.bench import uploaded_classes
from ui.bench.controls import put
from ui.frame.refusals import verbatim
from ui.frame.widgets import show
from ui.locale import _


def editor(experiment: str) -> None:
    """A place for a file, and which of the table's columns the network is given; an upload replaces the table."""
    if found := uploaded_classes.samples(f"{experiment}.table"):
        put(experiment, {"data": "own", **found.settings(IrisConfig.settings())})
    _used(experiment)


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
