"""The page "Tensors" without a browser: what is typed, what is refused, what the link holds. No worker lives here."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.labs.reading import ProgramError
from core.labs.tensors import grammar
from core.labs.tensors.examples import EXAMPLES
from core.labs.tensors.questions import questions
from core.labs.tensors.report import report
from core.labs.tensors.wrong_line import wrong_line
from core.program.pieces import whole
from tests.core.labs.test_tensors import FAILING
from tests.ui.laboratory import address, answering, picture
from ui.lab.refusals import SHARED
from ui.tensors import words
from ui.tensors.settings import PROGRAMS, ROUND

Open = Callable[..., AppTest]
ANSWERS: dict[str, Callable[..., Any]] = {"tensors": report, "tensor_questions": questions, "wrong_line": wrong_line}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the page asks is answered in this process."""
    with answering(monkeypatch, ANSWERS):
        yield


def write(app: AppTest, text: str) -> AppTest:
    """What the drawing does when a line has been typed; AppTest runs no script of a component."""
    app.session_state[PROGRAMS.text] = text
    return app.run()


def test_an_example_is_chosen_and_stands_in_the_link(open_app: Open) -> None:
    app = open_app("tensors")
    assert address(app) == "lang=en"
    app.radio[0].set_value("broadcasting").run()
    assert picture(app)["typed"] == EXAMPLES["broadcasting"]
    assert address(app) == "example=broadcasting&lang=en"
    assert [line["tensors"][0]["shape"] for line in picture(app)["report"]["lines"]] == [[2, 3], [3], [2, 3], [2, 1], [2, 3]]


def test_a_program_of_ones_own_comes_back_by_its_link(open_app: Open) -> None:
    app = write(open_app("tensors"), "x = torch.ones(2)")
    assert (app.radio[0].value, picture(app)["example"]) == ("own", "own")
    assert address(app) == "program=x+%3D+torch.ones%282%29&lang=en"
    assert picture(open_app("tensors", program="x = torch.ones(2)"))["report"]["lines"][0]["tensors"][0]["shape"] == [2]


def test_what_is_refused_is_named_with_its_line_and_the_last_good_program_stays(open_app: Open) -> None:
    app = write(open_app("tensors"), "x = torch.ones(2)")
    write(app, "x = torch.ones(2)\ny = torch.load(x)")
    shown = picture(app)
    assert shown["refusal"]["line"] == 2
    assert shown["refusal"]["text"].startswith("Line 2: `torch.load` is no function here.")
    assert (shown["typed"], len(shown["report"]["lines"])) == ("x = torch.ones(2)\ny = torch.load(x)", 1)
    assert "torch.load" in address(app)


def test_what_would_be_too_large_is_named_as_well(open_app: Open) -> None:
    shown = picture(open_app("tensors", program="x = torch.ones(2)\ny = torch.ones(99, 99)"))
    assert shown["refusal"] == {
        "line": 2, "text": "Line 2: `torch.ones(99, 99)` has more than `1024` elements, which is the most that can be drawn.",
    }  # fmt: skip


def test_the_wrong_line_is_trained_where_a_column_meets_a_row_and_questions_are_drawn_anew(open_app: Open) -> None:
    app = open_app("tensors", example="loss")
    assert len(picture(app)["lines"]["wrong"]["loss"]) == len(picture(app)["lines"]["right"]["loss"])
    before = picture(app)["questions"]
    assert picture(app.run())["questions"] == before
    app.session_state[ROUND] += 1
    assert picture(app.run())["questions"] != before
    assert picture(open_app("tensors"))["lines"] is None


def test_the_script_is_taken_home(open_app: Open) -> None:
    app = open_app("tensors", example="loss")
    app.session_state["tensors:tabs"] = "Code"
    assert any('print(shown("loss", loss))' in code.value for code in app.run().code)


def test_an_unknown_example_is_named(open_app: Open) -> None:
    app = open_app("tensors", example="nothing")
    assert [error.value.split(" is not one of")[0] for error in app.error] == ["Example: “`nothing`”"]
    assert picture(app)["typed"] == EXAMPLES["ranks"]


@pytest.mark.parametrize("program", [program for program, _, _ in FAILING])
def test_every_cause_has_words_for_all_that_it_names(program: str) -> None:
    failure = whole(report(program))["failure"]
    assert "{" not in words.cause(failure).replace("{}", "")


def test_every_refusal_and_every_example_has_words() -> None:
    for code in {*words.REFUSALS, *SHARED}:
        assert "{" not in words.refusal(ProgramError(code, 1, "x", "y"))
    assert set(words.examples()) == {*EXAMPLES, "own"}
    assert all(words.about(name) for name in EXAMPLES)
    assert grammar.program(PROGRAMS.beginning)
