"""The event stream: a run's History as server-sent events, `GET /runs/{id}/events?views=a,b&since=N&rows=M&keep=K`.

A message holds all that is new, by kind: `status` (what the run is doing), `views` (pictures, replaced), `parts` (of pictures: those
parts that are not as they were), `rows` (columns, appended).
Its `id:` is the last step in what has been sent, so that `Last-Event-ID` goes on from there with no step lost or doubled.
"""

import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.run.handle import Run
from ui.stream.messages import Messages
from ui.stream.ticker import Ticker

PING_SECONDS = 5  # below half of the ten seconds of silence after which the strictest proxies cut a line
PING_BYTES = 4096  # a load balancer may hold back what does not fill its buffer
STATUS_TICKS = 10  # between two statuses that differ in nothing but numbers, and what is found in them
MOST_VIEWS, LONGEST_NAME = 40, 300  # of one connection: more than any page has panels; characters of a view's name
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,12}")  # a step, a number of rows, a generation
MOST_ROWS = 4000  # that a browser holds; then it is sent the whole run anew, thinned
# A proxy that compresses holds messages back until its window is full. `no-transform` forbids it; nginx does not heed that, but
# leaves alone what has an encoding already. `X-Accel-Buffering` is nginx's own name for the same wish about its buffers.
HEADERS = {"Cache-Control": "no-cache, no-transform", "Content-Encoding": "identity", "X-Accel-Buffering": "no"}


class Pool(Protocol):
    """Where runs are found (`core.engine.LocalPool`)."""

    def find(self, run_id: str, /) -> tuple[Run, bool] | None:
        """The run of this id, and whether the id allows to control it; None if there is none."""


class Message(NamedTuple):
    """What is sent at a time: JSON, which has no line breaks, and the last step in what has been sent."""

    data: str
    id: str | None

    def encode(self) -> bytes:
        """The event as it goes over the line: a tenth of the time that a `ServerSentEvent` takes, which looks for line breaks."""
        return (f"data: {self.data}\n\n" if self.id is None else f"id: {self.id}\ndata: {self.data}\n\n").encode()


class Watcher:
    """One connection: what its visitor has been sent, and what comes next.

    Args:
        wanted: the views that are on screen; `facts` and `past` are two more.
        since, rows: the last step that the visitor has, and how many rows.
        keep: every step divisible by it is sent, however much is thinned (0: no such steps).
    """

    def __init__(self, run: Run, messages: Messages, wanted: frozenset[str], *, since: int = -1, rows: int = 0, keep: int = 0) -> None:
        self._run, self._messages, self._wanted, self._keep = run, messages, wanted, keep
        self._sent = 0  # characters since the last ping
        self._begin()
        if 0 <= since <= run.history.last_step:
            self._since, self._rows = since, rows

    def _begin(self) -> None:
        self._generation, self._since, self._rows = self._run.generation, -1, 0
        self._essence: tuple[object, ...] = ()
        self._status = ""
        self._views: dict[str, int] = {}

    def news(self, tick: int = 0) -> Message | None:
        """All that is new, in one message; None where nothing is. It is sent at once what the run is doing, and its numbers by the tick."""
        while True:
            if self._run.generation != self._generation:
                self._begin()
            parts = [*self._new_status(tick), *self._new_views(), *self._new_rows()]
            if self._run.generation == self._generation:  # else these are parts of two generations
                break
        if not parts:
            return None
        last, told = str(self._since) if self._since >= 0 else None, self._messages.whole(self._generation, parts)
        self._sent += len(told)
        return Message(told, last)

    def ping(self) -> ServerSentEvent:
        """A comment, which no listener hears: long enough to be passed on, but for what has been sent since the one before."""
        missing, self._sent = max(0, PING_BYTES - self._sent), 0
        return ServerSentEvent(comment="." * missing, sep="\n")

    def _new_status(self, tick: int) -> Iterator[str]:
        """First of all parts: whoever reads "finished" has every step. The ticks of the numbers are not the same for all runs."""
        essence = self._run.essence
        if essence == self._essence and (tick + hash(self._run.id)) % STATUS_TICKS:
            return
        self._essence, before, self._status = essence, self._status, self._messages.status(self._run)
        if self._status != before:
            yield self._status

    def _new_views(self) -> Iterator[str]:
        versions = self._messages.versions(self._run, self._wanted)
        changed = {name: version for name, version in versions.items() if self._views.get(name) != version}
        if changed:
            held, self._views = self._views, self._views | changed
            yield from self._messages.views(self._run, changed, held)

    def _new_rows(self) -> Iterator[str]:
        batch = self._messages.rows(self._run, self._generation, self._since, self._keep)
        if batch and self._rows + batch.size > MOST_ROWS:
            self._rows = 0
            batch = self._messages.rows(self._run, self._generation, -1, self._keep)
        if batch:
            self._since, self._rows = batch.last, self._rows + batch.size
            yield batch.text


async def stream(run: Run, watcher: Watcher, wanted: frozenset[str], ticker: Ticker, steers: bool = False) -> AsyncIterator[bytes]:
    """The messages of one connection, one a tick and one a command at most; the run is told what is being looked at meanwhile."""
    token = secrets.token_hex(8)
    run.watch(token, wanted - {"facts", "past"}, steers)
    try:
        while True:
            seen = run.version
            if message := watcher.news(ticker.count):
                yield message.encode()
            await ticker.change(run, seen)
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
            return _refused({"error": "unknown_run"}, 404)
        (run, steers), query = found, request.query_params
        wanted = frozenset(unquote(name) for name in query.get("views", "").split(",") if name)  # a name may hold a comma
        if len(wanted) > MOST_VIEWS or max(map(len, wanted), default=0) > LONGEST_NAME:
            return _refused({"error": "too_many_views", "limit": MOST_VIEWS}, 400)
        since = _since(run, query, request.headers.get("last-event-id"))
        rows, keep = (max(0, _number(query.get(name), 0)) for name in ("rows", "keep"))
        watcher = Watcher(run, messages, wanted, since=since, rows=rows, keep=keep)
        messages_of_run = stream(run, watcher, wanted, ticker, steers)
        return EventSourceResponse(messages_of_run, ping=PING_SECONDS, ping_message_factory=watcher.ping, sep="\n", headers=HEADERS)

    return [Route(f"{prefix}/runs/{{id}}/events", events, methods=["GET"])]


def _refused(why: dict[str, Any], status: int) -> Response:
    return JSONResponse(why, status_code=status, headers={"Cache-Control": "no-store"})


def _since(run: Run, query: QueryParams, last_event_id: str | None) -> int:
    """The last step the visitor has; -1 if it is of an earlier generation than the run's."""
    if _number(query.get("generation"), run.generation) != run.generation:
        return -1
    return _number(last_event_id, _number(query.get("since"), -1))


def _number(text: str | None, default: int) -> int:
    """A number from outside; whatever is none that a run could have counts as not said."""
    return int(text) if text and WHOLE_NUMBER.fullmatch(text) else default
