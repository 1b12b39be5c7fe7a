"""Widgets that show one value together."""

from streamlit.testing.v1 import AppTest


def _late_message() -> None:
    """A slider and a number show lr; the number is typed, then the browser sends what the slider showed before."""
    import streamlit as st

    from ui.frame.widgets import BoundWidget

    st.session_state["lr"] = 0.05
    before = BoundWidget("lr", "drag")
    st.session_state[before.key] = 0.05
    st.session_state["lr"] = 0.1
    now = BoundWidget("lr", "drag")
    before.take()
    st.session_state["late"] = st.session_state["lr"]
    st.session_state[now.key] = 0.2
    now.take()
    st.session_state["keys"] = before.key, now.key


def test_what_the_browser_still_sends_of_a_replaced_widget_undoes_nothing() -> None:
    state = AppTest.from_function(_late_message).run().session_state
    assert state["late"] == 0.1
    assert state["lr"] == 0.2
    assert len(set(state["keys"])) == 2
