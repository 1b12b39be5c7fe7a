"""Who is let in while most who train get too few steps, and in which order; the clock is cranked by hand."""

from collections.abc import Callable

import pytest

from core.engine import LimitReached, LocalPool
from core.engine.admission import CROWD, FORGOTTEN_SECONDS, LOOKS, RUSH, SETTLING_SECONDS
from core.engine.local import TIDY_SECONDS
from core.run.handle import Run
from core.run.messages import Update
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.limits import Limits
from tests.core.engine.fakes import FakeConfig

LEAST = 3.0
SPEC = RunSpec("fake", FakeConfig(epochs=1_000_000))


class Class:
    """A pool without a process, of one worker's size, and people whose runs make as many steps a second as the test says."""

    def __init__(self, **bounds: float) -> None:
        self.now, self.speed = 0.0, 60.0
        self.pool = LocalPool("tests.core.engine.fakes", Limits.model_validate({"least_speed": LEAST, **bounds}), clock=lambda: self.now)
        self.tickets: dict[str, str] = {}
        self._steps: dict[tuple[str, int], float] = {}

    def enter(self, visitor: str, held: tuple[str, ...] = (), asked: float | None = 60.0) -> Run:
        run = self.pool.open(SPEC, visitor, asked, self.tickets.get(visitor, ""), held)
        run.watch(visitor)
        return run

    def train(self, visitor: str, asked: float | None = 60.0) -> Run:
        run = self.enter(visitor, asked=asked)
        run.train()
        return run

    def refused(self, visitor: str) -> str:
        """Why they wait; they stand in the line then."""
        with pytest.raises(LimitReached) as caught:
            self.enter(visitor)
        self.tickets[visitor], why = self.pool.admission.wait(self.tickets.get(visitor, ""), caught.value)
        return why.code

    def place(self, visitor: str) -> tuple[int, bool] | None:
        return self.pool.admission.standing(self.tickets[visitor])

    def looks(self, count: int = LOOKS + 1, asking: tuple[str, ...] = ()) -> None:
        """So many rounds of housekeeping, in which everybody trains at the present speed and these pages ask where they stand."""
        for _ in range(count):
            self.now += TIDY_SECONDS
            for visitor in asking:
                self.place(visitor)
            for run in self.pool.runs:
                if run.status is Status.RUNNING:
                    key = run.id, run.generation
                    self._steps[key] = self._steps.get(key, 0.0) + self.speed * TIDY_SECONDS
                    run.receive(Update(run.id, run.generation, 10**9, Status.RUNNING, int(self._steps[key]), None))
            self.pool.tidy(self.now)


@pytest.fixture
def crowded() -> Class:
    """As many as a crowd who train, each with too few steps."""
    room = Class()
    room.runs = [room.train(f"early {number}") for number in range(CROWD)]  # type: ignore[attr-defined]
    room.speed = 2.0
    room.looks()
    return room


# --- when it closes and opens -----------------------------------------------------------------------------------


def test_everybody_comes_in_while_runs_get_what_is_of_use() -> None:
    room = Class()
    for number in range(50):
        room.train(f"visitor {number}")
    room.speed = LEAST
    room.looks(10)
    room.enter("one more")


def test_the_next_visitor_waits_where_most_get_fewer_than_the_least(crowded: Class) -> None:
    assert crowded.refused("late") == "least_speed"
    assert crowded.place("late") == (1, False)
    assert len(crowded.pool.runs) == CROWD


def test_what_lasts_a_moment_closes_nothing() -> None:
    room = Class()
    for number in range(CROWD):
        room.train(f"early {number}")
    room.looks(2)
    for _ in range(5):
        room.speed = 0.0
        room.looks(LOOKS - 1)
        room.speed = 60.0
        room.looks(1)
        room.enter(f"visitor at {room.now}")


def test_between_the_least_speed_and_a_quarter_more_it_stays_as_it_is(crowded: Class) -> None:
    crowded.refused("late")
    crowded.speed = 1.2 * LEAST
    crowded.looks(10, ("late",))
    assert crowded.place("late") == (1, False)
    open_room = Class()
    for number in range(CROWD):
        open_room.train(f"early {number}")
    open_room.speed = 1.2 * LEAST
    open_room.looks(10)
    open_room.enter("late")


def test_a_few_slow_runs_are_slow_by_themselves() -> None:
    room = Class()
    for number in range(CROWD - 1):
        room.train(f"visitor {number}")
    room.speed = 0.1
    room.looks(10)
    room.enter("one more")


def test_a_speed_that_was_chosen_is_not_slow() -> None:
    room = Class()
    for number in range(2 * CROWD):
        room.train(f"visitor {number}", asked=1.0)
    room.speed = 1.0
    room.looks(10)
    room.enter("one more")


def test_a_run_that_was_held_in_between_is_measured_while_it_trained() -> None:
    room = Class()
    runs = [room.train(f"early {number}") for number in range(CROWD)]
    for _ in range(6):
        room.looks(1)
        for run in runs:
            run.pause()
        room.now += 600.0
        for run in runs:
            run.train()
    room.enter("late")


def test_runs_that_no_worker_has_built_yet_say_nothing() -> None:
    room = Class()
    for number in range(2 * CROWD):
        room.train(f"visitor {number}")
    for _ in range(10):
        room.now += TIDY_SECONDS
        room.pool.tidy(room.now)
    room.enter("one more")


def test_without_a_least_speed_nobody_waits() -> None:
    room = Class(least_speed=0.0)
    for number in range(RUSH + 1):
        room.train(f"visitor {number}")
    room.speed = 0.0
    room.looks(10)
    room.enter("one more")


# --- when many come at once -------------------------------------------------------------------------------------


@pytest.fixture
def rush() -> Class:
    """As many as come in before anything is measured, all of whom train."""
    room = Class()
    for number in range(RUSH):
        room.train(f"early {number}")
    assert room.refused("late") == "rush"
    return room


def test_who_comes_after_a_rush_waits_until_it_is_measured_and_comes_in_if_all_goes_well(rush: Class) -> None:
    late = [f"late {number}" for number in range(RUSH // 2)]
    for visitor in late:
        assert rush.refused(visitor) in ("rush", "line")
    rush.looks(2, ("late", *late))
    assert all(rush.place(visitor)[1] for visitor in late)  # type: ignore[index]
    for visitor in late:
        rush.train(visitor)


def test_a_rush_with_too_few_steps_lets_nobody_else_in(rush: Class) -> None:
    late = ["late", *(f"late {number}" for number in range(RUSH))]
    for visitor in late:
        rush.refused(visitor)
    rush.speed = 0.5 * LEAST
    rush.looks(LOOKS + 5, tuple(late))
    assert rush.pool.admission.full
    assert sum(rush.place(visitor)[1] for visitor in late) < CROWD  # type: ignore[index]


def test_as_many_come_in_as_leave_all_of_them_the_least_speed(rush: Class) -> None:
    rush.speed = 1.5 * LEAST
    late = ["late", *(f"late {number}" for number in range(RUSH))]
    for visitor in late:
        rush.refused(visitor)
    rush.looks(2, tuple(late))
    assert sum(rush.place(visitor)[1] for visitor in late) == RUSH // 2  # type: ignore[index]


def test_who_has_come_in_and_does_not_train_keeps_others_back_for_a_while_only() -> None:
    room = Class()
    for number in range(RUSH):
        room.enter(f"early {number}")
    assert room.refused("late") == "rush"
    room.looks(round(SETTLING_SECONDS / TIDY_SECONDS) + 1, ("late",))
    assert room.place("late") == (1, True)


def test_what_was_measured_of_people_who_have_left_is_forgotten(crowded: Class) -> None:
    for run in crowded.pool.runs:
        run.pause()
    crowded.looks(round(SETTLING_SECONDS / TIDY_SECONDS) + 1)
    for number in range(RUSH):
        crowded.enter(f"visitor {number}")


# --- who keeps a place ------------------------------------------------------------------------------------------


def test_who_has_a_run_keeps_it_and_may_begin_others(crowded: Class) -> None:
    runs = crowded.pool.runs
    crowded.refused("late")
    runs[0].reset()
    runs[0].train()
    assert runs[0].going
    crowded.enter("early 1")  # on another page
    crowded.enter("a new tab of early 2", held=(runs[2].id,))
    assert crowded.pool.runs[: len(runs)] == runs
    with pytest.raises(LimitReached):
        crowded.enter("stranger", held=(runs[2].watch_id, "guessed"))


def test_who_puts_away_their_only_run_for_another_keeps_the_place() -> None:
    room = Class(runs_per_visitor=1)
    runs = [room.train(f"early {number}") for number in range(CROWD)]
    room.speed = 2.0
    room.looks()
    runs[0].unwatch("early 0")
    room.enter("early 0")
    assert len(room.pool.runs) == CROWD


def test_one_person_alone_is_never_kept_waiting() -> None:
    """With many tabs, all of which train far too slowly."""
    room = Class()
    first = room.train("tab 0")
    for number in range(1, 3 * CROWD):
        room.enter(f"tab {number}", held=(first.id,)).train()
        room.speed = 0.1
        room.looks()
    assert not room.pool.admission.full
    room.enter("another browser")


def test_a_run_that_counts_for_nobody_is_never_kept_waiting(crowded: Class) -> None:
    crowded.pool.open(SPEC)


def test_another_tab_that_waited_with_the_same_ticket_comes_in_too(crowded: Class) -> None:
    crowded.refused("late")
    crowded.tickets["late, in another tab"] = crowded.tickets["late"]
    crowded.speed = 2 * LEAST
    crowded.looks(asking=("late",))
    run = crowded.train("late")
    crowded.speed = 1.0
    crowded.looks()
    assert crowded.pool.admission.full
    other = crowded.enter("late, in another tab")
    for one in (run, other):
        crowded.pool.drop(one)
    assert crowded.refused("late, in another tab") == "least_speed", "who has put away all runs has no place"


# --- the line ---------------------------------------------------------------------------------------------------


def test_places_are_given_in_the_order_of_coming(crowded: Class) -> None:
    waiting = ("ann", "bob", "cem")
    for visitor in waiting:
        crowded.refused(visitor)
    assert [crowded.place(visitor) for visitor in waiting] == [(1, False), (2, False), (3, False)]
    crowded.speed = 1.5 * LEAST  # one more would leave each enough to stay open, two would not
    crowded.looks(LOOKS, waiting)
    assert [crowded.place(visitor) for visitor in waiting] == [(1, True), (2, False), (3, False)]
    assert crowded.refused("dan") == "line", "who comes later does not come in before those who wait"
    crowded.train("ann")
    assert crowded.place("ann") is None
    assert crowded.place("bob") == (1, False)
    assert crowded.refused("eve") == "line"


@pytest.mark.parametrize("leave", ["pause", "stop", "drop"])
def test_a_place_is_free_when_runs_end_rest_or_leave(crowded: Class, leave: str) -> None:
    crowded.refused("late")
    act: dict[str, Callable[[Run], None]] = {"pause": Run.pause, "stop": Run.stop, "drop": crowded.pool.drop}
    for run in crowded.pool.runs[:2]:
        act[leave](run)
    crowded.looks(asking=("late",))
    assert crowded.place("late") == (1, True)
    crowded.enter("late")


def test_while_those_who_came_in_do_not_train_yet_few_others_are_called(crowded: Class) -> None:
    """What they will cost is not known before."""
    waiting = [f"late {number}" for number in range(20)]
    for visitor in waiting:
        crowded.refused(visitor)
    crowded.speed = 2 * LEAST
    came: list[Run] = []

    def look() -> None:
        crowded.looks(1, tuple(waiting[len(came) :]))
        while crowded.place(waiting[len(came)]) == (1, True):
            came.append(crowded.enter(waiting[len(came)]))

    for _ in range(LOOKS + 10):
        look()
    assert len(came) == CROWD
    for run in came:
        run.train()
    for _ in range(5):
        look()
    assert len(came) > CROWD


def test_where_nobody_trains_any_more_a_crowd_is_called_at_once(crowded: Class) -> None:
    waiting = tuple(f"late {number}" for number in range(CROWD + 2))
    for visitor in waiting:
        crowded.refused(visitor)
    for run in crowded.pool.runs:
        run.pause()
    crowded.looks(LOOKS, waiting)
    assert [crowded.place(visitor) for visitor in waiting] == [(number, number <= CROWD) for number in range(1, CROWD + 3)]


def test_nobody_is_told_to_wait_because_of_their_own_place_in_the_line(crowded: Class) -> None:
    crowded.refused("first")
    crowded.speed = 2 * LEAST
    crowded.pool.admission.full = False  # nobody has been called yet
    assert crowded.refused("first") == "least_speed"
    assert crowded.refused("second") == "line"


def test_a_page_that_was_closed_loses_its_place_in_the_line(crowded: Class) -> None:
    for visitor in ("gone", "hidden"):
        crowded.refused(visitor)
    for _ in range(3):
        crowded.looks(round(60 / TIDY_SECONDS))  # a browser lets a hidden tab speak once a minute
        crowded.place("hidden")
    assert crowded.now > FORGOTTEN_SECONDS
    assert crowded.place("gone") is None
    assert crowded.place("hidden") == (1, False)


def test_one_who_was_called_and_does_not_come_keeps_nobody_back(crowded: Class) -> None:
    for visitor in ("asleep", "awake"):
        crowded.refused(visitor)
    for run in crowded.pool.runs:
        run.pause()
    crowded.looks(asking=("awake",))
    assert crowded.place("awake") == (2, True)
    crowded.enter("awake")


def test_too_many_runs_make_a_line_as_well() -> None:
    room = Class(runs_at_once=2)
    runs = [room.enter("ann"), room.enter("bob")]
    assert room.refused("cem") == "runs_at_once"
    room.looks(5, ("cem",))
    assert room.place("cem") == (1, False)
    runs[0].unwatch("ann")
    room.looks(1, ("cem",))
    assert room.refused("dan") in ("line", "runs_at_once")
    assert room.place("cem") == (1, True)
    assert room.enter("cem") in room.pool.runs
    assert runs[1] in room.pool.runs
