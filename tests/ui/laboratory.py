"""What the tests of the laboratory pages share: questions answered in this process, and what a page hands to its drawing."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.engine import pool
from core.program.pieces import whole


@contextmanager
def answering(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Callable[..., Any]]) -> Iterator[list[dict[str, Any]]]:
    """What a page asks is answered by these, by the question's name; yields the arguments of all that is asked."""
    asked: list[dict[str, Any]] = []

    def ask(question: str, _run: object = None, **arguments: Any) -> Future[Any]:
        asked.append(arguments)
        answer: Future[Any] = Future()
        answer.set_result(json.loads(json.dumps(whole(answers[question](**arguments)))))
        return answer

    monkeypatch.setattr(pool(), "ask", ask)
    st.cache_resource.clear()
    yield asked
    st.cache_resource.clear()


def data(app: AppTest) -> dict[str, Any]:
    """All that the page's one drawing is handed."""
    [drawing] = app.get("bidi_component")
    return dict(json.loads(drawing.proto.json))


def picture(app: AppTest) -> dict[str, Any]:
    """What the drawing shows."""
    return dict(data(app)["picture"])


def address(app: AppTest) -> str:
    """The query string that the page has its address hold."""
    [found] = {query for drawn in app.get("html") for query in re.findall(r'location.search !== "\?([^"]*)"', drawn.proto.body)}
    return str(found)
