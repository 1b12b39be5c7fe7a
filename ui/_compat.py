"""The one place that touches Streamlit's internals; each line says why. Read against Streamlit 1.67."""

from streamlit.runtime.pages_manager import PagesManager


def let_navigation_rule() -> None:
    """A folder called pages/ makes Streamlit run its files by themselves until `st.navigation` has been called once.

    The first visitor of a fresh server would see a page without its frame. Nobody can call `st.navigation` before the
    first visit, so we set what it would set.
    """
    PagesManager.uses_pages_directory = False
