"""A Keras program in a process of its own: its losses, its failures, its limits."""

import threading
from pathlib import Path

import pytest

from core import experiments
from core.keras import process as keras_process
from core.keras.counterpart import counterpart
from core.keras.process import REQUIREMENT, KerasProcess, PlacesTakenError, installed
from core.run.spec import RunSpec

ROOT = Path(__file__).parents[3]
FOR_EVER = "import threading\nthreading.Event().wait()"


@pytest.fixture(autouse=True)
def one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_process, "_places", threading.BoundedSemaphore(1))


def ended(process: KerasProcess) -> KerasProcess:
    process.wait()
    return process


def test_the_program_of_a_run_gives_one_loss_for_each_row() -> None:
    script = counterpart(RunSpec("char_rnn", experiments.config_class("char_rnn")())).script
    assert script
    process = ended(KerasProcess(script.source))
    assert (process.state, process.error) == ("done", "")
    assert len(process.losses) == 50
    assert process.losses[-1] == pytest.approx(0.8237056, rel=1e-4)


def test_losses_that_are_no_numbers_come_through() -> None:
    process = ended(KerasProcess('print("of the library: anything")\nprint("losses: [1.5, NaN, Infinity]")\nprint("loss: inf")'))
    assert process.state == "done"
    assert list(map(str, process.losses)) == ["1.5", "nan", "inf"]


def test_a_program_that_fails_says_why() -> None:
    process = ended(KerasProcess('raise RuntimeError("no such layer")'))
    assert (process.state, process.losses) == ("failed", ())
    assert process.error.endswith("RuntimeError: no such layer")


def test_a_program_that_takes_too_long_is_stopped() -> None:
    assert ended(KerasProcess(FOR_EVER, seconds=0.2)).state == "too_slow"


def test_only_so_many_run_at_once_and_one_that_is_closed_makes_room() -> None:
    process = KerasProcess(FOR_EVER)
    assert process.state == "running"
    with pytest.raises(PlacesTakenError):
        KerasProcess(FOR_EVER)
    process.close()
    assert ended(process).state == "failed"
    assert ended(KerasProcess('print("losses: []")')).state == "done"


def test_whether_keras_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert not installed()


def test_it_is_optional_and_pinned() -> None:
    assert REQUIREMENT in (ROOT / "requirements-keras.txt").read_text().splitlines()
    assert "keras" not in (ROOT / "requirements.txt").read_text()
