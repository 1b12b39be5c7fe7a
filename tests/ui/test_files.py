"""The files of a run: who gets which, under what name, in whose language, and what is said where there is none."""

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from core.engine import NoAnswerError
from core.run.handle import Run
from core.run.status import Status
from tests.ui.scripted_run import ScriptedRun
from ui.stream import files

Get = Callable[..., Response]


class Pool:
    """One run, and a worker that answers with what it was asked, or not at all."""

    def __init__(self) -> None:
        self.run = ScriptedRun()
        self.answers = True

    def find(self, run_id: str, /) -> tuple[Run, bool] | None:
        """The only run there is."""
        return (self.run, run_id == self.run.id) if run_id in (self.run.id, self.run.watch_id) else None

    def ask(self, question: str, run: Run | None = None, **arguments: Any) -> Future[Any]:
        """The question itself."""
        future: Future[Any] = Future()
        if self.answers:
            future.set_result(f"{question} {sorted(arguments)} {run is self.run}".encode())
        else:
            future.set_exception(NoAnswerError("The worker died."))
        return future


@pytest.fixture
def pool() -> Pool:
    pool = Pool()
    pool.run.descend(30)
    return pool


@pytest.fixture
def get(pool: Pool) -> Get:
    """`get("csv", language="ko")` → what whoever may only watch is answered."""
    route = files.routes(lambda: pool, "/some/base")[0]
    assert route.path == "/some/base/runs/{id}/files/{form}"

    def answer(form: str, language: str = "en", run_id: str = pool.run.watch_id) -> Response:
        scope = {"type": "http", "headers": [], "query_string": f"lang={language}".encode(), "path_params": {"id": run_id, "form": form}}
        response: Response = asyncio.run(route.endpoint(Request(scope)))
        return response

    return answer


def text(response: Response) -> str:
    """What it says."""
    return bytes(response.body).decode()


@pytest.mark.parametrize("form", files.FORMS)
def test_every_form_is_a_download_under_its_name(get: Get, form: str) -> None:
    answer = get(form)
    assert answer.status_code == 200
    assert answer.body
    name = files.FORMS[form].name.format(experiment="linear_regression")
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"


def test_a_file_is_of_the_moment_it_is_asked_for(get: Get, pool: Pool) -> None:
    assert len(text(get("csv")).splitlines()) == 31
    pool.run.descend(10, Status.FINISHED)
    assert len(text(get("csv")).splitlines()) == 41
    assert json.loads(text(get("json")))["columns"]["loss"] == pool.run.history.column("loss").tolist()


def test_a_file_waits_for_the_rows_that_are_on_their_way(get: Get, pool: Pool) -> None:
    """Asked for just after a run was held, before its worker has heard of it."""
    pool.run.pause()
    late = threading.Timer(0.05, pool.run.descend, (10, Status.PAUSED))
    late.start()
    assert "if epoch == 39 or" in text(get("py"))
    assert "epochs=39" in text(get("keras"))


def test_what_is_never_answered_is_said(get: Get, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ANSWER_TIMEOUT", 0.01)
    pool.run.pause()
    assert (get("py").status_code, get("csv").status_code) == (503, 503)


def test_where_keras_has_no_way_there_is_no_file(get: Get, pool: Pool) -> None:
    pool.run.bend("batch_size", 2)
    pool.run.descend(1)
    assert get("keras").status_code == 503


def test_the_program_speaks_the_language_of_its_reader(get: Get) -> None:
    english, korean, other = (text(get("py", language)) for language in ("en", "ko", "fr"))
    assert "Linear regression" in english
    assert "선형 회귀" in korean
    assert other == english


@pytest.mark.parametrize("form", files.OF_A_WORKER)
def test_parameters_are_asked_of_the_worker_that_has_the_run(get: Get, pool: Pool, form: str) -> None:
    assert text(get(form)) == "parameters ['form', 'spec'] True"
    pool.answers = False
    refused = get(form)
    assert (refused.status_code, json.loads(text(refused))) == (503, {"error": "no_answer"})
    assert get("csv").status_code == 200


@pytest.mark.parametrize(("run_id", "form", "error"), [("other", "py", "unknown_run"), (None, "exe", "unknown_file")])
def test_what_is_not_there_is_said(get: Get, pool: Pool, run_id: str | None, form: str, error: str) -> None:
    refused = get(form, run_id=run_id or pool.run.id)
    assert (refused.status_code, json.loads(text(refused))) == (404, {"error": error})
    assert refused.headers["cache-control"] == "no-store"
