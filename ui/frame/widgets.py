"""Widgets that the script sets without undoing what a visitor does meanwhile.

That a value outlives its widget and its page is Streamlit's own `persist_state="session"`. `BoundWidget` is ours, since Streamlit has
neither two widgets for one value nor a way to refuse what a browser sends late, of a widget that the script has set since.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import streamlit as st

from ui import locale
from ui.frame._compat import DeltaGenerator, TabContainer


def show(key: str, value: Any) -> None:
    """Set a widget, unless it has this value: what is written at each script run would undo what is chosen meanwhile."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


class BoundWidget:
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

    def take(self) -> bool:
        """The widget has been moved; one that has been replaced is no longer listened to (False), whatever the browser still sends."""
        if st.session_state[self._state][1] != self._version:
            return False
        value = st.session_state[self.key]
        st.session_state[self._value] = value
        st.session_state[self._state] = value, self._version
        return True

    def renew(self) -> None:
        """The widget is drawn anew, though it has been given the value that it shows."""
        st.session_state[self._state] = None, self._version

    def taking(self, on_change: Callable[[], None] | None = None) -> Callable[[], None]:
        """What the widget calls when it has been moved: takes its value, then calls `on_change`."""

        def taken() -> None:
            if self.take() and on_change:
                on_change()

        return taken


def count(label: str, most: int, key: str, zero: str, *, help: str | None, disabled: bool) -> None:  # noqa: A002
    """A whole number under `key`, whose 0 has a meaning of its own: the field is empty then and says it, as `zero`."""
    widget = BoundWidget(key, "count")

    def taken() -> None:
        if widget.take() and not st.session_state[key]:
            st.session_state[key] = 0
            widget.renew()

    if widget.key not in st.session_state:  # set so, for a field that has a number as its default cannot be emptied
        st.session_state[widget.key] = int(st.session_state[key]) or None
    st.number_input(
        label, 0, most, None, step=1, key=widget.key, placeholder=zero, help=help, disabled=disabled,
        on_change=taken,
    )  # fmt: skip


def choice(
    label: str,
    options: Sequence[Any],
    key: str,
    names: Mapping[Any, str] = MappingProxyType({}),
    *,
    help: str | None = None,  # noqa: A002 - Streamlit's own name for it
    disabled: bool = False,
    on_change: Callable[[], None] | None = None,
) -> None:
    """A list to choose from; the value lives under `key`, `names` says what the options are called.

    The browser sends the name of what is chosen, not its place, and goes on sending the name in the language before. So each
    language has a widget of its own.
    """
    widget, value = _named(key), st.session_state[key]
    st.selectbox(
        label, options, None if value is None else options.index(value), key=widget.key, help=help, disabled=disabled,
        format_func=lambda option: str(names.get(option, option)), on_change=widget.taking(on_change),
    )  # fmt: skip


def listed(label: str, options: Sequence[Any], key: str, names: Mapping[Any, str], on_change: Callable[[], None]) -> None:
    """The same choice with all options in sight, one below the other."""
    widget, value = _named(key), st.session_state[key]
    st.radio(
        label, options, options.index(value), key=widget.key, on_change=widget.taking(on_change),
        format_func=lambda option: names.get(option, option),
    )  # fmt: skip


def choices(
    label: str,
    options: Sequence[Any],
    key: str,
    names: Mapping[Any, str],
    *,
    help: str | None,  # noqa: A002
    disabled: bool,
) -> None:
    """Buttons of which any number may be chosen; the value, a list, lives under `key`."""
    show(key, list(st.session_state[key]))
    widget = _named(key)
    st.pills(
        label, options, selection_mode="multi", default=st.session_state[key], key=widget.key, help=help, on_change=widget.taking(),
        format_func=lambda option: names.get(option, option), disabled=disabled,
    )  # fmt: skip


def _named(key: str) -> BoundWidget:
    return BoundWidget(key, locale.language())


def tabs(place: DeltaGenerator, titles: Sequence[str], key: str) -> Sequence[TabContainer]:
    """Tabs that know whether they are open (`.open`), so that only the open one is filled.

    Streamlit knows the open one by its title; it stays open when the titles are those of another language.
    """
    before, opened = st.session_state.get(f"{key}.titles", titles), st.session_state.get(key)
    if titles != before and opened in before:
        st.session_state[key] = titles[before.index(opened)]
    st.session_state[f"{key}.titles"] = titles
    return place.tabs(titles, key=key, on_change="rerun")
