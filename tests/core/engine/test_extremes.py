"""What one visitor can make a worker do in one go, at the extremes of every setting: bounded in time and in memory.

Whatever a worker does is done between the turns of other runs, which wait as long. `--hypothesis-profile=search` draws many.
"""

import gc
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, TypeVar, cast

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core import experiments
from core.experiments.char_rnn.view_names import Continuation
from core.labs.modules.anatomy import anatomy
from core.program.running import Programmed
from core.program.trainer import Trainer
from core.run import parameters
from core.run.spec import RunSpec
from core.run.tensorboard import event_file
from core.settings.config import ConfigError, Setting, TrainingConfig
from core.settings.limits import limits
from tests.core.engine.meter import Bound, Meter, in_pieces

FEW = settings().derandomize  # in the suite: what is drawn is the same each time, and one example of each experiment has to do
CPU = torch.device("cpu")
BOUNDS = {  # two to four times what the dearest that is known takes
    "checked": Bound(20, 100),  # a config, out of what a visitor has sent
    "built": Bound(150, 400),  # a trainer
    "facts": Bound(15, 100),
    "row": Bound(300, 700),  # a pass of the loop, with all its mini-batches
    "piece": Bound(25, 150),  # of a picture; the whole of one that is not in pieces
    "file": Bound(10, 150),
    "question": Bound(60, 150),
}
ASKED = 20 if FEW else 200  # characters of a prompt, and as many that follow
T = TypeVar("T")


# --- what is drawn -------------------------------------------------------------------------------------------------


class Long(str):
    """A text that a failure does not print."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{len(self)} characters"


class Table(tuple[tuple[float, ...], ...]):
    """Rows that a failure does not print."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{len(self)} rows"


def _rows(count: int, columns: int, classes: int = 0) -> Table:
    """A table of numbers; with classes each row ends in one."""
    numbers = np.random.default_rng(0).normal(size=(count, columns)).round(3).tolist()
    return Table((*row, place % classes) if classes else tuple(row) for place, row in enumerate(numbers))


def _text(length: int, letters: int) -> Long:
    return Long("".join(map(chr, 0xAC00 + np.random.default_rng(0).integers(letters, size=length))))


LARGE: Mapping[str, list[Callable[[], dict[str, Any]]]] = {  # what a visitor may bring, which no bound of one field tells
    "linear_regression": [lambda: {"data": "own", "table": _rows(limits().table_rows, 2)}],
    "iris": [
        lambda: {
            "data": "own",
            "column_names": tuple(f"x{place}" for place in range(limits().table_features)),
            "class_names": tuple(f"c{place}" for place in range(limits().table_classes)),
            "table": _rows(limits().table_samples, limits().table_features, limits().table_classes),
        }
    ],
    "plane": [lambda: {"data": "own", "classes": 6, "table": _rows(500, 2, 6)}],
    "char_rnn": [
        lambda: {"text": "own", "own_text": _text(limits().text_characters, 300)},
        lambda: {"text": "own", "own_text": _text(limits().text_characters // 10, 3000)},
    ],
}
DEAREST: Mapping[str, dict[str, Any]] = {  # the dearest that is known
    "linear_regression": {"loss": "huber", "batch_size": 1, "optimizer": "AdamW", "standardize": True},
    "iris": {"hidden": (64,) * 4, "batch_size": 1, "test_share": 0.5, "optimizer": "AdamW", "activation": "gelu", "dropout": 0.9},
    "plane": {"data": "spiral", "points": 2000, "classes": 6, "hidden": (64,) * 6, "batch_size": 1, "optimizer": "AdamW"},
    "digits": {"channels": (32,) * 3, "kernel": 5, "hidden": (64,) * 3, "batch_size": 512, "pooling": "none"},
    "overfitting": {"points": 500, "degree": 40, "study": "double_descent"},
    "words": {"words": "extreme", "cell": "lstm", "hidden": 256},
    "char_rnn": {"cell": "lstm", "head": "linear", "hidden": 512, "layers": 2, "batch_size": 8, "sequence_length": 128},
}
ARGUMENTS: Mapping[str, Callable[[Mapping[str, Any]], list[str]]] = {  # of views that are nothing without one
    "regions": lambda facts: facts["planes"][-1:],
    "hidden": lambda facts: facts.get("hidden_planes", [""]),
    "units": lambda facts: ["20"],
    "layers": lambda facts: ["8" * 64],
    "reads": lambda facts: ["8" * 64],
    "unit": lambda facts: ["0"],
    "continuation": lambda facts: [Continuation(prompt="a" * ASKED, length=ASKED).name().partition(":")[2]],
}


def extremes(setting: Setting) -> st.SearchStrategy[Any]:
    """The ends of what a field can be, and its default."""
    match setting.kind:
        case "int" | "float":
            ends = {setting.low, setting.high} - {None}
            return st.sampled_from([*sorted(ends), setting.default])  # type: ignore[type-var]
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(setting.choices)
        case "choices":
            return st.sampled_from([setting.choices, setting.choices[:1]])
        case "integers":
            each = (int(setting.high or 0), int(setting.low or 0))
            return st.sampled_from([(each[0],) * (setting.longest or 1), (each[1],), setting.default])
    return st.just(setting.default)


@st.composite
def configs(draw: st.DrawFn, experiment: str) -> dict[str, Any]:
    """Fields at their extremes; those that do not go together are at their defaults."""
    declared = experiments.config_class(experiment).settings()
    fields = {name: draw(extremes(setting)) for name, setting in declared.items()} | {"device": "cpu"}
    large = draw(st.sampled_from([dict, *LARGE.get(experiment, ())]))
    brought: dict[str, Any] = large()
    return fields | brought


def settled(experiment: str, fields: dict[str, Any]) -> TrainingConfig:
    config_class = experiments.config_class(experiment)
    while True:
        try:
            return config_class.checked(fields).used()
        except ConfigError as error:
            refused = {problem.field for problem in error.problems} & fields.keys()
            assume(refused)  # else it is the default of a field that does not go with the others
            fields = {name: value for name, value in fields.items() if name not in refused}


# --- the tests -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("experiment", experiments.names())
def test_whatever_a_visitor_sets_each_piece_of_work_is_bounded(experiment: str) -> None:
    warm(experiment)

    @settings(max_examples=1 if FEW else 40, report_multiple_bugs=False)
    @example({"device": "cpu", **dearest(experiment)})
    @given(configs(experiment))
    def bounded(fields: dict[str, Any]) -> None:
        meter = Meter(BOUNDS)
        config = meter.bounded("checked", lambda: settled(experiment, fields))
        trainer = meter.bounded("built", lambda: Trainer(experiments.watch(experiment), config, CPU))
        facts = meter.bounded("facts", lambda: dict(trainer.experiment.facts()))
        failing = pytest.raises(RuntimeError, match="dtype") if fields.get("dtype") == "float64" else nullcontext()  # to be seen failing
        with failing, trainer.stream():
            meter.bounded("row", lambda: next(trainer))
        in_pieces(meter, "remember", lambda: trainer.experiment.remember(trainer.step))
        views = trainer.experiment.views
        for name in views:
            for argument in ARGUMENTS[name](facts) if name in ARGUMENTS else [""]:
                if (asked := f"{name}:{argument}".rstrip(":")) in views:
                    in_pieces(meter, asked, views[asked])
        spec = RunSpec(experiment, config, last=trainer.step)
        meter.bounded("file", lambda: parameters.file(trainer, "pt", spec), "pt")
        meter.bounded("file", lambda: parameters.file(trainer, "safetensors", spec), "safetensors")
        if "model" in cast(Programmed, trainer.experiment).names:
            with failing:
                meter.bounded("question", lambda: anatomy(trainer), "anatomy")

    bounded()


def warm(experiment: str) -> None:
    """What a first run imports is no run's."""
    trainer = Trainer(experiments.watch(experiment), settled(experiment, {"device": "cpu"}), CPU)
    gc.collect()
    parameters.file(trainer, "pt", RunSpec(experiment, trainer.begun))


def dearest(experiment: str) -> dict[str, Any]:
    fields = DEAREST.get(experiment, {})
    return fields if "data" in fields else {**LARGE.get(experiment, [dict])[0](), **fields}


def test_each_piece_of_a_file_of_a_long_history_is_bounded() -> None:
    rows = limits().history_rows if not FEW else 1000
    steps, columns = np.arange(rows), {f"metric {place}": np.linspace(0, 1, rows) for place in range(12)}
    in_pieces(Meter(BOUNDS), "tfevents", lambda: event_file(steps, columns))
