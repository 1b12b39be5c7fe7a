"""A search for the browser: what happens in it as server-sent events, the presses that steer it, and its files.

    GET  /searches/{id}/events
    POST /searches/{id}/commands   {"command": one of PRESSES, "trials": 64, "brushed": {"lr": [0.01, 0.1]}}
    GET  /searches/{id}/files/{csv | db | py | search}?lang=ko

The id is the right to steer it; it stands in no link.
"""

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import experiments
from core.jsonable import dumps
from core.program import export
from core.run.spec import RunSpec
from core.search.handle import SearchRun
from core.search.messages import Wish
from core.search.script import script
from core.search.space import Dimension, SearchError
from core.search.spec import LATER
from core.settings.limits import limits
from ui.locale import LANGUAGES, SOURCE_LANGUAGE, _, use
from ui.stream import events
from ui.stream.ticker import Ticker

LARGEST = 16_384  # bytes of a command
PRESSES = ("pause", "go", "stop", "more", "narrow", "beside")


class Searches(Protocol):
    """Where searches are found (`core.engine.searches.Searches`)."""

    def find(self, search_id: str, /) -> SearchRun | None:
        """The search of this id."""


class Watcher:
    """One connection: what its visitor has been sent, and what comes next."""

    def __init__(self, run: SearchRun) -> None:
        self._run = run
        self._version = -1
        self._points: dict[int, int] = {}

    def news(self) -> ServerSentEvent:
        """All that is new, in one message; the first one of a connection, or of a search that began anew, says so."""
        run, version = self._run, self._run.version
        begins = self._version < 0 or any(number not in run.trials for number in self._points)
        if begins:
            self._version, self._points = -1, {}
        trials = [self._trial(number) for number in run.since(self._version)]
        self._version = version
        over = {one.field: range_of(one) for one in run.over}
        link = run.spec.to_link()
        later = {name: link.get(name, "") for name in LATER}
        told = {"begins": begins, "status": run.status, **run.about, "over": over, **later, "trials": trials}
        return ServerSentEvent(dumps(told), id=str(version), sep="\n")

    def _trial(self, number: int) -> dict[str, Any]:
        run, known = self._run, self._points.get(number)
        curve = run.curves[number]
        told = {name: value for name, value in run.trials[number].items() if known is None or name not in ("values", "link")}
        points = curve[known or 0 :]
        self._points[number] = (known or 0) + len(points)
        return {**told, "number": number, "points": points}


def range_of(one: Dimension) -> dict[str, Any]:
    """What a field is searched over, for its axis."""
    return {"low": one.low, "high": one.high, "log": one.log, "choices": one.choices, "whole": one.whole}


async def stream(run: SearchRun, ticker: Ticker) -> AsyncIterator[ServerSentEvent]:
    """The messages of one connection, one a tick at most."""
    watcher = Watcher(run)
    run.watchers += 1
    try:
        while True:
            seen = run.version
            yield watcher.news()
            await ticker.change(run, seen)
    finally:
        run.watchers -= 1
        run.unwatched_since = time.monotonic()


def routes(searches: Callable[[], Searches], prefix: str = "", ticker: Ticker | None = None) -> list[Route]:
    """The routes of searches under `prefix`."""
    ticker = ticker or Ticker()

    async def news(request: Request) -> Response:
        run = searches().find(request.path_params["id"])
        if run is None:
            return _answer({"error": "unknown_search"}, 404)
        return EventSourceResponse(stream(run, ticker), ping=events.PING_SECONDS, sep="\n", headers=events.HEADERS)

    async def command(request: Request) -> Response:
        run = searches().find(request.path_params["id"])
        if run is None:
            return _answer({"error": "unknown_search"}, 404)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return _answer({"error": "not_json"}, 415)
        asked = _read(await request.body())
        return _answer({"error": "unknown_command"}, 400) if asked is None else _carry_out(run, asked)

    async def file(request: Request) -> Response:
        run = searches().find(request.path_params["id"])
        form = FORMS.get(request.path_params["form"])
        if run is None or form is None:
            return _answer({"error": "unknown_file"}, 404)
        name, media_type, made = form
        found = await run_in_threadpool(_content, run, made, request.query_params.get("lang", ""))
        if isinstance(found, Response):
            return found
        named = name.format(experiment=run.spec.experiment)
        return Response(
            found, media_type=media_type, headers={"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{named}"'}
        )

    return [
        Route(f"{prefix}/searches/{{id}}/events", news, methods=["GET"]),
        Route(f"{prefix}/searches/{{id}}/commands", command, methods=["POST"]),
        Route(f"{prefix}/searches/{{id}}/files/{{form}}", file, methods=["GET"]),
    ]


def _read(body: bytes) -> dict[str, Any] | None:
    """A command; None if it is not one."""
    try:
        asked: Any = json.loads(body) if len(body) <= LARGEST else None
    except (ValueError, RecursionError):
        return None
    return asked if isinstance(asked, dict) and asked.get("command") in PRESSES else None


def _carry_out(run: SearchRun, asked: dict[str, Any]) -> Response:
    kind, trials, brushed = asked["command"], asked.get("trials", 0), asked.get("brushed", {})
    if not isinstance(trials, int) or not 0 <= trials <= limits().search_trials or not isinstance(brushed, dict):
        return _answer({"error": "unknown_command"}, 400)
    try:
        run.wish(Wish(kind, trials, run.narrowed(brushed) if kind == "narrow" else ()))
    except (SearchError, TypeError, ValueError) as error:
        return _answer({"error": "refused", "text": str(error)}, 200)
    return _answer({"status": run.status}, 200)


def _best_script(run: SearchRun) -> str | None:
    """The program of the best trial."""
    if not run.ranked:
        return None
    config = experiments.config_class(run.spec.experiment).from_link(run.trials[run.ranked[0]]["link"])
    return export.script(RunSpec(run.spec.experiment, config), _).source


def _content(run: SearchRun, made: Callable[[SearchRun], str | bytes | None], language: str) -> str | bytes | Response:
    """What is in a file, or the answer that there is none."""
    use(language if language in LANGUAGES else SOURCE_LANGUAGE)
    try:
        found = made(run)
    except SearchError as error:
        return _answer({"error": error.code, "value": error.value}, 409)
    return _answer({"error": "no_answer"}, 503) if found is None else found


def _search_script(run: SearchRun) -> str:
    """The search itself as a program; of one that was stopped as far as its waves had come."""
    ended = [number for number, trial in run.trials.items() if trial["state"] == "stopped"]
    return script(run.spec, _, min(ended, default=None))


FORMS: dict[str, tuple[str, str, Callable[[SearchRun], str | bytes | None]]] = {
    "csv": ("{experiment}_search.csv", "text/csv", lambda run: run.csv()),
    "db": ("{experiment}_study.db", "application/vnd.sqlite3", lambda run: run.study()),
    "py": ("{experiment}_best.py", "text/x-python", _best_script),
    "search": ("{experiment}_search.py", "text/x-python", _search_script),
}


def _answer(content: dict[str, Any], status: int) -> JSONResponse:
    return JSONResponse(content, status, {"Cache-Control": "no-store"})
