"""The page "Sequences" without a browser: what is typed, what is refused, what the link holds. No worker lives here."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.labs.reading import ProgramError
from core.labs.sequences.examples import DEFAULT, EXAMPLES
from core.labs.sequences.mistakes import LOUD, SILENT, mistakes
from core.labs.sequences.report import report
from tests.ui.laboratory import address, answering, picture
from ui.sequences import settings, words
from ui.sequences.picture import break_even

Open = Callable[..., AppTest]


def point(cell: str, share: float, **_: Any) -> dict[str, Any]:
    """A time that packing wins from half of the waste on, but for the LSTM."""
    return {"cell": cell, "device": "cpu", "waste": share, "padded": 1.0, "packed": 3.0 if cell == "lstm" else 2.0 - 2 * share, "passes": 3}


ANSWERS: dict[str, Callable[..., Any]] = {"sequences": report, "sequence_mistakes": mistakes, "sequence_timing": point}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the page asks is answered in this process."""
    with answering(monkeypatch, ANSWERS):
        yield


def test_words_cell_and_order_are_chosen_stand_in_the_link_and_come_back_by_it(open_app: Open) -> None:
    app = open_app("sequences")
    assert (picture(app)["report"]["words"], address(app)) == (EXAMPLES[DEFAULT].split("\n"), "lang=en")
    app.radio[0].set_value("hello").run()
    assert (picture(app)["report"]["shape"], address(app)) == ([3, 5, 4], "example=hello&lang=en")
    app.text_area[0].set_value("ab\nabc").run()
    app.selectbox[0].set_value("lstm").run()
    app.selectbox[1].set_value("enforced").run()
    assert address(app) == "words=ab%0Aabc&cell=lstm&order=enforced&lang=en"
    back = open_app("sequences", words="ab\nabc", cell="lstm", order="enforced")
    assert picture(back) == picture(app)
    assert "must be sorted" in picture(back)["report"]["packed"]["error"]
    back.session_state["sequences:tabs"] = "Code"
    assert any("nn.LSTM(len(alphabet), 2" in code.value for code in back.run().code)


def test_what_is_refused_is_named_and_the_last_good_words_stay(open_app: Open) -> None:
    app = open_app("sequences", words="ab\nabc")
    app.text_area[0].set_value("ab\n" + "c" * 21).run()
    [error] = app.error
    assert error.value.startswith(f"Line 2: `{'c' * 21}` is too long; at most `20` characters are allowed.")
    assert (picture(app)["report"]["words"], app.text_area[0].value) == (["ab", "abc"], "ab\n" + "c" * 21)
    app = open_app("sequences", cell="transformer", order="random")
    assert [one.value.split(" is not one of")[0] for one in app.error] == ["Cell: “`transformer`”", "Order in the pack: “`random`”"]


def test_times_are_measured_when_they_are_asked_for_and_say_from_where_on_packing_wins(open_app: Open) -> None:
    app = open_app("sequences")
    assert (picture(app)["timing"]["points"], picture(app)["timing"]["planned"]) == ([], 0)
    app.session_state[settings.ROUND] = 7
    timing = picture(app.run())["timing"]
    assert len(timing["points"]) == timing["planned"] == 15
    assert [(one["cell"], one["even"]) for one in timing["said"]] == [("rnn", 0.5), ("gru", 0.5), ("lstm", None)]
    assert timing["said"][0]["text"] == "Packing was faster from about 50% of waste on."
    assert break_even([point("rnn", 0.9)]) == 0
    assert break_even([]) is None


def test_every_refusal_example_cell_and_order_has_words() -> None:
    for code in words.REFUSALS:
        assert "{" not in words.refusal(ProgramError(code, 1, "x", "y"))
    assert set(words.MISTAKES) == {*SILENT, *LOUD}
    assert set(words.examples()) == {*EXAMPLES, "own"}
    assert (set(words.cells()), set(words.orders())) == (set(settings.CELLS), set(settings.ORDERS))
