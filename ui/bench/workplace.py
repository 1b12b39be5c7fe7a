"""The places of a page: what is watched, and beside it, or on a phone below it, what is set."""

from pathlib import Path

import streamlit as st

from ui.frame._compat import DeltaGenerator

STYLE = Path(__file__).with_name("workbench.css")
Places = tuple[DeltaGenerator, DeltaGenerator]


def columns() -> Places:
    """The place to watch, and the place of the settings: for who steers to set, for who watches to read."""
    st.html(STYLE)
    with st.container(key="workbench"):
        watched, settings = st.columns([0.74, 0.26], gap="medium")
    return watched, settings.container(key="settings")
