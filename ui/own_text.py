"""The learner's own text: typed, or uploaded as a .txt file."""

import streamlit as st

from core.experiments.char_rnn.texts import TextError, decoded
from ui import uploads, widgets
from ui.controls import put
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
    widgets.draws(key)
    with st.container(key=f"{experiment}-own-text"):
        st.text_area(_("Your text"), key=key, max_chars=TYPED, height=120)
        st.button(_("Use this text"), key=f"{key}.use", width="stretch")


def _long(experiment: str, field: str, text: str) -> None:
    """A text too long to be edited here is shown by its beginning."""
    st.caption(_("Your text has {length} characters; it begins:", length=len(text)))
    st.code(f"{text[:SHOWN]}…", language=None, wrap_lines=True)
    st.button(
        _("Type another text"), key=f"{experiment}.{field}.type", width="stretch",
        on_click=lambda: put(experiment, {field: text[:SHOWN]}),
    )  # fmt: skip


def _upload(experiment: str, field: str) -> None:
    """A file is taken once: what is typed after it stays."""
    key = f"{experiment}.{field}.file"
    file = uploads.place(_("A text file (.txt)"), ["txt"], key)
    if file is None:
        return
    try:
        text = decoded(file.getvalue())
    except TextError as error:
        st.error(sentence(error), icon=":material/error:")
        return
    if st.session_state.get(f"{key}.taken") != file.file_id:
        st.session_state[f"{key}.taken"] = file.file_id
        put(experiment, {field: text})


def sentence(error: TextError) -> str:
    """Why a file is no text that can be learned."""
    values = {name: f"{number:,}" for name, number in error.values.items()}
    match error.code:
        case "text_empty":
            return _("The file holds no text.")
        case "text_binary":
            return _("The file is no text file: it holds bytes that no text has.")
        case "text_encoding":
            return _("The file's letters cannot be read. Save it as UTF-8 and try again; CP949 is read as well.")
        case "text_too_long":
            return _("The text has {length} characters; at most {limit} can be learned.", **values)
        case "upload_too_long":
            return _("The file has {length} bytes; at most {limit} are taken.", **values)
        case _:
            raise ValueError(f"No words for {error.code}.") from error
