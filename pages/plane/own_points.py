"""The learner's own points as numbers: typed into a table, or three columns of an uploaded file. They are drawn on the regions, too."""

import streamlit as st

from core.experiments.plane.config import PlaneConfig
from core.reading import words
from core.reading.classes import IN_THE_PLANE
from core.reading.errors import ReadingError
from ui.bench import typed_rows, uploaded_classes
from ui.bench.controls import put
from ui.locale import _


def editor(experiment: str, classes: int) -> None:
    """A table of (x₁, x₂, class) rows, folded away until it is wanted; an upload replaces its rows."""
    folded = st.expander(_("Points as numbers"), key=f"{experiment}:points", on_change="rerun")
    if not folded.open:
        return
    with folded:
        if found := uploaded_classes.samples(f"{experiment}.table", IN_THE_PLANE):
            if len(found.columns) == IN_THE_PLANE:
                put(experiment, {"data": "own", **found.settings(PlaneConfig.settings())})
            else:
                st.error(words.error(ReadingError("not_in_the_plane", columns=len(found.columns)), _), icon=":material/error:")
        kind = st.column_config.NumberColumn(_("class"), min_value=0, max_value=classes - 1, step=1)
        typed_rows.editor(experiment, "table", ("x₁", "x₂", "class"), {"class": kind})
