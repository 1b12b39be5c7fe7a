"""Runs whose worker died come back one after another."""

import numpy as np
import pytest

from core.engine.housekeeping import RecoveryQueue
from core.run.handle import Run, Status
from core.run.messages import Command, Open, Rows, Update
from core.run.spec import RunSpec
from tests.core.engine.fakes import FakeConfig

Sent = list[Command]


@pytest.fixture
def sent() -> Sent:
    return []


@pytest.fixture
def runs(sent: Sent) -> list[Run]:
    """Three runs that train and whose worker has just died."""
    runs = [Run(RunSpec("fake", FakeConfig()), sent.append, clock=lambda: 0.0) for _ in range(3)]
    for run in runs:
        run.train()
        run.lost()
    sent.clear()
    return runs


def opened(sent: Sent) -> list[str]:
    return [command.run for command in sent if isinstance(command, Open)]


def news(run: Run, step: int | None = None) -> None:
    """The new worker says that it trains; with `step` also that it has made a row."""
    rows = None if step is None else Rows(("loss",), np.array([step]), np.array([[1.0]]))
    run.receive(Update(run.id, run.generation, 99, Status.RUNNING, step or 0, None, rows=rows))


def test_the_next_one_waits_until_the_one_before_is_well(runs: list[Run], sent: Sent) -> None:
    returning = RecoveryQueue()
    returning.add(runs)
    assert opened(sent) == [runs[0].id]
    returning.hurry()
    news(runs[0])
    returning.seen(runs[0])
    assert opened(sent) == [runs[0].id], "it trains, but has made no row"
    news(runs[0], 1)
    returning.seen(runs[0])
    assert opened(sent) == [runs[0].id, runs[1].id]


def test_a_long_replay_does_not_keep_the_others_waiting(runs: list[Run], sent: Sent) -> None:
    returning = RecoveryQueue()
    returning.add(runs)
    returning.hurry()
    assert len(opened(sent)) == 1, "its worker has not been heard of yet"
    returning.seen(runs[0])
    returning.hurry()
    assert len(opened(sent)) == 2


def test_who_dies_alone_is_counted_alone(runs: list[Run], sent: Sent) -> None:
    returning = RecoveryQueue()
    returning.add(runs)
    killer, *others = runs
    for _ in range(2):
        killer.lost()
        returning.add([killer])
        for run in others:  # each comes back in its turn
            news(run, run.step + 1)
            returning.seen(run)
    assert killer.status is Status.FAILED
    assert [run.status for run in others] == [Status.RUNNING, Status.RUNNING]


def test_a_run_that_was_given_up_meanwhile_makes_way(runs: list[Run], sent: Sent) -> None:
    returning = RecoveryQueue()
    returning.add(runs)
    runs[0].stop()
    returning.hurry()
    assert opened(sent) == [runs[0].id, runs[1].id]


def test_who_is_watched_comes_first(runs: list[Run], sent: Sent) -> None:
    runs[2].watch("somebody")
    sent.clear()
    RecoveryQueue().add(runs)
    assert opened(sent) == [runs[2].id]
