"""The exported programs against the runs they were made from: executed, and compared bit for bit."""

import contextlib
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import experiments
from core.experiments.linear_regression.config import DTYPE_ERRORS
from core.program.export import script
from core.program.lines import code, program
from core.program.script import Script
from core.program.state import named_parameters
from core.program.trainer import Trainer
from core.program.translation import translation
from core.run.change import Change
from core.run.parameters import pt_file, safetensors_file, state_dict
from core.run.spec import RunSpec
from core.settings.config import OPTIMIZERS, TrainingConfig

ROOT = Path(__file__).parents[3]
CPU = torch.device("cpu")
Changes = list[Change]
drawn = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def trained(spec: RunSpec) -> tuple[list[float], dict[str, torch.Tensor]]:
    """The losses of a run, and the parameters that it ends with."""
    trainer = Trainer(experiments.watch(spec.experiment), spec.config, CPU, spec.changes)
    with trainer.stream():
        found = [row["loss"] for _, row in trainer]
    return found, state_dict(trainer, replace(spec, last=trainer.step).settled)  # what was changed at its last row built nothing


def losses(experiment: str, config: TrainingConfig, changes: Changes) -> list[float]:
    return trained(RunSpec(experiment, config, tuple(changes)))[0]


def execute(code: str) -> tuple[dict[str, Any], list[str]]:
    """The program's variables and the lines it printed."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), torch.random.fork_rng():
        exec(compile(code, "exported.py", "exec"), names)  # noqa: S102  # our own text
    return names, printed.getvalue().splitlines()


def cells(written: Script) -> str:
    notebook = nbformat.reads(written.notebook, as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code"] * (len(written.sections) + 1)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def numbered(written: Script) -> list[tuple[int, str]]:
    """The code below the docstring, line by line, each with its number."""
    found = list(enumerate(map(code, program(written.source, written.marks)), start=1))
    return found[[line for _, line in found].index('"""') :]


def parameters_of(names: dict[str, Any]) -> dict[str, torch.Tensor]:
    made = named_parameters(names).items()
    return names["model"].state_dict() if "model" in names else {name: tensor.detach() for name, tensor in made}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return list(one) == list(other) and all(one[name].numpy().tobytes() == other[name].numpy().tobytes() for name in one)


def compare(experiment: str, config: TrainingConfig, changes: Changes, as_notebook: bool) -> None:
    found, parameters = trained(RunSpec(experiment, config, tuple(changes)))
    end = experiments.first_row(experiment) + len(found) - 1
    changes = [change for change in changes if change.step < end]  # at its last row a run has ended and takes none
    written = script(RunSpec(experiment, config, tuple(changes)))
    assert numbered(script(RunSpec(experiment, config, tuple(changes)), translate=translation("ko"))) == numbered(written)
    names, printed = execute(cells(written) if as_notebook else written.source)
    assert printed[-1] == f"loss: {found[-1]!r}"
    assert same(parameters_of(names), parameters)
    assert "core" not in written.source.split()


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
    "table": st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=12, unique_by=lambda row: row[0]),
    "standardize": st.booleans(),
    "start": st.sampled_from(["zeros", "pytorch", "typed"]),
    "W0": NUMBERS,
    "b0": NUMBERS,
    "loss": st.sampled_from(["mse", "l1", "huber"]),
    "batch_size": st.sampled_from([0, 0, 1, 2, 7, 20]),
}
FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
IRIS = COMMON | {
    "data": st.sampled_from(["flowers", "flowers", "own"]),
    "column_names": st.just(("length, in cm", "#:loss {x}")),
    "class_names": st.just(("a", '"""', "c")),
    "used_columns": st.sampled_from([(), ("#:loss {x}",)]),
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
PLANE = COMMON | {
    "data": st.sampled_from(["moons", "circles", "blobs", "xor", "spiral", "own"]),
    "points": st.sampled_from([20, 31, 90]),
    "noise": st.sampled_from([0.0, 0.1, 1.0]),
    "table": st.just(((-1.0, 0.5, 0), (1.0, 0.25, 1), (0.5, -2.0, 1), (-0.5, -1.0, 0), (2.0, 2.0, 0))),
    "classes": st.just(2),
    "features": st.lists(st.sampled_from(["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]), min_size=1, unique=True),
    "output": st.sampled_from(["softmax", "sigmoid"]),
    "formulation": st.sampled_from(["module", "tensors"]),
    "hidden": st.lists(st.integers(1, 12), max_size=6),
    "l1": st.sampled_from([0.0, 0.01]),
    **{name: IRIS[name] for name in ("test_share", "activation", "dropout", "label_noise", "patience", "batch_size")},
}
OVERFITTING = COMMON | {
    "basis": st.sampled_from(["legendre", "powers", "network"]),
    "units": st.integers(1, 12),
    "points": st.integers(5, 40),
    "noise": st.sampled_from([0.0, 0.3]),
    "degree": st.integers(0, 40),
    "patience": st.sampled_from([0, 2]),
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
    "plane": {"lr": st.floats(1e-4, 0.3), "weight_decay": st.floats(0, 0.1), "batch_size": st.sampled_from([0, 20, 500])}
    | {"dropout": st.sampled_from([0.0, 0.5]), "l1": st.sampled_from([0.0, 0.1])},
    "overfitting": {"lr": st.floats(1e-4, 0.3), "weight_decay": st.floats(0, 0.1), "points": st.integers(5, 500)}
    | {"degree": st.integers(0, 40), "patience": st.sampled_from([0, 2, 5])},
    "char_rnn": {"lr": st.floats(1e-4, 0.3), "weight_decay": st.floats(0, 0.1), "clip": st.sampled_from([0.0, 0.3])}
    | {"temperature": st.floats(0.5, 2.0)},
}


def changes_of(experiment: str, config: Any, data: st.DataObject) -> Changes:
    """What a learner did: changes at drawn rows, each with the value that the field had before."""
    first = experiments.first_row(experiment)
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
@given(values=st.fixed_dictionaries(LINEAR_REGRESSION | {"standardize_y": st.booleans()}), data=st.data(), as_notebook=st.booleans())
def test_linear_regression(values: dict[str, Any], data: st.DataObject, as_notebook: bool) -> None:
    config = experiments.config_class("linear_regression").checked(values)
    compare("linear_regression", config, changes_of("linear_regression", config, data), as_notebook)


@drawn
@given(values=st.fixed_dictionaries(IRIS), data=st.data(), as_notebook=st.booleans())
def test_iris(values: dict[str, Any], data: st.DataObject, as_notebook: bool) -> None:
    config = experiments.config_class("iris").checked(values)
    compare("iris", config, changes_of("iris", config, data), as_notebook)


@drawn
@given(values=st.fixed_dictionaries(PLANE), classes=st.integers(2, 6), data=st.data(), as_notebook=st.booleans())
def test_plane(values: dict[str, Any], classes: int, data: st.DataObject, as_notebook: bool) -> None:
    of_many = {"classes": classes} if values["output"] == "softmax" else {}
    config = experiments.config_class("plane").checked(values | of_many)
    compare("plane", config, changes_of("plane", config, data), as_notebook)


@drawn
@given(values=st.fixed_dictionaries(OVERFITTING), data=st.data(), as_notebook=st.booleans())
def test_overfitting(values: dict[str, Any], data: st.DataObject, as_notebook: bool) -> None:
    config = experiments.config_class("overfitting").checked(values)
    compare("overfitting", config, changes_of("overfitting", config, data), as_notebook)


@drawn
@given(values=st.fixed_dictionaries(CHAR_RNN), data=st.data(), as_notebook=st.booleans())
def test_char_rnn(values: dict[str, Any], data: st.DataObject, as_notebook: bool) -> None:
    config = experiments.config_class("char_rnn").checked(values)
    compare("char_rnn", config, changes_of("char_rnn", config, data), as_notebook)


# --- cases that chance seldom draws ----------------------------------------------------------------------------

DIVERGING = {"lr": 10.0, "epochs": 400}
NOW_AND_NOW = [Change(3, "batch_size", 0, 16), Change(6, "batch_size", 16, 0), Change(6, "dropout", 0.3, 0.5)]
MENDED = [  # more data, fewer features, regularization, early stopping: each while it trains
    Change(60, "points", 20, 200), Change(100, "degree", 15, 7), Change(150, "weight_decay", 0.0, 0.01), Change(200, "patience", 0, 50),
]  # fmt: skip
CASES: list[tuple[str, dict[str, Any], Changes]] = [
    ("linear_regression", {"epochs": 200}, []),
    ("linear_regression", DIVERGING, []),
    ("linear_regression", DIVERGING | {"data": "line", "batch_size": 16, "formulation": "module"}, []),
    ("linear_regression", {"epochs": 9, "data": "own", "table": ((1e300, 1), (0, 2)), "optimizer": "Adam"}, []),
    ("linear_regression", {"epochs": 9, "data": "own", "table": ((1e-300, 1), (0, 2)), "standardize": True}, []),
    ("linear_regression", {"epochs": 9, "data": "own", "table": ((1e200, 5), (0, 5)), "standardize": True, "standardize_y": True}, []),
    ("linear_regression", {"epochs": 9, "data": "own", "table": ((1, 0), (0, 0)), "standardize_y": True, "optimizer": "Adam"}, []),
    ("linear_regression", {"epochs": 9, "optimizer": "Nesterov", "momentum": 0.0}, [Change(4, "momentum", 0.0, 0.8)]),
    ("iris", {"epochs": 60}, []),
    ("iris", DIVERGING | {"optimizer": "SGD", "activation": "none", "batch_size": 16}, []),
    ("iris", {"epochs": 9, "dropout": 0.3, "test_share": 0.2}, NOW_AND_NOW),
    ("iris", {"epochs": 9, "dropout": 0.3}, [Change(4, "dropout", 0.3, 0.0)]),  # its layers keep their names
    ("iris", {"epochs": 300, "test_share": 0.3, "lr": 0.3, "patience": 3, "batch_size": 10}, []),
    ("overfitting", {"epochs": 400, "degree": 15}, MENDED),
    ("char_rnn", {}, [Change(10, "lr", 0.1, 0.05), Change(10, "clip", 0.0, 0.5), Change(20, "temperature", 1.0, 2.0)]),
    ("char_rnn", {"text": "own", "own_text": "\"\\'\n#:loss\u2028\ufeff\U0001f600{x}\t", "epochs": 3}, []),
    ("char_rnn", {"text": "korean", "alphabet": "jamo", "head": "linear", "cell": "lstm", "sequence_length": 50}, []),
    ("words", {"padding": "counted", "words": "korean", "cell": "lstm", "epochs": 30}, [Change(10, "lr", 0.02, 0.05)]),
]


@pytest.mark.parametrize(("experiment", "values", "changes"), CASES)
@pytest.mark.parametrize("as_notebook", [False, True], ids=["script", "notebook"])
def test_case(experiment: str, values: dict[str, Any], changes: Changes, as_notebook: bool) -> None:
    compare(experiment, experiments.config_class(experiment).checked(values), changes, as_notebook)


IN_TURN = """
import runpy, sys, torch
threads = torch.get_num_threads()
for file in sys.argv[1:]:
    torch.set_num_threads(threads)  # each script takes them down itself
    print(file)
    runpy.run_path(file, run_name="__main__")
"""


def test_in_a_process_of_their_own(tmp_path: Path) -> None:
    """With as many threads as torch takes by itself, and nothing of this project in reach; one process, for each would load torch."""
    expected: dict[str, str] = {}
    for experiment in experiments.names():
        config = experiments.config_class(experiment).checked({"epochs": 40})
        changes = [Change(7, "lr", getattr(config, "lr"), 0.02)]  # noqa: B009  # every experiment here has one
        file = tmp_path / f"{experiment}.py"
        file.write_text(script(RunSpec(experiment, config, tuple(changes))).source, encoding="utf-8")
        expected[str(file)] = f"loss: {losses(experiment, config, changes)[-1]!r}"
    done = subprocess.run([sys.executable, "-I", "-c", IN_TURN, *expected], cwd=tmp_path, capture_output=True, text=True, check=True)
    said = re.split(f"^({'|'.join(map(re.escape, expected))})$", done.stdout, flags=re.MULTILINE)
    assert {file: printed.splitlines()[-1] for file, printed in zip(said[1::2], said[2::2], strict=True)} == expected
    assert done.stderr == ""


@pytest.mark.parametrize("formulation", ["tensors", "module"])
@pytest.mark.parametrize("data", ["points", "diabetes"])
def test_the_program_that_fails_is_exported_as_it_is_with_its_error_and_its_mend(formulation: str, data: str) -> None:
    values = {"dtype": "float64", "formulation": formulation, "data": data, "epochs": 5}
    config = experiments.config_class("linear_regression").checked(values)
    code = script(RunSpec("linear_regression", config)).source
    with pytest.raises(RuntimeError) as caught:
        execute(code)
    assert f"RuntimeError: {caught.value}" == DTYPE_ERRORS[formulation]
    assert f"#     {DTYPE_ERRORS[formulation]}" in code
    _, printed = execute(code.replace("float64)", "float32)"))
    mended = config.replace(dtype="float32")
    assert printed[-1] == f"loss: {losses('linear_regression', mended, [])[-1]!r}"


@pytest.mark.parametrize("experiment", experiments.names())
def test_a_run_that_was_stopped_ends_where_it_was_stopped(experiment: str) -> None:
    config = experiments.config_class(experiment).checked({"epochs": 30})
    names, printed = execute(script(RunSpec(experiment, config, last=12)).source)
    found, parameters = trained(RunSpec(experiment, config.replace(epochs=12)))
    assert printed[-1] == f"loss: {found[-1]!r}"
    assert same(parameters_of(names), parameters)


def test_a_held_run_has_the_names_of_the_script_beside_it() -> None:
    """Dropout is added at the row where it is held: the script adds it there, so its layers are counted with it."""
    config = experiments.config_class("iris").checked({"epochs": 30})
    trainer = Trainer(experiments.watch("iris"), config, CPU)
    with trainer.stream():
        for _ in range(5):
            next(trainer)
        trainer.change("dropout", 0.3)
    names, _ = execute(script(RunSpec("iris", config, tuple(trainer.changes))).source)
    assert list(state_dict(trainer, RunSpec("iris", config, tuple(trainer.changes)))) == list(names["model"].state_dict())


def test_a_change_made_on_the_way_to_a_planned_one_is_in_the_script() -> None:
    config = experiments.config_class("iris").checked({"epochs": 30})
    trainer = Trainer(experiments.watch("iris"), config, CPU, [Change(20, "lr", 0.01, 0.05)])
    found: list[float] = []
    with trainer.stream():
        for step, row in trainer:
            found.append(row["loss"])
            if step in (10, 20):
                trainer.change("lr", {10: 0.2, 20: 0.01}[step])
    _, printed = execute(script(RunSpec("iris", config, tuple(trainer.changes))).source)
    assert printed[-1] == f"loss: {found[-1]!r}"


def test_where_there_is_no_gpu_the_program_of_a_gpu_takes_the_cpu() -> None:
    for experiment in experiments.names():
        config = experiments.config_class(experiment).checked({"epochs": 5})
        code = script(RunSpec(experiment, config, device="cuda:7")).source.replace("torch.cuda.is_available()", "False")
        _, printed = execute(code)
        assert printed[-1] == f"loss: {losses(experiment, config, [])[-1]!r}"


# --- what the program says about itself ------------------------------------------------------------------------


@pytest.mark.parametrize("experiment", experiments.names())
def test_first_steps_and_names_agree_with_the_recipes(experiment: str) -> None:
    assert experiments.watch(experiment).first_step == experiments.first_row(experiment)


def test_changes_that_mean_nothing_are_left_out() -> None:
    config = experiments.config_class("iris").checked({"epochs": 50})
    changes = [
        Change(0, "dropout", 0.0, 0.5),  # before the first row: a setting
        Change(5, "lr", 0.01, 0.1),
        Change(5, "lr", 0.1, 0.01),  # taken back
        Change(6, "lr", 0.01, 0.2),
        Change(6, "lr", 0.2, 0.3),
        Change(50, "lr", 0.3, 0.4),  # there is no update after the last row
    ]
    run = RunSpec("iris", config, tuple(changes)).settled
    assert (run.changes, run.last) == ((Change(6, "lr", 0.01, 0.3),), 50)
    assert run.values("dropout") == (0.5,)


def test_marks_point_at_the_statements_of_an_update() -> None:
    for experiment in experiments.names():
        config = experiments.config_class(experiment).checked({"epochs": 20})
        written = script(RunSpec(experiment, config, (Change(5, "lr", 0.01, 0.02),)))
        marked = {mark: [written.source.splitlines()[at - 1].strip() for at in places] for mark, places in written.marks.items()}
        assert "#:" not in written.source + written.notebook
        assert list(marked) == ["forward", "loss", "zero_grad", "backward", "change", "step"]
        assert marked["backward"][0].startswith("loss.backward()")
        assert marked["step"][0].startswith("optimizer.step()")
        assert marked["change"][0].startswith('optimizer.param_groups[0]["lr"] = 0.02')


def test_the_same_run_is_the_same_notebook() -> None:
    config = experiments.config_class("iris")()
    assert script(RunSpec("iris", config)).notebook == script(RunSpec("iris", config)).notebook


def test_parameters_are_read_back_by_the_safe_readers() -> None:
    from safetensors.torch import load

    config = experiments.config_class("iris").checked({"epochs": 5})
    names, _ = execute(script(RunSpec("iris", config)).source)
    parameters = dict(names["model"].state_dict())
    assert same(torch.load(io.BytesIO(pt_file(parameters)), weights_only=True), parameters)
    read = load(safetensors_file(parameters, {"config": config.model_dump(mode="json")}))
    assert same({name: read[name] for name in parameters}, parameters)
    names["model"].load_state_dict(read)
