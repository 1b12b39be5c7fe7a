"""A place to drop a file, with all its words in the visitor's language."""

from collections.abc import Sequence
from typing import Protocol

import streamlit as st

from core.limits import limits
from ui.locale import _


class Upload(Protocol):
    """A file that a visitor has sent."""

    file_id: str

    def getvalue(self) -> bytes:
        """What is in it."""


def place(label: str, types: Sequence[str], key: str) -> Upload | None:
    """A file of one of these types (`["txt"]`), or None as long as there is none. Larger ones are refused by Streamlit."""
    megabytes = max(1, limits().upload_bytes // 1_000_000)
    _words()
    most = _("up to {megabytes} MB", megabytes=megabytes)
    return st.file_uploader(f"{label} · {most}", type=list(types), key=key, max_upload_size=megabytes)


def _words() -> None:
    """Streamlit says the words inside its uploader in English only, so ours stand in their place."""
    choose = _("Choose a file")
    drop = '[data-testid="stFileUploaderDropzone"]'
    st.html(
        f"""<style>
        {drop} [data-testid="stFileUploaderDropzoneInstructions"], {drop} button + div {{ display: none; }}
        {drop} button p {{ font-size: 0; }}
        {drop} button p::after {{ content: "{choose}"; font-size: 0.9rem; }}
        </style>"""
    )
