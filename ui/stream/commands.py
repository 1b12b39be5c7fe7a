"""What steers a run, from the stage straight to the run: `POST /runs/{id}/commands`, with JSON such as `{"command": "pause"}`.

    {"command": "train" | "pause" | "step" | "reset"}
    {"command": "speed", "speed": 60}          one of SPEEDS; null is full speed
    {"command": "change", "field": "lr", "value": 0.05, "lang": "ko"}

A press through the page's script waits for the script, and for all that it draws; this does not. The page hears of it from the
stage, and draws what depends on it afterwards. The id has to be the run's own, which only those know who steer it; the one for
watching is refused. Only `application/json` is taken, which a form on a foreign page cannot send.

A value out of bounds is answered `{"error": "refused", …}` like anything else that was understood: for a status of 4xx a browser's
console would name a fault of the page.
"""

import json
from collections.abc import Callable
from typing import Any, get_args

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.jsonable import dumps
from core.run.handle import Press, Run
from core.settings.config import ConfigError, Problem
from ui.frame import refusals
from ui.locale import LANGUAGES, SOURCE_LANGUAGE, use
from ui.stream.events import Pool
from ui.stream.ticker import Ticker

SPEEDS = (1.0, 5.0, 20.0, 60.0, 300.0, None)  # steps a second; None is full speed
LARGEST = 16_384  # bytes of a command: a number or a choice; texts and tables go the page's way
PRESSES = get_args(Press)
ANSWER_SECONDS = 0.5  # in which a worker's answer is shown at once; a later one comes with the next tick


def routes(pool: Callable[[], Pool], prefix: str = "", ticker: Ticker | None = None) -> list[Route]:
    """The route of the commands under `prefix`; `pool` is asked at each request, since it is made after the routes.

    What comes of a command is shown to those who watch by `ticker` as soon as the worker has answered, not with the next tick.
    """

    async def command(request: Request) -> Response:
        found = pool().find(request.path_params["id"])
        if found is None:
            return _answer({"error": "unknown_run"}, 404)
        run, may_control = found
        if not may_control:
            return _answer({"error": "only_watching"}, 403)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return _answer({"error": "not_json"}, 415)
        body = await _body(request)
        if body is None:
            return _answer({"error": "too_large"}, 413)
        asked = _read(body)
        if asked is None:
            return _answer({"error": "unknown_command"}, 400)
        answer = await run_in_threadpool(_carry_out, run, asked)  # a reset waits for the run's lock, a text is read to check a change
        if ticker:
            answer.background = BackgroundTask(_show, run, ticker)
        return answer

    return [Route(f"{prefix}/runs/{{id}}/commands", command, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    """What was sent; None as soon as it is more than a command may be, whatever its header says."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return body


def _read(body: bytes) -> dict[str, Any] | None:
    """A command; None if it is not one."""
    try:
        asked: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match asked:
        case {"command": str(button)} if button in PRESSES:
            known = True
        case {"command": "speed", "speed": float() | int() | None as speed}:
            known = speed in SPEEDS
        case {"command": "change", "field": str(), "value": _}:
            known = True
        case _:
            known = False
    return asked if known else None


async def _show(run: Run, ticker: Ticker) -> None:
    if await run_in_threadpool(run.wait_for, lambda: run.obeyed, ANSWER_SECONDS):
        ticker.now(run)


def _carry_out(run: Run, asked: dict[str, Any]) -> Response:
    language = asked.get("lang")
    use(language if language in LANGUAGES else SOURCE_LANGUAGE)  # in this thread's own context
    try:
        match asked["command"]:
            case "speed":
                run.set_speed(SPEEDS[SPEEDS.index(asked["speed"])])
            case "change":
                run.settle({asked["field"]: asked["value"]})
            case button:
                run.press(button)
    except ConfigError as error:
        return _answer({"error": "refused", **_named(error.problems[0])}, 200)
    return _answer({"generation": run.generation, "status": str(run.status)}, 200)


def _named(problem: Problem) -> dict[str, Any]:
    return {"field": problem.field, "value": problem.value, "bounds": problem.bounds, "text": refusals.beside_field(problem)}


def _answer(content: dict[str, Any], status: int) -> Response:
    return Response(dumps(content), status, {"Cache-Control": "no-store"}, "application/json")
