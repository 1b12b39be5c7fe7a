"""A place to drop a file, with all its words in the visitor's language, and the ways to correct how it was read."""

from typing import Protocol

import streamlit as st

from core.settings.limits import limits
from ui.locale import _


class Upload(Protocol):
    """A file that a visitor has sent."""

    file_id: str
    name: str

    def getvalue(self) -> bytes:
        """What is in it."""


def place(label: str, key: str) -> Upload | None:
    """A file, or None as long as there is none.

    Any kind of file is taken, since Streamlit refuses a kind in English only: what a file holds is told by whoever reads it.
    What is larger than the limit is refused before it is sent, in words of `ui.frame.streamlits_words`.
    """
    megabytes = max(1, limits().upload_bytes // 1_000_000)
    most = _("up to {megabytes} MB", megabytes=megabytes)
    return st.file_uploader(f"{label} · {most}", key=key, max_upload_size=megabytes)
