"""The handle that a page holds, with a list in place of a worker."""

import json
from typing import Any

import numpy as np
import pytest

from core.run.change import Change
from core.run.handle import MOST_WATCHED, Run, Status
from core.run.messages import Command, Open, Pause, Rows, SetField, SetSpeed, Step, Stop, Train, Update, Watch
from core.run.spec import RunSpec
from core.settings.config import ConfigError
from tests.core.engine.fakes import FakeConfig


class Desk:
    """A run, what it has sent, and a hand to answer with."""

    def __init__(self, **config: Any) -> None:
        self.now = 0.0
        self.sent: list[Command] = []
        self.order = 0
        self.run = Run(RunSpec("fake", FakeConfig(**config)), self._take, clock=lambda: self.now)
        self.run.open()

    def _take(self, command: Command) -> None:
        self.sent.append(command)
        self.order = command.order

    def answer(self, status: Status, steps: tuple[int, ...] = (), **more: Any) -> None:
        """What a worker says that has obeyed all commands, or those up to `order`."""
        rows = Rows(("loss",), np.array(steps), np.array(steps, float)[:, None]) if steps else None
        step = steps[-1] if steps else self.run.step
        defaults = {"generation": self.run.generation, "order": self.order, "step": step, "rate": None, "rows": rows}
        self.run.receive(Update(run=self.run.id, status=status, **{**defaults, **more}))

    def status(self) -> Status:
        return self.run.status

    def answered(self) -> bool:
        return self.run.answered

    def unwatched(self) -> float | None:
        return self.run.unwatched_since

    @property
    def kinds(self) -> list[type[Command]]:
        return [type(command) for command in self.sent]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.answer(Status.PAUSED, (0,))
    desk.sent.clear()
    return desk


def test_a_new_run_is_queued_until_it_is_built() -> None:
    desk = Desk(epochs=7)
    (opening,) = desk.sent
    assert isinstance(opening, Open)
    assert opening.spec.config.epochs == 7
    assert opening.replay_to == -1
    assert desk.status() is Status.QUEUED
    assert desk.run.last == 7
    assert desk.run.step == 0
    desk.answer(Status.PAUSED, (0,), facts={"best": 1})
    assert desk.status() is Status.PAUSED
    assert desk.run.facts == {"best": 1}
    assert len(desk.run.history) == 1


def test_ids_cannot_be_guessed_and_differ() -> None:
    one, other = Desk().run, Desk().run
    assert len({one.id, one.watch_id, other.id, other.watch_id}) == 4
    assert len(one.id) >= 20


def test_status_shows_what_was_asked_for_until_the_worker_knows(desk: Desk) -> None:
    assert desk.answered()
    desk.run.train()
    assert desk.status() is Status.RUNNING
    desk.answer(Status.PAUSED, order=desk.sent[-1].order - 1)
    assert desk.status() is Status.RUNNING, "an answer from before the command says nothing about it"
    assert not desk.answered()
    desk.answer(Status.RUNNING)
    assert desk.answered()
    desk.run.pause()
    assert not desk.run.snapshot()["answered"]
    desk.answer(Status.FINISHED, (1, 2), order=desk.sent[-1].order - 1)
    assert desk.status() is Status.FINISHED, "an end is an end"
    assert desk.answered()


def test_a_status_that_nobody_will_answer_any_more_counts_as_answered(desk: Desk) -> None:
    desk.run.train()
    desk.run.lost()
    assert desk.status() is Status.QUEUED
    assert desk.answered()
    desk.run.reopen()
    desk.answer(Status.RUNNING, (1,))
    desk.run.stop("dropped")
    assert not desk.answered(), "rows from before may be on their way"
    desk.run.forgotten()
    assert desk.answered()


@pytest.mark.parametrize("left_alone", ["lost", "fail"])
def test_a_stop_that_a_dead_worker_never_heard_counts_as_answered(desk: Desk, left_alone: str) -> None:
    desk.run.train()
    desk.run.stop()
    desk.answer(Status.RUNNING, (1, 2), order=desk.sent[-1].order - 1)
    assert (desk.status(), desk.run.step, desk.answered()) == (Status.STOPPED, 2, False)
    desk.run.lost() if left_alone == "lost" else desk.run.fail("no_worker")
    assert (desk.status(), desk.answered()) == (Status.STOPPED, True)


def test_what_it_has_done_ends_with_its_last_row_once_it_is_held_or_ended(desk: Desk) -> None:
    def lasts() -> tuple[int | None, int | None]:
        return desk.run.spec().last, desk.run.spec(held=False).last

    assert lasts() == (None, None), "row 0 is there before any update"
    desk.run.train()
    desk.answer(Status.RUNNING, (1, 2))
    assert lasts() == (None, None), "it goes on"
    desk.run.pause()
    desk.answer(Status.PAUSED, (3,))
    assert lasts() == (3, None)
    desk.run.stop()
    desk.answer(Status.STOPPED)
    assert lasts() == (3, 3)
    desk.run.reset()
    desk.run.stop()
    assert lasts() == (None, None), "it has no row at all"


def test_commands_are_idempotent(desk: Desk) -> None:
    desk.run.pause()
    assert desk.kinds == []
    desk.run.train()
    desk.run.train()
    assert desk.kinds == [Train]
    desk.run.pause()
    desk.run.pause()
    desk.run.advance()
    desk.run.stop()
    desk.run.stop()
    desk.run.train()
    desk.run.advance()
    desk.run.change("lr", desk.run.current_config.replace(lr=0.5))
    assert desk.kinds == [Train, Pause, Step, Stop]
    assert desk.status() is Status.STOPPED


def test_speed_is_sent_when_it_differs(desk: Desk) -> None:
    desk.run.set_speed(None)
    desk.run.set_speed(60.0)
    desk.run.set_speed(60.0)
    assert desk.kinds == [SetSpeed]
    assert desk.run.speed == 60.0


def test_a_change_is_recorded_when_the_worker_says_where_it_took_effect(desk: Desk) -> None:
    desk.run.change("lr", desk.run.current_config.replace(lr=0.5))
    desk.run.change("lr", desk.run.current_config.replace(lr="0.5"))
    assert desk.kinds == [SetField]
    assert not list(desk.run.changes)
    change = Change(3, "lr", 0.01, 0.5)
    desk.answer(Status.RUNNING, (1, 2, 3), changes=(change,))
    assert desk.run.changes == (change,)
    assert desk.run.current_config.differences(desk.run.config) == {"lr": 0.5}
    desk.run.change("lr", desk.run.current_config.replace(lr=0.5))
    assert desk.kinds == [SetField]


@pytest.mark.parametrize(("field", "value"), [("lr", 99.0), ("lr", "fast"), ("optimizer", "Adam"), ("nonsense", 1)])
def test_a_bad_change_is_refused_at_once_with_its_name(desk: Desk, field: str, value: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        desk.run.change(field, desk.run.current_config.replace(**{field: value}))
    assert caught.value.problems[0].field == field
    assert desk.sent == []


def test_reset_starts_over_and_keeps_the_curve(desk: Desk) -> None:
    ids = desk.run.id, desk.run.watch_id
    desk.run.reset()
    assert not list(desk.run.past), "one row is no curve"
    desk.answer(Status.FINISHED, tuple(range(3000)), changes=(Change(5, "lr", 0.01, 0.2),))
    desk.run.reset(FakeConfig(optimizer="Adam", lr=0.05))
    assert (desk.run.id, desk.run.watch_id) == ids
    assert desk.run.generation == 2
    assert desk.status() is Status.QUEUED
    assert len(desk.run.history) == 0
    assert len(desk.run.changes) == 0
    (past,) = desk.run.past
    assert len(past.steps) <= 500
    assert past.columns["loss"][-1] == 2999.0
    assert past.label(desk.run.config) == {"optimizer": "SGD", "lr": [0.01, 0.2]}
    desk.answer(Status.RUNNING, (1, 2, 3), generation=1)
    assert len(desk.run.history) == 0, "late news of the generation before"


def test_five_past_curves_are_kept_and_can_be_taken_away(desk: Desk) -> None:
    for seed in range(7):
        desk.run.reset(FakeConfig(seed=seed))
        desk.answer(Status.FINISHED, (0, 1, 2))
    desk.run.reset()
    assert [past.spec.config.seed for past in desk.run.past] == [2, 3, 4, 5, 6]
    desk.run.forget_past(1)
    desk.run.forget_past(99)
    assert [past.spec.config.seed for past in desk.run.past] == [2, 4, 5, 6]


def test_watchers_are_counted_by_token(desk: Desk) -> None:
    assert desk.unwatched() == 0.0
    desk.run.watch("a", {"line"})
    desk.run.watch("b", {"line"})
    desk.run.watch("b", {"line", "surface"})
    assert desk.unwatched() is None
    desk.run.unwatch("a")
    desk.now = 9.0
    desk.run.unwatch("b")
    desk.run.unwatch("b")
    views = [set(command.views) for command in desk.sent if isinstance(command, Watch)]
    assert views == [{"line"}, {"line", "surface"}, set()]
    assert desk.unwatched() == 9.0


def test_so_many_views_of_one_run_are_drawn_those_of_who_steers_first(desk: Desk) -> None:
    for number in range(5):
        desk.run.watch(f"stranger {number}", {f"text:{number}{place}" for place in range(20)})
    desk.run.watch("its own", {"loss", "text"}, steers=True)
    assert len(desk.run.watched) == MOST_WATCHED
    assert {"loss", "text"} <= desk.run.watched
    assert {name[:6] for name in desk.run.watched} == {"loss", "text", "text:0", "text:1", "text:2"}


def test_views_carry_versions(desk: Desk) -> None:
    desk.answer(Status.PAUSED, views={"line": "a"})
    desk.answer(Status.PAUSED, views={"line": "b", "other": "c"})
    assert desk.run.views == {"line": (2, "b"), "other": (3, "c")}


def test_of_all_the_views_ever_asked_for_the_newest_stay(desk: Desk) -> None:
    for number in range(300):
        desk.answer(Status.PAUSED, views={f"flower:{number}": number, "line": number})
    assert len(desk.run.views) <= 100
    assert desk.run.views["line"] == (600, 299)
    assert desk.run.views["flower:299"] == (599, 299)


def test_everything_new_bumps_the_version(desk: Desk) -> None:
    seen = {desk.run.version}
    for happens in (
        desk.run.train,
        desk.run.pause,
        lambda: desk.run.set_speed(5.0),
        desk.run.reset,
        lambda: desk.answer(Status.PAUSED),
    ):
        happens()
        assert desk.run.version not in seen
        seen.add(desk.run.version)


def test_a_snapshot_is_strict_json(desk: Desk) -> None:
    desk.run.change("lr", desk.run.current_config.replace(lr=0.5))
    desk.answer(Status.RUNNING, (1,), changes=(Change(0, "lr", 0.01, 0.5),), rate=12.5, message={"code": "x", "text": "y"})
    snapshot = json.loads(json.dumps(desk.run.snapshot(), allow_nan=False))
    assert snapshot["changes"] == [{"step": 0, "field": "lr", "old": 0.01, "new": 0.5}]
    assert snapshot["config"]["lr"] == 0.5
    assert snapshot["status"] == "running"
    assert snapshot["message"]["code"] == "x"


def test_only_time_spent_running_counts(desk: Desk) -> None:
    desk.now = 100.0
    desk.run.train()
    desk.now = 130.0
    assert desk.run.trained_seconds(130.0) == 30.0
    desk.run.pause()
    desk.now = 500.0
    assert desk.run.trained_seconds(500.0) == 30.0


def test_a_lost_run_is_opened_again_where_it_was(desk: Desk) -> None:
    desk.run.watch("me", {"line"})
    desk.run.train()
    desk.run.change("lr", desk.run.current_config.replace(lr=0.2))
    desk.answer(Status.RUNNING, (1, 2, 3), changes=(Change(2, "lr", 0.01, 0.2),))
    desk.run.change("momentum", desk.run.current_config.replace(momentum=0.5))
    desk.sent.clear()
    desk.run.lost()
    assert desk.status() is Status.QUEUED
    assert desk.run.message == {"code": "worker_died", "text": "", "step": 3}
    desk.run.reopen()
    desk.run.reopen()
    opening, again = desk.sent
    assert isinstance(opening, Open)
    assert opening.spec.changes == (Change(2, "lr", 0.01, 0.2),)
    assert (opening.replay_to, opening.status, opening.watched) == (3, Status.RUNNING, frozenset({"line"}))
    assert isinstance(again, SetField)
    assert again.field == "momentum", "what was not answered is asked again"
    desk.answer(Status.RUNNING, (4,))
    assert desk.status() is Status.RUNNING
    assert desk.run.recovered


def test_wishes_while_it_has_no_worker_are_kept(desk: Desk) -> None:
    desk.run.train()
    desk.run.lost()
    desk.run.pause()
    desk.sent.clear()
    desk.run.reopen()
    assert isinstance(desk.sent[0], Open)
    assert desk.sent[0].status is Status.PAUSED


def test_a_run_under_which_three_workers_die_in_a_row_has_failed(desk: Desk) -> None:
    desk.run.train()
    for _ in range(2):
        desk.run.lost()
        desk.run.reopen()
        desk.answer(Status.RUNNING)
    desk.run.lost()
    assert desk.status() is Status.FAILED
    assert desk.run.message is not None
    assert desk.run.message["code"] == "worker_died"
    desk.sent.clear()
    desk.run.reopen()
    assert desk.sent == []


def test_new_rows_between_two_deaths_count_as_well(desk: Desk) -> None:
    desk.run.train()
    for step in range(1, 6):
        desk.run.lost()
        desk.run.reopen()
        desk.answer(Status.RUNNING, (step,))
    assert desk.status() is Status.RUNNING


def test_a_lost_run_that_has_ended_stays_as_it_is(desk: Desk) -> None:
    desk.answer(Status.FINISHED, (1,))
    desk.run.lost()
    assert desk.status() is Status.FINISHED
    assert desk.run.message is None
