"""Runs in Keras: the same losses, or a reason why not. One Python process executes all programs; none is executed here."""

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import experiments
from core.__main__ import main
from core.experiments.linear_regression.data import raw, samples
from core.keras import Counterpart
from core.keras.agreement import COINCIDE, agreement
from core.keras.counterpart import counterpart
from core.program.trainer import Trainer
from core.program.translation import translation
from core.run.change import Change
from core.run.spec import RunSpec
from core.settings.config import TrainingConfig
from tests.core.program.test_export import CHAR_RNN, IRIS, LINEAR_REGRESSION, OVERFITTING, PLANE, changes_of

ROOT = Path(__file__).parents[3]
TOLERANCE = 1e-4
Keras = Callable[[str], list[float]]
GENTLE = {"lr": st.floats(1e-4, 0.03)}  # where training is chaotic, rounding alone parts the curves
FAR_FROM_0 = {  # a curve through every point leaves nothing but rounding to compare
    "points": st.integers(20, 40), "degree": st.integers(0, 8), "noise": st.just(0.3), "patience": st.just(0),
}  # fmt: skip
DRAWN: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "linear_regression": st.fixed_dictionaries(LINEAR_REGRESSION | GENTLE),
    "iris": st.fixed_dictionaries(IRIS | GENTLE),
    "plane": st.fixed_dictionaries(PLANE | GENTLE),
    "overfitting": st.fixed_dictionaries(OVERFITTING | GENTLE | FAR_FROM_0),
    "char_rnn": st.fixed_dictionaries(CHAR_RNN | GENTLE),
}
drawn = settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)  # fmt: skip
DRIVER = """
import contextlib, io, json, sys, traceback
for line in sys.stdin:
    printed, error = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(json.loads(line), "program.py", "exec"), {"__name__": "__main__"})
    except Exception:
        error = traceback.format_exc()
    print(json.dumps([printed.getvalue(), error]), flush=True)
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Executes a program and returns what it prints."""
    environment = {**os.environ, "KERAS_HOME": str(tmp_path_factory.mktemp("keras"))}
    command = [sys.executable, "-c", DRIVER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, encoding="utf-8"
    ) as process:
        assert process.stdin
        assert process.stdout

        def execute(source: str) -> str:
            process.stdin.write(json.dumps(source) + "\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            printed, error = json.loads(process.stdout.readline())  # type: ignore[union-attr]
            assert not error, f"{error}\n{source}"
            return str(printed)

        yield execute
        process.stdin.close()


@pytest.fixture
def keras(output: Callable[[str], str]) -> Keras:
    """Executes a program and returns the losses it prints."""

    def losses(source: str) -> list[float]:
        found: list[float] = json.loads(re.findall(r"^losses: (.*)$", output(source), re.MULTILINE)[-1])
        return found

    return losses


def rows(experiment: str, config: TrainingConfig, changes: list[Change]) -> tuple[Any, Any]:
    """Steps and losses of the run."""
    trainer = Trainer(experiments.watch(experiment), config, torch.device("cpu"), changes)
    with trainer.stream():
        found = [(step, row["loss"]) for step, row in trainer]
    return np.array([step for step, _ in found]), np.array([loss for _, loss in found])


def written(mirrored: Counterpart) -> str:
    """The source, which is Python and knows nothing of Stepwise."""
    assert mirrored.script, mirrored.reason
    compile(mirrored.script.source, "program.py", "exec")
    assert "from core" not in mirrored.script.source
    assert not re.search(r"#:\w+$", mirrored.script.source, re.MULTILINE)
    return mirrored.script.source


def first_kink(config: Any, changes: list[Change]) -> float:
    """The first row of an L1 run at which a point lies on the line: the next slope is a matter of the last bit there."""
    if config.loss != "l1":
        return math.inf
    x, y = samples(config)
    trainer = Trainer(experiments.watch("linear_regression"), config, torch.device("cpu"), changes)
    with trainer.stream():
        for step, row in trainer:
            if np.abs(x * row["W"] + row["b"] - y).min() < 1e-5 * (1 + np.abs(y).max()):
                return step
    return math.inf


def compare(keras: Keras, experiment: str, config: TrainingConfig, changes: list[Change], last: float = math.inf) -> None:
    """The curves, up to row `last`."""
    mirrored = counterpart(RunSpec(experiment, config, tuple(changes)))
    if mirrored.script is None:
        assert mirrored.reason
        return
    steps, ours = rows(experiment, config, changes)
    theirs = keras(written(mirrored))
    assert abs(len(theirs) - len(ours)) <= 1 or mirrored.differences  # early stopping and divergence may come a row sooner or later
    steps, ours = steps[steps <= last], ours[steps <= last]
    found = agreement(steps, ours, theirs, int(steps[0]))
    assert found
    if not mirrored.differences:
        assert found.largest <= TOLERANCE, (found, mirrored.script.source)
    elif not getattr(config, "dropout", 0.0):
        assert theirs[0] == pytest.approx(ours[0], rel=1e-5)  # they begin alike


@drawn
@given(values=DRAWN["linear_regression"], data=st.data())
def test_linear_regression(keras: Keras, values: dict[str, Any], data: st.DataObject) -> None:
    config = experiments.config_class("linear_regression").checked(values)
    compare(keras, "linear_regression", config, changes := changes_of("linear_regression", config, data), first_kink(config, changes))


@drawn
@given(values=DRAWN["iris"], data=st.data())
def test_iris(keras: Keras, values: dict[str, Any], data: st.DataObject) -> None:
    config = experiments.config_class("iris").checked(values)
    compare(keras, "iris", config, changes_of("iris", config, data))


@drawn
@given(values=DRAWN["plane"], data=st.data())
def test_plane(keras: Keras, values: dict[str, Any], data: st.DataObject) -> None:
    config = experiments.config_class("plane").checked(values | {"l1": 0.0})
    compare(keras, "plane", config, [change for change in changes_of("plane", config, data) if change.field != "l1"])


@drawn
@given(values=DRAWN["overfitting"], data=st.data())
def test_overfitting(keras: Keras, values: dict[str, Any], data: st.DataObject) -> None:
    """What can be changed in Keras, too; where it stops early it looks once more often."""
    config = experiments.config_class("overfitting").checked(values)
    changes = [change for change in changes_of("overfitting", config, data) if change.field in ("lr", "weight_decay")]
    compare(keras, "overfitting", config, changes)


@drawn
@given(values=DRAWN["char_rnn"], data=st.data())
def test_char_rnn(keras: Keras, values: dict[str, Any], data: st.DataObject) -> None:
    config = experiments.config_class("char_rnn").checked(values)
    compare(keras, "char_rnn", config, changes_of("char_rnn", config, data))


# --- cases that chance seldom draws ----------------------------------------------------------------------------

CELLS = ["rnn_tanh", "rnn_relu", "lstm", "gru"]
MOVED = [Change(5, "lr", 0.01, 0.02)]
AND_BACK = [
    Change(5, "momentum", 0.9, 0.0),
    Change(8, "lr", 0.01, 0.02),
    Change(11, "momentum", 0.0, 0.8),
    Change(14, "momentum", 0.8, 0.0),
    Change(14, "lr", 0.02, 0.01),
    Change(17, "momentum", 0.0, 0.5),
]
CASES: list[tuple[str, dict[str, Any], list[Change]]] = [
    ("linear_regression", {"epochs": 200}, []),
    ("linear_regression", {"lr": 10.0, "epochs": 400}, []),
    ("linear_regression", {"data": "diabetes", "standardize": True, "standardize_y": True, "epochs": 30}, []),
    ("linear_regression", {"epochs": 30, "optimizer": "Momentum"}, MOVED),
    ("linear_regression", {"epochs": 30, "optimizer": "Nesterov", "momentum": 0.0}, [Change(9, "momentum", 0.0, 0.8)]),
    *[("linear_regression", {"epochs": 30, "optimizer": name, "weight_decay": 0.1}, AND_BACK) for name in ("Momentum", "Nesterov")],
    ("linear_regression", {"epochs": 30, "optimizer": "SGD"}, [Change(9, "weight_decay", 0.0, 0.5)]),
    ("iris", {"epochs": 200}, []),
    ("iris", {"epochs": 40, "weight_decay": 0.1}, [*MOVED, Change(9, "weight_decay", 0.1, 0.02)]),
    ("iris", {"epochs": 40, "optimizer": "AdamW", "weight_decay": 0.1}, [Change(9, "weight_decay", 0.1, 1.0)]),
    ("iris", {"epochs": 300, "test_share": 0.3, "lr": 0.03, "patience": 3}, []),
    ("iris", {"epochs": 20}, [Change(9, "batch_size", 0, 150)]),
    ("plane", {"epochs": 100}, []),
    ("plane", {"epochs": 60, "output": "sigmoid", "weight_decay": 0.01, "test_share": 0.2}, [Change(9, "weight_decay", 0.01, 0.05)]),
    ("digits", {"epochs": 30}, MOVED),  # beyond an epoch: both learn from the same batches
    ("digits", {"epochs": 10, "split": "writer", "kernel": 5, "pooling": "average", "channels": (3, 5), "weight_decay": 0.01}, []),
    ("digits", {"epochs": 10, "network": "mlp", "activation": "tanh", "own": (("0g" * 32, 7),)}, []),
    ("char_rnn", {}, []),
    ("char_rnn", {"epochs": 20}, [Change(5, "clip", 0.0, 0.2), Change(9, "clip", 0.2, 0.0)]),
    *[("char_rnn", {"epochs": 20, "lr": 0.01, "cell": cell, "layers": 2, "sequence_length": 4, "batch_size": 2}, []) for cell in CELLS],
    ("char_rnn", {"text": "own", "own_text": "\"\\'\n#:loss\u2028\ufeff\U0001f600{x}\t", "epochs": 3}, []),
]


@pytest.mark.parametrize(("experiment", "values", "changes"), CASES)
def test_the_curves_coincide(keras: Keras, experiment: str, values: dict[str, Any], changes: list[Change]) -> None:
    config = experiments.config_class(experiment).checked(values)
    assert counterpart(RunSpec(experiment, config, tuple(changes))).differences == ()
    compare(keras, experiment, config, changes)


DIFFERENT: list[tuple[str, dict[str, Any], list[Change], str]] = [
    ("linear_regression", {"data": "line", "batch_size": 16}, [], "Mini-batches"),
    ("linear_regression", {"optimizer": "RMSprop"}, [], "RMSprop"),
    ("iris", {"test_share": 0.3, "patience": 3, "lr": 0.3, "batch_size": 10, "weight_decay": 0.1}, [], "Mini-batches"),
    ("iris", {"dropout": 0.3}, [Change(4, "dropout", 0.3, 0.5)], "Dropout"),
    ("iris", {}, [Change(4, "dropout", 0.0, 0.5)], "Dropout"),
    ("char_rnn", {"clip": 0.5, "weight_decay": 0.1}, [], "Clipping"),
]


@pytest.mark.parametrize(("experiment", "values", "changes", "difference"), DIFFERENT)
def test_what_differs_is_named(keras: Keras, experiment: str, values: dict[str, Any], changes: list[Change], difference: str) -> None:
    config = experiments.config_class(experiment).checked(values | {"epochs": 12})
    mirrored = counterpart(RunSpec(experiment, config, tuple(changes)))
    assert [found.split(":")[0].split(" ")[0] for found in mirrored.differences] == [difference]
    compare(keras, experiment, config, changes)


@pytest.mark.parametrize("formulation", ["tensors", "module"])
def test_the_line_is_printed_in_the_units_of_the_data(output: Callable[[str], str], formulation: str) -> None:
    scaled = {"data": "diabetes", "standardize": True, "standardize_y": True, "formulation": formulation, "lr": 0.2, "epochs": 100}
    config = experiments.config_class("linear_regression").checked(scaled)
    said = re.search(
        r"^in the units of the data: W: (\S+)  b: (\S+)$", output(written(counterpart(RunSpec("linear_regression", config)))), re.MULTILINE
    )
    assert said
    slope, intercept = np.polyfit(*raw(config), 1)  # type: ignore[arg-type]
    assert [float(number) for number in said.groups()] == pytest.approx([slope, intercept], rel=1e-5)


@pytest.mark.parametrize("step", [1, 4])
def test_dropout_acts_from_the_forward_after_its_change(keras: Keras, step: int) -> None:
    config = experiments.config_class("iris").checked({"epochs": 8})
    changes = [Change(step, "dropout", 0.0, 0.5)]
    dropped, whole = (keras(written(counterpart(RunSpec("iris", config, tuple(made))))) for made in (changes, []))
    assert dropped[:step] == pytest.approx(rows("iris", config, changes)[1][:step].tolist(), rel=TOLERANCE)
    assert [one == other for one, other in zip(dropped, whole, strict=True)] == [True] * step + [False] * (8 - step)


def test_dropout_without_hidden_layers_changes_nothing() -> None:
    config = experiments.config_class("iris").checked({"epochs": 8, "hidden": ()})
    changed = counterpart(RunSpec("iris", config, (Change(4, "dropout", 0.0, 0.5),)))
    assert changed == counterpart(RunSpec("iris", config))


def test_float64_stops_pytorch_and_not_keras(keras: Keras) -> None:
    config = experiments.config_class("linear_regression").checked({"dtype": "float64", "epochs": 10})
    mirrored = counterpart(RunSpec("linear_regression", config))
    assert "float32" in mirrored.differences[0]
    assert "RuntimeError" not in written(mirrored)
    assert keras(written(mirrored)) == rows("linear_regression", config.replace(dtype="float32"), [])[1].tolist()


@pytest.mark.parametrize(
    ("experiment", "values", "changes"),
    [
        ("linear_regression", {"data": "line"}, [Change(5, "batch_size", 0, 8)]),
        ("iris", {"batch_size": 50}, [Change(5, "batch_size", 50, 20)]),
        ("char_rnn", {"text": "own", "own_text": "aaaa"}, []),
        ("digits", {}, [Change(5, "own", (), (("0g" * 32, 7),))]),
    ],
)
def test_where_there_is_no_program_there_is_a_reason(experiment: str, values: dict[str, Any], changes: list[Change]) -> None:
    config = experiments.config_class(experiment).checked(values)
    mirrored = counterpart(RunSpec(experiment, config, tuple(changes)), translate=translation("ko"))
    assert mirrored.script is None
    assert re.search("[가-힣]", mirrored.reason)


@pytest.mark.parametrize(("experiment", "last"), [("linear_regression", 0), ("linear_regression", 9), ("iris", 1), ("char_rnn", 7)])
def test_a_run_that_was_stopped_has_as_many_rows_in_keras(keras: Keras, experiment: str, last: int) -> None:
    config = experiments.config_class(experiment).checked({"epochs": 30})
    late = [Change(last, "weight_decay", 0.0, 0.5)]  # no update has used it
    mirrored = counterpart(RunSpec(experiment, config, tuple(late), last))
    ours = rows(experiment, config.replace(epochs=max(last, 1)), [])[1][: last + 1 - experiments.first_row(experiment)]
    assert keras(written(mirrored)) == pytest.approx(ours.tolist(), rel=TOLERANCE)
    assert "weight_decay" not in written(mirrored)


# --- writing it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_command_line_writes_it(language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["export", "iris", "--framework", "keras", "--lang", language]
    assert main([*asked, "-o", str(tmp_path / "a.py")]) == 0
    assert main([*asked, "-o", str(tmp_path / "a.ipynb")]) == 0
    config = experiments.config_class("iris")()
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == written(counterpart(RunSpec("iris", config), translate=translation(language)))
    one_letter = ["--set", "text=own", "--set", "own_text=aaaa"]
    assert main(["export", "char_rnn", "--framework", "keras", *one_letter]) == 2
    assert "only one distinct character" in capsys.readouterr().err


def test_in_korean_every_comment_is_korean() -> None:
    said: list[str] = []
    korean = translation("ko")

    def remembered(message: str) -> str:
        said.append(message)
        return korean(message)

    for experiment, values, changes in (*CASES, *((name, values, changes) for name, values, changes, _ in DIFFERENT)):
        counterpart(RunSpec(experiment, experiments.config_class(experiment).checked(values), tuple(changes)), translate=remembered)
    assert said
    assert [message for message in said if korean(message) == message] == []


def test_neither_torch_nor_keras_is_needed_to_write_it() -> None:
    code = (
        "import sys\n"
        "from core import experiments\n"
        "from core.keras.counterpart import counterpart\n"
        "from core.run.spec import RunSpec\n"
        "for name in experiments.names():\n"
        "    counterpart(RunSpec(name, experiments.config_class(name)())).script.source\n"
        "sys.exit('torch' in sys.modules or 'keras' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# --- comparing -------------------------------------------------------------------------------------------------


def test_rows_are_compared_by_their_steps() -> None:
    found = agreement(np.array([1, 2, 4]), np.array([4.0, 2.0, 1.0]), [4.0, 2.1, 99.0, 1.0], 1)
    assert found
    assert (found.rows, found.step, found.coincide) == (3, 2, False)
    assert found.largest == pytest.approx(0.05)


def test_what_is_only_rounding_coincides() -> None:
    ours, theirs = np.array([1.0, 1e-3, 1e-12]), [1.0 + COINCIDE / 2, 1e-3, 3e-12]
    found = agreement(np.arange(3), ours, theirs, 0)
    assert found
    assert (found.coincide, found.step) == (True, 0)


def test_losses_that_are_no_numbers_are_passed_over() -> None:
    infinite = agreement(np.array([0, 1]), np.array([2.0, np.inf]), [2.0, float("nan")], 0)
    assert infinite
    assert (infinite.rows, infinite.largest) == (1, 0.0)
    assert agreement(np.array([0]), np.array([np.nan]), [1.0], 0) is None
    assert agreement(np.array([5]), np.array([1.0]), [1.0], 0) is None
