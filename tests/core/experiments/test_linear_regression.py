"""Linear regression against plain loops, closed forms, and the figures that anyone can compute by hand."""

import json
import math
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch import nn

from core.experiments import findings as found_in
from core.experiments.linear_regression.config import LinearRegressionConfig
from core.experiments.linear_regression.data import curvatures, optimum, residual_loss, samples
from core.experiments.linear_regression.findings import findings, largest_stable_lr
from core.experiments.linear_regression.watch import LinearRegression
from core.program.export import script
from core.program.optimizer import make_optimizer
from core.program.trainer import Trainer
from core.run.change import Change
from core.run.finding import Finding
from core.run.history import History
from core.run.spec import RunSpec
from core.run.stability import rounded_down
from core.settings.config import OPTIMIZERS, ConfigError
from core.settings.limits import limits
from tests.core.program.test_export import execute

CPU = torch.device("cpu")
Rows = list[dict[str, float]]


def train(config: LinearRegressionConfig, plan: tuple[Change, ...] = ()) -> tuple[Trainer, Rows]:
    trainer = Trainer(LinearRegression, config, CPU, plan)
    with trainer.stream():
        rows = [row for _, row in trainer]
    return trainer, rows


def plain_loop(epochs: int, lr: float) -> Rows:
    """The program of the lesson, written out."""
    x, y = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[1.0], [2.0], [3.0]])
    W, b = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    sgd = torch.optim.SGD([W, b], lr=lr)
    rows = []
    for _epoch in range(epochs + 1):
        cost = ((x * W + b - y) ** 2).mean()
        sgd.zero_grad()
        cost.backward()
        slope, shift = torch.autograd.grad(((x * W + b - y) ** 2).mean(), [W, b])
        rows.append({"loss": cost.item(), "W": W.item(), "b": b.item(), "dW": slope.item(), "db": shift.item()})
        sgd.step()
    return rows


def test_the_defaults_are_the_plain_loop_bit_for_bit() -> None:
    trainer, rows = train(LinearRegressionConfig())
    assert rows == plain_loop(1000, 0.01)
    assert trainer.outcome == "finished"
    assert trainer.step == 1000


def test_the_figures_of_the_lesson() -> None:
    _, rows = train(LinearRegressionConfig())
    shown = {
        epoch: (round(rows[epoch]["W"], 3), round(rows[epoch]["b"], 3), round(rows[epoch]["loss"], 6)) for epoch in (0, 100, 500, 1000)
    }
    assert shown == {
        0: (0, 0, 4.666667),
        100: (0.873, 0.290, 0.012043),
        500: (0.951, 0.111, 0.001756),
        1000: (0.985, 0.033, 0.000158),
    }


def test_by_hand_and_with_a_module_are_the_same_program() -> None:
    by_hand, with_module = (train(LinearRegressionConfig.checked({"formulation": f, "epochs": 200}))[1] for f in ("tensors", "module"))
    np.testing.assert_allclose([r["loss"] for r in by_hand], [r["loss"] for r in with_module], rtol=1e-5)


@settings(max_examples=25)
@given(
    name=st.sampled_from(OPTIMIZERS), lr=st.floats(1e-4, 0.1), loss=st.sampled_from(["mse", "l1", "huber"]),
    seed=st.integers(0, 99), batch_size=st.sampled_from([0, 1, 7, 20]), start=st.sampled_from(["zeros", "pytorch"]),
)  # fmt: skip
def test_every_setting_is_the_plain_module_loop(name: str, lr: float, loss: str, seed: int, batch_size: int, start: str) -> None:
    config = LinearRegressionConfig.checked({
        "formulation": "module", "data": "line", "points": 20, "optimizer": name, "lr": lr, "loss": loss, "seed": seed,
        "batch_size": batch_size,
        "start": start, "epochs": 12, "momentum": 0.8, "weight_decay": 0.01,
    })  # fmt: skip
    x, y = (torch.tensor(values, dtype=torch.float32)[:, None] for values in samples(config))
    losses_by_name: dict[str, Callable[..., Any]] = {"mse": F.mse_loss, "l1": F.l1_loss, "huber": F.huber_loss}
    loss_fn = losses_by_name[loss]
    torch.manual_seed(seed)
    model = nn.Linear(1, 1)
    if start == "zeros":
        nn.init.zeros_(model.weight), nn.init.zeros_(model.bias)
    optim = make_optimizer(config, model.parameters())
    losses = []
    for _epoch in range(13):
        losses.append(loss_fn(model(x), y).item())
        order = torch.randperm(20).split(batch_size) if 0 < batch_size < 20 else [slice(None)]
        for rows in order:
            optim.zero_grad()
            loss_fn(model(x[rows]), y[rows]).backward()
            optim.step()
    assert [row["loss"] for row in train(config)[1]] == losses


def test_a_change_acts_on_the_next_update_and_replays_to_the_same_bits() -> None:
    trainer = Trainer(LinearRegression, LinearRegressionConfig(epochs=50), CPU)
    rows = []
    for step, row in trainer:
        rows.append(row)
        if step == 20:
            assert trainer.change("lr", 0.05) == Change(20, "lr", 0.01, 0.05)
            assert trainer.change("lr", 0.05) is None
    assert rows[20] == plain_loop(20, 0.01)[20]
    np.testing.assert_allclose(rows[21]["W"], rows[20]["W"] - 0.05 * rows[20]["dW"], rtol=1e-6)
    assert train(LinearRegressionConfig(epochs=50), (Change(20, "lr", 0.01, 0.05),))[1] == rows


def test_momentum_means_nothing_to_plain_sgd() -> None:
    trainer = Trainer(LinearRegression, LinearRegressionConfig(), CPU)
    trainer.change("momentum", 0.5)
    assert trainer.experiment.optimizer.param_groups[0]["momentum"] == 0


@pytest.mark.parametrize(("lr", "outcome"), [(0.18, "finished"), (0.185, "diverged")])
def test_lr_above_two_over_the_curvature_diverges(lr: float, outcome: str) -> None:
    trainer, rows = train(LinearRegressionConfig(lr=lr, epochs=20_000))
    assert trainer.outcome == outcome
    assert math.isfinite(rows[-1]["loss"]) == (outcome == "finished")


def test_the_curvature_of_the_three_points() -> None:
    x, _ = samples(LinearRegressionConfig())
    assert curvatures(x) == pytest.approx((0.2404, 11.0929), abs=1e-4)
    bound = largest_stable_lr(LinearRegressionConfig(), 11.0929)
    assert bound
    assert bound[0] == pytest.approx(0.1803, abs=1e-4)


@pytest.mark.parametrize("name", ["SGD", "Momentum", "Nesterov"])
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_stable_lr_is_where_a_parabola_starts_to_diverge(name: str, beta: float) -> None:
    config = LinearRegressionConfig.checked({"optimizer": name, "momentum": beta, "weight_decay": 0.5})
    bound = largest_stable_lr(config, curvatures(samples(config)[0])[1])
    assert bound
    for lr, stays in ((0.97 * bound[0], True), (1.03 * bound[0], False)):
        _, rows = train(config.replace(lr=lr, epochs=3000))
        assert (rows[-1]["loss"] < 100) == stays


@pytest.mark.parametrize("loss", ["mse", "l1", "huber"])
def test_no_line_has_less_loss_than_the_best_one(loss: str) -> None:
    x, y = samples(LinearRegressionConfig(data="line", noise=1.0))
    best = optimum(loss, x, y)
    for slope, shift in np.random.default_rng(0).normal(0, 0.1, (50, 2)):
        assert residual_loss(loss, (best.W + slope) * x + best.b + shift - y) >= best.loss
    if loss == "mse":
        np.testing.assert_allclose((best.W, best.b), np.polyfit(x, y, 1))


def test_diabetes_standardized_reaches_least_squares() -> None:
    trainer, rows = train(LinearRegressionConfig(data="diabetes", standardize=True, lr=0.1, epochs=500))
    best = trainer.experiment.facts()["best"]
    assert len(trainer.experiment.facts()["points"]["x"]) == 442
    assert rows[-1]["loss"] == pytest.approx(best["loss"], rel=1e-4)
    assert (rows[-1]["W"], rows[-1]["b"]) == pytest.approx((best["W"], best["b"]), rel=1e-3)


@pytest.mark.parametrize("formulation", ["tensors", "module"])
def test_float64_data_meet_float32_weights(formulation: str) -> None:
    trainer = Trainer(LinearRegression, LinearRegressionConfig.checked({"dtype": "float64", "formulation": formulation}), CPU)
    with pytest.raises(RuntimeError, match=r"same dtype.*[dD]ouble"):
        next(trainer)


def test_typed_initial_values() -> None:
    for formulation in ("tensors", "module"):
        _, rows = train(LinearRegressionConfig.checked({"start": "typed", "W0": 3, "b0": -1, "epochs": 1, "formulation": formulation}))
        assert (rows[0]["W"], rows[0]["b"]) == (3, -1)


def told(config: LinearRegressionConfig) -> dict[str, dict[str, float | str]]:
    trainer, rows = train(config)
    history = History()
    history.extend(tuple(rows[0]), np.arange(len(rows)), np.array([list(row.values()) for row in rows]))
    found = findings(config, trainer.outcome or "", history, trainer.experiment.facts())
    return {finding.code: {**finding.values, **{f"remedy_{k}": v for k, v in finding.remedy.items()}} for finding in found}


def test_the_words_follow_the_numbers() -> None:
    assert set(told(LinearRegressionConfig())) == {"lr_below_limit", "converged"}
    assert set(told(LinearRegressionConfig(epochs=3))) == {"lr_below_limit"}
    diverged = told(LinearRegressionConfig(lr=0.3))
    assert set(diverged) == {"diverged", "lr_above_limit"}
    assert diverged["diverged"]["remedy_lr"] == 0.09
    assert set(told(LinearRegressionConfig(optimizer="Adam", epochs=3))) == set()


@given(st.floats(1e-9, 1e9))
def test_rounding_down_never_oversteps(value: float) -> None:
    assert 0.89 * value <= rounded_down(value) <= value * (1 + 1e-12)


def test_where_x_is_too_large_for_any_lr_it_is_to_be_standardized() -> None:
    years = {"data": "own", "table": ((2000, 10), (2010, 14), (2020, 30)), "epochs": 300}
    diverged = told(LinearRegressionConfig.checked(years))
    assert diverged["diverged"]["remedy_standardize"]
    assert "remedy_lr" not in diverged["diverged"]
    above = told(LinearRegressionConfig.checked({**years, "epochs": 2}))
    assert above["lr_above_limit"]["remedy_standardize"]
    assert "lr_below_limit" in told(LinearRegressionConfig.checked({**years, "standardize": True}))


def test_there_is_no_bound_for_lr_where_the_curvature_is_beyond_numbers() -> None:
    """As with x = 1e160 in one's own table."""
    assert largest_stable_lr(LinearRegressionConfig(), math.nan) is None
    assert largest_stable_lr(LinearRegressionConfig(), math.inf) is None


# --- data that float32 does not hold -----------------------------------------------------------------------------


def own(*table: tuple[float, float], **more: Any) -> LinearRegressionConfig:
    return LinearRegressionConfig.checked({"data": "own", "table": table, "epochs": 40, **more})


def history_of(config: LinearRegressionConfig, plan: tuple[Change, ...] = ()) -> tuple[Trainer, History]:
    trainer, rows = train(config, plan)
    history = History()
    history.extend(tuple(rows[0]), np.arange(len(rows)), np.array([list(row.values()) for row in rows]))
    return trainer, history


def ended(config: LinearRegressionConfig, plan: tuple[Change, ...] = ()) -> tuple[Trainer, History, Sequence[Finding]]:
    """A run, its record, and what is said of it in the end."""
    trainer, history = history_of(config, plan)
    facts, now = trainer.experiment.facts(), trainer.experiment.config
    return trainer, history, found_in("linear_regression", now, trainer.outcome or "", history, facts, trainer.changes)


@pytest.mark.parametrize(
    ("config", "code", "remedy"),
    [
        (own((1, 1e20), (2, 2e20)), "y_too_large", {"standardize_y": True}),
        (own((1, 1e20), (2, 2e20), batch_size=1), "y_too_large", {"standardize_y": True}),
        (own((1, 1e200), (2, 2e200), loss="l1"), "y_too_large", {"standardize_y": True}),
        (own((1e200, 1), (2e200, 2)), "x_too_large", {"standardize": True}),
        (own((1e20, 1e20), (2e20, 2e20), lr=5), "x_too_large", {"standardize": True, "standardize_y": True, "lr": 0.25}),
        (own((1e30, 1), (2e30, 2), loss="l1"), "x_too_large", {"standardize": True}),
        (own((1e-200, 1), (2e-200, 2)), "x_indistinct", {"standardize": True}),
        (own((1, 1), (1 + 1e-12, 2)), "x_indistinct", {"standardize": True}),
        (own((1, 1e10), (2, 1e10 + 1)), "y_indistinct", {"standardize_y": True}),
        (own((1, 1e-30), (2, 2e-30)), "y_too_small", {"standardize_y": True}),
    ],
)
def test_the_true_cause_is_said_and_what_is_offered_helps(config: LinearRegressionConfig, code: str, remedy: dict[str, Any]) -> None:
    trainer, _, found = ended(config)
    assert found[0].code == code
    assert {field: value for field, value in found[0].remedy.items() if field != "lr" or "lr" in remedy} == remedy
    assert not {"diverged", "lr_above_limit", "converged"} & {finding.code for finding in found}
    assert trainer.outcome == "diverged" or code not in ("x_too_large", "y_too_large")
    mended, history, after = ended(config.replace(**found[0].remedy))
    assert mended.outcome == "finished"
    assert code not in {finding.code for finding in after}
    assert history.column("loss")[-1] < history.column("loss")[0]


@pytest.mark.parametrize("code", ["one", "constant", "nan", "inf"])
def test_points_that_are_no_line_are_refused(code: str) -> None:
    table = {"one": ((1, 2),), "constant": ((1, 2), (1, 3)), "nan": ((1, math.nan), (2, 3)), "inf": ((math.inf, 1), (2, 3))}[code]
    with pytest.raises(ConfigError):
        own(*table)


SIZES = st.one_of(st.floats(-4, 4), st.floats(5, 22), st.floats(15, 42), st.floats(-45, -15), st.floats(-320, 307))
SIDES = {"scale": SIZES, "offset": st.sampled_from([0.0, 0.0, 1.0, 1e3, 1e8])}
EXTREME = {
    "lr": st.floats(-6, 1).map(lambda exponent: 10.0**exponent),
    "optimizer": st.sampled_from(["SGD", "SGD", "SGD", *OPTIMIZERS]),
    "loss": st.sampled_from(["mse", "mse", "l1", "huber"]),
    "batch_size": st.sampled_from([0, 0, 1, 2]),
    "momentum": st.sampled_from([0.9, 0.5, 0.0]),
    "weight_decay": st.sampled_from([0.0, 0.0, 0.1, 1.0]),
    "standardize": st.sampled_from([False, False, False, True]),
    "standardize_y": st.sampled_from([False, False, False, True]),
}


@st.composite
def extreme(draw: st.DrawFn) -> LinearRegressionConfig:
    """A table of numbers of any size, under any settings."""
    sides = [draw(st.fixed_dictionaries(SIDES)) for _ in "xy"]
    unit = st.tuples(st.floats(-1, 1), st.floats(-1, 1))
    rows = draw(st.lists(unit, min_size=2, max_size=6))
    table: list[Any] = [[10.0 ** one["scale"] * (one["offset"] + z) for one, z in zip(sides, row, strict=True)] for row in rows]
    assume(len({x for x, _ in table}) > 1 and all(map(math.isfinite, np.ravel(table))))
    return own(*table, **draw(st.fixed_dictionaries(EXTREME)))


def is_better(after: tuple[Trainer, History], before: tuple[Trainer, History]) -> bool:
    """A finite end where there was none; else a lower loss on the way. Over standardized values the loss has another unit."""
    (mended, losses), (trainer, old) = ((run, history.column("loss")) for run, history in (after, before))
    if not math.isfinite(losses[-1]):
        return False
    y = [one.experiment.config.model_dump()["standardize_y"] for one in (trainer, mended)]
    return trainer.outcome == "diverged" or y[0] != y[1] or losses[-1] <= old[-1] or losses.min() <= old.min()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(extreme())
def test_what_is_said_of_extreme_data_is_so_and_what_is_offered_helps(config: LinearRegressionConfig) -> None:
    trainer, history, found = ended(config)
    codes = {finding.code for finding in found}
    losses = history.column("loss")
    json.dumps(trainer.experiment.facts()["best_line"])
    assert codes or trainer.outcome == "finished", "a run that diverged is told why"
    if trainer.outcome == "diverged":
        assert any(finding.remedy for finding in found), codes
        assert not {"lr_below_limit", "converged", "lr_above_limit_now"} & codes
    if "diverged" in codes:
        assert len(losses) > 1
        assert not math.isfinite(losses[-2]) or losses[-2] > losses[0] or len(losses) == 2
    for finding in found:
        assert all(isinstance(value, str) or math.isfinite(value) for value in finding.values.values()), finding
        if finding.remedy:
            assert is_better(history_of(config.replace(**finding.remedy)), (trainer, history)), (finding, config)


def test_a_decay_that_takes_off_more_than_the_weights_is_said() -> None:
    for optimizer_name, loss in (("AdamW", "mse"), ("SGD", "l1"), ("Momentum", "huber")):
        config = LinearRegressionConfig.checked({"optimizer": optimizer_name, "loss": loss, "lr": 9, "weight_decay": 1, "epochs": 900})
        trainer, _, found = ended(config)
        assert trainer.outcome == "diverged"
        assert [finding.code for finding in found] == ["diverged_by_decay"]
        assert ended(config.replace(**found[0].remedy))[0].outcome == "finished"


def test_an_lr_that_was_changed_just_before_the_end_is_not_to_blame() -> None:
    config, history = LinearRegressionConfig(lr=0.05), History()
    history.extend(("loss",), np.arange(3), np.array([[14.0], [3e38], [math.inf]]))
    facts = Trainer(LinearRegression, config, CPU).experiment.facts()
    found = found_in("linear_regression", config, "diverged", history, facts, [Change(1, "lr", 9.0, 0.05)])
    assert found == [Finding("diverged_under_others", {"step": 2}, {"lr": 0.05})]
    assert ended(config.replace(**found[0].remedy))[0].outcome == "finished"


def test_an_lr_above_the_limit_overshoots_only_where_it_is_seen() -> None:
    flat = ended(own((1, 0), (2, 0), lr=5))
    assert [finding.code for finding in flat[2]] == ["lr_above_limit_now", "converged"]


@pytest.mark.parametrize("names", ["x", "y", "xy"])
def test_the_line_is_shown_and_exported_in_the_units_of_the_data(names: str) -> None:
    scaled = {"standardize": "x" in names, "standardize_y": "y" in names}
    config = LinearRegressionConfig.checked({"data": "line", "slope": -7, "intercept": 40, "noise": 0, "lr": 0.2, "epochs": 300, **scaled})
    trainer, history = history_of(config)
    assert history.latest()["W_data"] == pytest.approx(-7, rel=1e-4)
    assert history.latest()["b_data"] == pytest.approx(40, rel=1e-4)
    for line in (trainer.experiment.views["line"](), trainer.experiment.facts()["best_line"]):
        assert line["y"] == pytest.approx([-7 * x + 40 for x in line["x"]], rel=1e-4)
    x, y = (np.array(trainer.experiment.facts()["points"][name]) for name in "xy")
    np.testing.assert_allclose(y, -7 * x + 40)
    _, printed = execute(script(RunSpec("linear_regression", config)).source)
    shown = printed[-3].removeprefix("in the units of the data: ").split()
    assert [float(shown[1]), float(shown[3])] == [history.latest()["W_data"], history.latest()["b_data"]]


def test_a_table_as_large_as_may_be_is_built_in_little_memory() -> None:
    """It was 1.1 GB, at the cost of all who share the worker."""
    LinearRegression(LinearRegressionConfig(loss="huber"), CPU).facts()  # imports what it needs
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, limits().table_rows)
    table = np.stack([x, 2 * x + rng.standard_t(2, len(x))], axis=1)
    config = LinearRegressionConfig(data="own", table=tuple(map(tuple, table.tolist())), loss="huber")
    experiment = LinearRegression(config, CPU)
    tracemalloc.start()
    try:
        experiment.facts()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000
