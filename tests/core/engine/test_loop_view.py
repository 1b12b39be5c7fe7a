"""The loop_view: the view `loop` of a run, computed only while somebody looks, a little at a time."""

import itertools
from dataclasses import replace
from typing import Any, cast

import pytest
import torch

from core.engine.loop_view import LoopView
from core.experiments.iris.config import IrisConfig
from core.experiments.iris.watch import Iris
from core.experiments.linear_regression.config import LinearRegressionConfig
from core.experiments.linear_regression.watch import LinearRegression
from core.program.pieces import whole
from core.program.trainer import Trainer
from core.run.messages import Open
from core.run.spec import RunSpec
from core.run.status import Status

CONFIG = LinearRegressionConfig()
OPEN = Open("run", 0, 1, RunSpec("linear_regression", CONFIG), 0, -1, Status.PAUSED, None, frozenset())


def held_at(step: int) -> Trainer:
    trainer = Trainer(LinearRegression, CONFIG, torch.device("cpu"))
    with trainer.stream():
        while trainer.step < step:
            next(trainer)
    return trainer


def look(loop_view: LoopView, trainer: Trainer, name: str = "loop", held: bool = True) -> dict[str, Any]:
    return cast("dict[str, Any]", whole(loop_view.beside(trainer, held)[name]()))


def test_it_shows_the_pass_of_the_present_row_beside_the_experiments_own_views() -> None:
    loop_view, trainer = LoopView(OPEN, lambda: 0.0), held_at(4)
    assert look(loop_view, trainer)["pass"] == 4
    assert "line" in loop_view.beside(trainer, held=True)
    assert "loop:nothing_of_the_kind" not in loop_view.beside(trainer, held=True)
    with trainer.stream():
        next(trainer)
    assert look(loop_view, trainer)["pass"] == 5


def test_the_first_pass_is_shown_before_its_row_and_after_it() -> None:
    """A run whose rows begin at 1 is held in pass 1 at step 0 already."""
    config = IrisConfig()
    trainer = Trainer(Iris, config, torch.device("cpu"))
    loop_view = LoopView(replace(OPEN, spec=RunSpec("iris", config)), lambda: 0.0)
    passes = [look(loop_view, trainer)["pass"]]
    with trainer.stream():
        for _ in range(2):
            next(trainer)
            passes.append(look(loop_view, trainer)["pass"])
    assert passes == [1, 1, 2]


def test_a_broken_program_is_not_run_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.engine.loop_view.BROKEN_ROWS", 3)
    loop_view, trainer = LoopView(OPEN, lambda: 0.0), held_at(4)
    assert look(loop_view, trainer, "loop:forgot_item") == {"step": 4, "too_far": 3}
    assert look(loop_view, trainer)["pass"] == 4


def test_a_broken_program_that_keeps_too_much_is_not_run_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some mistakes keep a graph for each update: a loop of mini-batches has thousands of them after a few rows."""
    loop_view, trainer = LoopView(OPEN, lambda: 0.0), held_at(12)
    nodes = look(loop_view, trainer, "loop:forgot_item")["pictures"][-1]["kept"]["nodes"]
    monkeypatch.setattr("core.engine.loop_view.KEPT_NODES", nodes // 2)
    loop_view = LoopView(OPEN, lambda: 0.0)
    far = look(loop_view, trainer, "loop:forgot_item")["too_far"]
    assert 4 <= far <= 8
    assert look(loop_view, held_at(far), "loop:forgot_item")["pass"] == far
    assert look(loop_view, trainer, "loop:no_zero_grad")["pass"] == 12


def test_a_run_that_goes_on_has_no_pass_to_show() -> None:
    assert look(LoopView(OPEN, lambda: 0.0), held_at(4), held=False) == {"going": True}


def test_it_comes_to_its_pass_a_little_at_a_time() -> None:
    ticks = itertools.count()
    loop_view, trainer = LoopView(OPEN, lambda: float(next(ticks))), held_at(3)
    seen = [look(loop_view, trainer)]
    while loop_view.behind:
        seen.append(look(loop_view, trainer))
    assert len(seen) > 3
    assert seen[-2]["step"] == 3
    assert "pictures" not in seen[-2]
    assert seen[-1]["pass"] == 3


def test_a_change_is_part_of_the_program() -> None:
    loop_view, trainer = LoopView(OPEN, lambda: 0.0), held_at(2)
    assert look(loop_view, trainer)["optimizer"]["lr"] == 0.01
    change = trainer.change("lr", 0.05)
    assert change is not None
    loop_view.changes.append(change)
    assert look(loop_view, trainer)["optimizer"]["lr"] == 0.05


def test_a_program_that_failed_earlier_is_shown_where_it_failed() -> None:
    seen = look(LoopView(OPEN, lambda: 0.0), held_at(5), "loop:backward_twice")
    assert seen["pass"] == 0
    assert seen["pictures"][-1]["executed"] == 4
    assert seen["pictures"][-1]["error"]["type"] == "RuntimeError"
