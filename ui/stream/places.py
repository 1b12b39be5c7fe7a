"""Where somebody stands who waits for a place: `GET /places/{ticket}` → `{"place": 3, "called": false}`.

A page that waits asks every few seconds; one that does not is taken to be closed, and loses its place in the line. A ticket that is not in
the line is answered `{"place": 0, "called": true}`: the page asks for a run anew, and is given one or another ticket.
"""

from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.engine.admission import Admission, Standing


class Pool(Protocol):
    """Where people wait (`core.engine.LocalPool`)."""

    @property
    def admission(self) -> Admission:
        """The line."""


def routes(pool: Callable[[], Pool], prefix: str = "") -> list[Route]:
    """The route of the line under `prefix`; `pool` is asked at each request, since it is made after the routes."""

    async def place(request: Request) -> Response:
        standing = pool().admission.standing(request.path_params["ticket"]) or Standing(0, called=True)
        return JSONResponse(standing._asdict(), headers={"Cache-Control": "no-store"})

    return [Route(f"{prefix}/places/{{ticket}}", place, methods=["GET"])]
