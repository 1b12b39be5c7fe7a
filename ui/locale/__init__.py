"""What the app says, in the visitor's language.

The English sentence in the code is the key: `_("Learning rate")`. Its Korean stands in `ko.po` beside this file, which is
compiled in memory when it is first needed. `python -m ui.locale` finds new sentences and checks the catalogue.
"""

import gettext
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

import streamlit as st
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ui.frame._compat import session_id
from ui.locale import particles

LANGUAGES = {"ko": "한국어", "en": "English"}
SOURCE_LANGUAGE = "en"
SESSION_KEY = "language"

_current: ContextVar[str | None] = ContextVar("language", default=None)


def language() -> str:
    """The language of whoever is being served: 'en' or 'ko'.

    A script run says it by `use`. A widget callback or a fragment runs without the frame round the page, in a fresh
    context: there the session remembers what `use` said last.
    """
    chosen = _current.get()
    if chosen is None and session_id():
        chosen = st.session_state.get(SESSION_KEY)
    return chosen or SOURCE_LANGUAGE


def use(chosen: str) -> None:
    """Speak this language from here on, in this context and, inside a page, in the visitor's session.

    Raises ValueError for a language that is not in LANGUAGES.
    """
    if chosen not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {chosen!r}")
    _current.set(chosen)
    if session_id():
        st.session_state[SESSION_KEY] = chosen


def _(message: str, /, **values: object) -> str:
    """The sentence in the current language; with values, its {placeholders} are filled in."""
    text = _translations(language()).gettext(message)
    return _fitted(text.format(**values)) if values else text


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """The sentence for this count in the current language; {n} is the count."""
    return _fitted(_translations(language()).ngettext(singular, plural, n).format(n=n, **values))


def _fitted(text: str) -> str:
    """With the words filled in, Korean particles can be chosen."""
    return particles.fitted(text) if language() == "ko" else text


def N_(message: str, /) -> str:  # noqa: N802 - gettext's own name for it
    """Marks a sentence for the catalogue where it is written; `_(variable)` translates it where it is shown."""
    return message


@cache
def _translations(chosen: str) -> gettext.NullTranslations:
    """The compiled catalogue, read once a process."""
    if chosen == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    with Path(__file__).with_name(f"{chosen}.po").open("rb") as file:
        catalogue = read_po(file, locale=chosen, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
