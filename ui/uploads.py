"""A place to drop a file, with all its words in the visitor's language, and the ways to correct how it was read."""

import json
from typing import Protocol

import streamlit as st

from core.limits import limits
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
    What is larger than the limit is refused before it is sent.
    """
    megabytes = max(1, limits().upload_bytes // 1_000_000)
    _words(megabytes)
    most = _("up to {megabytes} MB", megabytes=megabytes)
    return st.file_uploader(f"{label} · {most}", key=key, max_upload_size=megabytes)


def _words(megabytes: int) -> None:
    """Streamlit says the words inside its uploader in English only, so ours stand in their place."""
    choose, drop = _content(_("Choose a file")), _content(_("Drop the file here"))
    refused = _content(_("Not taken: the file is larger than {megabytes} MB, or the connection broke.", megabytes=megabytes))
    zone, chips, why = '[data-testid="stFileUploaderDropzone"]', '[data-testid="stFileChips"]', '[data-testid="stTooltipErrorContent"]'
    st.html(
        f"""<style>
        {zone} [data-testid="stFileUploaderDropzoneInstructions"], {zone} button + div {{ display: none; }}
        {zone} button p {{ font-size: 0; }}
        {zone} button p::after {{ content: {choose}; font-size: 0.9rem; }}
        {zone} > input + div > span:only-child {{ font-size: 0; }}
        {zone} > input + div > span:only-child::after {{ content: {drop}; font-size: 0.9rem; }}
        {chips} [role="alert"] {{ display: none; }}
        {chips}:has([role="alert"])::after {{ content: {refused}; font-size: 0.85rem; }}
        {why} {{ font-size: 0; }}
        {why}::after {{ content: {refused}; font-size: 0.85rem; }}
        </style>"""
    )


def _content(text: str) -> str:
    """A text as a string of CSS."""
    return json.dumps(text, ensure_ascii=False)
