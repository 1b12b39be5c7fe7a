"""What this is, and where to begin."""

import streamlit as st

from pages import PAGES
from ui.frame import cards, device
from ui.locale import _

with st.container(key="home"):
    st.markdown(":primary[**Stepwise**]")
    st.title(_("Watch a real PyTorch program learn."), anchor=False)
    with st.container(key="promise"):
        st.markdown(_("Hold it at any step, bend it while it runs, and take home the script that does just what you saw."))
    with st.container(key="cards"):
        for page in PAGES:
            cards.card(page)
    st.caption(_("Runs compute on: {device}", device=device.line(device.automatic())))
