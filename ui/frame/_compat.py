"""The one Python file that knows Streamlit's internals: whatever is not reached by `st.` alone. Read against Streamlit 1.67.

`tests/test_house.py` holds every other file to the public names. Of Streamlit's HTML, which has none, shell.css, shell.js,
workbench.css and stage/stage.js name what they need.
"""

from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_tab_container import TabContainer
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = ["DeltaGenerator", "StreamlitPage", "TabContainer", "let_navigation_rule", "session_id"]  # the classes: for annotations


def let_navigation_rule() -> None:
    """A folder called pages/ makes Streamlit run its files by themselves until `st.navigation` has been called once.

    The first visitor of a fresh server would see a page without its frame. Nobody can call `st.navigation` before the
    first visit, so we set what it would set.
    """
    PagesManager.uses_pages_directory = False


def session_id() -> str | None:
    """The browser session whose script run, callback or fragment calls this; None in any other thread.

    Streamlit has no public name for it, and none for asking whether a script runs: `st.session_state` outside of one only warns.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else None
