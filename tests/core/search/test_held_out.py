"""Samples that nobody chooses by: what is told of them is what a plain computation finds, and the training knows nothing of it."""

import json
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from torch import nn

from core import experiments
from core.__main__ import main
from core.program.trainer import Trainer
from core.search.goal import Goal
from core.search.script import script
from core.search.space import SearchError
from core.search.spec import SearchSpec
from tests.core.search.test_script import executed
from tests.core.search.test_search import made

TESTED: dict[str, dict[str, Any]] = {
    "iris": {"test_share": 0.4},
    "plane": {"test_share": 0.4},
    "digits": {"batch_size": 512},
    "overfitting": {"basis": "network"},
}


def spec_of(experiment: str, over: list[str], settings: dict[str, Any], **given: str) -> SearchSpec:
    config = experiments.config_class(experiment).checked({**TESTED[experiment], **settings})
    return SearchSpec.read(experiment, config, over, **{"sampler": "random", "held_out": "1", "goal": "test_loss", **given})


def plainly(lr: float, epochs: int) -> tuple[float, float, float]:
    """Iris as a person would write it: training loss, the loss of every second test sample, and of the others."""
    flowers = load_iris()
    x, x_test, y, y_test = train_test_split(flowers.data, flowers.target, test_size=0.4, stratify=flowers.target, random_state=0)
    x, x_test = (torch.tensor(part, dtype=torch.float32) for part in (x, x_test))
    y, y_test = (torch.tensor(part, dtype=torch.int64) for part in (y, y_test))
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    found = (0.0, 0.0, 0.0)
    for _ in range(epochs):
        with torch.no_grad():
            halves = [F.cross_entropy(model(x_test[from_::2].clone()), y_test[from_::2]).item() for from_ in (0, 1)]
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found = (loss.item(), halves[0], halves[1])
    return found


@pytest.mark.parametrize("stack", [True, False])
def test_both_halves_are_those_of_a_plain_loop(stack: bool) -> None:
    search = made(spec_of("iris", ["lr=1e-3..0.3:log"], {"epochs": 12}, trials="3"), stack=stack)
    for trial in search.trials:
        loss, chosen_by, held = plainly(float(trial.values["lr"]), 12)
        assert (trial.loss, trial.value, trial.held) == pytest.approx((loss, chosen_by, held), rel=1e-5)
        assert trial.value != trial.held


@pytest.mark.parametrize("experiment", TESTED)
def test_both_halves_together_are_what_a_run_is_tested_on_and_its_training_is_the_same(experiment: str) -> None:
    goals = ["test_loss", "test_accuracy"] if experiment != "overfitting" else ["test_loss"]
    for goal in goals:
        [trial] = made(spec_of(experiment, ["lr=0.01..0.1"], {"epochs": 9}, trials="1", goal=goal)).trials
        assert trial.config
        run = Trainer(experiments.watch(experiment), trial.config, torch.device("cpu"))
        run.experiment.begins = lambda _row: None
        with run.stream():
            *_, (_, row) = run
        test = len(vars(run.experiment)["names"]["y_test"])
        first = (test + 1) // 2
        assert (trial.value * first + trial.held * (test - first)) / test == pytest.approx(row[goal], rel=1e-5)
        assert trial.loss == row["loss"]


@pytest.mark.parametrize(("experiment", "goal"), [
    ("overfitting", "best_test_loss"), ("iris", "test_accuracy"), ("plane", "best_test_accuracy")
])  # fmt: skip
def test_a_stack_tells_of_them_what_single_runs_do(experiment: str, goal: str) -> None:
    spec = spec_of(experiment, ["lr=1e-3..0.3:log"], {"epochs": 27}, trials="9", goal=goal, pruner="halving", seeds="2")
    stacked, alone = made(spec), made(spec, stack=False)
    assert [(one.value, one.held, one.loss) for one in stacked.trials] == [(one.value, one.held, one.loss) for one in alone.trials]
    assert any(one.stacked for one in stacked.trials)


def test_the_best_of_all_epochs_is_told_with_the_held_out_number_of_that_epoch() -> None:
    spec = spec_of("overfitting", ["lr=0.05..0.1"], {"epochs": 60, "points": 10}, trials="1", goal="best_test_loss")
    [best] = made(spec).trials
    shorter = (made(replace(spec, config=spec.config.replace(epochs=epochs), goal=Goal("test_loss"))).trials[0] for epochs in range(2, 60))
    ends = next(trial for trial in shorter if trial.value == best.value)  # the shortest run that reaches it ends there
    assert best.held == ends.held


def test_stopping_early_is_decided_by_those_who_choose() -> None:
    spec = spec_of("iris", ["lr=0.3..0.31"], {"epochs": 400, "patience": 5}, trials="1", goal="best_test_loss")
    [trial] = made(spec).trials
    waited = made(replace(spec, config=spec.config.replace(epochs=trial.step - 5, patience=0))).trials[0]
    assert (waited.value, waited.held) == (trial.value, trial.held)  # reached so long before the end
    assert waited.curve[-1][1] == trial.value


def test_a_link_holds_it_and_the_command_line_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    spec = spec_of("iris", ["lr=1e-3..0.3:log"], {"epochs": 9}, trials="4")
    assert spec.to_link()["held_out"] == "1"
    asked = ["--over", "lr=1e-3..0.3:log", "--sampler", "random", "--trials", "4", "--epochs", "9", "--goal", "test_loss", "--held-out"]
    assert main(["search", "iris", *asked, "--set", "test_share=0.4", "--json"]) == 0
    *trials, end = map(json.loads, capsys.readouterr().out.splitlines())
    search = made(spec)
    assert [trial["held_out"] for trial in trials] == [trial.held for trial in search.trials]
    assert end["best"]["held_out"] == (search.best.held if search.best else None)
    assert main(["search", "iris", *asked]) == 2  # nothing is tested
    assert "--set test_share=0.3" in capsys.readouterr().err
    assert main(["search", "iris", *asked, "--goal", "loss"]) == 2
    assert "all of them are held out" in capsys.readouterr().err


@pytest.mark.parametrize(("experiment", "over", "given"), [
    ("iris", ["lr=1e-3..0.3:log", "hidden=4|10"], {"pruner": "halving"}),
    ("iris", ["lr=1e-3..0.3:log", "dropout=0..0.5"], {"goal": "best_test_accuracy", "seeds": "2"}),
    ("digits", ["lr=1e-3..0.1:log"], {"goal": "best_test_loss", "trials": "2"}),
    ("overfitting", ["lr=1e-3..0.1:log"], {}),
])  # fmt: skip
def test_the_script_chooses_by_the_same_half_and_tells_of_the_other_one(experiment: str, over: list[str], given: dict[str, str]) -> None:
    spec = spec_of(experiment, over, {"epochs": 9}, **{"trials": "4", **given})
    best = made(spec).best
    names = executed(script(spec))
    assert best
    assert (names["trial"].number, names["value"], names["trial"].user_attrs["held_out"]) == (best.number, best.value, best.held)
    assert names["printed"].splitlines()[-1] == f"held out: {best.held}"


def test_one_test_sample_cannot_be_halved() -> None:
    with pytest.raises(SearchError, match="nothing_held_out"):
        made(spec_of("plane", ["lr=0.01..0.1"], {"epochs": 2, "test_share": 0.0}, trials="1"))
