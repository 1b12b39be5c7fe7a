"""Runs that are stopped or held on their way: file, notebook and link end with their last row, bit for bit.

Real workers record them. No rhythm is kept: each is stopped or held wherever it happens to be when it is told.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from core import experiments
from core.engine import LocalPool
from core.program.trainer import Trainer
from core.run.handle import Run
from core.run.replay import Replay, replay
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.config import OPTIMIZERS
from core.settings.limits import Limits
from tests.core.program.test_export import cells, execute, losses
from ui.stream.files import program

pytestmark = pytest.mark.usefixtures("one_thread")
PATIENCE = 60.0  # seconds
SPEED = 1000.0  # steps a second: what is recorded while a test is slow is done again three times
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "linear_regression": [
        {"data": "line", "batch_size": 0},
        {"data": "diabetes", "batch_size": 7, "formulation": "module"},
        {"batch_size": 2, "start": "pytorch"},
        {"data": "line", "batch_size": 20, "loss": "huber", "standardize": True},
    ],
    "iris": [{}, {"batch_size": 16, "test_share": 0.3}, {"dropout": 0.3, "test_share": 0.3, "patience": 2000}],
    "char_rnn": [{}, {"text": "hello", "head": "linear", "clip": 0.5, "cell": "gru"}, {"sequence_length": 5, "batch_size": 2}],
}
BENT = {
    "linear_regression": {"weight_decay": 0.01, "lr": 0.003, "batch_size": 3},
    "iris": {"weight_decay": 0.01, "lr": 0.003, "dropout": 0.5, "batch_size": 50},
    "char_rnn": {"weight_decay": 0.01, "lr": 0.003, "clip": 0.2},
}


@pytest.fixture(scope="module")
def opened() -> Iterator[Callable[..., Run]]:
    pool = LocalPool(bounds=Limits(workers=1))
    pool.start()
    yield pool.open
    pool.close()


def until(run: Run, true: Callable[[], bool]) -> None:
    assert run.wait_for(true, PATIENCE), run.snapshot()


def bend(run: Run, chance: random.Random) -> None:
    """Change one of the fields, wherever the run is; an ended one takes none."""
    field, value = chance.choice(sorted(BENT[run.experiment].items()))
    run.change(field, run.current_config.replace(**{field: value}))


def interrupted(opened: Callable[..., Run], experiment: str, values: dict[str, Any], chance: random.Random) -> Run:
    """A run that was changed at its first row, on its way and at its last one, and is stopped or held there."""
    config = experiments.config_class(experiment).checked({**values, "epochs": 100_000, "lr": 0.001})
    run = opened(RunSpec(experiment, config), speed=SPEED)
    until(run, lambda: run.status is Status.PAUSED)
    if chance.random() < 0.7:
        bend(run, chance)
    if chance.random() < 0.5:
        run.advance(chance.randint(1, 12))
        until(run, lambda: run.answered)
        bend(run, chance)
    run.train()
    stop = chance.random() < 0.5
    goal = run.step + chance.choice([0, 1, 5, 30]) if stop else max(run.step, 1)  # one that is held before row 1 has not begun
    until(run, lambda: run.history.last_step >= goal)
    if chance.random() < 0.5:
        bend(run, chance)
    (run.stop if stop else run.pause)()
    bend(run, chance)
    return run


def reached(spec: RunSpec) -> list[float]:
    """The losses of a run that begins so, done again here."""
    trainer = Trainer(experiments.watch(spec.experiment), spec.config, torch.device("cpu"), spec.changes)
    with trainer.stream():
        return [row["loss"] for _, row in trainer]


def ends_alike(run: Run, as_notebook: bool) -> None:
    """All that is taken home from `run` ends in its last loss, and makes no change that no update has used."""
    until(run, lambda: run.answered)
    row, found = run.history.last_step, float(run.history.column("loss")[-1])
    written = program(run)
    printed = execute(cells(written) if as_notebook else written.source)[1]
    assert printed[-1] == f"loss: {found!r}", (run.config, run.changes, row)
    done = replay(run)
    again = Replay.read(str(done), run.experiment, done.spec.config)
    assert (again.spec.last, str(again.loss)) == (row, str(found))
    assert reached(again.spec)[row - again.spec.first] == found
    assert all(change.step < row for change in run.spec().settled.changes)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("experiment", SETTINGS)
def test_what_is_taken_home_ends_where_the_run_ended(opened: Callable[..., Run], experiment: str, optimizer: str) -> None:
    chance = random.Random(f"{experiment} {optimizer}")  # noqa: S311  # a drawn test, no secret
    runs = [interrupted(opened, experiment, values | {"optimizer": optimizer}, chance) for values in SETTINGS[experiment]]
    for run in runs:
        ends_alike(run, as_notebook=chance.random() < 0.3)


@pytest.mark.parametrize("end", ["stop", "pause"])
def test_a_run_that_is_ended_has_answered_only_with_its_last_row(opened: Callable[..., Run], end: str) -> None:
    """Its status is known at once; the rows until its worker hears of it are still on their way."""
    config = experiments.config_class("linear_regression").checked({"data": "line", "batch_size": 7, "epochs": 100_000})
    run = opened(RunSpec("linear_regression", config))
    until(run, lambda: run.status is Status.PAUSED)
    run.change("weight_decay", run.current_config.replace(weight_decay=0.01))
    run.train()
    until(run, lambda: run.step > 50)
    getattr(run, end)()
    assert not run.answered
    until(run, lambda: run.answered)
    row = run.step
    run.advance(0) if end == "pause" else run.stop()
    assert run.history.last_step == row
    assert losses("linear_regression", config.replace(epochs=row), list(run.changes))[-1] == run.history.column("loss")[-1]


def test_a_run_that_is_not_begun_is_written_to_its_end_and_a_held_one_also_as_it_would_go_on(opened: Callable[..., Run]) -> None:
    for experiment in experiments.names():
        run = opened(RunSpec(experiment, experiments.config_class(experiment).checked({"epochs": 20})))
        until(run, lambda run=run: run.status is Status.PAUSED)  # type: ignore[misc]
        assert run.spec().last is None
        run.advance(7)
        until(run, lambda run=run: run.answered)  # type: ignore[misc]
        assert run.spec().last == run.step == 7
        assert run.spec(held=False).last is None
