"""The event stream: what is sent, when, how often, and that nothing is lost or doubled."""

import asyncio
import functools
import http.client
import json
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sse_starlette import ServerSentEvent
from starlette.requests import Request

from core.run.messages import Rows, Watch
from core.run.status import Status
from tests.browser.stage_server import StageServer, serving
from tests.ui.scripted_run import FACTS, ScriptedRun
from ui.stream import events
from ui.stream.events import MOST_ROWS, PING_BYTES, Message, Watcher, stream
from ui.stream.messages import CATCH_UP_ROWS, LIVE_ROWS, Batch, Messages, log_distance
from ui.stream.ticker import Ticker


def read(message: Message | None) -> dict[str, Any]:
    """What a message holds; nothing where there is none."""
    found: dict[str, Any] = json.loads(message.data) if message else {}
    return found


def received(event: bytes) -> dict[str, Any]:
    """What a message holds that has come over the line."""
    found: dict[str, Any] = json.loads(event.partition(b"data: ")[2])
    return found


def watcher(run: ScriptedRun, views: str = "", messages: Messages | None = None, **held: int) -> Watcher:
    """A connection to this run."""
    return Watcher(run, messages or Messages(), frozenset(filter(None, views.split(","))), **held)


def steps_of(*news: dict[str, Any]) -> list[int]:
    """All steps in these messages."""
    return [step for message in news if "rows" in message for step in message["rows"]["columns"]["step"]]


def test_the_first_message_holds_status_views_and_the_past() -> None:
    run = ScriptedRun()
    run.descend(30)
    event = watcher(run, views="facts,past,line").news()
    first = read(event)
    assert event
    assert event.id == "29"
    status, views, rows = first["status"], first["views"], first["rows"]
    assert (first["generation"], status["status"], status["step"], status["last"]) == (0, "running", 29, 1000)
    assert status["config"]["lr"] == 0.01
    assert set(views) == {"facts", "past", "line"}
    assert views["facts"] == FACTS
    assert rows["columns"]["step"] == list(range(30))
    assert rows["columns"]["loss"] == run.history.column("loss").tolist()


def test_views_nobody_asked_for_are_not_sent() -> None:
    run = ScriptedRun()
    run.descend(3)
    assert set(read(watcher(run).news())) == {"generation", "status", "rows"}


def test_where_nothing_is_new_there_is_no_message() -> None:
    run = ScriptedRun()
    run.descend(3)
    connection = watcher(run, views="line")
    connection.news()
    assert connection.news(7) is None


@pytest.mark.parametrize("message", [Message('{"text":"가\\n나\\u2028"}', "12"), Message("{}", None)])
def test_a_message_is_what_a_library_makes_of_it(message: Message) -> None:
    assert message.encode() == ServerSentEvent(message.data, id=message.id, sep="\n").encode()


def test_a_ping_fills_a_buffer_that_messages_have_not_filled() -> None:
    run = ScriptedRun()
    visitor = watcher(run)
    assert len(visitor.ping().encode()) > PING_BYTES
    message = visitor.news()
    assert message is not None
    pings = [visitor.ping().encode() for _ in range(2)]
    assert all(ping.startswith(b":") for ping in pings), "no listener hears it"
    assert len(pings[0]) + len(str(message.data)) == len(pings[1]) > PING_BYTES, "what was sent counts once"


def test_a_late_joiner_gets_a_thinned_past_with_its_ends() -> None:
    run = ScriptedRun(epochs=50_000)
    run.descend(12_000)
    steps = steps_of(read(watcher(run).news()))
    assert len(steps) <= CATCH_UP_ROWS + 2
    assert (steps[0], steps[-1]) == (0, 11_999)


def test_live_batches_are_thinned_but_keep_their_extremes() -> None:
    run = ScriptedRun(epochs=100_000)
    run.descend(CATCH_UP_ROWS + 1)
    connection = watcher(run)
    connection.news()
    loss = np.linspace(1.0, 2.0, 5000)
    loss[[1234, 4321]] = 9.0, -9.0
    steps = np.arange(CATCH_UP_ROWS + 1, CATCH_UP_ROWS + 5001)
    run.tell(Status.RUNNING, rows=Rows(("loss", "W", "b", "dW", "db"), steps, np.tile(loss[:, None], (1, 5))))
    columns = read(connection.news())["rows"]["columns"]
    assert len(columns["step"]) <= LIVE_ROWS + 2
    assert {9.0, -9.0} <= set(columns["loss"])
    assert columns["step"][-1] == steps[-1]


def test_the_rows_of_the_log_are_never_thinned_away() -> None:
    run = ScriptedRun(epochs=100_000)
    run.descend(12_345)
    steps = steps_of(read(watcher(run, keep=100).news()))
    assert set(range(0, 12_345, 100)) <= set(steps)


@pytest.mark.parametrize(
    ("every", "last", "distance"),
    [(0, 10, 0), (100, 1000, 100), (100, 100_000, 100), (100, 1_000_000, 1000), (1, 2500, 3)],
)
def test_a_log_has_at_most_a_thousand_rows(every: int, last: int, distance: int) -> None:
    assert log_distance(every, last) == distance


def test_resuming_loses_and_doubles_nothing() -> None:
    run = ScriptedRun()
    run.descend(20)
    before = watcher(run).news()
    run.descend(15)
    assert before
    assert before.id
    after = read(watcher(run, since=int(before.id), rows=20).news())
    assert steps_of(read(before), after) == list(range(35))
    assert after["rows"]["after"] == 19


def test_a_browser_with_many_rows_is_sent_them_anew_and_thinned() -> None:
    run = ScriptedRun(epochs=100_000)
    run.descend(CATCH_UP_ROWS + 1)
    connection, held, anew, extremes = watcher(run), list[int](), 0, set[float]()
    for _ in range(3 * MOST_ROWS // LIVE_ROWS):
        rows = read(connection.news())["rows"]
        held = rows["columns"]["step"] if rows["after"] < 0 else held + rows["columns"]["step"]
        anew += rows["after"] < 0
        assert len(held) <= MOST_ROWS
        assert held == sorted(set(held))
        extremes = {min(rows["columns"]["loss"]), max(rows["columns"]["loss"])} if rows["after"] < 0 else extremes
        run.descend(LIVE_ROWS)
    assert anew > 2
    assert held[0] == 0
    assert max(run.history.column("loss")) in extremes


def test_a_visitor_from_the_future_starts_at_the_beginning() -> None:
    run = ScriptedRun()
    run.descend(5)
    assert steps_of(read(watcher(run, since=500, rows=9).news())) == list(range(5))


def test_infinity_is_a_word_and_nan_is_null() -> None:
    run = ScriptedRun()
    table = np.array([[1.0, np.nan, np.inf, -np.inf, 2.0]])
    run.tell(
        Status.DIVERGED,
        rows=Rows(("loss", "W", "b", "dW", "db"), np.array([0]), table),
        views={"line": {"y": [np.nan]}},
    )
    first = read(watcher(run, views="line").news())
    assert first["rows"]["columns"] == {
        "step": [0],
        "loss": [1.0],
        "W": [None],
        "b": ["Infinity"],
        "dW": ["-Infinity"],
        "db": [2.0],
    }
    assert first["views"]["line"] == {"y": [None]}


def shown(before: dict[str, Any], message: dict[str, Any], name: str = "line") -> dict[str, Any]:
    """A picture, as a browser completes it."""
    whole: dict[str, Any] = message.get("views", {}).get(name, before)
    return {**whole, **message.get("parts", {}).get(name, {})}


def test_who_has_missed_a_picture_is_sent_the_next_one_whole() -> None:
    run = ScriptedRun()
    steady, late = watcher(run, views="line"), watcher(run, views="line")
    run.descend(3)
    assert "views" in read(steady.news())
    assert "views" in read(late.news())
    for _ in range(2):
        run.descend(2)
        assert read(steady.news())["parts"].keys() == {"line"}
    assert read(late.news())["views"]["line"] == run.views["line"][1]
    run.tell(Status.PAUSED, views={"line": {"y": [1.0]}})
    assert read(late.news())["views"]["line"] == {"y": [1.0]}, "another kind of picture"


def test_a_message_a_tick_holds_all_that_is_new() -> None:
    run = ScriptedRun(epochs=100_000)
    connection = watcher(run, views="line")
    connection.news()
    sent = []
    for tick in range(1, 32):
        run.descend(3)
        sent.append(read(connection.news(tick)))
    assert steps_of(*sent) == list(range(93))
    assert ("views" in sent[0], set(sent[-1]["parts"]["line"])) == (True, {"y"}), "x is as it was"
    nothing: dict[str, Any] = {}
    assert functools.reduce(shown, sent, nothing) == run.views["line"][1]
    assert "status" in sent[0], "it has begun"
    assert sum("status" in message for message in sent[1:]) == 3, "its steps and speed once a second, at any ten ticks"


def test_a_change_of_status_is_told_at_once_with_everything_before_it() -> None:
    run = ScriptedRun()
    connection = watcher(run, views="line")
    connection.news()
    run.descend(10, Status.FINISHED)
    last = read(connection.news(6))
    assert (steps_of(last), set(last["views"]), last["status"]["status"]) == (list(range(10)), {"line"}, "finished")


def test_a_reset_begins_again_from_nothing() -> None:
    run = ScriptedRun(lr=0.05)
    run.descend(40)
    connection = watcher(run, views="facts,past,line")
    connection.news()
    run.reset(run.config.replace(lr=0.01))
    run.begin()
    run.descend(3)
    first = read(connection.news(1))
    assert first["generation"] == first["status"]["generation"] == 1
    assert (first["rows"]["after"], steps_of(first)) == (-1, [0, 1, 2])
    assert first["views"]["past"][0]["label"] == {"lr": 0.05}
    assert first["views"]["past"][0]["columns"]["step"] == list(range(40))


def test_a_message_is_of_one_generation_though_the_run_is_reset_while_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    run, messages = ScriptedRun(lr=0.05), Messages()
    run.descend(40)
    connection = watcher(run, views="line", messages=messages)
    rows = messages.rows

    def reset_before(*asked: Any) -> Batch | None:
        monkeypatch.setattr(messages, "rows", rows)
        run.reset(run.config.replace(lr=0.01))
        run.begin()
        run.descend(3)
        return rows(*asked)

    monkeypatch.setattr(messages, "rows", reset_before)
    first = read(connection.news())
    assert (first["generation"], first["status"]["generation"], steps_of(first)) == (1, 1, [0, 1, 2])
    assert first["views"]["line"] == run.views["line"][1]


def test_findings_stand_in_the_status() -> None:
    run = ScriptedRun(lr=0.19)
    found = read(watcher(run).news())["status"]["findings"]
    assert found[0]["code"] == "lr_above_limit_now"  # nothing has overshot yet
    assert found[0]["remedy"] == {"lr": 0.09}


def test_watchers_share_encoded_messages() -> None:
    run, messages = ScriptedRun(), Messages()
    run.descend(20)
    first, second = (watcher(run, messages=messages).news() for _ in range(2))
    assert first
    assert second
    assert first.data is second.data


def soon(work: Coroutine[Any, Any, None]) -> None:
    """Run it, for a few seconds at most."""
    asyncio.run(asyncio.wait_for(work, 10))


def test_the_run_knows_what_is_looked_at_until_the_visitor_leaves() -> None:
    async def visit() -> None:
        run = ScriptedRun()
        wanted = frozenset({"line", "facts"})
        events = stream(run, watcher(run, views="line,facts"), wanted, Ticker(0.01))
        await anext(events)
        assert run.watched == {"line"}
        await events.aclose()  # type: ignore[attr-defined]  # it is a generator
        assert run.watched == frozenset()
        assert sum(isinstance(command, Watch) for command in run.sent) == 2

    soon(visit())


def test_everything_recorded_comes_through_in_order() -> None:
    async def visit() -> None:
        run = ScriptedRun()
        steps: list[int] = []
        async for event in stream(run, watcher(run), frozenset(), Ticker(0.005)):
            steps += steps_of(received(event))
            if steps and steps[-1] == 199:
                break
            run.descend(10)
        assert steps == list(range(200))

    soon(visit())


def test_a_run_that_stands_still_wakes_nobody() -> None:
    async def wait() -> None:
        run, ticker = ScriptedRun(), Ticker(0.005)
        waiting = asyncio.create_task(ticker.change(run, run.version))
        done, _ = await asyncio.wait([waiting], timeout=0.05)
        assert not done
        run.descend(1)
        await waiting
        assert ticker._tick is None  # and with nobody waiting, nothing runs

    soon(wait())


@pytest.mark.parametrize(
    ("changes", "seconds", "wakes"),
    [
        (range(6), 0.5, [0, 2, 4]),  # always something new: once an interval
        ([1, 3], 0.5, [1, 3]),  # less often: at the next look
        (range(4), 1.0, [0, 1, 2, 3]),  # a busy loop looks but once an interval
    ],
)
def test_a_run_is_told_of_once_an_interval_at_most_and_waits_for_half_of_one(changes: list[int], seconds: float, wakes: list[int]) -> None:
    async def wait() -> None:
        run, ticker, found = ScriptedRun(), Ticker(3600.0), []
        waiting = asyncio.create_task(ticker.change(run, run.version))
        for look in range(6):
            if look in changes:
                run.descend(1)
            await asyncio.sleep(0)
            ticker._look(cast(Any, SimpleNamespace(time=lambda at=look: 3600.0 * seconds * at, call_at=lambda *_: None)))
            await asyncio.sleep(0)
            if waiting.done():
                found.append(look)
                waiting = asyncio.create_task(ticker.change(run, run.version))
        waiting.cancel()
        assert found == wakes

    soon(wait())


def test_all_who_wait_are_woken_by_the_same_tick() -> None:
    async def wait() -> None:
        run, ticker = ScriptedRun(), Ticker(0.02)
        counts: list[int] = []

        async def one() -> None:
            await ticker.change(run, run.version)
            counts.append(ticker.count)

        tasks = [asyncio.create_task(one()) for _ in range(5)]
        await asyncio.wait(tasks, timeout=0)
        run.descend(1)
        await asyncio.gather(*tasks)
        assert len(set(counts)) == 1

    soon(wait())


@pytest.fixture(scope="module")
def server() -> Iterator[StageServer]:
    run = ScriptedRun()
    run.descend(50, Status.PAUSED)
    with serving(StageServer(run, [], prefix="/base")) as served:
        yield served


@contextmanager
def answer(server: StageServer, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """The answer to a request to the server of the test."""
    address = urlsplit(server.url)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)) as connection:
        connection.request("GET", f"/base{path}", headers=headers)
        with connection.getresponse() as response:
            yield response


def first_steps(server: StageServer, query: str = "", **headers: str) -> list[int]:
    """The steps of the first message."""
    with answer(server, f"/runs/{server.run.id}/events{query}", **headers) as response:
        assert response.readline() == b"id: 49\n"
        return steps_of(json.loads(response.readline().removeprefix(b"data: ")))


NUMBERS = st.one_of(
    st.text(max_size=40), st.integers().map(str), st.integers(-(10**40), 10**40).map(str), st.sampled_from(["", "1e9", "٣", "9" * 5000])
)


@functools.cache
def _long_run() -> ScriptedRun:
    run = ScriptedRun()
    run.descend(5000)
    return run


@given(query=st.dictionaries(st.sampled_from(["since", "rows", "keep", "generation", "views"]), NUMBERS), last=NUMBERS)
@settings(max_examples=60, deadline=None)
def test_whatever_an_address_says_there_is_a_first_message(query: dict[str, str], last: str) -> None:
    run = _long_run()

    async def first() -> bytes:
        scope = {
            "type": "http", "path_params": {"id": run.watch_id}, "query_string": urlencode(query).encode(),
            "headers": [(b"last-event-id", last.encode("latin-1", "replace"))],
        }  # fmt: skip
        (route,) = events.routes(lambda: cast(Any, SimpleNamespace(find=lambda _id: (run, False))))
        response = await route.endpoint(Request(scope))
        assert response.status_code == 200
        return bytes(await anext(response.body_iterator))

    told = received(asyncio.run(first()))
    assert told["status"]["status"] == "running"
    assert told.get("rows", {"columns": {"step": [4999]}})["columns"]["step"][-1] == 4999


@pytest.mark.parametrize("views", [",".join(f"view:{number}" for number in range(events.MOST_VIEWS + 1)), "v" * (events.LONGEST_NAME + 1)])
def test_a_connection_is_shown_no_more_than_a_screen_of_pictures(server: StageServer, views: str) -> None:
    with answer(server, f"/runs/{server.run.id}/events?views={views}") as response:
        assert (response.status, json.loads(response.read())) == (400, {"error": "too_many_views", "limit": events.MOST_VIEWS})


def test_headers_that_let_messages_through(server: StageServer) -> None:
    with answer(server, f"/runs/{server.run.watch_id}/events", **{"Accept-Encoding": "gzip"}) as response:
        assert response.status == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["cache-control"] == "no-cache, no-transform"
        assert response.headers["content-encoding"] == "identity"


def test_an_unknown_run_is_404(server: StageServer) -> None:
    with answer(server, "/runs/nobody/events") as response:
        assert response.status == 404
        assert json.loads(response.read()) == {"error": "unknown_run"}


@pytest.mark.parametrize(
    ("query", "headers", "first"),
    [
        ("", {}, 0),
        ("?since=9", {}, 10),
        ("?since=9&generation=0", {}, 10),
        ("?since=9&generation=7", {}, 0),
        ("?since=9", {"Last-Event-ID": "29"}, 30),
        ("?since=nonsense", {}, 0),
    ],
)
def test_going_on_from_the_last_step(server: StageServer, query: str, headers: dict[str, str], first: int) -> None:
    assert first_steps(server, query, **headers) == list(range(first, 50))
