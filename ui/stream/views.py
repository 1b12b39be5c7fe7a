"""One view of a run at once: `GET /runs/{id}/views?name=layers:…`, and its model taken apart: `GET /runs/{id}/modules`. A worker
answers between two steps, in a few milliseconds.

The event stream brings what is watched at its own rate, ten times a second; that is too late for what follows a hand.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.engine import NoAnswerError
from core.jsonable import dumps
from ui.stream.files import Pool

LONGEST = 300  # characters of a name
ANSWER_TIMEOUT = 5.0  # seconds
NEVER_STORED = {"Cache-Control": "no-store"}


def routes(pool: Callable[[], Pool], prefix: str = "") -> list[Route]:
    """The route of single views under `prefix`; `pool` is asked at each request, since it is made after the routes."""

    async def asked(request: Request, question: str, **arguments: str) -> Response:
        found = pool().find(request.path_params["id"])
        if found is None:
            return _answer({"error": "unknown_run"}, 404)
        try:
            answer: asyncio.Future[Any] = asyncio.wrap_future(pool().ask(question, found[0], **arguments))
            told = await asyncio.wait_for(asyncio.shield(answer), ANSWER_TIMEOUT)  # it may still come: it is not to be cancelled
        except (NoAnswerError, TimeoutError):
            return _answer({"error": "no_answer"}, 503)
        return _answer(told, 200)

    async def view(request: Request) -> Response:
        name = request.query_params.get("name", "")
        if not 0 < len(name) <= LONGEST:
            return _answer({"error": "unknown_view"}, 404)
        told = await asked(request, "view", name=name)
        return Response(status_code=204, headers=NEVER_STORED) if told.status_code == 503 else told  # no fault: the stream brings it

    async def modules(request: Request) -> Response:
        return await asked(request, "modules")

    places = {"views": view, "modules": modules}
    return [Route(f"{prefix}/runs/{{id}}/{place}", answer, methods=["GET"]) for place, answer in places.items()]


def _answer(content: object, status: int) -> Response:
    return Response(dumps(content), status, NEVER_STORED, "application/json")
