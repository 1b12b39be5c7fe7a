"""Checkpoints: from any of them a run goes on with the same bits, under the microscope too; a dead worker costs two seconds."""

import itertools
from typing import Any, cast

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import experiments
from core.engine.hosted import SAVED_SECONDS, Hosted
from core.engine.loop_view import LoopView
from core.engine.visit import PastVisit
from core.program import pieces
from core.program.microscope import Microscope
from core.program.randomness import Randomness
from core.program.state import State, size
from core.program.trainer import Trainer
from core.run.checkpoints import SPACING_SECONDS, Checkpoint, Checkpoints
from core.run.messages import Open, Past, Train, Visit
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.config import TrainingConfig
from tests.core.program.test_export import CHAR_RNN, IRIS, LINEAR_REGRESSION, changes_of

CPU = torch.device("cpu")
FIELDS = {"linear_regression": LINEAR_REGRESSION, "iris": IRIS, "char_rnn": CHAR_RNN}
drawn = settings(max_examples=20, suppress_health_check=list(HealthCheck))
Rows = dict[int, dict[str, str]]  # written out: a NaN is not equal to itself


def clock() -> Any:
    """A second goes by whenever it is looked at, so that every pass is kept."""
    ticks = itertools.count()
    return lambda: float(next(ticks))


def linear_regression(**fields: Any) -> TrainingConfig:
    return experiments.config_class("linear_regression").checked(fields)


def whole(trainer: Trainer, most: int = 1024) -> Rows:
    """Train to the end; every pass is kept, or every second, fourth, … of them."""
    trainer.checkpoints = Checkpoints(clock(), most, 2**30)  # room for every pass of the largest model
    with trainer.stream():
        return {step: {name: repr(value) for name, value in row.items()} for step, row in trainer}


@pytest.mark.parametrize("experiment", FIELDS)
def test_a_run_goes_on_from_any_checkpoint_with_the_same_bits(experiment: str) -> None:
    @drawn
    @given(values=st.fixed_dictionaries(FIELDS[experiment]), data=st.data())
    def check(values: dict[str, Any], data: st.DataObject) -> None:
        config = experiments.config_class(experiment).checked(values)
        trainer = Trainer(experiments.watch(experiment), config, CPU, changes_of(experiment, config, data))
        rows = whole(trainer)
        row = data.draw(st.sampled_from(sorted(rows)))
        start = trainer.checkpoints.before(row)
        assert start is not None
        assert start.row == row
        sent = Checkpoint.unpacked(start.packed())
        again = Trainer(type(trainer.experiment), config, CPU, trainer.changes, sent)
        assert whole(again) == {step: numbers for step, numbers in rows.items() if step >= row}
        assert again.changes == trainer.changes
        assert again.outcome == trainer.outcome

    check()


@pytest.mark.parametrize("experiment", FIELDS)
def test_the_microscope_sees_the_same_from_a_checkpoint_as_from_the_beginning(experiment: str) -> None:
    @drawn
    @given(values=st.fixed_dictionaries(FIELDS[experiment]), data=st.data())
    def check(values: dict[str, Any], data: st.DataObject) -> None:
        config = experiments.config_class(experiment).checked(values)
        trainer = Trainer(experiments.watch(experiment), config, CPU, changes_of(experiment, config, data))
        row = data.draw(st.sampled_from(sorted(whole(trainer))))
        pictures = []
        for start in (None, trainer.checkpoints.before(row)):
            microscope = Microscope(RunSpec(experiment, config, tuple(trainer.changes)), start=start)
            assert microscope.at(row)
            pictures.append(repr(pieces.whole(microscope.whole_pass())))  # a NaN is not equal to itself
        assert pictures[0] == pictures[1]

    check()


def test_a_longer_run_keeps_as_many_checkpoints_evenly_spaced() -> None:
    trainer = Trainer(experiments.watch("linear_regression"), linear_regression(epochs=1000), CPU)
    whole(trainer, most=64)
    rows = [trainer.checkpoints.before(row) for row in range(1001)]
    kept = sorted({start.row for start in rows if start})
    assert len(trainer.checkpoints) == len(kept)
    assert 32 <= len(kept) <= 64
    assert kept[0] == 0
    gaps = np.diff(kept)
    assert gaps.max() <= 2 * gaps.min()


def test_checkpoints_take_no_more_room_than_they_may() -> None:
    trainer = Trainer(experiments.watch("iris"), experiments.config_class("iris").checked({"epochs": 200}), CPU)
    with trainer.stream():
        next(trainer)
        room = 10 * size(cast(Any, trainer.experiment).captured()) + torch.get_rng_state().nbytes  # nothing is drawn: it is shared
        trainer.checkpoints = Checkpoints(clock(), room=room)
        for _ in trainer:
            pass
    newest = trainer.checkpoints.newest
    assert newest is not None
    assert 4 <= len(trainer.checkpoints) <= 10


def test_each_checkpoint_has_the_random_state_of_its_own_gpu() -> None:
    """What is drawn on a GPU leaves the CPU's state as it was."""
    state, cpu = State((), [], [], {}, None), torch.get_rng_state()
    checkpoints = Checkpoints(clock())
    for row in (1, 2):
        checkpoints.keep(Checkpoint(row, state, Randomness(cpu.clone(), torch.tensor([row]))))
    found = [checkpoints.before(row) for row in (1, 2)]
    assert [one.random.gpu.item() for one in found if one and one.random.gpu is not None] == [1, 2]


def test_time_in_which_others_train_brings_no_checkpoint_nearer() -> None:
    now = [0.0]
    checkpoints = Checkpoints(lambda: now[0])
    checkpoints.keep(Checkpoint(1, State((), [], [], {}, None), Randomness(torch.get_rng_state(), None)))
    now[0] = 10.0
    checkpoints.rested(10.0)
    assert not checkpoints.due(2)
    now[0] += SPACING_SECONDS
    assert checkpoints.due(2)


def test_a_state_that_is_too_large_alone_is_not_kept_and_not_asked_for_at_once() -> None:
    checkpoints = Checkpoints(clock(), room=1_000_000)
    large = State((np.zeros(1_000_000),), [], [], {}, None)
    assert checkpoints.due(1)
    checkpoints.keep(Checkpoint(1, large, Randomness(torch.get_rng_state(), None)))
    assert len(checkpoints) == 0
    assert not checkpoints.due(2)


# --- in a worker -------------------------------------------------------------------------------------------------------


class Watch:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Watch, **more: Any) -> Hosted:
    """A run of iris that goes on, in the place where a worker has it."""
    spec = RunSpec("iris", experiments.config_class("iris").checked({"epochs": 500}))
    given = {"known": 0, "replay_to": -1, "status": Status.RUNNING, "speed": None, "watched": frozenset(), **more}
    hosted = Hosted(Open("run", 0, 1, spec, **given), clock)
    hosted.build(experiments, CPU)
    return hosted


def test_a_run_that_is_lost_goes_on_from_what_was_last_sent() -> None:
    watch = Watch()
    hosted = opened(watch)
    trainer = cast(Trainer, hosted.trainer)
    trainer.checkpoints = Checkpoints(clock())
    hosted.obey(Train("run", 0, 2))
    for _ in range(120):
        hosted.turn(0.0)
    assert hosted.report().checkpoint is None
    watch.now += SAVED_SECONDS
    sent = hosted.report().checkpoint
    assert sent is not None
    assert hosted.report().checkpoint is None
    for _ in range(30):
        hosted.turn(0.0)
    rows = hosted.report().rows
    assert rows

    again = opened(watch, replay_to=150, checkpoint=sent)
    assert cast(Trainer, again.trainer).step == 119  # not from the beginning
    while again.replaying:
        again.turn(0.0)
    assert again.step == 150
    assert again.status is Status.RUNNING
    assert again.report().rows is None  # they are known
    for one in (hosted, again):
        one.turn(0.0)
    ours, theirs = hosted.report().rows, again.report().rows
    assert ours is not None
    assert theirs is not None
    assert ours.table.tobytes() == theirs.table.tobytes()


def test_a_held_run_is_under_the_microscope_after_a_few_passes() -> None:
    """Wherever the run was looked at before: here the clock allows one statement at a look."""
    config = linear_regression(epochs=1000)
    trainer = Trainer(experiments.watch("linear_regression"), config, CPU)
    trainer.checkpoints = Checkpoints(clock())
    opening = Open("run", 0, 1, RunSpec("linear_regression", config), 0, -1, Status.PAUSED, None, frozenset())
    loop_view = LoopView(opening, clock())
    for row in (3, 900):
        with trainer.stream():
            while trainer.step < row:
                next(trainer)
        looks = [pieces.whole(loop_view.beside(trainer, held=True)["loop"]())]
        while loop_view.behind:
            looks.append(pieces.whole(loop_view.beside(trainer, held=True)["loop"]()))
        assert looks[-1]["pass"] == row
        assert len(looks) <= 30


def test_any_row_of_the_past_can_be_visited() -> None:
    trainer = Trainer(experiments.watch("linear_regression"), linear_regression(epochs=300), CPU)
    trainer.checkpoints = Checkpoints(clock(), 16)
    rows = {}
    with trainer.stream():
        for step, row in trainer:
            rows[step] = row
            if step == 100:
                trainer.change("lr", 0.02)
    watch = Watch()
    visiting = PastVisit(Visit("ticket", "run", 150, ("line", "nothing_of_the_kind")), trainer, watch)
    turns = 0
    while visiting.answer is None:
        visiting.turn(0.0)
        turns += 1
    past = visiting.answer.value
    assert isinstance(past, Past)
    assert turns > 5  # others have their turns between
    assert past.row == rows[150]
    assert past.config["lr"] == 0.02
    assert [parameter.item() for parameter in past.parameters] == [rows[150]["W"], rows[150]["b"]]
    assert past.views.keys() == {"line"}
    assert past.views["line"] != trainer.experiment.views["line"]()
    assert trainer.step == 300


@pytest.mark.parametrize("step", [-1, 301])
def test_a_row_that_there_is_not_cannot_be_visited(step: int) -> None:
    trainer = Trainer(experiments.watch("linear_regression"), linear_regression(epochs=300), CPU)
    whole(trainer)
    visiting = PastVisit(Visit("ticket", "run", step), trainer, Watch())
    visiting.turn(0.0)
    assert visiting.answer is not None
    assert visiting.answer.value is None
    assert "no such row" in visiting.answer.refusal
