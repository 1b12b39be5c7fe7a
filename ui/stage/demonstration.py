"""The demonstration on the first page: a small picture, drawn live in its card, of the one run that all visitors share.

Whoever pauses it stops listening, and the picture stands; the run goes on for the others. It draws without Plotly, which is as large
as all else on the page.
"""

import streamlit as st

from ui.frame.palette import palette
from ui.locale import _
from ui.stage.assets import loader, whereabouts

_component = st.components.v2.component(
    "stepwise_demonstration", html='<div class="stepwise-mount"></div>', js=loader("demonstration.js"), isolate_styles=False
)


def demonstration(run_id: str) -> None:
    """The picture of this run of linear regression.

    Args:
        run_id: the id by which the run may be watched.
    """
    words = {
        "pause": _("Pause"),
        "play": _("Play"),
        "loss": _("loss {loss} at epoch {step}"),
        "alt": _("A line among points, and its loss: at epoch {step} of {last} the loss is {loss}, W {W} and b {b}."),
        "waiting": _("Connecting…"),
    }
    _component(data={**whereabouts(""), "run": run_id, "palette": palette(), "words": words}, key="demonstration")
