"""What this is, and where to begin."""

import streamlit as st

from core.engine import pool
from core.experiments import config_class
from core.run.spec import RunSpec
from pages import PAGES
from ui.frame import cards, device, link, shell
from ui.locale import _
from ui.stage.demonstration import demonstration

SHOWN = "linear_regression"  # learns in the first card before anything is pressed
SETTINGS = {"data": "line", "points": 16, "lr": 0.006, "epochs": 300}
SPEED = 20.0  # steps a second
shown = next(page for page in PAGES if page.name == SHOWN)


def _learning() -> None:
    """The run that all visitors watch."""
    demonstration(pool().demonstration(RunSpec(SHOWN, config_class(SHOWN).checked(SETTINGS)), SPEED).watch_id)


def _question() -> None:
    """What brings people here, and the place where they can see the answer."""
    with st.container(key="question"):
        question = _("The optimizer was never given the loss. How does it know?")
        parameters = {**shell.link_parameters(), link.LOOK: "loop"}
        st.page_link(f"pages/{SHOWN}/page.py", label=f"**{question}**", query_params=parameters)
        st.markdown(_("Go through one pass of the loop, statement by statement."))


with st.container(key="home"):
    with st.container(key="welcome"):
        st.markdown(":primary[**Stepwise**]")
        st.title(_("Watch a real PyTorch program learn."), anchor=False)
        with st.container(key="promise"):
            st.markdown(_("Hold it at any step, bend it while it runs, and take home the script that does just what you saw."))
        _question()
    cards.card(shown, _learning)
    with st.container(key="cards"):
        for page in PAGES:
            if page is not shown:
                cards.card(page)
    st.caption(_("Runs compute on: {device}", device=device.line(device.automatic())))
