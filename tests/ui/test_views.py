"""One view at once, and a model taken apart: who is answered, and with what."""

import asyncio
import json
from concurrent.futures import Future
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from core.engine import NoAnswerError
from core.run.handle import Run
from tests.ui.scripted_run import ScriptedRun
from ui.stream import views


class Pool:
    """One run, and a worker that answers with what it was asked, or not at all."""

    def __init__(self) -> None:
        self.run, self.answers = ScriptedRun(), True

    def find(self, run_id: str, /) -> tuple[Run, bool] | None:
        """The only run there is."""
        return (self.run, run_id == self.run.id) if run_id in (self.run.id, self.run.watch_id) else None

    def ask(self, question: str, run: Run | None = None, **arguments: Any) -> Future[Any]:
        """The question itself, and a number that JSON has no word for."""
        future: Future[Any] = Future()
        if self.answers:
            future.set_result({"asked": question, **arguments, "ours": run is self.run, "nan": float("nan")})
        else:
            future.set_exception(NoAnswerError("KeyError: no such view"))
        return future


def answer(pool: Pool, place: str, query: str = "", run_id: str = "") -> tuple[int, Any]:
    (route,) = (route for route in views.routes(lambda: pool, "/base") if route.path == f"/base/runs/{{id}}/{place}")
    scope = {"type": "http", "headers": [], "query_string": query.encode(), "path_params": {"id": run_id or pool.run.watch_id}}
    response: Response = asyncio.run(route.endpoint(Request(scope)))
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, json.loads(bytes(response.body) or b"null")


def test_whoever_watches_is_shown_a_view_and_the_model() -> None:
    pool = Pool()
    assert answer(pool, "views", "name=layers%3A7") == (200, {"asked": "view", "name": "layers:7", "ours": True, "nan": None})
    assert answer(pool, "modules") == (200, {"asked": "modules", "ours": True, "nan": None})


@pytest.mark.parametrize("query", ["", "name=", f"name={'a' * (views.LONGEST + 1)}"])
def test_what_cannot_be_a_view_is_not_asked_for(query: str) -> None:
    assert answer(Pool(), "views", query) == (404, {"error": "unknown_view"})


def test_where_there_is_no_run_or_no_answer_it_says_so() -> None:
    pool = Pool()
    assert answer(pool, "modules", run_id="other") == (404, {"error": "unknown_run"})
    pool.answers = False
    assert answer(pool, "views", "name=x") == (204, None)
    assert answer(pool, "modules") == (503, {"error": "no_answer"})
