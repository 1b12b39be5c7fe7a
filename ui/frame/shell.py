"""The frame round every page: its place in the navigation, the visitor's language, the projector switch, the device.

`frame` is the script of the app. A page may ask `projecting` and say its longer explanations through `prose`.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from ui import locale
from ui.frame import device, streamlits_words
from ui.frame._compat import StreamlitPage
from ui.frame.widgets import show
from ui.locale import _

FOLDER = Path(__file__).parent
STYLES = (FOLDER / "shell.css", FOLDER.parent / "bench" / "workbench.css")
SCRIPT = FOLDER / "shell.js"
PROJECTOR_KEY = "projector"
PROJECTOR_SCALE = 1.4
LANGUAGE_SWITCH = "shell.language"
PROJECTOR_SWITCH = "shell.projector"
OVERRULED = "shell.overruled."  # and the name of a parameter: what the link asked for when its switch was pressed


@dataclass(frozen=True)
class Page:
    """A page of the app: `pages/<name>/page.py` at `/<name>`, with `picture.svg` beside it. `place` is where it stands among them.

    `title` and `teaches` (what one learns there, in one line) are English, marked with `N_`.
    """

    name: str
    place: float
    title: str
    teaches: str


def frame(pages: Sequence[Page]) -> None:
    """One script run: finds the visitor's language and page, draws the bar on top, and runs the page."""
    locale.use(_visitors_language())
    home = st.Page("pages/home.py", title="Stepwise", default=True)
    taught = [st.Page(f"pages/{page.name}/page.py", title=_(page.title), url_path=page.name) for page in pages]
    chosen = st.navigation([home, *taught], position="top")
    st.set_page_config(
        page_title="Stepwise" if chosen == home else f"{chosen.title} · Stepwise",
        page_icon="📉",  # set here, or a page's own icon would be fetched from the internet
        layout="wide",
        menu_items={"About": _("Stepwise: watch a real PyTorch program learn, step by step.")},
    )
    _reflect()
    _style(chosen.url_path)
    _bar()
    _run(chosen)


def _run(page: StreamlitPage) -> None:
    """The page; a fault of ours in it is for our log, and is told in the visitor's language instead of Streamlit's."""
    try:
        page.run()
    except Exception:
        logging.getLogger(__name__).exception("the page %s failed", page.url_path)
        st.error(_("This page has met a fault of its own; it has been noted in the server's log. Reload the page to go on."))


def projecting() -> bool:
    """Whether the page is shown on a projector: larger type, thicker lines, prose folded away."""
    return bool(st.session_state.get(PROJECTOR_KEY, False))


def prose(title: str) -> AbstractContextManager[Any]:
    """A place for longer text: open on a desk, folded under its title on a projector."""
    return st.expander(title) if projecting() else st.container()


def snippet(code: str) -> None:
    """A few lines of code between paragraphs; for these, `st.code` would load half a megabyte that colours any language."""
    st.html(f'<pre class="stepwise-snippet" tabindex="0"><code>{escape(code)}</code></pre>')


def link_parameters() -> dict[str, str]:
    """What a link to another page has to carry so that it looks the same there."""
    return {"lang": locale.language()} | ({"projector": "1"} if projecting() else {})


def readdress(page: str, parameters: Mapping[str, str]) -> None:
    """Have the page's address hold these and the frame's own, in place of the present one: Back in the browser leaves the page.

    Said as soon as they are known, since what a page draws after them may take its time, and a reload comes back to the address.
    A page with a run leaves it to the stage, which first has the browser remember who steers.
    """
    query = f"?{urlencode({**parameters, **link_parameters()})}"
    script = (
        f"if (location.pathname.endsWith({json.dumps(f'/{page}')}) && location.search !== {json.dumps(query)})"
        f" history.replaceState(history.state, '', location.pathname + {json.dumps(query)});"
    )
    with st.container(key="shell-address"):
        st.html(f"<script>{{ {script} }}</script>", unsafe_allow_javascript=True)


def _visitors_language() -> str:
    """The link's language, else what the visitor chose before, else the browser's."""
    asked = _asked("lang") or st.session_state.get(locale.SESSION_KEY)
    if asked in locale.LANGUAGES:
        return str(asked)
    return "ko" if (st.context.locale or "").lower().startswith("ko") else "en"


def _asked(name: str) -> str | None:
    """What the link asks for, unless it is what a switch has been pressed against.

    The address is written in the browser (`shell.js`): written from here it would be one more page in the browser's history. So what
    Streamlit knows of it may be older than the press, and so are the addresses that a step back comes to.
    """
    asked = st.query_params.get(name)
    return None if asked == st.session_state.get(OVERRULED + name) else asked


def _overrule(name: str) -> None:
    st.session_state[OVERRULED + name] = st.query_params.get(name)


def _reflect() -> None:
    """Takes the projector switch from the link into the session."""
    if asked := _asked("projector"):
        st.session_state[PROJECTOR_KEY] = asked == "1"
    show(LANGUAGE_SWITCH, locale.language())
    show(PROJECTOR_SWITCH, projecting())


def _choose_language() -> None:
    chosen: str | None = st.session_state[LANGUAGE_SWITCH]
    if chosen:  # a page that is left before it was drawn to its end may say that nothing is, which nobody can choose
        _overrule("lang")
        locale.use(chosen)


def _choose_projector() -> None:
    st.session_state[PROJECTOR_KEY] = st.session_state[PROJECTOR_SWITCH]
    _overrule("projector")


def _style(page: str) -> None:
    """The style of all pages, and what only the browser can be told; Streamlit runs a script again when its text has changed.

    The style is the same on every page: one that goes and comes back with them has the browser compute the look of everything anew.
    """
    projector = f"html {{ font-size: {PROJECTOR_SCALE:.0%} !important; }}" if projecting() else ""
    style = "".join(path.read_text(encoding="utf-8") for path in STYLES)
    told = {"page": page, "parameters": link_parameters(), "words": streamlits_words.words()}
    script = SCRIPT.read_text(encoding="utf-8").replace("window.TOLD", json.dumps(told))
    with st.container(key="shell-style"):
        st.html(f"<style>{style}{projector}</style>")
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def _bar() -> None:
    """The switches and the device, at the right end of the header (on a phone, below it)."""
    with st.container(key="shell-bar", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if not projecting():  # there it stands beside the run
            _device()
        st.toggle(_("Projector"), key=PROJECTOR_SWITCH, on_change=_choose_projector)
        st.segmented_control(
            _("Language"),
            list(locale.LANGUAGES),
            key=LANGUAGE_SWITCH,
            required=True,
            format_func=locale.LANGUAGES.__getitem__,
            on_change=_choose_language,
            label_visibility="collapsed",
        )


def _device() -> None:
    """The device; right after the start of the app, looked for again until a worker has reported it."""
    if found := device.automatic():
        st.caption(device.line(found), width="content")
    else:
        st.fragment(_device_awaited, run_every=0.5)()


def _device_awaited() -> None:
    st.caption(device.line(None), width="content")
    if device.automatic():
        st.rerun()
