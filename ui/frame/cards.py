"""A page of the app as a card: its picture, its name, what one learns there."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from ui.frame import palette, shell
from ui.locale import _

PICTURES = Path(__file__).parents[2] / "pages"


def card(page: shell.Page, picture: Callable[[], None] | None = None) -> None:
    """One card, all of it a link to its page; `picture` draws another one than the page's own."""
    with st.container(border=True, key=f"card-{page.name}", height="stretch"):
        if picture:
            picture()
        else:
            _picture((PICTURES / page.name / "picture.svg").read_text(encoding="utf-8"))
        st.page_link(f"pages/{page.name}/page.py", label=f"**{_(page.title)}**", query_params=shell.link_parameters())
        st.markdown(_(page.teaches))


def _picture(drawing: str) -> None:
    """An own SVG drawing in the theme's colours: it writes `var(--loss)` and so on, as `ui.frame.palette` names them."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    colors = ";".join(f"--{quantity}:{color}" for quantity, color in palette.COLORS[theme].items())
    themed = drawing.replace(">", f"><style>:root{{{colors}}}</style>", 1)
    encoded = b64encode(themed.encode()).decode()
    st.html(f'<img class="stepwise-picture" alt="" src="data:image/svg+xml;base64,{encoded}">')
