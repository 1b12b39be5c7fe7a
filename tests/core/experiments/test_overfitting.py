"""Overfitting against a plain loop, NumPy's polynomials and least squares, and what its remedies are said to do."""

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pytest
import torch
from numpy.polynomial import legendre
from torch import Tensor, nn

from core import experiments
from core.experiments.overfitting.config import OverfittingConfig
from core.experiments.overfitting.study import Asked, Kind, Study, features, fitted
from core.experiments.overfitting.watch import Overfitting, least_squares
from core.program.export import script
from core.program.trainer import Trainer
from core.run.change import Change
from core.run.history import History
from core.run.spec import RunSpec
from core.settings.config import ConfigError
from tests.core.program.test_export import execute

CPU = torch.device("cpu")
Rows = list[dict[str, float]]
BENT = OverfittingConfig(degree=15, epochs=600)


def train(config: OverfittingConfig, plan: Sequence[Change] = ()) -> tuple[Trainer, Rows]:
    trainer = Trainer(Overfitting, config, CPU, plan)
    with trainer.stream():
        rows = [row for _, row in trainer]
    return trainer, rows


finished = lru_cache(maxsize=2)(train)  # of runs that are only looked at: what is told of one, and whether it is so


def names(trainer: Trainer) -> dict[str, Any]:
    assert isinstance(trainer.experiment, Overfitting)
    return trainer.experiment.names


def view(trainer: Trainer, name: str) -> Any:
    """A view as it arrives in the browser: strict JSON."""
    return json.loads(json.dumps(trainer.experiment.views[name](), allow_nan=False))


def told(config: OverfittingConfig, plan: Sequence[Change] = ()) -> dict[str, dict[str, Any]]:
    trainer, rows = finished(config, tuple(plan))
    history = History()
    history.extend(tuple(rows[0]), np.arange(1, len(rows) + 1), np.array([list(row.values()) for row in rows]))
    now, facts = trainer.experiment.config, trainer.experiment.facts()
    found = experiments.findings("overfitting", now, trainer.outcome or "", history, facts, trainer.changes)
    return {finding.code: {**finding.values, "remedy": finding.remedy} for finding in found}


# --- the program written out --------------------------------------------------------------------------------------


def drawn(seed: int, noise: float) -> tuple[Tensor, Tensor]:
    x = 2 * torch.rand(500) - 1
    return x, 0.8 * torch.sin(2 * torch.pi * x) + 0.3 * x + noise * torch.randn(500)


def powers(x: Tensor) -> Tensor:
    columns = [torch.ones_like(x)]
    for _ in range(40):
        columns.append(x * columns[-1])
    return torch.stack(columns, dim=1) * torch.sqrt(2 * torch.arange(41) + 1)


@pytest.mark.parametrize(("optimizer", "decay"), [("SGD", 0.0), ("Adam", 0.01)])
def test_it_is_the_plain_loop_bit_for_bit(optimizer: str, decay: float) -> None:
    values = {"basis": "powers", "optimizer": optimizer, "weight_decay": decay, "seed": 3, "epochs": 80, "points": 30, "degree": 12}
    torch.manual_seed(3)
    (x, y), (x_test, y_test) = drawn(3, 0.3), drawn(3, 0.3)
    X, tested = powers(x)[:30, :13], powers(x_test)[:, :13]
    w = torch.zeros(41, requires_grad=True)
    step: torch.optim.Optimizer = torch.optim.Adam([w], lr=0.1, weight_decay=decay, foreach=True)
    if optimizer == "SGD":
        step = torch.optim.SGD([w], lr=0.1, weight_decay=decay)
    expected = []
    for _epoch in range(80):
        with torch.no_grad():
            test_loss = ((tested @ w[:13] - y_test) ** 2).mean().item()
        loss = ((X @ w[:13] - y[:30]) ** 2).mean()
        step.zero_grad()
        loss.backward()
        expected.append((loss.item(), test_loss))
        step.step()
    assert [(row["loss"], row["test_loss"]) for row in train(OverfittingConfig.checked(values))[1]] == expected


NETWORK = OverfittingConfig(basis="network", units=40, optimizer="Adam", lr=0.03)


def test_a_small_network_is_the_plain_loop_bit_for_bit_with_its_best_weights_in_the_end() -> None:
    config = NETWORK.replace(units=7, epochs=400, patience=30, weight_decay=0.001, seed=5)
    trainer, rows = train(config)
    torch.manual_seed(5)
    (x, y), (x_test, y_test) = drawn(5, 0.3), drawn(5, 0.3)
    model = nn.Sequential(nn.Linear(1, 7), nn.Tanh(), nn.Linear(7, 1))
    step, expected = torch.optim.Adam(model.parameters(), lr=0.03, weight_decay=0.001), []
    lowest, best = (math.inf, 0), list[Tensor]()
    for epoch in range(1, len(rows) + 1):
        with torch.no_grad():
            test_loss = ((model(x_test[:, None])[:, 0] - y_test) ** 2).mean().item()
        if test_loss < lowest[0]:
            lowest, best = (test_loss, epoch), [parameter.detach().clone() for parameter in model.parameters()]
        loss = ((model(x[:20, None])[:, 0] - y[:20]) ** 2).mean()
        step.zero_grad()
        loss.backward()
        expected.append((loss.item(), test_loss, *lowest))
        step.step()
    assert [(row["loss"], row["test_loss"], row["lowest"], row["lowest_at"]) for row in rows] == expected
    assert len(rows) == lowest[1] + 30 < 400
    for ours, theirs in zip(names(trainer)["model"].parameters(), best, strict=True):
        assert torch.equal(ours, theirs)
    shown = view(trainer, "curve")
    with torch.no_grad():
        for parameter, kept in zip(model.parameters(), best, strict=True):
            parameter.copy_(kept)
        np.testing.assert_allclose(shown["y"], model(torch.tensor(shown["x"])[:, None])[:, 0], atol=1e-6)
    assert all(view(trainer, name) == {} for name in ("closed_curve", "weights:0", "references"))
    assert view(trainer, "study_now")["used"] is None


def test_a_network_overfits_and_its_remedies_help() -> None:
    found, rows = told(NETWORK), finished(NETWORK, ())[1]
    remedies = {code: found[code]["remedy"] for code in found if found[code]["remedy"]}
    assert set(remedies) == {"more_data", "regularize", "stop_early"}
    for remedy in (*remedies.values(), {"units": 3}):
        assert train(NETWORK.replace(**remedy))[1][-1]["test_loss"] < rows[-1]["test_loss"], remedy


def test_legendre_polynomials_are_numpys_scaled_to_a_mean_square_of_1() -> None:
    trainer, _ = train(OverfittingConfig(epochs=1))
    x = names(trainer)["x"].double().numpy()
    expected = legendre.legvander(x, 40) * np.sqrt(2 * np.arange(41) + 1)
    np.testing.assert_allclose(names(trainer)["X"].numpy(), expected, atol=2e-4)
    grid = np.linspace(-1, 1, 200_001)
    squares = np.trapezoid((legendre.legvander(grid, 40) * np.sqrt(2 * np.arange(41) + 1)) ** 2, grid, axis=0) / 2
    np.testing.assert_allclose(squares, 1, rtol=1e-4)


# --- the closed form ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("degree", "decay"), [(3, 0.0), (9, 0.0), (40, 0.0), (9, 0.1)])
def test_the_closed_form_is_numpys(degree: int, decay: float) -> None:
    trainer, _ = train(OverfittingConfig(degree=degree, weight_decay=decay, epochs=1))
    X, y = (names(trainer)[name][:20].double().numpy() for name in ("X", "y"))
    X = X[:, : degree + 1]
    ridge = np.linalg.pinv(2 / 20 * X.T @ X + decay * np.eye(degree + 1)) @ (2 / 20 * X.T @ y)
    expected = ridge if decay else np.linalg.lstsq(X, y)[0]  # of many solutions the shortest one
    np.testing.assert_allclose(view(trainer, "weights:0")["closed"], abs(expected), rtol=1e-6, atol=1e-9)


def test_it_follows_the_live_settings() -> None:
    plan = [Change(2, "points", 20, 50), Change(3, "degree", 9, 4)]
    trainer, _ = train(OverfittingConfig(epochs=5), plan)
    assert [len(view(trainer, "weights:0")[name]) for name in ("features", "trained", "closed")] == [5, 5, 5]
    assert len(view(trainer, "points")["x"]) == 50
    fresh, _ = train(OverfittingConfig(epochs=5, points=50, degree=4))
    assert view(trainer, "closed_curve") == view(fresh, "closed_curve")
    assert view(trainer, "references") == view(fresh, "references")


def test_gradient_descent_gets_there() -> None:
    trainer, rows = train(OverfittingConfig(degree=5, epochs=2000))
    reached = view(trainer, "references")
    assert rows[-1]["loss"] == pytest.approx(reached["loss"], rel=1e-4)
    assert rows[-1]["test_loss"] == pytest.approx(reached["test_loss"], rel=1e-2)


def test_least_squares_of_more_features_than_points_goes_through_all_of_them() -> None:
    X = torch.randn(8, 30, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    y = torch.arange(8, dtype=torch.float64)
    w = least_squares(X, y)
    torch.testing.assert_close(X @ w, y)
    torch.testing.assert_close(w, torch.linalg.pinv(X) @ y)


# --- what overfits, and what mends it -----------------------------------------------------------------------------


def test_degree_15_overfits_twenty_points() -> None:
    _, rows = train(BENT)
    losses, tests = ([row[name] for row in rows] for name in ("loss", "test_loss"))
    turn = int(np.argmin(tests))
    assert rows[-1]["lowest_at"] == turn + 1
    assert tests[-1] > 3 * tests[turn]
    assert losses[-1] < losses[turn]


@pytest.mark.parametrize(
    "remedy", [Change(300, "points", 20, 200), Change(300, "degree", 15, 5), Change(300, "weight_decay", 0.0, 0.1)], ids=str
)
def test_each_remedy_mends_a_run_that_goes_on(remedy: Change) -> None:
    before, after = train(BENT)[1], train(BENT, [remedy])[1]
    assert after[:300] == before[:300]
    assert after[-1]["test_loss"] < 0.5 * before[-1]["test_loss"]


def test_stopping_early_puts_the_best_weights_back_as_the_script_does() -> None:
    plan = [Change(50, "patience", 0, 40)]
    trainer, rows = train(BENT, plan)
    w, best = names(trainer)["w"].detach(), int(rows[-1]["lowest_at"])
    assert len(rows) == best + 40
    earlier = Trainer(Overfitting, BENT, CPU)
    with earlier.stream():
        for _ in range(best):
            next(earlier)
    assert torch.equal(w[:16], names(earlier)["w"].detach()[:16])
    made, printed = execute(script(RunSpec("overfitting", BENT, tuple(plan))).source)
    assert torch.equal(made["w"], w)
    assert printed[-1] == f"loss: {rows[-1]['loss']!r}"


def test_the_best_weights_of_another_degree_do_not_count() -> None:
    _, rows = train(BENT, [Change(100, "degree", 15, 2)])
    assert rows[100]["lowest_at"] == 101
    assert rows[-1]["lowest"] == min(row["test_loss"] for row in rows[100:])


# --- in words -----------------------------------------------------------------------------------------------------


def test_where_it_begins_is_said_with_what_helps() -> None:
    found = told(BENT)
    assert found["overfitting"]["step"] == train(BENT)[1][-1]["lowest_at"]
    remedies = {code: found[code]["remedy"] for code in ("more_data", "fewer_features", "regularize", "stop_early")}
    assert remedies == {
        "more_data": {"points": 200}, "fewer_features": {"degree": 5}, "regularize": {"weight_decay": 0.01},
        "stop_early": {"patience": 100},
    }  # fmt: skip
    settings = OverfittingConfig.settings()
    assert all(settings[field].liveness == "live" for remedy in remedies.values() for field in remedy)


@pytest.mark.parametrize(
    ("config", "code"),
    [
        (OverfittingConfig(seed=4, epochs=400), "gap"),
        (OverfittingConfig(points=400, epochs=400), "at_the_noise"),
        (OverfittingConfig(degree=30, epochs=3), "as_many_features"),
        (OverfittingConfig(basis="powers", epochs=3), "powers"),
        (BENT.replace(patience=30), "stopped_early"),
        (OverfittingConfig(lr=5.0), "diverged_above_limit"),
    ],
)
def test_the_words_follow_the_numbers(config: OverfittingConfig, code: str) -> None:
    found = told(config)
    assert code in found
    assert "overfitting" not in found


@pytest.mark.parametrize("fields", [{}, {"optimizer": "Momentum", "weight_decay": 0.1}, {"optimizer": "Nesterov", "degree": 3}], ids=str)
def test_the_learning_rate_that_is_offered_is_the_largest_stable_one(fields: dict[str, Any]) -> None:
    found = told(OverfittingConfig(lr=10.0, **fields))["diverged_above_limit"]
    (lr,) = found["remedy"].values()
    assert lr <= found["limit"] < 1.1 * lr
    mended = train(OverfittingConfig(lr=lr, epochs=400, **fields))[1]
    assert mended[-1]["loss"] < mended[0]["loss"]
    worse = train(OverfittingConfig(lr=1.05 * found["limit"], epochs=2000, **fields))[1]
    assert not worse[-1]["loss"] < mended[-1]["loss"]


def test_without_such_a_bound_a_tenth_is_offered() -> None:
    """The curvatures are those of the points that it began with."""
    facts = Trainer(Overfitting, OverfittingConfig(), CPU).experiment.facts()
    history = History()
    history.extend(("loss", "test_loss", "lowest", "lowest_at"), np.array([7]), np.array([[np.nan, np.nan, 1.0, 3.0]]))
    known, changed = (
        experiments.findings("overfitting", OverfittingConfig(lr=10.0, points=points), "diverged", history, facts) for points in (20, 50)
    )
    assert [one.code for one in known] == ["diverged_above_limit"]
    assert [(one.code, one.remedy) for one in changed] == [("diverged", {"lr": 1.0})]


def test_a_test_loss_below_the_training_loss_is_no_mistake() -> None:
    config = OverfittingConfig(seed=7, degree=2, epochs=100)
    last = train(config)[1][-1]
    assert last["test_loss"] < last["loss"]
    assert "below" in told(config)


@pytest.mark.parametrize("values", [{"points": 4}, {"points": 501}, {"degree": 41}, {"degree": -1}, {"basis": "sines"}, {"noise": 2.0}])
def test_what_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        OverfittingConfig.checked(values)


# --- all numbers of features at once --------------------------------------------------------------------------------


def studied(kind: Kind, basis: Literal["legendre", "powers"] = "legendre") -> Study:
    x = np.random.default_rng(1).uniform(-1, 1, 20)
    study = Study(Asked(kind, basis, tuple(x), 0.3, seed=0))
    study.go_on(math.inf, lambda: 0.0)
    assert study.done
    return study


def test_bias_variance_and_noise_add_up_to_the_test_error() -> None:
    found = studied("degrees").found
    total = np.add(found["bias"], found["variance"]) + 0.3**2
    np.testing.assert_allclose(found["test"], total, rtol=1e-6)
    assert len(total) == 41
    assert found["bias"][5] < 0.2 * found["bias"][0]
    assert found["variance"][15] > 100 * found["variance"][5]
    assert max(found["train"][19:]) < 1e-6


def test_each_fit_is_numpys_least_squares() -> None:
    rng = np.random.default_rng(2)
    X, y = features(rng.uniform(-1, 1, (3, 12)), 30, "legendre"), rng.normal(size=(3, 12))
    expected = [np.linalg.lstsq(one, target)[0] for one, target in zip(X, y, strict=True)]
    np.testing.assert_allclose(fitted(X, y), expected, atol=1e-10)


def test_legendre_polynomials_descend_twice_and_powers_do_not() -> None:
    study, powered = studied("double_descent"), studied("double_descent", "powers").found["test"]
    tests = dict(zip(study.sizes, study.found["test"], strict=True))
    assert study.best() in (6, 8)
    assert tests[20] == max(tests.values()) > 1e6
    assert tests[1000] < 1.2 * tests[6]
    assert powered[-1] > 1e6


def goes_on(trainer: Trainer) -> bool:
    """Somebody looks: whether there is more to come."""
    trainer.experiment.remember(trainer.step)
    return trainer.experiment.behind


def test_a_study_goes_on_beside_a_run_that_is_held_and_begins_anew_with_other_points() -> None:
    trainer = Trainer(Overfitting, OverfittingConfig(), CPU)
    assert sum(iter(lambda: goes_on(trainer), False)) > 1
    whole = view(trainer, "study_test")
    assert whole["x"] == list(range(1, 42))
    assert view(trainer, "study_now") == {"used": 10, "points": 20, "best": whole["x"][int(np.argmin(whole["y"]))]}
    trainer.change("points", 30)
    assert goes_on(trainer)
    assert len(view(trainer, "study_test")["x"]) < 41


def test_watching_a_study_changes_no_number() -> None:
    trainer = Trainer(Overfitting, OverfittingConfig(epochs=30), CPU)
    rows = []
    with trainer.stream():
        for step, row in trainer:
            trainer.experiment.remember(step)
            rows.append(row)
    assert rows == train(OverfittingConfig(epochs=30))[1]


def test_normal_equations_in_float32_lose_what_least_squares_keeps() -> None:
    found = train(OverfittingConfig(epochs=1))[0].experiment.facts()["arithmetic"]
    assert found["normal"] > 1.1 * found["least"]
