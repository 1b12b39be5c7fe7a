"""Chains of layers on a page: what is refused is said in words, with its number, its bound and what would do. No worker lives here."""

import pytest
from streamlit.testing.v1 import AppTest

from core.labs.modules.chain import MOST, run
from core.labs.reading import LONGEST_CHAIN
from tests.ui.laboratory import answering
from ui.bench.layer_chain import REFUSALS, SHAPE, _refusal


def _page() -> None:
    from ui.bench.layer_chain import calculator  # AppTest runs this function's text alone

    calculator("digits")


def test_what_is_too_much_is_named_with_its_bound_and_what_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(monkeypatch, {"chain": run}) as asked:
        app = AppTest.from_function(_page).run()
        assert not app.error
        app.text_area[0].set_value("ReLU()\nAvgPool2d(200, stride=1)").run()
        assert app.error[0].value == (
            "Line 2: `AvgPool2d(200, stride=1)` reads 389,880,000 numbers, each as often as a window slides over it; at most 50,000,000 "
            "are read here. A smaller window or a larger stride will do."
        )
        before = [*asked]
        app.text_area[0].set_value("ReLU()\n" * LONGEST_CHAIN).run()
        assert app.error[0].value.startswith("These layers are written in 28,000 characters; at most 4,000 are read.")
        assert asked == before, "a worker is not even sent it"
    assert before[0]["shape"] == SHAPE


def test_each_refusal_has_words() -> None:
    assert MOST.keys() < REFUSALS.keys()
    for code in REFUSALS:
        assert "{" not in _refusal({"code": code, "line": 1, "text": "x", "value": 2, "allowed": 1})
