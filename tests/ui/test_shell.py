"""The frame round the pages: the visitor's language and projector, from the link, the session, and the browser."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.engine import pool
from pages import PAGES

Open = Callable[..., AppTest]
HANGUL = re.compile("[가-힣]")
CODE = re.compile("`[^`]*`")
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,.]+){3,}")  # three English words in a row and more


def _title(app: AppTest) -> str:
    return str(app.title[0].value)


def test_english_by_default(open_app: Open) -> None:
    assert _title(open_app()) == "Watch a real PyTorch program learn."


@pytest.mark.parametrize(("lang", "korean"), [("ko", True), ("en", False), ("fr", False)])
def test_language_of_the_link(open_app: Open, lang: str, korean: bool) -> None:
    assert bool(HANGUL.search(_title(open_app(lang=lang)))) == korean


def test_language_switch(open_app: Open) -> None:
    app = open_app(lang="ko")
    app.segmented_control(key="shell.language").set_value("en").run()
    assert _title(app) == "Watch a real PyTorch program learn."
    assert "ko" in app.query_params["lang"], "the address is written in the browser"
    assert _title(app.run()) == "Watch a real PyTorch program learn.", "the switch is stronger than the link it was opened by"
    app.query_params.clear()
    assert _title(app.run()) == "Watch a real PyTorch program learn."


def test_a_language_switch_on_which_nothing_is_chosen_changes_nothing(open_app: Open) -> None:
    """So a page says that is left before it was drawn to its end."""
    app = open_app(lang="ko")
    app.segmented_control(key="shell.language").set_value(None).run()
    assert not app.exception
    assert app.session_state["shell.language"] == "ko"


def test_session_remembers_the_language(open_app: Open) -> None:
    """Streamlit drops the link's parameters when the page changes."""
    app = open_app(lang="ko")
    app.query_params.clear()
    app.run()
    assert HANGUL.search(_title(app))


def test_projector_switch(open_app: Open) -> None:
    app = open_app()
    app.toggle(key="shell.projector").set_value(True).run()
    app.query_params.clear()
    app.run()
    assert app.toggle(key="shell.projector").value is True, "the session remembers it"
    app.query_params["projector"] = "1"
    app.run()
    app.toggle(key="shell.projector").set_value(False).run()
    assert app.toggle(key="shell.projector").value is False, "the switch is stronger than the link it was opened by"
    assert app.run().toggle(key="shell.projector").value is False


def test_projector_of_the_link(open_app: Open) -> None:
    assert open_app(projector="1").toggle(key="shell.projector").value is True


@pytest.mark.parametrize("page", ["", *(page.name for page in PAGES)])
def test_korean_pages_say_nothing_in_english(open_app: Open, page: str) -> None:
    app = open_app(page, lang="ko")
    said = [element.value for element in (*app.title, *app.markdown, *app.caption)]
    said += [widget.label for widget in (*app.button, *app.selectbox, *app.toggle, *app.number_input, *app.expander)]
    assert said
    assert [text for text in said if ENGLISH.search(CODE.sub("", text))] == []


def test_what_home_shows_is_nobodys_run(open_app: Open) -> None:
    before = pool().runs
    open_app()
    assert pool().runs == before
