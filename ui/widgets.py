"""Setting Streamlit's widgets from the script without undoing what a visitor does meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

DRAWN = "widgets.drawn"


@dataclass
class _Drawn:
    """Keys of widgets: in this script run, in the last one that came to its end, and ever."""

    now: set[str] = field(default_factory=set)
    last: set[str] = field(default_factory=set)
    ever: set[str] = field(default_factory=set)


def _drawn() -> _Drawn:
    known: _Drawn = st.session_state.setdefault(DRAWN, _Drawn())
    return known


@contextmanager
def counted() -> Iterator[None]:
    """One script run. Streamlit forgets the widgets that it has not drawn, unless the run was broken off."""
    drawn = _drawn()
    drawn.now = set()
    yield
    drawn.last = drawn.now


def draws(key: str) -> None:
    """This script run draws a widget with this key."""
    drawn = _drawn()
    drawn.now.add(key)
    drawn.ever.add(key)


def recall(key: str, value: Any) -> None:
    """Give a widget its value back that was away: Streamlit only knows what was there before it was first drawn."""
    drawn = _drawn()
    if key not in st.session_state or (key in drawn.ever and key not in drawn.last):
        st.session_state[key] = value


def put(key: str, value: Any) -> None:
    """Set a widget from outside, before it is drawn."""
    _drawn().last.add(key)
    st.session_state[key] = value


def show(key: str, value: Any) -> None:
    """Set a widget, unless it has this value: what is written at each script run would undo what is chosen meanwhile."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


class Face:
    """One of several widgets that show the value under `key`.

    A browser may still send what a widget showed before something else set the value, and so undo it. Therefore the
    widget gets a new key then, and what is said about the old one means nothing.
    """

    def __init__(self, key: str, part: str) -> None:
        self._value, self._state = key, f"{key}.{part}"
        now = st.session_state[key]
        shown, version = st.session_state.get(self._state, (now, 0))
        self._version = version if shown == now else version + 1
        st.session_state[self._state] = now, self._version

    @property
    def key(self) -> str:
        """The widget's own key."""
        return f"{self._state}.{self._version}"

    def take(self) -> None:
        """The widget has been moved; one that has been replaced is no longer listened to, whatever the browser still sends."""
        if st.session_state[self._state][1] != self._version:
            return
        value = st.session_state[self.key]
        st.session_state[self._value] = value
        st.session_state[self._state] = value, self._version
