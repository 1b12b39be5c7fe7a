"""Autograd by hand: the chain rule multiplied out along a path of a small graph, beside what PyTorch finds."""

import streamlit as st

from core.labs.by_hand.graph import Graph
from core.labs.by_hand.script import script
from ui.bench import workplace
from ui.by_hand import asking, by_hand, settings, words
from ui.by_hand.picture import picture
from ui.frame import shell, widgets
from ui.locale import _

DRAWING = "by_hand"


def heading() -> None:
    """Title and sentence; on a projector one line without the sentence."""
    with st.container(key="heading", horizontal=True, vertical_alignment="bottom"):
        st.title(_("Autograd by hand"), anchor=False, width="content")
        if not shell.projecting():
            st.markdown(_("Every step from x to y has a slope. Multiply them along the way back, and you have what backward() finds."))


def code(text: str) -> None:
    """The same in plain PyTorch."""
    st.caption(_("The same in plain PyTorch. Its last line prints x.grad."))
    st.download_button(
        _("Script (.py)"), text, "autograd_by_hand.py", "text/x-python", icon=":material/code:", on_click="ignore"
    )  # fmt: skip
    st.code(text, language="python", line_numbers=True)


place, side, reading = workplace.places()
with side:
    chosen = settings.editor()
with place:
    heading()
    by_hand(
        picture(Graph(chosen.program, chosen.x), asking.answer(chosen), asking.waiting()),
        page_path=settings.PAGE,
        words=words.drawing(),
        projector=shell.projecting(),
        key=DRAWING,
        on_mend=lambda: settings.mend(st.session_state[DRAWING].mend),
    )
what_you_see, program = widgets.tabs(reading, [_("What you see"), _("Code")], f"{settings.PAGE}:tabs")
with what_you_see:
    words.lesson()
with program:
    if program.open:
        code(script(chosen.program, chosen.x, chosen.twice, _))
