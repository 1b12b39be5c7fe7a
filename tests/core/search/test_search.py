"""Whole searches, small ones: what a trial's value is, who chooses, who is cut."""

import json
import math
from dataclasses import replace

import optuna
import pytest
import torch
from optuna.distributions import CategoricalDistribution, FloatDistribution

from core import experiments
from core.__main__ import main
from core.search.goal import Goal
from core.search.halving import Halving, bracket, rungs
from core.search.member import Member
from core.search.search import Search, Trial
from core.search.share import Share
from core.search.space import SearchError
from core.search.spec import SearchSpec
from core.search.stacked import stacks
from core.settings.config import TrainingConfig


def made(spec: SearchSpec, *, stack: bool = True) -> Search:
    search = Search(spec, stack=stack)
    for _ in search.rounds():
        pass
    return search


def spec_of(over: list[str], experiment: str = "iris", settings: dict[str, object] | None = None, **given: str) -> SearchSpec:
    config: TrainingConfig = experiments.config_class(experiment).checked({"epochs": 12, **(settings or {})})
    return SearchSpec.read(experiment, config, over, **{"sampler": "random", "trials": "6", **given})


def numbers(search: Search) -> list[tuple[dict[str, object], str, float]]:
    return [(dict(trial.values), trial.state, trial.value) for trial in search.trials]


DRAWN: list[tuple[str, dict[str, object], list[str], str]] = [  # experiment, settings, what is searched, goal
    ("iris", {"optimizer": "SGD", "activation": "tanh", "test_share": 0.3}, ["weight_decay=0..0.1", "hidden=6,5|"], "test_loss"),
    ("iris", {"optimizer": "Momentum", "activation": "relu", "test_share": 0.3}, ["momentum=0..0.9"], "test_loss"),
    ("iris", {"optimizer": "RMSprop", "activation": "none", "batch_size": 31, "epochs": 8}, ["dropout=0..0.5"], "best_accuracy"),
    ("iris", {"optimizer": "Nesterov", "activation": "sigmoid", "hidden": "7,5"}, ["dropout=0..0.5"], "accuracy"),
    (
        "plane", {"optimizer": "Adam", "activation": "gelu", "output": "sigmoid", "test_share": 0.3, "points": 137}, ["l1=0..0.1"],
        "best_test_loss",
    ),
    ("plane", {"optimizer": "AdamW", "data": "spiral", "features": "x1,x2,sin_x1", "hidden": "4"}, ["weight_decay=0..0.1"], "accuracy"),
    (
        "plane", {"batch_size": 31, "points": 80, "epochs": 8, "hidden": "5", "features": "x1,x2,x1_squared,x2_squared,x1_x2"},
        ["dropout=0..0.5"], "loss",
    ),
    ("overfitting", {"basis": "network", "units": 13, "points": 31}, ["weight_decay=0..0.1"], "best_test_loss"),
    ("linear_regression", {"data": "line", "loss": "huber"}, ["optimizer=SGD|Nesterov"], "loss"),
    ("linear_regression", {"data": "line", "formulation": "module", "start": "pytorch", "batch_size": 20}, ["loss=mse|l1"], "best_loss"),
]  # fmt: skip


@pytest.mark.parametrize(("experiment", "settings", "over", "goal"), DRAWN)
def test_members_of_a_stack_have_the_numbers_of_single_runs(
    experiment: str, settings: dict[str, object], over: list[str], goal: str
) -> None:
    spec = spec_of(["lr=1e-3..0.3:log", *over], experiment, {"epochs": 20, **settings}, trials="5", goal=goal, seeds="2")
    stacked, alone = made(spec), made(spec, stack=False)
    assert [(trial.value, trial.curve, trial.loss) for trial in stacked.trials] == [
        (trial.value, trial.curve, trial.loss) for trial in alone.trials
    ]
    assert any(trial.stacked for trial in stacked.trials)
    assert not any(trial.stacked for trial in alone.trials)


@pytest.mark.parametrize("goal", ["best_loss", "accuracy", "best_test_accuracy"])
def test_every_goal_is_read_of_a_stack_as_of_a_run(goal: str) -> None:
    spec = spec_of(["lr=1e-3..0.3:log"], settings={"test_share": 0.3, "label_noise": 0.1}, goal=goal, seeds="2", trials="3")
    assert [trial.value for trial in made(spec).trials] == [trial.value for trial in made(spec, stack=False).trials]


def test_the_value_of_a_trial_is_that_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--set", "test_share=0.3", "--set", "epochs=10"]
    over = ["--over", "lr=1e-3..0.3:log", "--over", "hidden=4|10", "--sampler", "tpe", "--trials", "6", "--goal", "test_loss"]
    assert main(["search", "iris", *over, *arguments, "--json"]) == 0
    *trials, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert [trial["trial"] for trial in trials] == list(range(6))
    assert end["best"]["value"] == min(trial["value"] for trial in trials)
    assert 1 <= end["guess"]["rank"] <= 6
    assert trials[0]["config"]["lr"] == 0.01  # the learner's own guess goes in first
    config = end["best"]["config"]
    settings = [f"lr={config['lr']}", f"hidden={','.join(map(str, config['hidden']))}"]
    assert main(["train", "iris", *arguments, *(part for one in settings for part in ("--set", one)), "--json"]) == 0
    *_, last, _run = map(json.loads, capsys.readouterr().out.splitlines())
    assert last["metrics"]["test_loss"] == end["best"]["value"]


def test_a_refused_search_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "iris", "--over", "lr=0.3..0.1"]) == 2
    assert "lr=0.1..0.3" in capsys.readouterr().err
    assert main(["search", "iris", "--over", "lr=0.1..0.3", "--goal", "test_loss", "--trials", "2", "--epochs", "2"]) == 2
    assert "--set test_share=0.3" in capsys.readouterr().err


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe", "cmaes"])
def test_the_same_search_finds_the_same(sampler: str) -> None:
    spec = spec_of(["lr=1e-3..0.3:log", "weight_decay=0..0.1"], sampler=sampler, trials="20", settings={"epochs": 2})
    first, second = made(spec), made(spec)
    assert numbers(first) == numbers(second)
    assert len({str(trial.values) for trial in first.trials}) == len(first.trials)
    if sampler == "random":
        other = made(replace(spec, seed=1))
        assert numbers(other)[1:] != numbers(first)[1:]


@pytest.mark.parametrize(("experiment", "settings"), [
    ("iris", {"test_share": 0.3, "patience": 3}),
    ("plane", {"hidden": "", "output": "sigmoid", "formulation": "tensors"}),
    ("plane", {"hidden": "64,64,64", "points": 1500, "epochs": 2}),
])  # fmt: skip
def test_what_is_no_stack_is_searched_one_by_one(experiment: str, settings: dict[str, object]) -> None:
    search = made(spec_of(["lr=1e-3..0.1:log"], experiment, {"epochs": 5, **settings}))
    assert all(trial.state == "complete" and not trial.stacked for trial in search.trials)


def members(**settings: object) -> tuple[SearchSpec, list[Member]]:
    spec = spec_of(["lr=1e-3..0.1:log"], settings=settings)
    return spec, [Member(spec.config.replace(lr=0.01 * place), spec.goal, spec.first) for place in range(1, 7)]


def test_a_stack_is_lower_the_more_updates_nobody_can_stop_it_in_and_the_more_room_a_member_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.search.stacked.MOST", 8)
    monkeypatch.setattr("core.search.stacked.ROOM", 4 * 150 * 65)
    for settings, sizes in (({}, [6]), ({"hidden": "64"}, [3, 3]), ({"batch_size": 50}, [2, 2, 2])):
        spec, each = members(**settings)
        made, alone = stacks("iris", each, spec.goal, torch.device("cpu"))
        assert [len(stack.members) for stack in made] == sizes
        assert not alone


@pytest.mark.parametrize(("seconds", "turns"), [(0.0, 30), (1e9, 2)])
def test_a_search_can_be_stopped_after_so_many_seconds_or_steps(monkeypatch: pytest.MonkeyPatch, seconds: float, turns: int) -> None:
    monkeypatch.setattr("core.search.share.TURN", seconds)
    spec, each = members(epochs=40)
    share = Share(spec, each, torch.device("cpu"))
    list(share.advance(1))  # it is built, too
    assert len(list(share.advance(31))) == turns  # how many fit into a turn is known: 25 and 5 steps, or each by itself


def test_all_diverging_is_a_result() -> None:
    search = made(spec_of(["lr=5..10"], "linear_regression", {"epochs": 400, "optimizer": "SGD"}))
    assert {trial.state for trial in search.trials} == {"failed"}
    assert search.best is None
    assert all(math.isnan(trial.value) for trial in search.trials)


def test_a_number_that_the_runs_do_not_have_is_refused() -> None:
    with pytest.raises(SearchError, match="no_such_goal"):
        made(spec_of(["lr=1e-3..0.1:log"], goal="test_loss"))


def test_halving_keeps_the_best_third_at_each_rung() -> None:
    assert rungs(27) == (1, 3, 9)
    halving = Halving(Goal("loss"), 27, "halving")
    assert halving.cut(1, {number: float(number) for number in range(9)}) == {3, 4, 5, 6, 7, 8}
    assert halving.cut(3, {0: 0.5, 1: 0.4, 2: math.inf}) == {0, 2}
    assert halving.cut(9, {1: 0.3}) == set()  # the only one there is the best
    assert halving.cut(1, {9: 8.5, 10: 0.5}) == {9}  # those who come later are compared with all who were there


def test_hyperband_deals_out_to_brackets_that_begin_later() -> None:
    dealt = [bracket(number, 27, "hyperband") for number in range(49)]
    assert [dealt.count(skipped) for skipped in range(4)] == pytest.approx([27, 12, 6, 4], abs=1)
    assert bracket(5, 27, "halving") == 0


def test_pruning_saves_the_steps_that_are_counted() -> None:
    search = made(spec_of(["lr=1e-4..0.3:log"], trials="9", pruner="halving", settings={"epochs": 27}))
    by_state = {state: [trial for trial in search.trials if trial.state == state] for state in ("complete", "pruned")}
    assert [len(by_state[state]) for state in ("complete", "pruned")] == [1, 8]
    assert sorted(trial.step for trial in by_state["pruned"]) == [1] * 6 + [3] * 2
    assert search.saved == 6 * 26 + 2 * 24
    assert search.rank(by_state["complete"][0]) == 1
    assert search.best is by_state["complete"][0]


def test_what_is_left_of_a_stack_after_a_cut_has_the_numbers_of_single_runs() -> None:
    spec = spec_of(["lr=1e-3..0.3:log"], trials="9", pruner="halving", settings={"epochs": 27, "test_share": 0.2}, goal="best_test_loss")
    assert numbers(made(spec)) == numbers(made(spec, stack=False))


def test_a_narrower_range_holds_from_the_next_wave_on() -> None:
    search = Search(spec_of(["lr=1e-3..0.3:log"], sampler="tpe", trials="32", settings={"epochs": 2}))
    for _ in search.rounds():
        if len(search.trials) == 16:
            search.narrow([search.spec.over[0].narrowed(0.1, 0.3)])
    later: list[Trial] = search.trials[16:]
    assert len(later) == 16
    assert all(0.1 <= float(trial.values["lr"]) <= 0.3 for trial in later)


def test_the_link_of_a_search_that_was_extended_and_narrowed_holds_the_same_trials() -> None:
    """Each wave is told as a whole: one that crossed the border of a wish would teach the sampler something else."""
    search = Search(spec_of(["lr=1e-3..0.3:log", "hidden=4|10"], sampler="tpe", trials="20", settings={"epochs": 2}))
    for _ in search.rounds():
        pass
    search.extend(16)
    search.extend(3)
    for _ in search.rounds():
        if len(search.trials) == 36:
            search.narrow([search.spec.over[0].narrowed(0.1, 0.3), search.spec.over[1].among(["10"])])
    assert [(turn.at, turn.trials) for turn in search.spec.turns] == [(20, 39), (36, 39)]
    link = search.spec.to_link()
    config = experiments.config_class("iris").from_link({name: text for name, text in link.items() if name == "epochs"})
    again = SearchSpec.read("iris", config, link["over"].split(";"), sampler="tpe", trials="20", turns=link["turns"])
    assert again == search.spec
    assert numbers(made(again)) == numbers(search)
    assert numbers(made(replace(again, trials=39, turns=())))[20:] != numbers(search)[20:]


def test_searching_leaves_the_random_numbers_of_others_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    made(spec_of(["lr=1e-3..0.3:log"], settings={"epochs": 2}))
    assert torch.equal(torch.rand(3), expected)


def test_what_matters_is_told_of_every_field_also_after_its_range_was_narrowed() -> None:
    search = Search(spec_of(["lr=1e-3..0.3:log", "hidden=4|10|16"], sampler="tpe", trials="32", settings={"epochs": 9}))
    for _ in search.rounds():
        if len(search.trials) == 16:
            search.narrow([search.spec.over[0].narrowed(0.01, 0.3), search.spec.over[1].among(["10", "16"])])
    after = search.sampler.importances()
    assert set(after) == {"lr", "hidden"}
    assert sum(after.values()) == pytest.approx(1)
    whole = optuna.create_study()  # as if nothing had been narrowed: the same trials under the ranges of the beginning
    over = {"lr": FloatDistribution(1e-3, 0.3, log=True), "hidden": CategoricalDistribution(("4", "10", "16"))}
    for trial in search.trials:
        whole.add_trial(optuna.trial.create_trial(value=trial.value, params=trial.values, distributions=over))
    assert after == optuna.importance.get_param_importances(whole)


def test_members_of_a_stack_diverge_at_the_rows_at_which_single_runs_do() -> None:
    spec = spec_of(["lr=0.1..10:log", "momentum=0.9..0.99"], settings={"optimizer": "Momentum", "epochs": 100}, trials="8")
    spec = replace(spec, config=spec.config.replace(hidden="16,16,16,16", activation="none"))
    stacked, alone = made(spec), made(spec, stack=False)
    ends = [(trial.state, trial.step) for trial in alone.trials]
    assert [(trial.state, trial.step) for trial in stacked.trials] == ends
    assert len({step for state, step in ends if state == "failed"}) > 1
    assert any(trial.stacked for trial in stacked.trials)
