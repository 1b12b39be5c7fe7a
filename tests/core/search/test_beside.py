"""Random search with as many epochs as a search has spent: what it may spend, what it finds, and that a link leads to the same again."""

import json
import math
from dataclasses import replace

import pytest

from core.__main__ import main
from core.search.beside import Beside, spent, stairs
from core.search.search import Search
from core.search.space import SearchError
from core.search.spec import SearchSpec
from tests.core.search.test_search import made, numbers, spec_of


def beside(search: Search) -> Search:
    other = Beside(search)
    for _ in other.rounds():
        pass
    return other.search


@pytest.mark.parametrize(("sampler", "pruner", "seeds"), [("tpe", "none", "2"), ("random", "halving", "1"), ("grid", "hyperband", "1")])
def test_it_is_the_plain_random_search_that_spends_as_much(sampler: str, pruner: str, seeds: str) -> None:
    settings: dict[str, object] = {"epochs": 27}
    search = made(spec_of(["lr=1e-4..1:log", "hidden=4|10"], "iris", settings, sampler=sampler, pruner=pruner, seeds=seeds, trials="18"))
    other = beside(search)
    cost = 27 * int(seeds)
    assert spent(search) <= spent(other) < spent(search) + cost
    assert len(other.trials) == math.ceil(spent(search) / cost)
    plain = made(spec_of(["lr=1e-4..1:log", "hidden=4|10"], "iris", settings, seeds=seeds, trials=str(len(other.trials))))
    assert numbers(other) == numbers(plain)


def test_trials_that_diverge_cost_less_and_others_follow() -> None:
    search = made(spec_of(["lr=0.01..10:log"], "linear_regression", {"epochs": 400, "optimizer": "SGD"}, sampler="grid", trials="8"))
    other = beside(search)
    failed = [trial for trial in other.trials if trial.state == "failed"]
    assert failed
    assert len(other.trials) > math.ceil(spent(search) / 400)
    assert spent(other) >= spent(search)


def test_the_best_so_far_is_counted_over_the_epochs_spent() -> None:
    search = made(
        spec_of(["lr=1e-3..0.3:log"], "iris", {"epochs": 9}, sampler="tpe", pruner="halving", trials="16", seeds="2", goal="accuracy")
    )
    at, best, expected = 0, -1.0, list[tuple[int, float]]()
    for trial in search.trials:
        at += 2 * trial.step
        if trial.state == "complete" and trial.value > best:
            best = trial.value
            expected.append((at, best))
    found = stairs(search)
    assert found[: len(expected)] == tuple(expected)
    assert found[-1] == (at, best) == (spent(search), search.best.value if search.best else None)


def test_what_is_more_searched_for_later_is_spent_by_it_as_well() -> None:
    search = made(spec_of(["lr=1e-3..0.3:log"], "iris", {"epochs": 3}, sampler="tpe", trials="4"))
    other = Beside(search)
    for _ in other.rounds():
        pass
    assert other.owes == 0
    search.extend(5)
    for _ in search.rounds():
        pass
    assert other.owes == 5
    for _ in other.rounds():
        pass
    assert numbers(other.search) == numbers(beside(search))


def test_a_link_holds_it_the_command_line_tells_it_and_random_search_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    spec = spec_of(["lr=1e-3..0.3:log"], "iris", {"epochs": 9}, sampler="tpe", trials="12", beside="1")
    link = spec.to_link()
    assert link["beside"] == "1"
    assert SearchSpec.read("iris", spec.config, [link["over"]], sampler="tpe", trials="12", beside=link["beside"]) == spec
    asked = ["search", "iris", "--over", "lr=1e-3..0.3:log", "--trials", "12", "--epochs", "9", "--beside"]
    assert main([*asked, "--json"]) == 0
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    search = made(spec)
    other = beside(search)
    assert other.best
    assert end["random"] == {"value": other.best.value, "trials": 12, "steps": spent(other)}
    assert main([*asked, "--sampler", "random"]) == 2
    assert "--sampler tpe" in capsys.readouterr().err
    with pytest.raises(SearchError, match="beside_itself"):
        Beside(Search(replace(spec, sampler="random")))
