"""The CPU measured against a GPU, without either: what is said of a device that answers, refuses, or does not answer in time."""

from collections.abc import Callable
from concurrent.futures import Future

import pytest
from streamlit.testing.v1 import AppTest

from core.engine import NoAnswerError, pool
from core.settings.device import CPU
from tests.words import said
from ui.frame import device

GPU = ("cuda:0", "A GPU")
LATE = "{device}: no answer in {n} seconds; other runs keep it busy. Measure again when fewer of them train."


def answered(rate: float | Exception | None) -> Future[float]:
    future: Future[float] = Future()
    if isinstance(rate, Exception):
        future.set_exception(rate)
    elif rate is not None:
        future.set_result(rate)
    return future


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_device_that_does_not_answer_is_named_and_the_page_stays(
    open_app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(device, "MEASURE_TIMEOUT", 0)
    monkeypatch.setattr(pool(), "measure", lambda *_: {"cpu": answered(1234.5), "cuda:0": answered(None)})
    app = open_app("iris", lang=language)
    app.session_state["iris:more"] = True  # what is folded away is not drawn
    monkeypatch.setattr(pool(), "devices", (CPU, GPU))
    app.run()
    next(one for one in app.button if one.label == said("Measure CPU against GPU", language)).click().run()
    assert not app.exception
    answer = next(one.value for one in app.markdown if "1,234" in one.value)
    assert said(LATE, language).format(device="A GPU", n="0") in answer


def test_the_verdict_names_the_faster_and_what_does_not_run() -> None:
    titles = {"cpu": "CPU", "cuda:0": "A GPU", "cuda:1": "Another"}
    refused = device.rate(answered(NoAnswerError("no")))
    written = device.verdict({"cpu": device.rate(answered(300.0)), "cuda:0": device.rate(answered(100.0)), "cuda:1": refused}, titles)
    assert written.splitlines()[0].strip() == "CPU: 300 steps/s"
    assert written.splitlines()[2].strip() == "Another: this model does not run there"
    assert "3.0×" in written.splitlines()[3]
