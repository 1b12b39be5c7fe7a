"""What the tests of pages share: the app without a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core.engine import pool
from core.settings.device import CPU

APP = Path(__file__).parents[2] / "streamlit_app.py"


class _NavigationRules(PagesManager):
    """AppTest forgets at every run that `st.navigation` has been called; then pages/ would run without its frame."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False


@pytest.fixture(autouse=True)
def faultless(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails a test in which a page met a fault of its own: the visitor is told in words, and Streamlit hears of no exception."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.name == "ui.frame.shell"] == []


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the app with these link parameters, as a visitor with an English browser; fails on any exception in it."""
    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", _NavigationRules)
    monkeypatch.setattr(pool(), "devices", pool().devices or (CPU,))

    def opened(page: str = "", **parameters: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.query_params.update(parameters)
        app.run()
        if page:
            app.switch_page(f"pages/{page}/page.py").run()
        assert not app.exception
        return app

    return opened
