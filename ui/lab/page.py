"""Page: what stands round a lab's drawing: its title, and the script that computes the same at home."""

import streamlit as st

from ui.frame import shell


def heading(title: str, sentence: str) -> None:
    """Title and sentence; on a projector one line without the sentence."""
    with st.container(key="heading", horizontal=True, vertical_alignment="bottom"):
        st.title(title, anchor=False, width="content")
        if not shell.projecting():
            st.markdown(sentence)


def script(text: str, name: str, caption: str, label: str) -> None:
    """A program in plain PyTorch, to read and to take home."""
    st.caption(caption)
    # Written when it is pressed: a browser asks for a file as soon as the button is there, and that of the run before is gone by then.
    st.download_button(label, lambda: text, name, "text/x-python", icon=":material/code:", on_click="ignore")
    st.code(text, language="python", line_numbers=True)
