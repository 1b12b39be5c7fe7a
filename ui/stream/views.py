"""One view of a run at once: `GET /runs/{id}/views?name=layers:…`. A worker answers between two steps, in a few milliseconds.

The event stream brings what is watched at its own rate, ten times a second; that is too late for what follows a hand.
"""

from collections.abc import Callable
from concurrent.futures import TimeoutError as TooLate

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.engine import NoAnswerError
from core.jsonable import dumps
from ui.stream.files import Pool

LONGEST = 300  # characters of a name
ANSWER_TIMEOUT = 5.0  # seconds


def routes(pool: Callable[[], Pool], prefix: str = "") -> list[Route]:
    """The route of single views under `prefix`; `pool` is asked at each request, since it is made after the routes."""

    async def view(request: Request) -> Response:
        found, name = pool().find(request.path_params["id"]), request.query_params.get("name", "")
        if found is None or not 0 < len(name) <= LONGEST:
            return _answer({"error": "unknown_run" if found is None else "unknown_view"}, 404)
        try:
            picture = await run_in_threadpool(lambda: pool().ask("view", found[0], name=name).result(ANSWER_TIMEOUT))
        except (NoAnswerError, TooLate):
            return _answer({"error": "no_answer"}, 503)
        return _answer(picture, 200)

    return [Route(f"{prefix}/runs/{{id}}/views", view, methods=["GET"])]


def _answer(content: object, status: int) -> Response:
    return Response(dumps(content), status, {"Cache-Control": "no-store"}, "application/json")
