"""The event stream: a run's History as server-sent events, `GET /runs/{id}/events?views=a,b&since=N&keep=K`.

Three kinds of message: `status` (what the run is doing), `views` (pictures, replaced) and `metrics` (columns, appended;
its `id:` is the last step in it, so that `Last-Event-ID` goes on from there with no step lost or doubled).
"""

import secrets
from collections.abc import AsyncIterator, Callable
from typing import Protocol
from urllib.parse import unquote

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.run.handle import Run
from ui.stream_messages import CATCH_UP_ROWS, LIVE_ROWS, Messages
from ui.ticker import Ticker

PING_SECONDS = 5  # below half of the ten seconds of silence after which the strictest proxies cut a line
PING_BYTES = 4096  # a load balancer may hold back what does not fill its buffer
BURST = 3  # messages that may go out at once after a silence; after that one a tick
STATUS_TICKS = 10  # between two statuses that differ in nothing but numbers; even, so that metrics keep their turns
# A proxy that compresses holds messages back until its window is full. `no-transform` forbids it; nginx does not heed that, but
# leaves alone what has an encoding already. `X-Accel-Buffering` is nginx's own name for the same wish about its buffers.
HEADERS = {"Cache-Control": "no-cache, no-transform", "Content-Encoding": "identity", "X-Accel-Buffering": "no"}


class Pool(Protocol):
    """Where runs are found (`core.engine.LocalPool`)."""

    def find(self, run_id: str, /) -> tuple[Run, bool] | None:
        """The run of this id, and whether the id allows to control it; None if there is none."""


class Watcher:
    """One connection: what its visitor has been sent, and what comes next.

    Args:
        since: the last step that the visitor has.
        wanted: the views that are on screen; `facts` and `past` are two more.
        keep: every step divisible by it is sent, however much is thinned (0: no such steps).
    """

    def __init__(self, run: Run, messages: Messages, since: int, wanted: frozenset[str], keep: int) -> None:
        self._run, self._messages, self._wanted, self._keep = run, messages, wanted, keep
        self._generation = run.generation
        self._since = since if since <= run.history.last_step else -1
        self._essence, self._status = "", ""
        self._views: dict[str, int] = {}
        self._tokens = 0

    def opening(self) -> list[ServerSentEvent]:
        """Status, views, and the thinned past."""
        self._tokens = 1 - BURST
        return self._next_status() + self._next_views() + self._next_metrics(CATCH_UP_ROWS)

    def due(self, tick: int) -> list[ServerSentEvent]:
        """What goes out at this tick. Views and metrics take turns by the tick's number, alike for all who watch."""
        if self._run.generation != self._generation:
            self._generation, self._since = self._run.generation, -1
            self._views.clear()
            return self.opening()
        self._tokens = min(BURST, self._tokens + 1)
        if self._tokens <= 0:
            return []
        events = self._turn(tick)
        self._tokens -= len(events)
        return events

    def _turn(self, tick: int) -> list[ServerSentEvent]:
        essence, status = self._messages.status(self._run)
        if essence != self._essence:  # last, so that whoever reads "finished" has every step
            return self._next_metrics() + self._next_views() + self._next_status()
        if tick % STATUS_TICKS == 0 and status != self._status:
            return self._next_status()
        events: list[ServerSentEvent] = []
        makers: list[Callable[[], list[ServerSentEvent]]] = [self._next_metrics, self._next_views]
        for make in makers if tick % 2 else reversed(makers):
            if len(events) < self._tokens:
                events += make()
        return events

    @property
    def is_behind(self) -> bool:
        """Whether something had to wait for its turn."""
        return self._tokens <= 0 or self._since < self._run.history.last_step or bool(self._changed_views())

    def _next_status(self) -> list[ServerSentEvent]:
        self._essence, self._status = self._messages.status(self._run)
        return [ServerSentEvent(self._status, event="status", sep="\n")]

    def _changed_views(self) -> dict[str, int]:
        versions = self._messages.versions(self._run, self._wanted)
        return {name: version for name, version in versions.items() if self._views.get(name) != version}

    def _next_views(self) -> list[ServerSentEvent]:
        changed = self._changed_views()
        if not changed:
            return []
        self._views |= changed
        return [ServerSentEvent(self._messages.views(self._run, changed), event="views", sep="\n")]

    def _next_metrics(self, limit: int = LIVE_ROWS) -> list[ServerSentEvent]:
        batch = self._messages.metrics(self._run, self._generation, self._since, limit, self._keep)
        if batch is None:
            return []
        self._since, data = batch
        return [ServerSentEvent(data, event="metrics", id=str(self._since), sep="\n")]


async def stream(run: Run, watcher: Watcher, wanted: frozenset[str], ticker: Ticker) -> AsyncIterator[ServerSentEvent]:
    """The messages of one connection, for as long as it is read; the run is told what is being looked at meanwhile."""
    token = secrets.token_hex(8)
    run.watch(token, wanted - {"facts", "past"})
    try:
        seen = run.version
        events = watcher.opening()
        while True:
            for event in events:
                yield event
            await ticker.change(run, -1 if watcher.is_behind else seen)
            seen = run.version
            events = watcher.due(ticker.count)
    finally:
        run.unwatch(token)


def routes(pool: Callable[[], Pool], prefix: str = "", ticker: Ticker | None = None) -> list[Route]:
    """The route of the event stream under `prefix`: "" or "/some/base".

    `pool` is asked at each request, since the pool is made when the app starts, after its routes.
    """
    messages, ticker = Messages(), ticker or Ticker()

    async def events(request: Request) -> Response:
        found = pool().find(request.path_params["id"])
        if found is None:
            return JSONResponse({"error": "unknown_run"}, status_code=404, headers={"Cache-Control": "no-store"})
        run, query = found[0], request.query_params
        wanted = frozenset(unquote(name) for name in query.get("views", "").split(",") if name)  # a name may hold a comma
        since = _since(run, query, request.headers.get("last-event-id"))
        watcher = Watcher(run, messages, since, wanted, max(0, _number(query.get("keep"), 0)))
        messages_of_run = stream(run, watcher, wanted, ticker)
        return EventSourceResponse(messages_of_run, ping=PING_SECONDS, ping_message_factory=_ping, sep="\n", headers=HEADERS)

    return [Route(f"{prefix}/runs/{{id}}/events", events, methods=["GET"])]


def _ping() -> ServerSentEvent:
    """A comment, which no listener hears, long enough to be passed on."""
    return ServerSentEvent(comment="." * PING_BYTES, sep="\n")


def _since(run: Run, query: QueryParams, last_event_id: str | None) -> int:
    """The last step the visitor has; -1 if it is of an earlier generation than the run's."""
    if _number(query.get("generation"), run.generation) != run.generation:
        return -1
    return _number(last_event_id, _number(query.get("since"), -1))


def _number(text: str | None, default: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return default
