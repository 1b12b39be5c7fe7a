"""The one Python file that knows Streamlit's internals: whatever is not reached by `st.` alone. Read against Streamlit 1.67.

`tests/test_house.py` holds every other file to the public names. Of Streamlit's HTML, which has none, shell.css, shell.js,
workbench.css and stage/stage.js name what they need.
"""

import asyncio
import socket
import threading
from typing import Any

from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_tab_container import TabContainer
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

__all__ = [
    "DeltaGenerator",  # the classes: for annotations
    "StreamlitPage",
    "TabContainer",
    "let_answers_go_at_once",
    "let_navigation_rule",
    "let_presses_be_heard",
    "let_scripts_end",
    "let_wakings_be_few",
    "session_id",
]


def let_navigation_rule() -> None:
    """A folder called pages/ makes Streamlit run its files by themselves until `st.navigation` has been called once.

    The first visitor of a fresh server would see a page without its frame. Nobody can call `st.navigation` before the
    first visit, so we set what it would set.
    """
    PagesManager.uses_pages_directory = False


def let_scripts_end() -> None:
    """A line that breaks stops the script that runs for it; here the script goes on to its end.

    What a stopped script has drawn is sent when the line is back, and is then taken for the whole page: it would be empty, until somebody
    reloads it. The cost is the rest of one script for a visitor who has left.
    """
    disconnect = WebsocketSessionManager.disconnect_session

    def disconnected(self: WebsocketSessionManager, session_id: str) -> None:
        info = self.get_active_session_info(session_id)
        if info:
            vars(info.session)["request_script_stop"] = lambda: None
        disconnect(self, session_id)
        if info:
            del vars(info.session)["request_script_stop"]

    WebsocketSessionManager.disconnect_session = disconnected  # type: ignore[method-assign]


def let_presses_be_heard() -> None:
    """What was pressed takes effect though something else is pressed before its script has begun, or while its callback runs.

    Streamlit looks for a newer wish first, again and again within the callback, and then drops the older one with what was pressed. Here
    the callbacks run to their end; a newer wish is looked for right after them, as Streamlit does anyway.
    """
    will_rerun = SafeSessionState.on_script_will_rerun

    def heard(self: SafeSessionState, *states: Any, **more: Any) -> None:
        own: dict[str, Any] = vars(self)
        look = own["_yield_callback"]
        own["_yield_callback"] = lambda: None
        try:
            will_rerun(self, *states, **more)
        finally:
            own["_yield_callback"] = look

    SafeSessionState.on_script_will_rerun = heard  # type: ignore[method-assign]


def let_answers_go_at_once() -> None:
    """Called in the event loop of the server before it listens: no answer waits for the network's word that the one before has come.

    asyncio sees to that for sockets that it makes itself, not for the one that Streamlit has bound: there the second packet of an answer
    lay for 40 ms, one in three of those to a hand that draws (Nagle's algorithm and the other side's delayed acknowledgement).
    """
    loop = asyncio.get_running_loop()
    create_server = loop.create_server

    async def created(*args: Any, sock: socket.socket | None = None, **options: Any) -> asyncio.Server:
        if sock is not None and sock.family in {socket.AF_INET, socket.AF_INET6}:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # each accepted one has what the listening one has
        made: asyncio.Server = await create_server(*args, sock=sock, **options)
        return made

    vars(loop)["create_server"] = created


def let_wakings_be_few() -> None:
    """Called in the event loop of the server: a thread that hands it something wakes it only where it has not been woken already.

    A script hands over each of its hundred messages by itself. Each time asyncio writes a byte to a socket of its own, for which the
    thread lets go of the interpreter's lock and then waits for it again: a fifth of the time of a script among thirty open pages.
    """
    loop = asyncio.get_running_loop()
    known: dict[str, Any] = vars(loop)
    waking = known.get("_ssock")
    if waking is None or not isinstance(loop, asyncio.SelectorEventLoop):
        return  # another loop has ways of its own
    wake, read = getattr(loop, "_write_to_self"), getattr(loop, "_read_from_self")  # noqa: B009
    woken = threading.Event()

    def wake_once() -> None:
        if not woken.is_set():
            woken.set()
            wake()

    def read_all() -> None:
        read()
        # Only now: the bytes of others who woke it meanwhile are read, too, and nobody would wake it again. What they have handed over
        # is done before it sleeps.
        woken.clear()

    known["_write_to_self"] = wake_once
    loop.add_reader(waking, read_all)


def session_id() -> str | None:
    """The browser session whose script run, callback or fragment calls this; None in any other thread.

    Streamlit has no public name for it, and none for asking whether a script runs: `st.session_state` outside of one only warns.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else None
