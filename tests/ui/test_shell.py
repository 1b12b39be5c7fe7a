"""The frame round the pages: the visitor's language and projector, from the link, the session, and the browser."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "streamlit_app.py"
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,.]+){3,}")  # four English words in a row


def _open(**parameters: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update(parameters)
    app.run()
    assert not app.exception
    return app


def _title(app: AppTest) -> str:
    return str(app.title[0].value)


def test_english_by_default() -> None:
    assert _title(_open()) == "Watch a real PyTorch program learn."


@pytest.mark.parametrize(("lang", "korean"), [("ko", True), ("en", False), ("fr", False)])
def test_language_of_the_link(lang: str, korean: bool) -> None:
    assert bool(re.search("[가-힣]", _title(_open(lang=lang)))) == korean


def test_language_switch_is_remembered() -> None:
    """AppTest hands the same empty link in at every run: what stays is the session's."""
    app = _open()
    app.segmented_control(key="shell.language").set_value("ko").run()
    assert re.search("[가-힣]", _title(app))
    app.run()
    assert re.search("[가-힣]", _title(app))
    app.segmented_control(key="shell.language").set_value("en").run()
    assert _title(app) == "Watch a real PyTorch program learn."


def test_projector_switch_is_remembered() -> None:
    app = _open()
    app.toggle(key="shell.projector").set_value(True).run()
    app.run()
    assert app.toggle(key="shell.projector").value is True
    app.toggle(key="shell.projector").set_value(False).run()
    assert app.toggle(key="shell.projector").value is False


def test_projector_of_the_link() -> None:
    assert _open(projector="1").toggle(key="shell.projector").value is True


def test_korean_home_says_nothing_in_english() -> None:
    app = _open(lang="ko")
    said = [element.value for element in (*app.title, *app.markdown, *app.caption)]
    assert [text for text in said if ENGLISH.search(text)] == []
