"""The places of a page: what is watched, what is set beside it, and what is read; `workbench.css` says where each of them stands."""

from typing import NamedTuple

import streamlit as st

from ui.frame._compat import DeltaGenerator

BESIDE = "read-beside"  # whether what is read stands beside the stage, where the screen is wide enough


class Places(NamedTuple):
    """The place to watch, that of the settings (for who steers to set, for who watches to read), and that of code and explanation."""

    watched: DeltaGenerator
    settings: DeltaGenerator
    reading: DeltaGenerator


def places(*, below: bool = False) -> Places:
    """The three places of this page; `below`: the settings stand below the stage, which has the whole width."""
    settings = "settings-below" if below else "settings"
    reading = "reading-beside" if st.session_state.get(BESIDE) else "reading"
    with st.container(key="workbench"):
        found = Places(*(st.container(key=key) for key in ("watched", settings, reading)))
    found.watched.empty()  # Streamlit leaves out a container without anything in it: the settings, drawn first, would stand in its place
    return found
