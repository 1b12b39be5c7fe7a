"""A search for the browser without one: its messages, its commands, its files, and the page's widgets. No process lives here."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from core import experiments
from core.experiments.iris.config import IrisConfig
from core.search.handle import SearchRun
from core.search.messages import News, TrialNews, Wish
from core.search.spec import SearchSpec
from tests.words import said
from ui.stream.searches import Watcher, routes

Open = Callable[..., AppTest]


class One:
    """One search, and the wishes that came to it."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        config = IrisConfig(epochs=27)
        self.run = SearchRun(SearchSpec.read("iris", config, ["lr=1e-3..0.1:log", "hidden=4|10"], trials="8"), self.wishes.append)
        self.run.begin("running")

    def find(self, search_id: str, /) -> SearchRun | None:
        """The only one there is."""
        return self.run if search_id == self.run.id else None

    def tell(self, number: int, state: str, value: float, step: int, *points: tuple[int, float]) -> None:
        values: dict[str, float | int | str] = {"lr": 0.001 * (number + 1), "hidden": "4"}
        link = {"lr": str(values["lr"]), "hidden": "4", "epochs": "27"}
        trial = TrialNews(number, state, value, 3 * value, 2 * value, step, points, values, link, "", stacked=True)
        self.run.receive(News("running", (trial,), budget=8, saved=3))


@pytest.fixture
def one() -> One:
    return One()


def message(watcher: Watcher) -> dict[str, Any]:
    return dict(json.loads(str(watcher.news().data)))


def asked(one: One, path: str, method: str, body: object = None, content_type: str = "application/json", **parameters: str) -> Any:
    """The answer of a route, by its path."""
    route = next(route for route in routes(lambda: one, "/base") if route.path == f"/base/searches/{{id}}/{path}")
    sent = json.dumps(body).encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent, "more_body": False}

    headers = [(b"content-type", content_type.encode())]
    scope = {
        "type": "http",
        "method": method,
        "headers": headers,
        "query_string": b"lang=ko",
        "path_params": {"id": one.run.id, **parameters},
    }
    return asyncio.run(route.endpoint(Request(scope, receive)))


def test_a_watcher_is_sent_each_point_once_and_another_one_all_of_them(one: One) -> None:
    one.tell(0, "running", 0.9, 1, (1, 0.9))
    first = Watcher(one.run)
    told = message(first)
    assert told["begins"]
    assert told["over"]["lr"] == {"low": 0.001, "high": 0.1, "log": True, "choices": [], "whole": False}
    assert told["trials"][0]["points"] == [[1, 0.9]]
    one.tell(0, "complete", 0.5, 27, (27, 0.5))
    one.tell(1, "failed", float("nan"), 3, (3, float("nan")))
    told = message(first)
    assert [(trial["number"], trial["points"], "values" in trial) for trial in told["trials"]] == [
        (0, [[27, 0.5]], False), (1, [[3, None]], True),
    ]  # fmt: skip
    assert [trial["points"] for trial in message(Watcher(one.run))["trials"]] == [[[1, 0.9], [27, 0.5]], [[3, None]]]
    one.run.begin("running")  # its process died
    assert message(first)["begins"]


def test_what_was_changed_while_it_ran_is_told_with_its_place_and_wishes_go_on_to_the_next_process(one: One) -> None:
    asked(one, "commands", "POST", {"command": "more", "trials": 64})
    asked(one, "commands", "POST", {"command": "narrow", "brushed": {"lr": [0.01, 1]}})
    spec = one.run.spec.turned(8, 72, one.run.spec.over)
    one.run.receive(News("running", budget=72, turns=spec.turns, obeyed=1))  # it died before it heard of the other
    assert message(Watcher(one.run))["turns"] == "8:72:lr=0.001..0.1:log;hidden=4|10"
    following: list[Wish] = []
    one.run.sends_to(following.append)
    assert [wish.kind for wish in following] == ["narrow"]
    assert one.run.spec.last.trials == 72


def test_presses_become_wishes_and_nonsense_does_not(one: One) -> None:
    assert asked(one, "commands", "POST", {"command": "pause"}).status_code == 200
    assert asked(one, "commands", "POST", {"command": "more", "trials": 64}).status_code == 200
    brushed = {"lr": [0.01, 5], "hidden": ["10"]}
    assert asked(one, "commands", "POST", {"command": "narrow", "brushed": brushed}).status_code == 200
    assert [(wish.kind, wish.trials, [str(each) for each in wish.over]) for wish in one.wishes] == [
        ("pause", 0, []), ("more", 64, []), ("narrow", 0, ["lr=0.01..0.1:log", "hidden=10"]),
    ]  # fmt: skip
    assert json.loads(asked(one, "commands", "POST", {"command": "narrow", "brushed": {"lr": [3, 4]}}).body)["error"] == "refused"
    for nonsense in ({"command": "quit"}, ["pause"], {"command": "more", "trials": -1}, {"command": "more", "trials": "x"}):
        assert asked(one, "commands", "POST", nonsense).status_code == 400
    assert asked(one, "commands", "POST", {"command": "pause"}, content_type="text/plain").status_code == 415
    assert len(one.wishes) == 3


def test_what_is_taken_home(one: One) -> None:
    one.tell(0, "complete", 0.5, 27, (27, 0.5))
    one.tell(1, "complete", 0.25, 27, (27, 0.25))
    one.tell(2, "pruned", 0.1, 9, (9, 0.1))
    assert one.run.ranked == [1, 0, 2]
    assert bytes(asked(one, "files/{form}", "GET", form="csv").body).decode().splitlines()[:2] == [
        "trial,state,loss,step,lr,hidden", "0,complete,0.5,27,0.001,4",
    ]  # fmt: skip
    script = bytes(asked(one, "files/{form}", "GET", form="py").body).decode()
    assert "lr=0.002" in script
    assert "nn.Linear(4, 4)" in script
    one.run.spec = replace(one.run.spec, held_out=True)
    assert one.run.csv().splitlines()[:2] == ["trial,state,loss,held_out_loss,step,lr,hidden", "0,complete,0.5,1.5,27,0.001,4"]
    assert asked(one, "files/{form}", "GET", form="exe").status_code == 404
    whole = asked(one, "files/{form}", "GET", form="search")
    assert whole.headers["content-disposition"] == 'attachment; filename="iris_search.py"'
    assert "study.ask()" in bytes(whole.body).decode()
    one.run.spec = SearchSpec.read("iris", IrisConfig(epochs=27), ["lr=1e-3..0.1:log", "label_noise=0..0.3"], trials="8")
    refused = asked(one, "files/{form}", "GET", form="search")
    assert (refused.status_code, json.loads(refused.body)) == (409, {"error": "no_script", "value": "config.wrong_labels"})


def address(app: AppTest) -> str:
    [found] = {query for drawn in app.get("html") for query in re.findall(r'location.search !== "\?([^"]*)"', drawn.proto.body)}
    return str(found)


def test_the_page_reads_its_link_and_says_what_is_refused(open_app: Open) -> None:
    app = open_app("search", over="lr=0.001..0.1:log;hidden=4|10", goal="accuracy", trials="32", of="iris")
    assert app.number_input(key="search.iris.lr.high").value == 0.1
    assert app.text_input(key="search.iris.hidden.choices").value == "4|10"
    assert app.number_input(key="search.trials").value == 32
    assert app.toggle(key="search.held_out").disabled  # nobody chooses by test samples
    assert "goal=accuracy" in address(app)
    app.number_input(key="search.iris.lr.high").set_value(0.0001).run()
    assert app.button[0].disabled
    assert [error.value for error in app.error] == ["Learning rate (lr): `0.001..0.0001` ends before it begins. Write `lr=0.0001..0.001`."]
    app.number_input(key="search.iris.lr.high").set_value(1.0).run()
    assert not app.error
    assert not app.button[0].disabled


def test_what_was_changed_while_it_ran_belongs_to_the_search_of_the_link_and_to_no_other(open_app: Open) -> None:
    turns = "20:84:lr=0.001..0.1:log;hidden=4|10"
    app = open_app("search", over="lr=0.001..0.1:log;hidden=4|10", trials="20", of="iris", turns=turns)
    assert parse_qs(address(app))["turns"] == [turns]
    assert any("84" in caption.value for caption in app.caption)
    app.number_input(key="search.trials").set_value(30).run()
    assert "turns" not in address(app)
    app.number_input(key="search.trials").set_value(20).run()
    assert parse_qs(address(app))["turns"] == [turns]
    broken = open_app("search", over="lr=0.001..0.1:log", trials="20", of="iris", turns="20:84")
    assert [error.value for error in broken.error] == ["The changes in the link cannot be read: `20:84`. Write `20:84:lr=0.001..0.1:log`."]


def test_random_search_beside_it_is_a_wish_that_its_link_keeps(one: One, open_app: Open) -> None:
    assert asked(one, "commands", "POST", {"command": "beside"}).status_code == 200
    assert [(wish.kind, wish.lasts) for wish in one.wishes] == [("beside", True)]
    one.run.receive(News("running", budget=8, beside=True, random=((27, 0.5), (81, 0.25)), obeyed=1))
    told = message(Watcher(one.run))
    assert (told["beside"], told["random"]) == ("1", [[27, 0.5], [81, 0.25]])
    app = open_app("search", over="lr=0.001..0.1:log", sampler="tpe", trials="20", of="iris", beside="1")
    assert parse_qs(address(app))["beside"] == ["1"]
    refused = open_app("search", over="lr=0.001..0.1:log", sampler="random", trials="20", of="iris", beside="1")
    assert ["plain random search" in error.value for error in refused.error] == [True]


def test_half_of_the_test_samples_is_held_out_where_they_choose_and_elsewhere_it_is_said_why_not(open_app: Open) -> None:
    app = open_app("search", over="lr=0.001..0.1:log", goal="test_loss", trials="20", of="iris", held_out="1")
    assert app.toggle(key="search.held_out").value
    assert parse_qs(address(app))["held_out"] == ["1"]
    app.toggle(key="search.held_out").set_value(False).run()
    assert "held_out" not in address(app)
    app.toggle(key="search.held_out").set_value(True).run()
    app.session_state["search.iris.goal"] = "loss"
    app.run()
    assert "held_out" not in address(app)
    assert app.toggle(key="search.held_out").disabled
    assert "Nobody chooses by the test samples here: all of them are held out as it is." in [one.value for one in app.caption]
    other = open_app("search", of="words")
    assert "This experiment has no test samples: there are none that could be held out." in [one.value for one in other.caption]


@pytest.mark.parametrize("of", experiments.names())
def test_the_page_of_every_experiment_in_the_other_language(open_app: Open, of: str) -> None:
    app = open_app("search", of=of, lang="ko")
    assert said("Start the search") in [button.label for button in app.button]
    assert not app.error
