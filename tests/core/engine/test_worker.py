"""The worker without a process and without time: fake experiments, a scripted wire, a clock that is cranked by hand."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
import torch

from core import experiments
from core.engine import answers
from core.engine.hosted import AHEAD_SECONDS
from core.engine.view_schedule import CROWDED_SHARE, LEAST_RATE, VIEWS_SHARE
from core.engine.worker import LEAD_SECONDS, REPORT_SECONDS, Worker
from core.program.experiment import Experiment, Row, View
from core.program.pieces import PIECE_SECONDS, Pieces
from core.run.change import Change
from core.run.messages import (
    Answer,
    Ask,
    Command,
    Drop,
    Measure,
    Open,
    Pause,
    Quit,
    SetField,
    SetSpeed,
    Step,
    Stop,
    Train,
    Update,
    Watch,
)
from core.run.spec import RunSpec
from core.run.status import Status
from tests.core.engine import fakes
from tests.core.engine.fakes import FakeConfig


class Clock:
    """Seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Wire:
    """Orders lie ready; to wait for one takes time; reports are kept."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.orders: deque[Any] = deque()
        self.sent: list[Any] = []
        self.waits: list[float | None] = []

    def poll(self, timeout: float | None) -> bool:
        if self.orders:
            return True
        self.waits.append(timeout)
        if timeout is None:
            raise EOFError  # would wait for ever
        self.clock.now += timeout and timeout + 1e-9
        return False

    def recv(self) -> Any:
        return self.orders.popleft()

    def send(self, reports: list[Any]) -> None:
        self.sent += reports


class Bench:
    """A worker whose experiments take `costs[name]` seconds a step, and `pictures[name]` for the view of this name."""

    def __init__(self) -> None:
        self.pictures: dict[str, float] = {}
        self.in_pieces: dict[str, int] = {}  # so many pieces of PIECE_SECONDS each
        self.log: list[str] = []  # the experiment of each step, the view of each piece
        self.drawn: Counter[tuple[str, str]] = Counter()
        self.drawn_at: list[float] = []
        self.clock = Clock()
        self.stolen = 0.0  # seconds in which the machine did something else
        self.steals: dict[str, float] = {}  # as many, during the next step of this experiment
        self.wire = Wire(self.clock)
        self.costs: dict[str, float] = {}
        self.worker = Worker(self.wire, self, torch.device("cpu"), self.clock, lambda: self.clock.now - self.stolen)
        self.orders = 0

    def config_class(self, name: str) -> type[FakeConfig]:
        return FakeConfig

    def watch(self, name: str) -> type[Experiment]:
        bench, base = self, fakes.RECIPES.get(name, fakes.Fake)

        class Timed(base):  # type: ignore[misc, valid-type]
            def loop(self) -> Iterator[Row]:
                for row in super().loop():
                    stolen = bench.steals.pop(name, 0.0)
                    bench.stolen += stolen
                    bench.clock.now += bench.costs.get(name, 0.001) + stolen
                    bench.log.append(name)
                    yield row

            @property
            def views(self) -> Mapping[str, View]:
                whole = {view: partial(self.draw, view) for view in bench.pictures}
                return {**super().views, **whole, **{view: partial(self.piece_by_piece, view) for view in bench.in_pieces}}

            def piece_by_piece(self, view: str) -> Pieces[int]:
                begun = self.steps
                for _ in range(bench.in_pieces[view]):
                    bench.clock.now += PIECE_SECONDS
                    bench.log.append(view)
                    yield
                bench.drawn[name, view] += 1
                return begun  # type: ignore[no-any-return]

            def draw(self, view: str) -> int:
                bench.drawn_at.append(bench.clock.now)
                bench.clock.now += bench.pictures[view]
                bench.drawn[name, view] += 1
                return self.steps  # type: ignore[no-any-return]

        return Timed

    def open(self, run: str = "a", experiment: str = "fake", **more: Any) -> None:
        plan = more.pop("plan", ())
        config_class = experiments.config_class(experiment) if experiment in experiments.names() else FakeConfig
        defaults = {
            "generation": 0,
            "spec": RunSpec(experiment, config_class(**more.pop("config", {})), plan),
            "known": len(plan),
            "replay_to": -1,
            "status": Status.PAUSED,
            "speed": None,
            "watched": frozenset(),
        }
        self.orders += 1
        self.send(Open(run=run, order=self.orders, **{**defaults, **more}))

    def tell(self, command: type[Command], *arguments: Any, run: str = "a", generation: int = 0) -> None:
        self.orders += 1
        self.send(command(run, generation, self.orders, *arguments))

    def send(self, order: Any) -> None:
        """An order that is obeyed at once, before the next turn."""
        self.wire.orders.append(order)
        while self.wire.orders:
            self.worker.obey_next(0.0)

    def rounds(self, seconds: float) -> None:
        """Let the worker work for so long."""
        until = self.clock.now + seconds
        while self.clock.now < until - 1e-9:
            try:
                self.worker.round()
            except EOFError:  # nothing will ever be due: the time passes idly
                self.clock.now = until

    def updates(self, run: str = "a") -> list[Update]:
        return [report for report in self.wire.sent if isinstance(report, Update) and report.run == run]

    def steps(self, run: str = "a") -> list[int]:
        return [step for update in self.updates(run) if update.rows for step in update.rows.steps.tolist()]

    def column(self, name: str, run: str = "a") -> list[float]:
        rows = [update.rows for update in self.updates(run) if update.rows]
        return [value for some in rows for value in some.table[:, some.names.index(name)].tolist()]

    def state(self, run: str = "a") -> tuple[Status, int]:
        return self.updates(run)[-1].status, self.updates(run)[-1].step


@pytest.fixture
def bench() -> Bench:
    return Bench()


# --- building ----------------------------------------------------------------------------------------------------


def test_a_new_run_is_built_at_once_and_waits(bench: Bench) -> None:
    bench.open()
    (update,) = bench.updates()
    assert (update.status, update.step, update.facts) == (Status.PAUSED, 0, {"best": 0.0})
    assert bench.steps() == [0], "the untrained state is a row where rows are counted from 0"
    with pytest.raises(EOFError):  # nothing is due: it waits for an order, without a limit
        bench.worker.round()
    assert bench.wire.waits[-1] is None


def test_rows_counted_from_one_begin_with_the_first_step(bench: Bench) -> None:
    bench.open(experiment="counting", config={"epochs": 3})
    assert bench.steps() == []
    assert bench.state() == (Status.PAUSED, 0)
    bench.tell(Train)
    bench.worker.round()
    assert bench.steps() == [1, 2, 3]
    assert bench.state() == (Status.FINISHED, 3)


# --- commands ----------------------------------------------------------------------------------------------------


def test_a_run_trains_to_its_end_and_every_step_is_recorded(bench: Bench) -> None:
    bench.open(config={"epochs": 100, "lr": 0.5})
    bench.tell(Train)
    bench.rounds(0.2)
    assert bench.steps() == list(range(101))
    assert bench.state() == (Status.FINISHED, 100)
    assert bench.column("loss")[-1] == 50.0
    assert bench.updates()[-1].rate == pytest.approx(1000, rel=0.05)


def test_commands_may_come_twice(bench: Bench) -> None:
    bench.open(config={"epochs": 50})
    bench.tell(Pause)
    bench.tell(Train)
    bench.tell(Train)
    bench.worker.round()
    bench.tell(Pause)
    bench.tell(Pause)
    status, step = bench.state()
    assert status is Status.PAUSED
    assert 0 < step < 50
    bench.tell(Train)
    bench.rounds(0.1)
    assert bench.state() == (Status.FINISHED, 50)
    assert bench.steps() == list(range(51))
    bench.tell(Train)
    bench.tell(Step, 1)
    bench.tell(SetField, "lr", 0.5)
    assert bench.state() == (Status.FINISHED, 50)
    assert not bench.updates()[-1].changes


def test_one_step_moves_a_held_run_by_one_row(bench: Bench) -> None:
    bench.open()
    bench.tell(Step, 1)
    bench.worker.round()
    assert bench.state() == (Status.PAUSED, 1)
    assert bench.steps() == [0, 1]
    bench.tell(Step, 3)
    bench.worker.round()
    assert bench.state() == (Status.PAUSED, 4)
    with pytest.raises(EOFError):
        bench.worker.round()


def test_a_step_is_answered_when_its_last_row_is_there(bench: Bench) -> None:
    """Until then the handle must not take the rows that it has for all of them."""
    bench.costs["fake"] = 0.03  # a turn makes one row
    bench.open()
    bench.tell(Step, 3)
    asked = bench.orders
    while bench.state() != (Status.PAUSED, 3):
        assert bench.updates()[-1].order < asked
        bench.worker.round()
    assert bench.updates()[-1].order == asked


def test_a_step_holds_a_run_that_trains(bench: Bench) -> None:
    bench.open()
    bench.tell(Train)
    bench.worker.round()
    before = bench.state()[1]
    bench.tell(Step, 1)
    bench.worker.round()
    assert bench.state()[0] is Status.PAUSED
    assert bench.state()[1] >= before + 1


def test_stop_ends_and_drop_forgets(bench: Bench) -> None:
    bench.open()
    bench.tell(Stop)
    bench.tell(Train)
    assert bench.state() == (Status.STOPPED, 0)
    bench.tell(Drop)
    told = len(bench.wire.sent)
    for command in (Train, Pause, Stop, Step):
        bench.tell(command)
    bench.tell(Train, run="never heard of")
    assert len(bench.wire.sent) == told


def test_commands_of_an_earlier_generation_mean_nothing(bench: Bench) -> None:
    bench.open()
    bench.open(generation=1)
    bench.tell(Train, generation=0)
    assert bench.updates()[-1].generation == 1
    assert bench.state() == (Status.PAUSED, 0)
    told = len(bench.wire.sent)
    bench.open(generation=0)
    assert len(bench.wire.sent) == told


def test_quit_and_a_broken_line_end_the_worker(bench: Bench) -> None:
    bench.worker.serve()  # the wire raises EOFError as soon as there is nothing to do
    assert bench.wire.sent[0].devices[0] == ("cpu", "CPU")
    other = Bench()
    other.wire.orders.append(Quit())
    other.worker.serve()
    assert other.wire.waits == [0.0]


# --- changes -----------------------------------------------------------------------------------------------------


def test_a_change_is_answered_with_the_step_at_which_it_took_effect(bench: Bench) -> None:
    bench.open(config={"epochs": 40, "lr": 0.01})
    bench.tell(Train)
    bench.worker.round()
    bench.tell(SetField, "lr", 0.1)
    update = bench.updates()[-1]
    assert update.changes == (Change(update.step, "lr", 0.01, 0.1),)
    assert bench.steps()[-1] == update.step, "the rows up to the change come with it"
    bench.tell(SetField, "lr", 0.1)
    assert bench.updates()[-1].changes == ()
    bench.rounds(0.1)
    assert bench.column("lr") == [0.01] * (update.step + 1) + [0.1] * (40 - update.step)


def test_a_bad_value_is_answered_and_changes_nothing(bench: Bench) -> None:
    bench.open()
    bench.tell(SetField, "lr", 1e9)
    message = bench.updates()[-1].message
    assert message
    assert message["code"] == "refused"
    assert message["problems"][0]["field"] == "lr"
    assert bench.state() == (Status.PAUSED, 0)
    assert bench.updates()[-1].changes == ()


# --- faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "status", "code", "text"),
    [
        ({"fault": "exception", "at": 5}, Status.FAILED, "exception", "same dtype"),
        ({"fault": "memory", "at": 5}, Status.FAILED, "exception", ""),
        ({"fault": "build"}, Status.FAILED, "exception", "no such data"),
        ({"fault": "nan", "at": 5}, Status.DIVERGED, "loss_not_finite", ""),
        ({"parameters": 6_000_000}, Status.FAILED, "too_many_parameters", "6000000"),
    ],
)
def test_a_fault_ends_one_run_and_no_other(bench: Bench, config: dict[str, Any], status: Status, code: str, text: str) -> None:
    bench.open("ill", config=config)
    bench.open("well", config={"epochs": 20})
    bench.tell(Train, run="ill")
    bench.tell(Train, run="well")
    bench.rounds(1.0)
    message = next(update.message for update in bench.updates("ill") if update.message)
    assert bench.state("ill")[0] is status
    assert message["code"] == code
    assert text in message["text"]
    assert message.get("value", "nan") == "nan"
    assert bench.state("well") == (Status.FINISHED, 20)


def test_a_view_that_cannot_be_drawn_is_said_and_ends_nothing(bench: Bench) -> None:
    bench.open(watched=frozenset({"broken", "picture"}), config={"epochs": 20})
    assert bench.updates()[-1].views == {"broken": {"broken": "ZeroDivisionError: division by zero"}, "picture": {"step": 0}}
    bench.tell(Train)
    bench.rounds(1.0)
    assert bench.state() == (Status.FINISHED, 20)
    assert not any(update.message for update in bench.updates())


# --- turns -------------------------------------------------------------------------------------------------------


def test_heavy_steps_do_not_starve_light_ones(bench: Bench) -> None:
    bench.costs = {"heavy": 0.05, "light": 0.001}
    for name in ("heavy", "light"):
        bench.open(name, name, config={"epochs": 100_000})
        bench.tell(Train, run=name)
    bench.rounds(4.0)
    heavy, light = bench.state("heavy")[1] * 0.05, bench.state("light")[1] * 0.001
    assert heavy == pytest.approx(2.0, abs=0.15)
    assert light == pytest.approx(2.0, abs=0.15)


def test_nobody_saves_up_time_by_being_held(bench: Bench) -> None:
    for name in ("early", "late"):
        bench.open(name, name, config={"epochs": 100_000})
    bench.tell(Train, run="early")
    bench.rounds(2.0)
    bench.tell(Train, run="late")
    before = bench.state("early")[1]
    bench.rounds(1.0)
    assert bench.state("early")[1] - before == pytest.approx(500, abs=60)
    assert bench.state("late")[1] == pytest.approx(500, abs=60)


@pytest.mark.parametrize("speed", [1.0, 5.0, 20.0, 60.0, 300.0])
def test_a_run_keeps_its_own_speed(bench: Bench, speed: float) -> None:
    bench.open(config={"epochs": 100_000}, speed=speed)
    bench.tell(Train)
    bench.rounds(10.0)
    assert bench.updates()[-1].rate == pytest.approx(speed, rel=0.1)
    bench.tell(Pause)
    assert bench.state()[1] == pytest.approx(10 * speed, abs=2), "no drift"
    assert len(bench.wire.waits) < 15 * (speed + 20), "it sleeps until the next step is due"


def test_paced_runs_and_a_fast_one_share_a_worker(bench: Bench) -> None:
    bench.open("fast", config={"epochs": 1_000_000})
    bench.open("paced", config={"epochs": 100_000}, speed=60.0)
    for run in ("fast", "paced"):
        bench.tell(Train, run=run)
    bench.rounds(5.0)
    assert bench.state("paced")[1] == pytest.approx(300, abs=3)
    assert bench.state("fast")[1] == pytest.approx(4700, abs=60)


def test_a_held_run_makes_no_burst_when_it_goes_on(bench: Bench) -> None:
    bench.open(config={"epochs": 100_000}, speed=20.0)
    bench.tell(Train)
    bench.rounds(1.0)
    bench.tell(Pause)
    held = bench.state()[1]
    bench.clock.now += 60
    bench.tell(Train)
    bench.rounds(1.0)
    assert bench.state()[1] - held == pytest.approx(20, abs=2)


def test_speed_can_be_changed_while_it_runs(bench: Bench) -> None:
    bench.open(config={"epochs": 100_000}, speed=1.0)
    bench.tell(Train)
    bench.rounds(3.0)
    bench.tell(SetSpeed, 100.0)
    before = bench.state()[1]
    bench.rounds(1.0)
    assert bench.state()[1] - before == pytest.approx(100, abs=3)
    bench.tell(SetSpeed, None)
    before = bench.state()[1]
    bench.rounds(1.0)
    assert bench.state()[1] - before == pytest.approx(1000, abs=60)


# --- reports and views -------------------------------------------------------------------------------------------


def test_rows_go_out_at_most_every_50_ms(bench: Bench) -> None:
    bench.open(config={"epochs": 100_000})
    bench.tell(Train)
    told = len(bench.wire.sent)
    bench.rounds(1.0)
    assert 15 <= len(bench.wire.sent) - told <= 21
    assert bench.steps() == list(range(len(bench.steps())))


def test_only_watched_views_are_computed_and_at_most_ten_a_second(bench: Bench) -> None:
    bench.costs = {"fake": 0.03}
    bench.open(config={"epochs": 100_000})
    assert bench.updates()[-1].views is None
    bench.tell(Watch, frozenset({"picture", "unheard of"}))
    assert bench.updates()[-1].views == {"picture": {"step": 0}}
    bench.tell(Train)
    bench.rounds(2.0)
    pictures = [update.views for update in bench.updates() if update.views]
    assert 19 <= len(pictures) <= 22, "a long step delays none but the next picture"
    bench.tell(Pause)
    assert bench.updates()[-1].views == {"picture": {"step": bench.state()[1]}}, "a held run shows where it is held"
    bench.tell(Watch, frozenset())
    bench.tell(Step, 1)
    bench.worker.round()
    assert bench.updates()[-1].views is None


def crowd(bench: Bench, count: int, views: set[str], speed: float | None = None) -> list[str]:
    """So many runs that train and are watched."""
    names = [f"run {number}" for number in range(count)]
    for name in names:
        bench.open(name, name, config={"epochs": 1_000_000}, watched=frozenset(views), speed=speed)
        bench.tell(Train, run=name)
    return names


def test_pictures_have_a_share_of_the_time_and_come_less_often_for_all_alike(bench: Bench) -> None:
    bench.pictures = {"picture": 0.01}
    names = crowd(bench, 20, {"picture"})
    bench.rounds(2.0)
    bench.drawn.clear()
    before = {name: bench.state(name)[1] for name in names}
    bench.rounds(5.0)
    drawn, steps = list(bench.drawn.values()), [bench.state(name)[1] - before[name] for name in names]
    assert sum(drawn) * 0.01 <= 5.0 * VIEWS_SHARE * 1.05
    assert min(drawn) >= 0.8 * max(drawn) > 0
    assert sum(steps) * 0.001 >= 5.0 * (1 - VIEWS_SHARE) * 0.95
    assert min(steps) >= 0.8 * max(steps), "and so do their steps"
    assert all(bench.updates(name)[-1].slowed for name in names)
    for name in names[1:]:
        bench.tell(Pause, run=name)
    bench.rounds(2.0)
    assert not bench.updates(names[0])[-1].slowed


def test_where_most_runs_are_behind_pictures_yield_to_steps_and_come_back_afterwards(bench: Bench) -> None:
    bench.pictures = {"picture": 0.01}
    names = crowd(bench, 50, {"picture"}, speed=60.0)  # three times what there is time for
    bench.rounds(4.0)
    bench.drawn.clear()
    before = {name: bench.state(name)[1] for name in names}
    bench.rounds(10.0)
    steps = [bench.state(name)[1] - before[name] for name in names]
    assert 0 < sum(bench.drawn.values()) * 0.01 <= 10.0 * CROWDED_SHARE * 1.1
    assert sum(steps) * 0.001 >= 10.0 * (1 - CROWDED_SHARE) * 0.95
    assert min(steps) >= 0.8 * max(steps)
    assert all(bench.updates(name)[-1].slowed for name in names)
    for name in names[3:]:
        bench.tell(Pause, run=name)
    bench.rounds(4.0)
    bench.drawn.clear()
    bench.rounds(4.0)
    assert not any(bench.updates(name)[-1].slowed for name in names[:3])
    assert min(bench.drawn[name, "picture"] for name in names[:3]) >= 30


def test_what_training_leaves_of_the_time_pictures_may_have(bench: Bench) -> None:
    bench.pictures = {"picture": 0.01}
    crowd(bench, 6, {"picture"}, speed=20.0)  # 12 % of the time for steps, 60 % for pictures ten times a second
    bench.rounds(2.0)
    bench.drawn.clear()
    bench.rounds(5.0)
    assert min(bench.drawn.values()) >= 40
    assert not any(bench.updates(f"run {number}")[-1].slowed for number in range(6))


def test_a_first_drawing_that_is_dear_does_not_put_off_the_next_one(bench: Bench) -> None:
    bench.pictures = {"picture": 0.3}
    bench.open("a", "a", config={"epochs": 1_000_000}, status=Status.RUNNING)
    bench.tell(Watch, frozenset({"picture"}))
    assert bench.drawn["a", "picture"] == 1
    bench.pictures = {"picture": 0.01}
    bench.rounds(2.0)
    assert bench.drawn["a", "picture"] >= 19, "one and then ten a second"


def test_pictures_are_drawn_right_after_the_ticks_of_the_event_stream(bench: Bench) -> None:
    bench.pictures = {"picture": 0.002}
    bench.clock.now += 0.07
    crowd(bench, 1, {"picture"})
    bench.rounds(1.0)
    bench.drawn_at.clear()
    bench.rounds(2.0)
    assert len(bench.drawn_at) >= 19
    assert max((at + 1e-6) % 0.1 for at in bench.drawn_at) < 0.03, "so there is time for a report until the next one"


def test_reports_leave_right_before_the_event_stream_looks_for_news(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.clock.now += 0.07
    crowd(bench, 1, set())
    bench.rounds(1.0)
    left = list[float]()
    monkeypatch.setattr(bench.wire, "send", lambda _reports: left.append(bench.clock.now))
    bench.rounds(2.0)
    assert len(left) >= 39
    assert min((at + 1e-6) % REPORT_SECONDS for at in left) >= REPORT_SECONDS - LEAD_SECONDS


def test_what_the_machine_does_beside_a_turn_is_not_charged_to_the_run(bench: Bench) -> None:
    names = crowd(bench, 50, set())
    bench.steals[names[0]] = 0.5
    bench.rounds(2.0)
    made = {name: bench.state(name)[1] for name in names}
    bench.rounds(2.0)
    steps = [bench.state(name)[1] - made[name] for name in names]
    assert min(steps) >= 0.8 * max(steps) > 0


def test_a_dear_picture_is_drawn_less_often_than_a_cheap_one_but_at_a_named_least_rate(bench: Bench) -> None:
    bench.pictures = {"cheap": 0.001, "dear": 0.03}
    crowd(bench, 1, {"cheap", "dear"})
    bench.rounds(1.0)
    bench.drawn.clear()
    bench.rounds(4.0)
    cheap, dear = bench.drawn["run 0", "cheap"], bench.drawn["run 0", "dear"]
    assert cheap >= 35
    assert 4.0 * LEAST_RATE * 0.8 <= dear < cheap


def test_a_run_of_dear_pictures_pays_for_them_itself(bench: Bench) -> None:
    bench.pictures = {"cheap": 0.001, "dear": 0.5}
    for name, view in (("a", "cheap"), ("b", "cheap"), ("glutton", "dear")):
        bench.open(name, name, config={"epochs": 1_000_000}, watched=frozenset({view}))
        bench.tell(Train, run=name)
    bench.rounds(5.0)
    bench.drawn.clear()
    bench.rounds(20.0)
    assert bench.drawn["glutton", "dear"] * 0.5 <= 20.0 * VIEWS_SHARE * 1.1
    assert min(bench.drawn["a", "cheap"], bench.drawn["b", "cheap"]) >= 90


def test_a_picture_in_pieces_stops_no_run_and_comes_whole(bench: Bench) -> None:
    bench.in_pieces = {"long": 300}
    for name in ("writer", "other"):
        bench.open(name, name, config={"epochs": 1_000_000}, watched=frozenset({"long"} if name == "writer" else ()))
        bench.tell(Train, run=name)
    bench.rounds(30.0)
    (steps,) = np.nonzero(np.array(bench.log) == "other")
    pieces = [bench.log[begin:end].count("long") for begin, end in pairwise(steps.tolist())]
    assert max(pieces) <= 2 < sum(pieces), "its neighbour steps after any two pieces: runs take turns, and a piece follows each"
    assert bench.log.count("long") * PIECE_SECONDS <= 30.0 * VIEWS_SHARE * 1.1, "and pieces have the share of pictures"
    texts = [update.views["long"] for update in bench.updates("writer") if update.views]
    assert texts
    assert len(texts) == bench.drawn["writer", "long"], "there is no half of it"
    assert texts == sorted(set(texts)), "each of a later moment"


def test_what_was_begun_before_a_press_is_shown_and_then_the_present_moment(bench: Bench) -> None:
    bench.in_pieces = {"long": 40}
    bench.open(config={"epochs": 1_000_000}, watched=frozenset({"long"}))
    bench.tell(Train)
    bench.rounds(0.2)
    bench.tell(Pause)
    bench.rounds(5.0)
    shown = [update.views["long"] for update in bench.updates() if update.views]
    assert shown[0] < shown[-1] == bench.state()[1]


def test_what_was_begun_with_another_setting_is_not_shown(bench: Bench) -> None:
    bench.in_pieces = {"long": 40}
    bench.open(config={"epochs": 1_000_000}, watched=frozenset({"long"}))
    bench.rounds(0.2)
    assert 0 < bench.log.count("long") < 40
    bench.tell(SetField, "lr", 0.5)
    bench.rounds(5.0)
    assert bench.drawn["fake", "long"] == 1
    assert bench.log.count("long") > 40, "begun anew"


def test_of_pictures_in_pieces_a_run_draws_one_after_the_other(bench: Bench) -> None:
    bench.in_pieces = {f"long {number}": 20 for number in range(5)}
    bench.open(watched=frozenset(bench.in_pieces))
    bench.rounds(10.0)
    assert [view for view, _ in groupby(bench.log) if view != "fake"] == sorted(bench.in_pieces), "each is begun when the last is done"
    news = {name for update in bench.updates() for name in update.views or ()}
    assert news == bench.in_pieces.keys()


def test_a_question_that_takes_long_stops_no_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def long() -> Pieces[str]:
        for _ in range(100):
            bench.clock.now += PIECE_SECONDS
            bench.log.append("piece")
            yield
        return "told"

    monkeypatch.setattr(answers, "_function", lambda _place: long)
    bench.open("other", "other", config={"epochs": 1_000_000})
    bench.tell(Train, run="other")
    bench.send(Ask("1", "tensorboard", {}))
    bench.rounds(4.0)
    (steps,) = np.nonzero(np.array(bench.log) == "other")
    pieces = [bench.log[begin:end].count("piece") for begin, end in pairwise(steps.tolist())]
    assert max(pieces) <= 2 < sum(pieces)
    assert [report.value for report in bench.wire.sent if isinstance(report, Answer)] == ["told"]


def test_a_picture_that_takes_long_is_not_drawn_at_once(bench: Bench) -> None:
    bench.in_pieces = {"long": 40}
    bench.open()
    bench.send(Ask("1", "view", {"name": "long"}, "a"))
    (answer,) = [report for report in bench.wire.sent if isinstance(report, Answer)]
    assert answer.refusal.startswith("TooLongError")
    assert "long" not in bench.log


def test_pictures_that_are_asked_for_at_once_are_of_the_runs_share(bench: Bench) -> None:
    bench.pictures = {"dear": 0.2}
    bench.open("asked", "asked", config={"epochs": 1_000_000})
    bench.open("other", "other", config={"epochs": 1_000_000})
    for name in ("asked", "other"):
        bench.tell(Train, run=name)
    start = bench.clock.now
    for number in range(50):
        bench.send(Ask(str(number), "view", {"name": "dear"}, "asked"))
        bench.rounds(0.1)
    answers = [report for report in bench.wire.sent if isinstance(report, Answer)]
    assert len(answers) == 50
    drawn = sum(not one.refusal for one in answers)
    assert 10 <= drawn < 50
    assert drawn * 0.2 <= VIEWS_SHARE * (bench.clock.now - start + AHEAD_SECONDS) + 0.2
    assert bench.state("other")[1] > 1.3 * bench.state("asked")[1], "time for pictures is time of the run's"


def test_where_many_are_due_each_of_them_moves_several_times_a_second(bench: Bench) -> None:
    names = crowd(bench, 100, set(), speed=60.0)  # six times what there is time for
    bench.rounds(1.0)
    told, start = len(bench.wire.sent), bench.clock.now
    bench.rounds(1.2)
    updates = Counter(update.run for update in bench.wire.sent[told:] if update.rows)
    assert bench.clock.now - start < 1.3
    assert min(updates[name] for name in names) >= 4


def test_a_finished_run_shows_its_last_picture(bench: Bench) -> None:
    bench.open(config={"epochs": 3}, watched=frozenset({"picture"}))
    bench.tell(Train)
    bench.worker.round()
    assert bench.updates()[-1].views == {"picture": {"step": 3}}


def test_watching_and_neighbours_do_not_change_the_random_numbers(bench: Bench) -> None:
    for name in ("alone", "beside"):
        bench.open(name, config={"epochs": 40}, watched=frozenset({"picture"}))
        bench.tell(Train, run=name)
    bench.rounds(0.07)
    for name in ("alone", "beside"):
        bench.tell(Pause, run=name)
    torch.manual_seed(0)
    expected = torch.stack([torch.rand(()) for _ in range(20)]).numpy()
    for name in ("alone", "beside"):
        np.testing.assert_array_equal(np.array(bench.column("noise", name)[:20], np.float32), expected)


# --- coming back from a worker that died -------------------------------------------------------------------------


@pytest.mark.parametrize("experiment", ["fake", "counting"])
def test_a_replay_comes_back_to_where_the_run_was_lost(bench: Bench, experiment: str) -> None:
    whole = Bench()
    plan = (Change(0, "lr", 0.01, 0.2), Change(3, "lr", 0.2, 0.5), Change(8, "lr", 0.5, 0.3))
    whole.open(experiment=experiment, config={"epochs": 12}, plan=plan, status=Status.RUNNING)
    whole.rounds(0.1)
    bench.open(experiment=experiment, config={"epochs": 12}, plan=plan, replay_to=8, status=Status.PAUSED)
    bench.worker.round()
    assert bench.state() == (Status.PAUSED, 8)
    assert bench.steps() == []
    bench.tell(Train)
    bench.worker.round()
    assert bench.steps() == [9, 10, 11, 12]
    for name in ("loss", "lr", "noise"):
        assert bench.column(name) == whole.column(name)[-4:]


def test_wishes_wait_until_the_replay_is_over(bench: Bench) -> None:
    bench.open(config={"epochs": 1000}, replay_to=50, status=Status.RUNNING)
    bench.worker.round()
    assert bench.state()[0] is Status.QUEUED
    bench.tell(SetField, "lr", 0.5)
    bench.tell(Pause)
    bench.rounds(0.06)
    assert bench.state() == (Status.PAUSED, 50)
    assert [change for update in bench.updates() for change in update.changes] == [Change(50, "lr", 0.01, 0.5)]


# --- measuring ---------------------------------------------------------------------------------------------------


def test_measuring_counts_only_its_own_time(bench: Bench) -> None:
    bench.costs = {"measured": 0.002}
    bench.open(config={"epochs": 1_000_000})
    bench.tell(Train)
    bench.send(Measure("first", RunSpec("measured", FakeConfig(epochs=100_000)), 0.5))
    bench.rounds(2.0)
    (answer,) = (report for report in bench.wire.sent if isinstance(report, Answer))
    assert answer.ticket == "first"
    assert answer.value == pytest.approx(500, rel=0.01)


def test_a_model_that_cannot_be_measured_says_why(bench: Bench) -> None:
    bench.send(Measure("only", RunSpec("fake", FakeConfig(fault="build")), 0.5))
    bench.worker.round()
    (answer,) = bench.wire.sent
    assert answer.value is None
    assert "no such data" in answer.refusal
