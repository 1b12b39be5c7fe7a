"""A place below the stage, in a tab, for one of its panels: the stage draws it there for as long as the tab is open."""

import streamlit as st

from core.run.handle import Run
from ui.stage.assets import loader, whereabouts

_component = st.components.v2.component(
    "stepwise_aside", html='<div class="stepwise-aside"></div>', js=loader("aside.js"), isolate_styles=False
)


def aside(run: Run, panel: str) -> None:
    """The place of this panel of the run's stage."""
    _component(data={**whereabouts(run.experiment), "run": run.watch_id, "panel": panel}, key=f"{run.experiment}:aside:{panel}")
