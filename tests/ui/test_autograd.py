"""The page "Autograd by hand" without a browser: what is typed, what is refused, what the link holds. No worker lives here."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.engine import NoAnswerError, pool
from core.labs.by_hand.expressions import EXPRESSIONS
from core.labs.by_hand.pytorch import differentiate
from tests.ui.laboratory import address, answering, picture
from ui.by_hand import settings
from ui.by_hand.arrangement import arrange
from ui.lab import asking
from ui.lab.programs import OWN

Open = Callable[..., AppTest]
Asked = list[dict[str, Any]]
NO_ANSWER = "PyTorch's answer did not come: the process that computes it has ended or is too busy."


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """What the page asks, answered by PyTorch in this process."""
    with answering(monkeypatch, {"autograd": differentiate}) as questions:
        yield questions


def values(app: AppTest) -> dict[str, list[str]]:
    return {node["name"]: node["values"] for node in picture(app)["nodes"]}


def test_the_lesson(open_app: Open) -> None:
    shown = picture(open_app("autograd"))
    assert shown["gradient"] == ["1.3333", "2.0000", "2.6667"]
    rows = [(row["name"], row["hand"], row["pytorch"], row["same"]) for row in shown["pytorch"]["rows"]]
    assert rows[0] == ("y", "12.6667", "12.6667", True)
    assert rows[1:] == [(f"x.grad[{index}]", number, number, True) for index, number in enumerate(shown["gradient"])]
    assert shown["pytorch"]["nodes"]["b"] == "PowBackward0"


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_expression_is_drawn(open_app: Open, name: str) -> None:
    app = open_app("autograd", expression=name)
    assert app.selectbox[0].value == name
    assert app.text_area(key=settings.PROGRAMS.text).value == EXPRESSIONS[name]
    assert (picture(app)["gradient"] is None) == (name == "vector")


def test_choosing_an_expression_writes_its_program_and_the_link(open_app: Open) -> None:
    app = open_app("autograd")
    assert address(app) == "lang=en"
    app.selectbox[0].set_value("two_paths").run()
    assert app.text_area(key=settings.PROGRAMS.text).value == EXPRESSIONS["two_paths"]
    assert address(app) == "expression=two_paths&lang=en"
    assert len(picture(app)["paths"]) == 2


def test_a_changed_program_is_ones_own(open_app: Open) -> None:
    app = open_app("autograd")
    app.text_area(key=settings.PROGRAMS.text).set_value("y = (x * x).sum()").run()
    assert app.selectbox[0].value == OWN
    assert picture(app)["gradient"] == ["0.0000", "2.0000", "4.0000"]
    again = open_app("autograd", program="y = (x * x).sum()", x="3")
    assert picture(again)["gradient"] == ["6.0000"]


def test_a_refused_program_is_named_and_nothing_is_lost(open_app: Open) -> None:
    app = open_app("autograd", expression="two_paths")
    before = picture(app)
    app.text_area(key=settings.PROGRAMS.text).set_value("a = x\ny = a ^ 2").run()
    assert [error.value.split(" Allowed")[0] for error in app.error] == ["Line 2: `^` has no meaning here."]
    assert app.text_area(key=settings.PROGRAMS.text).value == "a = x\ny = a ^ 2"
    assert picture(app)["nodes"] == before["nodes"], "the last good program stays"
    assert "program=a+%3D+x%0Ay+%3D+a+%5E+2" in address(app), "a reload keeps what was typed"


def test_a_refused_x_is_named_and_the_last_one_stays(open_app: Open) -> None:
    app = open_app("autograd", x="4, 5")
    app.text_input(key=settings.X).set_value("4, five").run()
    assert [error.value for error in app.error] == ["x: `five` is not a number between −1,000,000 and 1,000,000."]
    assert values(app)["x"] == ["4", "5"]
    assert app.text_input(key=settings.X).value == "4, five"


def test_what_was_typed_is_shown_as_code_and_never_as_markdown(open_app: Open) -> None:
    app = open_app("autograd", x="`![](//evil)`")
    assert app.error[0].value.startswith("x: `` `![](//evil)` `` is not")


def test_unknown_settings_of_a_link_are_named(open_app: Open) -> None:
    app = open_app("autograd", expression="nothing", backwards="3")
    assert len(app.error) == 2
    assert all("is not one of" in error.value for error in app.error)
    assert picture(app)["gradient"] == ["1.3333", "2.0000", "2.6667"]


def test_backward_twice(open_app: Open, asked: Asked) -> None:
    app = open_app("autograd")
    assert picture(app)["pytorch"]["again"] is None
    app.toggle(key=settings.TWICE).set_value(True).run()
    again = picture(app)["pytorch"]["again"]
    assert "a second time" in again["error"]
    assert [(row["pytorch"], row["same"]) for row in again["rows"]] == [("2.6667", True), ("4.0000", True), ("5.3333", True)]
    assert "backwards=2" in address(app)
    assert [question["backwards"] for question in asked] == [1, 2]
    app.session_state["autograd:tabs"] = "Code"
    assert any("retain_graph=True" in code.value for code in app.run().code)


def test_the_same_question_is_asked_once(open_app: Open, asked: Asked) -> None:
    open_app("autograd")
    open_app("autograd")
    assert len(asked) == 1


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_mend_of_a_vector(open_app: Open, reduction: str) -> None:
    app = open_app("autograd", expression="vector")
    assert picture(app)["pytorch"]["error"] == "RuntimeError: grad can be implicitly created only for scalar outputs"
    with_mend(app, reduction)
    assert app.text_area(key=settings.PROGRAMS.text).value == f"a = 3 * x\ny = (a ** 2).{reduction}()"
    assert picture(app)["pytorch"]["error"] is None


def with_mend(app: AppTest, reduction: str) -> None:
    """What the press on the mend does; AppTest runs no script of a component."""
    app.session_state[settings.PROGRAMS.text] = settings.mended(app.session_state[settings.PROGRAMS.good].text, reduction)
    app.run()


def test_before_the_workers_are_there_the_page_says_so(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app("autograd")
    monkeypatch.setattr(pool(), "devices", ())
    app.run()
    assert picture(app)["gradient"] == ["1.3333", "2.0000", "2.6667"]
    assert picture(app)["pytorch"] is None
    assert picture(app)["waiting"] == "Starting…"


def test_an_answer_that_does_not_come_is_said_and_asked_for_again(open_app: Open, monkeypatch: pytest.MonkeyPatch, asked: Asked) -> None:
    answering = pool().ask

    def fail(*_: Any, **__: Any) -> Future[Any]:
        answer: Future[Any] = Future()
        answer.set_exception(NoAnswerError("The worker died."))
        return answer

    monkeypatch.setattr(pool(), "ask", fail)
    app = open_app("autograd")
    assert [error.value for error in app.error] == [NO_ANSWER]
    assert picture(app)["pytorch"] is None
    monkeypatch.setattr(pool(), "ask", answering)
    next(button for button in app.button if button.label == "Ask again").click().run()
    assert not app.error
    assert picture(app)["pytorch"]["rows"]


def test_a_late_answer_is_waited_for_and_given_up(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool(), "ask", lambda *_, **__: Future())
    monkeypatch.setattr(asking, "AT_ONCE", 0.0)
    app = open_app("autograd")
    assert picture(app)["pytorch"] is None
    assert picture(app)["waiting"] == "PyTorch is computing…"
    assert not app.error
    monkeypatch.setattr(asking, "PATIENCE", -1.0)
    app.run()
    assert [error.value for error in app.error] == [NO_ANSWER]


def test_settings_survive_leaving_the_page(open_app: Open) -> None:
    app = open_app("autograd", x="3, 4", expression="variance", backwards="2")
    app.switch_page("pages/home.py").run()
    app.query_params.clear()
    app.switch_page("pages/autograd/page.py").run()
    assert values(app)["x"] == ["3", "4"]
    assert address(app) == "x=3%2C+4&expression=variance&backwards=2&lang=en"


def test_nodes_stand_in_columns_and_edges_meet_no_node() -> None:
    nodes = ["x", "a", "b", "c", "y"]
    edges = [("a", "x"), ("b", "a"), ("c", "x"), ("y", "b"), ("y", "c"), ("y", "x")]
    places, bends = arrange(nodes, edges)
    assert [places[name].column for name in nodes] == [0, 1, 2, 1, 3]
    assert [[bend.column for bend in bend_places] for bend_places in bends] == [[], [], [], [], [2], [2, 1]]
    taken = [*places.values(), *(bend for bend_places in bends for bend in bend_places)]
    assert len(set(taken)) == len(taken)
