"""The files of a run, each made at the moment it is asked for: `GET /runs/{id}/files/{form}?lang=ko`.

They have addresses of their own because a file behind `st.download_button` goes with the script run that drew the button:
pressed while the page is being drawn anew, as when a run has just ended, it answers with an error or not at all.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.engine import NoAnswerError
from core.keras import Counterpart
from core.keras.counterpart import counterpart
from core.program import export
from core.program.script import Script
from core.run import tables
from core.run.handle import Run
from ui.locale import LANGUAGES, N_, SOURCE_LANGUAGE, _, use
from ui.stream import events

ANSWER_TIMEOUT = 60.0  # seconds; a worker answers between two steps


class Pool(events.Pool, Protocol):
    """Where runs are found, and their workers asked (`core.engine.LocalPool`)."""

    def ask(self, question: str, run: Run | None = None, **arguments: Any) -> Future[Any]:
        """The answer of a worker, to come."""


class Form(NamedTuple):
    """A kind of file: what it is called on the page, its icon, its name, and how it is made."""

    label: str
    icon: str
    name: str
    media_type: str
    made: Callable[[Pool, Run], str | bytes]


def program(run: Run, held: bool = True) -> Script:
    """The script of what a run has done; with `held=False` one that is held is written as it would go on."""
    return export.script(run.spec(held), _)


def keras_program(run: Run, held: bool = True) -> Counterpart:
    """The same in Keras."""
    return counterpart(run.spec(held), _)


def _keras(_pool: Pool, run: Run) -> str:
    script = keras_program(run).script
    if script is None:
        raise NoAnswerError("There is no such program in Keras.")
    return script.source


def _csv(_pool: Pool, run: Run) -> str:
    return tables.history_csv(run.history, run.changes)


def _json(_pool: Pool, run: Run) -> str:
    return tables.history_json(run.spec(), run.history)


def _events(pool: Pool, run: Run) -> bytes:
    steps, columns = run.history.since(-1)
    return _answer(pool, "tensorboard", None, steps=steps, columns=columns, changes=run.changes)


def _parameters(form: str, pool: Pool, run: Run) -> bytes:
    """What the network has learned; only a worker that has its trainer knows."""
    return _answer(pool, "parameters", run, form=form, spec=run.spec())


def _answer(pool: Pool, question: str, run: Run | None, **arguments: Any) -> bytes:
    content: bytes = pool.ask(question, run, **arguments).result(ANSWER_TIMEOUT)
    return content


FORMS: Mapping[str, Form] = {
    "py": Form(N_("Script (.py)"), "code", "{experiment}.py", "text/x-python", lambda _pool, run: program(run).source),
    "ipynb": Form(
        N_("Notebook (.ipynb)"), "book", "{experiment}.ipynb", "application/x-ipynb+json", lambda _pool, run: program(run).notebook
    ),
    "csv": Form(N_("Numbers (.csv)"), "table", "{experiment}_history.csv", "text/csv", _csv),
    "json": Form(N_("Numbers (.json)"), "data_object", "{experiment}_history.json", "application/json", _json),
    "tfevents": Form(N_("TensorBoard events"), "monitoring", "events.out.tfevents.{experiment}", "application/octet-stream", _events),
    "pt": Form(N_("Parameters (.pt)"), "deployed_code", "{experiment}.pt", "application/octet-stream", partial(_parameters, "pt")),
    "safetensors": Form(
        N_("Parameters (.safetensors)"),
        "deployed_code",
        "{experiment}.safetensors",
        "application/octet-stream",
        partial(_parameters, "safetensors"),
    ),
    "keras": Form(N_("Keras program (.py)"), "code", "{experiment}_keras.py", "text/x-python", _keras),
}
OF_A_WORKER = ("pt", "safetensors")  # these need a run that a worker has built
BESIDE_KERAS = ("keras",)  # offered where that program is shown


def routes(pool: Callable[[], Pool], prefix: str = "") -> list[Route]:
    """The route of the files under `prefix`; `pool` is asked at each request, since it is made after the routes."""

    async def file(request: Request) -> Response:
        found, form = pool().find(request.path_params["id"]), FORMS.get(request.path_params["form"])
        if found is None or form is None:
            return _refused("unknown_run" if found is None else "unknown_file", 404)
        run, language = found[0], request.query_params.get("lang", "")

        def made() -> str | bytes:
            use(language if language in LANGUAGES else SOURCE_LANGUAGE)  # in this thread's own context
            if not run.wait_for(lambda: run.answered, ANSWER_TIMEOUT):
                raise TimeoutError  # rows may still be on their way: a file would end before the number on the screen
            return form.made(pool(), run)

        try:
            content = await run_in_threadpool(made)
        except (NoAnswerError, TimeoutError):
            return _refused("no_answer", 503)
        name = form.name.format(experiment=run.experiment)
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=form.media_type, headers=headers)

    return [Route(f"{prefix}/runs/{{id}}/files/{{form}}", file, methods=["GET"])]


def _refused(error: str, status: int) -> JSONResponse:
    return JSONResponse({"error": error}, status_code=status, headers={"Cache-Control": "no-store"})
