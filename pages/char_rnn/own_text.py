"""The learner's own text: typed, or uploaded as a file."""

import streamlit as st

from core.reading import words
from core.reading.encoding import ENCODINGS
from core.reading.errors import ReadingError
from core.reading.text import read_text
from ui.bench import uploads
from ui.bench.controls import put
from ui.frame import widgets
from ui.locale import _

TYPED = 20_000  # characters up to which a text can be edited on the page; a longer one would make every press slow
SHOWN = 300


def editor(experiment: str, field: str) -> None:
    """A place for the text of the Config's `field`; an upload replaces it. The first time it holds a sentence to change."""
    key = f"{experiment}.{field}"
    if not st.session_state[key] and not st.session_state.get(f"{key}.begun"):
        put(experiment, {field: _("To learn is to begin again.")})
    st.session_state[f"{key}.begun"] = True
    _upload(experiment, field)
    text = st.session_state[key]
    if len(text) > TYPED:
        _long(experiment, field, text)
        return
    with st.container(key=f"{experiment}-own-text"):
        st.text_area(_("Your text"), key=key, persist_state="session", max_chars=TYPED, height=120)
        st.button(_("Use this text"), key=f"{key}.use", width="stretch")


def _long(experiment: str, field: str, text: str) -> None:
    """A text too long to be edited here is shown by its beginning; no widget holds it."""
    st.caption(_("Your text has {length} characters; it begins:", length=f"{len(text):,}"))
    st.code(f"{text[:SHOWN]}…", language=None, wrap_lines=True)
    st.button(
        _("Type another text"), key=f"{experiment}.{field}.type", width="stretch",
        on_click=lambda: put(experiment, {field: text[:SHOWN]}),
    )  # fmt: skip


def _upload(experiment: str, field: str) -> None:
    """A file is taken once, and again by another encoding: what is typed after it stays."""
    key = f"{experiment}.{field}.file"
    file = uploads.place(_("A text file"), key)
    if file is None:
        return
    own = f"{key}.{file.file_id}"
    try:
        text, encoding = read_text(file.getvalue(), st.session_state.get(f"{own}.chosen", ""))
    except ReadingError as error:
        _encoding(own, error.values.get("encoding"))
        st.error(words.error(error, _), icon=":material/error:")
        return
    _encoding(own, encoding)
    if st.session_state.get(f"{own}.taken") != encoding:
        st.session_state[f"{own}.taken"] = encoding
        put(experiment, {field: text})


def _encoding(key: str, encoding: str | None) -> None:
    """How the file was read, in a list from which another encoding can be chosen."""

    def correct() -> None:
        st.session_state[f"{key}.chosen"] = st.session_state[f"{key}.encoding"]

    widgets.show(f"{key}.encoding", encoding)
    st.selectbox(_("Encoding"), list(ENCODINGS), key=f"{key}.encoding", on_change=correct)
