"""The exported programs against the runs they were made from: executed, and compared bit for bit."""

import ast
import contextlib
import io
import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import experiments
from core.change import Change
from core.config import OPTIMIZERS, Config
from core.experiments.linear_regression.script import DTYPE_ERRORS
from core.export import pt_file, recorded, safetensors_file, script, trained
from core.script import Script
from core.trainer import Trainer

ROOT = Path(__file__).parents[2]
CPU = torch.device("cpu")
Changes = list[Change]
drawn = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in a worker."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def losses(experiment: str, config: Config, changes: Changes) -> list[float]:
    trainer = Trainer(experiments.recipe(experiment), config, CPU, changes)  # type: ignore[arg-type]
    with trainer.stream():
        return [row["loss"] for _, row in trainer]


def execute(code: str) -> tuple[dict[str, Any], list[str]]:
    """The program's variables and the lines it printed."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), torch.random.fork_rng():
        exec(compile(code, "exported.py", "exec"), names)  # noqa: S102  # our own text
    return names, printed.getvalue().splitlines()


def cells(written: Script) -> str:
    notebook = nbformat.reads(written.notebook, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code"] * (len(written.sections) + 1)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def parameters_of(names: dict[str, Any]) -> dict[str, torch.Tensor]:
    return names["model"].state_dict() if "model" in names else {"W": names["W"].detach(), "b": names["b"].detach()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return list(one) == list(other) and all(one[name].numpy().tobytes() == other[name].numpy().tobytes() for name in one)


def compare(experiment: str, config: Config, changes: Changes, as_notebook: bool) -> None:
    written = script(experiment, config, changes)
    ast.parse(written.source)
    names, printed = execute(cells(written) if as_notebook else written.source)
    assert printed[-1] == f"loss: {losses(experiment, config, changes)[-1]!r}"
    assert same(parameters_of(names), trained(experiment, config, changes))
    assert "core" not in written.source.split() and "#:" not in written.source


# --- drawn configs ---------------------------------------------------------------------------------------------

COMMON = {
    "seed": st.integers(0, 99),
    "optimizer": st.sampled_from(OPTIMIZERS),
    "lr": st.floats(1e-4, 0.3),
    "momentum": st.sampled_from([0.0, 0.5, 0.9]),
    "weight_decay": st.sampled_from([0.0, 0.01]),
    "epochs": st.integers(1, 25),
}
NUMBERS = st.floats(-50, 50).map(lambda value: round(value, 3))
LINEAR_REGRESSION = COMMON | {
    "formulation": st.sampled_from(["tensors", "module"]),
    "data": st.sampled_from(["points", "line", "line", "diabetes", "own"]),
    "points": st.integers(2, 60),
    "slope": NUMBERS,
    "intercept": NUMBERS,
    "noise": st.sampled_from([0.0, 0.5, 3.0]),
    "data_seed": st.integers(0, 9),
    "table": st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30, unique_by=lambda row: row[0]),
    "standardize": st.booleans(),
    "start": st.sampled_from(["zeros", "pytorch", "typed"]),
    "W0": NUMBERS,
    "b0": NUMBERS,
    "loss": st.sampled_from(["mse", "l1", "huber"]),
    "batch_size": st.sampled_from([0, 0, 1, 2, 7, 20]),
}
FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
IRIS = COMMON | {
    "features": st.lists(st.sampled_from(FEATURES), min_size=1, max_size=4, unique=True),
    "test_share": st.sampled_from([0.0, 0.01, 0.2, 0.33, 0.5]),
    "standardize": st.booleans(),
    "hidden": st.lists(st.integers(1, 20), max_size=3),
    "activation": st.sampled_from(["relu", "tanh", "sigmoid", "gelu", "none"]),
    "dropout": st.sampled_from([0.0, 0.0, 0.3]),
    "label_noise": st.sampled_from([0.0, 0.1]),
    "patience": st.sampled_from([0, 2]),
    "batch_size": st.sampled_from([0, 0, 16, 50]),
}
TEXTS = ["if_you_want_you", "hello", "korean", "english", "iris", "own"]
CHAR_RNN = COMMON | {
    "text": st.sampled_from(TEXTS),
    "own_text": st.text(min_size=4, max_size=120),
    "alphabet": st.sampled_from(["characters", "jamo"]),
    "cell": st.sampled_from(["rnn_tanh", "rnn_relu", "lstm", "gru"]),
    "layers": st.integers(1, 2),
    "head": st.sampled_from(["none", "linear"]),
    "hidden": st.integers(2, 12),
    "encoding": st.sampled_from(["one_hot", "embedding"]),
    "embedding_size": st.integers(1, 6),
    "sequence_length": st.sampled_from([3, 16, 64]),
    "batch_size": st.integers(1, 3),
    "clip": st.sampled_from([0.0, 0.5]),
    "epochs": st.integers(1, 12),
}
CHANGED = {
    "linear_regression": {"lr": st.floats(1e-4, 0.3), "momentum": st.floats(0, 0.9), "weight_decay": st.floats(0, 0.1)}
    | {"batch_size": st.sampled_from([0, 2, 8, 500])},
    "iris": {"lr": st.floats(1e-4, 0.3), "momentum": st.floats(0, 0.9), "weight_decay": st.floats(0, 0.1)}
    | {"batch_size": st.sampled_from([0, 20, 500]), "dropout": st.sampled_from([0.0, 0.5])},
    "char_rnn": {"lr": st.floats(1e-4, 0.3), "weight_decay": st.floats(0, 0.1), "clip": st.sampled_from([0.0, 0.3])}
    | {"temperature": st.floats(0.5, 2.0)},
}


def changes_of(experiment: str, config: Any, data: st.DataObject) -> Changes:
    """What a learner did: changes at drawn rows, each with the value that the field had before."""
    first = experiments.script(experiment).FIRST_STEP
    fields = st.sampled_from(sorted(CHANGED[experiment]))
    planned = data.draw(st.lists(st.tuples(st.integers(first, config.epochs), fields), max_size=4))
    found: Changes = []
    for step, field in sorted(planned):
        new = data.draw(CHANGED[experiment][field])
        if new != getattr(config, field):
            found.append(Change(step, field, getattr(config, field), new))
            config = config.replace(**{field: new})
    return found


@drawn
@given(values=st.fixed_dictionaries(LINEAR_REGRESSION), data=st.data(), as_notebook=st.booleans())
def test_linear_regression(values: dict[str, Any], data: st.DataObject, as_notebook: bool) -> None:
    config = experiments.config_class("linear_regression").checked(values)
    compare("linear_regression", config, changes_of("linear_regression", config, data), as_notebook)


@drawn
@given(values=st.fixed_dictionaries(IRIS), data=st.data(), as_notebook=st.booleans())
def test_iris(values: dict[str, Any], data: st.DataObject, as_notebook: bool) -> None:
    config = experiments.config_class("iris").checked(values)
    compare("iris", config, changes_of("iris", config, data), as_notebook)


@drawn
@given(values=st.fixed_dictionaries(CHAR_RNN), data=st.data(), as_notebook=st.booleans())
def test_char_rnn(values: dict[str, Any], data: st.DataObject, as_notebook: bool) -> None:
    config = experiments.config_class("char_rnn").checked(values)
    compare("char_rnn", config, changes_of("char_rnn", config, data), as_notebook)
