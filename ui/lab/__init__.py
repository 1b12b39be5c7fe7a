"""A lab: a page without a run, on which a small program is written and PyTorch's answer is drawn in the browser.

What all labs share: the drawing's mounting (here and in `lab.js`), the question to a worker (`asking`), the program in widgets and link
(`programs`), refusals (`refusals`), title and script (`page`).
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ui.frame import shell
from ui.frame.palette import palette
from ui.stage.assets import loader, whereabouts

Drawing = Callable[..., Any]


def drawing(name: str, module: str) -> Drawing:
    """A lab's Streamlit component, whose `mount` and `unmount` are in this module."""
    return st.components.v2.component(
        f"stepwise_{name}", html='<div class="stepwise-mount"></div>', js=loader(module), isolate_styles=False
    )


def drawn(component: Drawing, page: str, picture: Mapping[str, Any], words: Mapping[str, Any], **told: Callable[[Any], None]) -> None:
    """Mount a drawing, or hand new data to the one that is there.

    Args:
        picture: what it draws.
        words: everything that it says, by name.
        told: for each name that the drawing triggers, what is called with the value.
    """
    key = f"{page}.drawing"

    def calling(name: str, called: Callable[[Any], None]) -> Callable[[], None]:
        return lambda: called(getattr(st.session_state[key], name))

    data = {"palette": palette(), "picture": dict(picture), "words": dict(words), "projector": shell.projecting()}
    component(
        data={**whereabouts(page), **data}, key=key, **{f"on_{name}_change": calling(name, called) for name, called in told.items()}
    )  # fmt: skip
