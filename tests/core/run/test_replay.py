"""A run as a link holds it: written, read, refused, and done again to the last bit."""

from collections.abc import Callable
from typing import Any

import pytest

from core import experiments
from core.engine import LocalPool
from core.experiments.linear_regression.config import LinearRegressionConfig
from core.run.change import Change
from core.run.handle import Run
from core.run.replay import Replay, replay
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.config import ConfigError
from core.settings.limits import Limits
from tests.ui.scripted_run import ScriptedRun

PATIENCE = 60.0  # seconds
NAME = "linear_regression"
CONFIG = LinearRegressionConfig(epochs=300)


def test_text_and_replay_say_the_same() -> None:
    changes = (Change(100, "lr", 0.01, 0.05), Change(100, "weight_decay", 0.0, 0.25), Change(200, "lr", 0.05, 1e-05))
    wanted = Replay(RunSpec(NAME, CONFIG, changes, 300), 0.1 + 0.2)
    assert str(wanted) == "100:lr=0.05,100:weight_decay=0.25,200:lr=1e-05,300:loss=0.30000000000000004"
    assert Replay.read(str(wanted), NAME, CONFIG) == wanted
    assert Replay.read("300:loss=nan", NAME, CONFIG).spec.changes == ()


@pytest.mark.parametrize(
    "text",
    ["", "100", "100:lr=0.05", "x:lr=0.05,300:loss=1", "100:seed=3,300:loss=1", "100:nothing=3,300:loss=1", "300:loss=much",
     "200:lr=0.1,100:lr=0.2,300:loss=1", "-1:lr=0.1,300:loss=1", "300:lr=0.1,300:loss=1",
     "400:lr=0.1,300:loss=1"],
)  # fmt: skip
def test_what_is_no_replay_is_named(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Replay.read(text, NAME, CONFIG)
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [("replay", "no_change")]


def test_a_value_out_of_bounds_is_named_with_its_bounds() -> None:
    with pytest.raises(ConfigError) as caught:
        Replay.read("100:lr=77,300:loss=1", NAME, CONFIG)
    (problem,) = caught.value.problems
    assert (problem.field, problem.bounds) == ("lr", "1e-06 … 10")


def test_a_change_before_the_first_row_is_named() -> None:
    with pytest.raises(ConfigError):
        Replay.read("0:lr=0.5,50:loss=1", "iris", experiments.config_class("iris")())


def test_a_run_that_was_stopped_at_row_0_has_a_replay() -> None:
    run = ScriptedRun()
    run.descend(1, Status.STOPPED)
    assert replay(run).spec.config.epochs == 1


@pytest.fixture(scope="module")
def opened() -> Any:
    pool = LocalPool(bounds=Limits(workers=1))
    pool.start()
    yield pool.open
    pool.close()


def until(run: Run, *statuses: Status) -> Run:
    assert run.wait_for(lambda: run.status in statuses, PATIENCE), run.snapshot()
    return run


def changed(run: Run, row: int, lr: float) -> None:
    """Go on to this row, and change lr there."""
    run.advance(row - run.step)
    assert run.wait_for(lambda: run.step == row, PATIENCE)
    run.change("lr", run.current_config.replace(lr=lr))
    assert run.wait_for(lambda: run.current_config.model_dump()["lr"] == lr, PATIENCE)


@pytest.mark.parametrize("name", experiments.names())
@pytest.mark.parametrize("stopped", [False, True])
def test_a_run_with_changes_is_done_again(opened: Callable[..., Run], name: str, stopped: bool) -> None:
    config = experiments.config_class(name).checked({"epochs": 40})
    run = until(opened(RunSpec(name, config)), Status.PAUSED)
    for row, lr in ((10, 0.002), (20, 0.03)):
        changed(run, row, lr)
    if stopped:
        run.advance(5)
        assert run.wait_for(lambda: run.step == 25, PATIENCE)
        run.stop()
    run.train()
    until(run, Status.STOPPED if stopped else Status.FINISHED)
    done = replay(run)
    wanted = Replay.read(str(done), name, done.spec.config)
    assert [(change.step, change.new) for change in wanted.spec.changes] == [(10, 0.002), (20, 0.03)]
    again = until(opened(wanted.spec), Status.PAUSED)
    assert again.changes == ()
    again.train()
    until(again, Status.FINISHED)
    assert wanted.is_reached_by(again)
    assert again.changes == wanted.spec.changes
    assert again.history.column("loss").tolist() == run.history.column("loss").tolist()
    again.reset()
    until(again, Status.PAUSED)
    again.train()
    until(again, Status.FINISHED)
    assert not wanted.is_reached_by(again)
    assert again.changes == ()
