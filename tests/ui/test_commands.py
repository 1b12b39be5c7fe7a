"""The commands of a run: what each does, who may give one, and that nothing changes where one is refused."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from core.run.handle import Run
from core.run.status import Status
from tests.ui.scripted_run import ScriptedRun
from ui.bench.desk import Desk
from ui.stream import commands
from ui.stream.commands import SPEEDS
from ui.stream.ticker import Ticker

Post = Callable[..., tuple[int, dict[str, Any]]]
CHANGE = {"command": "change", "field": "lr"}


class Pool:
    """One run that has recorded thirty rows and goes on."""

    def __init__(self) -> None:
        self.run = ScriptedRun()
        self.run.descend(30)

    def find(self, run_id: str, /) -> tuple[Run, bool] | None:
        """The only run there is."""
        return (self.run, run_id == self.run.id) if run_id in (self.run.id, self.run.watch_id) else None


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def run(pool: Pool) -> ScriptedRun:
    return pool.run


@pytest.fixture
def post(pool: Pool) -> Post:
    """`post({"command": "pause"})` → the status code, and what is answered to who steers."""
    route = commands.routes(lambda: pool, "/some/base")[0]
    assert route.path == "/some/base/runs/{id}/commands"

    def answer(
        command: Any, run_id: str = pool.run.id, content_type: str = "application/json; charset=utf-8"
    ) -> tuple[int, dict[str, Any]]:
        body = command if isinstance(command, bytes) else json.dumps(command).encode()
        response: Response = asyncio.run(route.endpoint(request(body, run_id, content_type)))
        assert response.headers["cache-control"] == "no-store"
        return response.status_code, json.loads(bytes(response.body))

    return answer


def request(body: bytes, run_id: str, content_type: str = "application/json") -> Request:
    """A request that comes in pieces."""
    scope = {"type": "http", "headers": [(b"content-type", content_type.encode())], "path_params": {"id": run_id}}
    pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)] or [b""]

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    return Request(scope, receive)


def test_who_watches_is_shown_what_the_worker_has_answered_before_the_next_tick(pool: Pool, run: ScriptedRun) -> None:
    async def press() -> None:
        ticker, other = Ticker(interval=3600), ScriptedRun()
        watching, elsewhere = (asyncio.create_task(ticker.change(one, one.version)) for one in (run, other))
        response = await commands.routes(lambda: pool, ticker=ticker)[0].endpoint(request(b'{"command": "pause"}', run.id))
        showing = asyncio.create_task(response.background())
        other.descend(1)
        await asyncio.wait([showing], timeout=0.01)
        assert not watching.done(), "the worker has not answered yet"
        run.descend(1, Status.PAUSED)
        await asyncio.gather(showing, watching)
        assert not elsewhere.done(), "nobody has pressed anything there"
        elsewhere.cancel()

    asyncio.run(asyncio.wait_for(press(), 10))


def test_pause_step_train_and_reset(post: Post, run: ScriptedRun) -> None:
    assert post({"command": "pause"}) == (200, {"generation": 0, "status": "paused"})
    before = len(run.sent)
    assert post({"command": "step"}) == (200, {"generation": 0, "status": "paused"})
    assert [type(command).__name__ for command in run.sent[before:]] == ["Step"]
    assert post({"command": "train"}) == (200, {"generation": 0, "status": "running"})
    run.bend("lr", 0.05)
    assert post({"command": "reset"}) == (200, {"generation": 1, "status": "queued"})
    assert (run.config.to_link(), len(run.past), run.going) == ({"lr": "0.05"}, 1, False), "the settings stay"


def test_train_on_a_run_that_has_ended_begins_anew(post: Post, run: ScriptedRun) -> None:
    run.tell(Status.FINISHED)
    assert post({"command": "train"}) == (200, {"generation": 1, "status": "running"})
    assert (run.going, len(run.past)) == (True, 1)


def test_a_live_field_bends_a_run_that_has_begun(post: Post, run: ScriptedRun) -> None:
    assert post({**CHANGE, "value": 0.05}) == (200, {"generation": 0, "status": "running"})
    assert (run.wanted_config.to_link(), run.config.to_link()) == ({"lr": "0.05"}, {})


def test_a_structural_field_begins_a_new_run_and_live_changes_stay(post: Post, run: ScriptedRun) -> None:
    post({**CHANGE, "value": 0.05})
    assert post({"command": "change", "field": "epochs", "value": 50}) == (200, {"generation": 1, "status": "queued"})
    assert run.config.to_link() == {"lr": "0.05", "epochs": "50"}


def test_speeds_are_those_of_the_page(post: Post, run: ScriptedRun) -> None:
    for speed in SPEEDS:
        assert post({"command": "speed", "speed": speed})[0] == 200
        assert run.speed == speed
    assert post({"command": "speed", "speed": 7})[0] == 400
    assert run.speed is None


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (99, "en", "“99” is not allowed. Allowed: 1e-06 … 10."),
        ("much", "ko", "숫자가 아닙니다(“much”). 허용 범위: 1e-06 … 10."),
        (float("nan"), "en", "“nan” is not allowed. Allowed: 1e-06 … 10."),
        ([0.1], "tlh", "“[0.1]” is not a number. Allowed: 1e-06 … 10."),
    ],
)
def test_a_bad_value_is_named_with_its_bounds_and_nothing_changes(
    post: Post, run: ScriptedRun, value: Any, language: str, text: str
) -> None:
    before = run.snapshot(), list(run.sent)
    status, answer = post({**CHANGE, "value": value, "lang": language})
    assert (status, answer["error"], answer["field"], answer["bounds"], answer["text"]) == (200, "refused", "lr", "1e-06 … 10", text)
    assert (run.snapshot(), run.sent) == before


def test_a_field_that_there_is_not_is_refused(post: Post, run: ScriptedRun) -> None:
    status, answer = post({"command": "change", "field": "_plan", "value": 1})
    assert (status, answer["field"], run.wanted_config.to_link()) == (200, "_plan", {})


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"[" * 9000, b"\xff", b"1" * 5000, *(json.dumps(one).encode() for one in (
        {"command": "stop"}, {"command": "open"}, {"command": ["pause"]}, {"command": "speed"}, {"command": "speed", "speed": "max"},
        {"command": "change", "field": "lr"}, {"command": "change", "field": 3, "value": 1}, {"pause": "command"},
    ))],
)  # fmt: skip
def test_what_is_no_command_does_nothing(post: Post, run: ScriptedRun, body: bytes) -> None:
    before = run.snapshot(), list(run.sent)
    assert post(body) == (400, {"error": "unknown_command"})
    assert (run.snapshot(), run.sent) == before


def test_more_than_a_command_may_be_is_not_read(post: Post, run: ScriptedRun) -> None:
    assert post({**CHANGE, "value": "1" * commands.LARGEST}) == (413, {"error": "too_large"})
    assert post({"command": "pause"}, content_type="text/plain") == (415, {"error": "not_json"})
    assert run.status is Status.RUNNING


def test_who_may_only_watch_is_refused(post: Post, run: ScriptedRun) -> None:
    assert post({"command": "pause"}, run_id=run.watch_id) == (403, {"error": "only_watching"})
    assert post({**CHANGE, "value": 99}, run_id=run.watch_id) == (403, {"error": "only_watching"})
    assert post({"command": "pause"}, run_id="nobody's") == (404, {"error": "unknown_run"})
    assert (run.status, run.wanted_config.to_link()) == (Status.RUNNING, {})


def test_two_tabs_at_once_lose_no_change(post: Post, run: ScriptedRun) -> None:
    """The second tab's page was drawn before the first tab's change, and sends only what was changed in it."""
    desk = Desk(run, run.wanted_config, may_control=True, default_speed=60.0)
    post({**CHANGE, "value": 0.05})
    desk.settle({**run.config.model_dump(), "batch_size": 2})
    assert (run.wanted_config.to_link(), run.generation) == ({"lr": "0.05", "batch_size": "2"}, 0)
