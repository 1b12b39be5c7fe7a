"""Who waits for a place: what the route says of the line, and what the page keeps for them."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from streamlit.testing.v1 import AppTest

from core.engine import LimitReached, LocalPool, pool
from core.engine.admission import Admission
from core.experiments.iris.config import IrisConfig
from core.settings.limits import Limits
from ui.bench.desk import Desk
from ui.frame import link
from ui.stream import places

FULL = LimitReached("least_speed", 3.0)


@pytest.fixture
def line() -> LocalPool:
    return LocalPool("tests.core.engine.fakes", Limits())


def asked(line: LocalPool, ticket: str) -> dict[str, Any]:
    """The answer to a page that asks where this ticket stands."""
    route = places.routes(lambda: line, "/some/base")[0]
    assert route.path == "/some/base/places/{ticket}"
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "path_params": {"ticket": ticket}}
    response: Response = asyncio.run(route.endpoint(Request(scope)))
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    answer: dict[str, Any] = json.loads(bytes(response.body))
    return answer


def test_the_route_says_where_a_ticket_stands_and_who_is_called(line: LocalPool) -> None:
    (first, _), (second, _) = line.admission.wait("", FULL), line.admission.wait("", FULL)
    assert asked(line, first) == {"place": 1, "called": False}
    assert asked(line, second) == {"place": 2, "called": False}
    line.admission.look((), 1, 1, 0.0)
    assert asked(line, first) == {"place": 1, "called": True}
    assert asked(line, second) == {"place": 2, "called": False}


@pytest.mark.parametrize("ticket", ["", "guessed", "9" * 5000, "한국어", "../runs"])
def test_a_ticket_that_is_not_in_the_line_has_its_page_ask_anew(line: LocalPool, ticket: str) -> None:
    assert asked(line, ticket) == {"place": 0, "called": True}
    assert line.admission.standing(ticket) is None, "asking puts nobody into the line"


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[Admission]:
    """The app's own line, closed."""
    admission = Admission(3.0)
    monkeypatch.setattr(pool(), "admission", admission)
    before = pool().runs
    admission.full = True
    yield admission
    for run in pool().runs:
        if run not in before:
            pool().drop(run)


def desk(app: AppTest, experiment: str = "iris") -> Desk:
    found: Desk = app.session_state[f"desk.{experiment}"]
    return found


def test_who_waits_watches_a_demonstration_and_comes_in_with_all_that_they_brought(
    full: Admission, open_app: Callable[..., AppTest]
) -> None:
    runs = pool().runs
    app = open_app("iris", lr="0.05", hidden="7", speed="5", panels="loss,-network")
    waiting = desk(app)
    assert pool().runs == runs, "no run was made for them"
    assert waiting.waiting
    assert waiting.run.config == IrisConfig().used(), "nobody's own data are shown: it is the defaults"
    assert not waiting.may_control
    assert waiting.parameters == {"lr": "0.05", "hidden": "7", link.SPEED: "5", link.PANELS: "loss,-network"}
    app.run()
    assert desk(app).waiting, "still"
    full.full = False
    app.run()
    waits = desk(app).waiting
    assert waits, "those who wait are called by turns"
    assert waits.why.code == "least_speed", "nobody else is in the line"
    full.look(pool().runs, 1, 1, 0.0)
    app.run()
    came = desk(app)
    assert came.waiting is None
    assert came.may_control
    assert came.run is not waiting.run
    assert (came.agreed, came.run.speed, came.absent) == (IrisConfig(lr=0.05, hidden=(7,)), 5.0, "waited")
    assert came.parameters == waiting.parameters | {link.RUN: came.run.watch_id}
    full.full = True
    app.switch_page("pages/plane/page.py").run()
    assert desk(app, "plane").may_control, "who has a place has it on every page"


def test_the_line_is_one_for_all_pages(full: Admission, open_app: Callable[..., AppTest]) -> None:
    app = open_app("iris")
    other, _ = full.wait("", FULL)
    app.switch_page("pages/plane/page.py").run()
    on_iris, on_plane = desk(app).waiting, desk(app, "plane").waiting
    assert on_iris
    assert on_plane
    assert on_iris.ticket == on_plane.ticket
    assert [full.standing(ticket) for ticket in (on_plane.ticket, other)] == [(1, False), (2, False)]


def test_a_run_that_was_put_away_is_waited_for_with_its_settings(full: Admission, open_app: Callable[..., AppTest]) -> None:
    full.full = False
    app = open_app("iris", lr="0.05")
    full.full = True
    pool().drop(desk(app).run)
    app.run()
    waiting = desk(app).waiting
    assert waiting
    assert waiting.config == IrisConfig(lr=0.05)
