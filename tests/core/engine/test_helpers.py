"""A search that several processes train: what it finds is what one finds alone, whoever comes, dies or is held."""

from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import pytest

from core import experiments
from core.engine.helpers import WEIGHT, HelperProcesses, niceness, processes
from core.search.helper import Begin, Chosen, Reached
from core.search.member import Member
from core.search.remote import Helpers
from core.search.search import Search
from core.search.share import LEAST, dealt
from core.search.spec import SearchSpec
from core.settings.limits import Limits

PATIENCE = 120.0  # seconds: the server that processes are forked from has to import PyTorch first
RATES = ["lr=1e-3..0.1:log"]


def spec_of(experiment: str, over: list[str], epochs: int, test_share: float | None = None, **given: str) -> SearchSpec:
    settings = {"epochs": epochs} | ({} if test_share is None else {"test_share": test_share})
    return SearchSpec.read(experiment, experiments.config_class(experiment).checked(settings), over, **given)


SPECS = [  # of which some are stacked, what may stop early is not; and none
    spec_of("iris", ["lr=1e-3..0.3:log", "hidden=4|10", "patience=0|9"], 27, 0.3, sampler="random", trials="18", pruner="halving"),
    spec_of("overfitting", RATES, 9, sampler="tpe", trials="33", pruner="hyperband", seeds="2"),
]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack of few is divided too."""
    monkeypatch.setattr("core.search.share.LEAST", 2)


@pytest.fixture
def others() -> Iterator[HelperProcesses]:
    made = HelperProcesses(1)
    yield made
    made.close()


def came(others: HelperProcesses) -> None:
    """One has come that was not there."""
    others.keep()
    assert wait([line for line in others.lines if not line.closed], PATIENCE)


def points(search: Search) -> int:
    """How many the curves of the first wave have."""
    return max(len(trial.curve) for trial in search.trials[: search.spec.wave])


def found(search: Search, meanwhile: Callable[[int], None] = lambda _round: None) -> list[tuple[object, ...]]:
    for place, _ in enumerate(search.rounds()):
        meanwhile(place)
    told = [(trial.value, trial.state.name) for trial in search.sampler.study.trials]
    return [*told, *((one.values, one.state, one.value, one.loss, one.step, one.curve, one.stacked) for one in search.trials)]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.experiment)
def test_a_search_that_is_helped_finds_what_it_finds_alone(others: HelperProcesses, spec: SearchSpec) -> None:
    helpers = Helpers(others.lines)
    came(others)
    assert found(Search(spec, helpers=helpers)) == found(Search(spec))
    assert helpers.shares == -(-spec.trials // spec.wave), "one of each wave"


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.experiment)
def test_what_a_helper_leaves_behind_that_dies_is_trained_again_and_the_next_wave_has_another(
    others: HelperProcesses, spec: SearchSpec
) -> None:
    helpers = Helpers(others.lines)
    came(others)
    search, killed = Search(spec, helpers=helpers), list[BaseProcess]()

    def meanwhile(_round: int) -> None:
        if not killed and points(search) == 2:
            killed.extend(others.processes)
            killed[0].kill()
            killed[0].join()
        elif not others.processes and len(search.trials) > spec.wave:
            came(others)

    assert found(search, meanwhile) == found(Search(spec))
    assert killed
    assert helpers.shares == -(-spec.trials // spec.wave)


@pytest.mark.usefixtures("small")
def test_who_comes_later_takes_over_a_part_of_what_is_under_way(others: HelperProcesses) -> None:
    helpers = Helpers(others.lines)
    search = Search(SPECS[0], helpers=helpers)

    def meanwhile(_round: int) -> None:
        if points(search) == 3 and not others.processes:
            assert helpers.wanted
            came(others)

    assert found(search, meanwhile) == found(Search(SPECS[0]))
    assert helpers.shares == 1


def test_a_search_that_was_left_or_refused_leaves_its_helpers_free(others: HelperProcesses) -> None:
    helpers = Helpers(others.lines)
    came(others)
    for _ in Search(spec_of("overfitting", RATES, 1_000_000, sampler="random", trials="2"), helpers=helpers).rounds():
        break
    assert len(helpers.free()) == 1
    assert found(Search(SPECS[1], helpers=helpers)) == found(Search(SPECS[1]))


def begin(share: int, to: int) -> Begin:
    spec = spec_of("linear_regression", RATES, 1_000_000, trials="1")
    return Begin(share, spec, (Chosen({"lr": 0.01}, 0),), True, to)


def test_a_helper_that_is_held_makes_no_steps(others: HelperProcesses) -> None:
    line: Connection = others.lines[0]
    came(others)
    assert line.recv() == "ready"
    for order in (begin(1, 50), "hold"):
        line.send(order)
    assert not line.poll(0.3)
    line.send("go")
    reached: Reached = line.recv()
    assert [known[0] for _, known in reached.known] == [50]
    for order in (begin(2, 1_000_000), "end", begin(3, 1)):
        line.send(order)
    assert line.recv().share == 3, "what is wanted no longer is left at once"


ALONE = {"test_share": 0.3, "patience": 3}


def members(count: int, **settings: object) -> list[Member]:
    spec = spec_of("iris", RATES, 10, trials="1")
    return [Member(spec.config.replace(**settings), spec.goal, 1) for _ in range(count)]


def test_a_stack_is_divided_only_where_each_part_is_worth_one() -> None:
    def sizes(made: list[Member], processes: int) -> list[int]:
        return [len(share) for share in dealt("iris", made, processes)]

    assert sizes(members(2 * LEAST - 1, hidden=""), 2) == [2 * LEAST - 1, 0]
    assert sizes(members(2 * LEAST, hidden=""), 4) == [LEAST, LEAST, 0, 0]
    assert sizes(members(16, hidden="32,32"), 2) == [8, 8], "of networks that take long fewer are worth a stack"
    assert sizes(members(3, hidden="32,32"), 2) == [3, 0]
    assert sizes(members(5, **ALONE), 2) == [3, 2], "each of these is trained by itself"
    assert sizes([*members(LEAST), *members(LEAST, hidden="4"), *members(3, **ALONE)], 2) == [LEAST + 2, LEAST + 1]


def test_all_processes_of_a_search_together_weigh_as_one() -> None:
    assert niceness(1) == WEIGHT
    for count in (2, 3, 4):
        assert count * 1.25 ** (WEIGHT - niceness(count)) == pytest.approx(1, rel=0.12)
    assert niceness(64) == 19
    assert processes(Limits(workers=3)) == 3
    assert processes(Limits(workers=3, search_processes=2)) == 2
