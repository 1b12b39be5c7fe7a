"""Autograd by hand, for the eye: one Streamlit component that draws a graph and multiplies out the chain rule along a path.

    mount = by_hand(picture(graph, …), page_path="autograd", words=words())
    if mount.mend: …  # "mean" or "sum": the learner pressed the mend beside PyTorch's error

The path is chosen in the browser; nothing of it comes back.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ui.frame.palette import palette
from ui.stage.assets import loader, whereabouts

_component = st.components.v2.component(
    "stepwise_by_hand", html='<div class="stepwise-mount"></div>', js=loader("by_hand.js"), isolate_styles=False
)


def by_hand(
    picture: Mapping[str, Any],
    *,
    page_path: str,
    words: Mapping[str, str],
    projector: bool,
    key: str,
    on_mend: Callable[[], None],
) -> Any:
    """Mount the drawing, or hand new data to the one that is there.

    Args:
        picture: as `ui.by_hand.picture.picture` makes it.
        page_path: the url path of the page.
        words: everything that the drawing says, by name.
    """
    data = {
        **whereabouts(page_path),
        "palette": palette(),
        "picture": dict(picture),
        "words": dict(words),
        "projector": projector,
    }
    return _component(data=data, key=key, on_mend_change=on_mend)
