"""Iris against plain PyTorch loops, scikit-learn's own metrics, and what a person would conclude from the curves."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

from core import experiments
from core.experiments.iris.config import FEATURES, OVERFITTING, IrisConfig
from core.experiments.iris.data import data_set
from core.experiments.iris.findings import findings
from core.experiments.iris.watch import Iris
from core.pictures.views import histograms
from core.program.export import script
from core.program.pieces import whole
from core.program.trainer import Trainer
from core.run.change import Change
from core.run.history import History
from core.run.spec import RunSpec
from core.settings.config import OPTIMIZERS, ConfigError
from tests.core.program.test_export import execute
from tests.grids import cells

CPU = torch.device("cpu")
Rows = list[dict[str, float]]
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "none": nn.Identity,
}


def train(config: IrisConfig, plan: Sequence[Change] = ()) -> tuple[Trainer, Rows]:
    trainer = Trainer(Iris, config, CPU, plan)
    with trainer.stream():
        rows = [row for _, row in trainer]
    return trainer, rows


finished = lru_cache(maxsize=8)(train)  # of runs that are only looked at: what is said of one, and whether it is so


def iris(trainer: Trainer) -> Iris:
    assert isinstance(trainer.experiment, Iris)
    return trainer.experiment


def view(trainer: Trainer, name: str) -> Any:
    """A view as it arrives in the browser: strict JSON."""
    return json.loads(json.dumps(whole(trainer.experiment.views[name]()), allow_nan=False))


def plain_optimizer(config: IrisConfig, model: nn.Module) -> torch.optim.Optimizer:
    common: dict[str, Any] = {"lr": config.lr, "weight_decay": config.weight_decay}
    makers: dict[str, Any] = {
        "SGD": torch.optim.SGD,
        "Momentum": partial(torch.optim.SGD, momentum=config.momentum),
        "Nesterov": partial(torch.optim.SGD, momentum=config.momentum, nesterov=True),
        "RMSprop": torch.optim.RMSprop,
        "Adam": torch.optim.Adam,
        "AdamW": torch.optim.AdamW,
    }
    made: torch.optim.Optimizer = makers[config.optimizer](model.parameters(), **common)
    return made


def plain_data(config: IrisConfig) -> tuple[torch.Tensor, ...]:
    """x_train, y_train, x_test, y_test as a script would make them."""
    measured, kinds = load_iris(return_X_y=True)
    if config.data == "own":
        measured, kinds = np.array(config.table)[:, :-1], np.array([int(row[-1]) for row in config.table])
    x = np.take(measured, [config.known.index(feature) for feature in config.chosen], axis=1)
    train, test = x, x[:0]
    y_train, y_test = kinds, kinds[:0]
    if config.test_share:
        share = max(config.test_share, config.kinds / len(kinds))
        train, test, y_train, y_test = train_test_split(x, kinds, test_size=share, stratify=kinds, random_state=config.seed)
    if config.label_noise:
        rng = np.random.default_rng(config.seed)
        wrong = rng.choice(len(y_train), round(config.label_noise * len(y_train)), replace=False)
        y_train[wrong] = (y_train[wrong] + rng.integers(1, config.kinds, len(wrong))) % config.kinds
    if config.standardize:
        scaler = StandardScaler().fit(train)
        train, test = scaler.transform(train), scaler.transform(test) if len(test) else test
    return (
        torch.tensor(train, dtype=torch.float32),
        torch.tensor(y_train),
        torch.tensor(test, dtype=torch.float32),
        torch.tensor(y_test),
    )


def plain_model(config: IrisConfig) -> nn.Sequential:
    modules: list[nn.Module] = []
    width = len(config.chosen)
    for units in config.hidden:
        modules += [nn.Linear(width, units), ACTIVATIONS[config.activation](), nn.Dropout(config.dropout)]
        width = units
    return nn.Sequential(*modules, nn.Linear(width, config.kinds))


def plain_loop(config: IrisConfig, plan: Mapping[int, tuple[str, Any]]) -> tuple[Rows, nn.Sequential]:
    """The program written out: full batch or mini-batches, loss and accuracy before each epoch's updates."""
    x, y, x_test, y_test = plain_data(config)
    torch.manual_seed(config.seed)
    model, criterion, batch_size = plain_model(config), nn.CrossEntropyLoss(), config.batch_size
    optimizer = plain_optimizer(config, model)
    rows: Rows = []

    def measure(inputs: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:
        model.eval()
        with torch.no_grad():
            logits = model(inputs)
        model.train()
        return criterion(logits, targets).item(), (logits.argmax(1) == targets).sum().item() / len(targets)

    for epoch in range(1, config.epochs + 1):
        full = not 0 < batch_size < len(x)
        parts = [torch.arange(len(x))] if full else torch.randperm(len(x)).split(batch_size)
        for number, part in enumerate(parts):
            logits = model(x[part])
            loss = criterion(logits, y[part])
            optimizer.zero_grad()
            loss.backward()
            if number == 0:
                of_the_pass = loss.item(), (logits.argmax(1) == y[part]).sum().item() / len(part)
                row = dict(zip(("loss", "accuracy"), of_the_pass if full else measure(x, y), strict=True))
                if len(x_test):
                    row |= dict(zip(("test_loss", "test_accuracy"), measure(x_test, y_test), strict=True))
                rows.append(row)
                field, value = plan.get(epoch, ("", None))
                batch_size = value if field == "batch_size" else batch_size
                apply(field, value, model, optimizer)
            optimizer.step()
    return rows, model


def apply(field: str, value: Any, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    if field in optimizer.param_groups[0]:
        optimizer.param_groups[0][field] = value
    for module in model.modules():
        if field == "dropout" and isinstance(module, nn.Dropout):
            module.p = value


def assert_same_bits(config: IrisConfig, *changes: Change) -> Rows:
    """Every number of every row, and every parameter in the end; a run that diverges ends at its first bad row."""
    trainer, rows = train(config, changes)
    expected, model = plain_loop(config, {change.step: (change.field, change.new) for change in changes})
    names = tuple(expected[0])
    np.testing.assert_equal([[row[name] for name in names] for row in rows], [list(row.values()) for row in expected[: len(rows)]])
    if trainer.outcome == "finished":
        assert len(rows) == config.epochs
        state = [parameter for layer in iris(trainer).model.layers for parameter in (layer.weight, layer.bias)]
        for ours, theirs in zip(state, model.parameters(), strict=True):
            np.testing.assert_array_equal(ours.detach(), theirs.detach())
    return rows


@pytest.mark.parametrize(("seed", "loss"), [(0, 0.0406508), (1, 0.0422201), (2, 0.0417593)])
def test_the_defaults_are_the_plain_loop_bit_for_bit(seed: int, loss: float) -> None:
    rows = assert_same_bits(IrisConfig(seed=seed))
    assert len(rows) == 1000
    assert rows[-1]["loss"] == pytest.approx(loss, abs=5e-8)
    assert rows[-1]["accuracy"] == 148 / 150


@pytest.mark.parametrize(
    "fields",
    [{"optimizer": name, "lr": 0.02, "momentum": 0.8, "weight_decay": 0.01, "batch_size": 32} for name in OPTIMIZERS]
    + [
        {"dropout": 0.3},
        {"dropout": 0.3, "batch_size": 16, "test_share": 0.3},
        {"hidden": (), "optimizer": "SGD", "lr": 0.1},
        {"hidden": (8, 6, 5, 4), "activation": "sigmoid", "standardize": True, "test_share": 0.2},
        {"features": ("petal_length", "petal_width"), "activation": "gelu", "batch_size": 150},
        {"features": ("sepal_width",), "activation": "tanh", "batch_size": 1, "epochs": 3},
    ],
    ids=str,
)
def test_every_setting_is_the_plain_loop_bit_for_bit(fields: dict[str, Any]) -> None:
    assert_same_bits(IrisConfig(**{"epochs": 30, "seed": 3, **fields}))


@pytest.mark.parametrize(("field", "value"), [("lr", 0.3), ("weight_decay", 0.1), ("momentum", 0.2), ("dropout", 0.5), ("batch_size", 40)])
def test_a_change_acts_on_the_update_after_its_row(field: str, value: float) -> None:
    config = IrisConfig(epochs=25, optimizer="Momentum", dropout=0.1, test_share=0.2)
    assert_same_bits(config, Change(10, field, getattr(config, field), value))


@settings(max_examples=15)
@given(
    st.builds(
        IrisConfig,
        seed=st.integers(0, 2**31 - 1),
        epochs=st.integers(1, 8),
        optimizer=st.sampled_from(OPTIMIZERS),
        lr=st.floats(1e-4, 0.1),
        features=st.lists(st.sampled_from(FEATURES), min_size=1, unique=True).map(tuple),
        hidden=st.lists(st.integers(1, 64), max_size=4).map(tuple),
        activation=st.sampled_from(tuple(ACTIVATIONS)),
        dropout=st.sampled_from((0.0, 0.2, 0.9)),
        batch_size=st.sampled_from((0, 7, 50, 1000)),
        test_share=st.sampled_from((0.0, 0.02, 0.25, 0.5)),
        standardize=st.booleans(),
    )
)
def test_any_setting_is_the_plain_loop_bit_for_bit_and_round_trips(config: IrisConfig) -> None:
    assert_same_bits(config)
    assert IrisConfig.from_link(config.to_link()) == config
    assert IrisConfig.model_validate_json(config.model_dump_json()) == config


def test_the_link_writes_layers_and_features_as_text() -> None:
    config = IrisConfig(hidden=(10, 10), features=("petal_length", "petal_width"))
    assert config.to_link() == {"hidden": "10,10", "features": "petal_length,petal_width"}
    assert IrisConfig.from_link({"hidden": ""}).hidden == ()
    assert IrisConfig.from_link({"features": "petal_width, sepal_length"}).features == ("sepal_length", "petal_width")


@pytest.mark.parametrize(
    ("field", "value", "bounds"),
    [
        ("hidden", "10,65", "1 … 64"),
        ("hidden", "0", "1 … 64"),
        ("hidden", "4,4,4,4,4", "≤ 4"),
        ("hidden", "many", "1 … 64"),
        ("features", "", "sepal_length | sepal_width | petal_length | petal_width"),
        ("features", "colour", "sepal_length | sepal_width | petal_length | petal_width"),
        ("features", "petal_width,petal_width", "sepal_length | sepal_width | petal_length | petal_width"),
        ("test_share", "0.6", "0 … 0.5"),
        ("dropout", "1", "0 … 0.9"),
    ],
)
def test_a_bad_value_is_named_with_its_bounds(field: str, value: str, bounds: str) -> None:
    with pytest.raises(ConfigError) as caught:
        IrisConfig.from_link({field: value})
    assert {(problem.field, problem.bounds) for problem in caught.value.problems} == {(field, bounds)}


def test_the_kinds_that_widgets_follow() -> None:
    kinds = IrisConfig.settings()
    assert (kinds["hidden"].kind, kinds["hidden"].low, kinds["hidden"].high) == ("integers", 1, 64)
    assert (kinds["features"].kind, kinds["features"].choices) == ("choices", FEATURES)
    live = {"lr", "momentum", "weight_decay", "batch_size", "dropout"}
    assert {name for name, setting in kinds.items() if setting.changeable} == live


@pytest.mark.parametrize("share", [0.001, 0.02, 0.2, 0.5])
def test_the_split_is_stratified(share: float) -> None:
    data = data_set(IrisConfig(test_share=share, seed=4))
    assert sorted([*data.train, *data.test]) == list(range(150))
    assert len(set(np.bincount(data.kinds[data.test]))) == 1


def test_label_noise_is_a_share_of_wrong_training_labels() -> None:
    config = IrisConfig(label_noise=0.2, test_share=0.2, seed=5)
    data, again = data_set(config), data_set(config)
    wrong = np.flatnonzero(data.labels != data.kinds)
    assert len(wrong) == 24
    assert set(wrong) <= set(data.train)
    assert np.array_equal(data.labels, again.labels)


def test_the_data_does_not_touch_the_stream_of_torch() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    data_set(IrisConfig(test_share=0.3, label_noise=0.3, standardize=True))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "fields",
    [{}, {"seed": 2}, {"lr": 1.0}, {"hidden": (20, 20)}, {"dropout": 0.5}, {"batch_size": 16}, {"test_share": 0.4}],
    ids=str,
)
def test_rows_tell_gradients_and_dead_units(fields: dict[str, Any]) -> None:
    trainer = Trainer(Iris, IrisConfig(**fields), CPU)
    experiment = iris(trainer)
    with trainer.stream():
        for _ in range(40):
            _, row = next(trainer)
            picture = view(trainer, "network")
            for number, layer in enumerate(experiment.model.layers, start=1):
                assert layer.weight.grad is not None
                assert layer.bias.grad is not None
                norm = torch.cat([layer.weight.grad.flatten(), layer.bias.grad]).norm().item()
                assert row[f"grad_norm_{number}"] == pytest.approx(norm, rel=1e-4, abs=1e-12)
            assert row["dead_units"] == sum(len(layer["dead"]) for layer in picture["layers"])


def test_early_stopping_puts_the_best_weights_back_as_the_script_does() -> None:
    fields: dict[str, Any] = {"test_share": 0.5, "standardize": True, "hidden": (64, 64)}
    trainer, rows = train(IrisConfig(patience=7, **fields))
    lowest = int(np.argmin([row["test_loss"] for row in rows])) + 1
    assert trainer.outcome == "finished"
    assert len(rows) == lowest + 7 < 1000
    other, _ = train(IrisConfig(epochs=lowest - 1, **fields))  # its last row comes before its last update
    pairs = zip(iris(trainer).model.parameters, iris(other).model.parameters, strict=True)
    assert all(torch.equal(one, two) for one, two in pairs)
    assert view(trainer, "confusion") == view(other, "confusion")
    made, printed = execute(script(RunSpec("iris", IrisConfig(patience=7, **fields))).source)
    assert all(torch.equal(one, two) for one, two in zip(iris(trainer).model.parameters, made["model"].parameters(), strict=True))
    assert printed[-1] == f"loss: {rows[-1]['loss']!r}"
    assert f"lowest test loss: {rows[lowest - 1]['test_loss']!r}" in printed


def test_early_stopping_needs_a_test_set() -> None:
    assert len(train(IrisConfig(patience=1, epochs=30))[1]) == 30


def test_a_hopeless_lr_ends_as_diverged() -> None:
    trainer, rows = train(IrisConfig(optimizer="SGD", lr=10.0, hidden=(), weight_decay=1.0, epochs=200))
    assert trainer.outcome == "diverged"
    assert not np.isfinite(rows[-1]["loss"])
    for name in ("network", "regions", "confusion", "mistakes", "histograms", "sample:5,3,4,1"):
        view(trainer, name)  # strict JSON even when nothing in it is finite


# --- views ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def split() -> Trainer:
    return train(IrisConfig(test_share=0.4, standardize=True, label_noise=0.1, epochs=60, dropout=0.2))[0]


def test_the_network_view_is_the_state_dict(split: Trainer) -> None:
    picture = view(split, "network")
    assert (picture["inputs"], picture["outputs"]) == (list(FEATURES), ["setosa", "versicolor", "virginica"])
    for layer, shown in zip(iris(split).model.layers, picture["layers"], strict=True):
        assert layer.weight.grad is not None
        assert np.allclose(shown["weights"], layer.weight.detach(), rtol=1e-3)
        assert np.allclose(shown["biases"], layer.bias.detach(), rtol=1e-3)
        assert np.allclose(shown["weight_gradients"], layer.weight.grad, rtol=1e-3)
    assert set(view(split, "network:weights")["layers"][0]) == {"dead", "weights", "biases"}
    assert set(view(split, "network:gradients")["layers"][0]) == {"dead", "weight_gradients", "bias_gradients"}


def test_before_the_first_backward_gradients_are_none() -> None:
    trainer = Trainer(Iris, IrisConfig(), CPU)
    assert view(trainer, "network")["layers"][0]["weight_gradients"] is None
    assert view(trainer, "histograms")["layers"][0]["gradients"] is None


def predicted(trainer: Trainer) -> Any:
    """Softmax by hand from the parameters in numpy."""
    experiment = iris(trainer)
    x = experiment.data.inputs(experiment.data.measured)
    for layer in experiment.model.layers:
        x = x @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
        x = np.maximum(x, 0) if layer is not experiment.model.output else x
    return np.exp(x) / np.exp(x).sum(1, keepdims=True)


def test_confusion_and_mistakes_are_those_of_scikit_learn(split: Trainer) -> None:
    data, chances = iris(split).data, predicted(split)
    guesses = chances.argmax(1)
    picture = view(split, "confusion")
    assert picture["train"] == confusion_matrix(data.labels[data.train], guesses[data.train]).tolist()
    assert picture["test"] == confusion_matrix(data.labels[data.test], guesses[data.test]).tolist()
    table = view(split, "mistakes")
    wrong = np.flatnonzero(guesses != data.labels)
    assert {row["row"] for row in table["rows"]} == set(wrong.tolist())
    assert table["total"] == len(wrong) > 0
    for row in table["rows"]:
        assert row["test"] == (row["row"] in data.test)
        assert np.allclose(row["probabilities"], chances[row["row"]], atol=1e-3)


def test_the_rows_are_what_scikit_learn_measures() -> None:
    trainer = Trainer(Iris, IrisConfig(test_share=0.4, label_noise=0.1), CPU)
    with trainer.stream():
        row = [next(trainer)[1] for _ in range(50)][-1]
    data, chances = iris(trainer).data, predicted(trainer)
    for rows, prefix in ((data.train, ""), (data.test, "test_")):
        assert row[prefix + "accuracy"] == accuracy_score(data.labels[rows], chances[rows].argmax(1))
        assert row[prefix + "loss"] == pytest.approx(log_loss(data.labels[rows], chances[rows]), rel=1e-4)


@pytest.mark.parametrize("pair", [("petal_length", "petal_width"), ("petal_width", "sepal_length")])
def test_regions_are_the_predictions_on_a_grid(split: Trainer, pair: tuple[str, str]) -> None:
    experiment = iris(split)
    picture = view(split, "regions:" + ",".join(pair))
    z = cells(picture["z"])
    assert z.shape == (60, 60) == (len(picture["y"]), len(picture["x"]))
    for row, column in ((0, 0), (10, 50), (30, 30), (59, 12)):
        flower = experiment.data.measured[experiment.data.train].mean(0)
        flower[FEATURES.index(pair[0])] = picture["x"][column]
        flower[FEATURES.index(pair[1])] = picture["y"][row]
        chances = view(split, "sample:" + ",".join(map(str, flower)))["probabilities"]
        assert z[row, column] // 1000 == int(np.argmax(chances))
        assert z[row, column] % 1000 == pytest.approx(1000 * max(chances), abs=1.5)


def test_flowers_on_the_plane_and_the_wrong_ones(split: Trainer) -> None:
    data, guesses = iris(split).data, predicted(split).argmax(1)
    picture = view(split, "regions")
    assert picture["axes"] == ["petal_length", "petal_width"]
    assert picture["points"]["x"] == data.measured[:, 2].tolist()
    assert picture["points"]["label"] == data.labels.tolist()
    assert picture["wrong"]["y"] == data.measured[guesses != data.labels, 3].tolist()


def test_principal_components_are_those_of_scikit_learn(split: Trainer) -> None:
    data = iris(split).data
    seen = data.inputs(data.measured).astype(float)
    points = PCA(2).fit(seen[data.train]).transform(seen)
    picture = view(split, "regions:pca")
    assert np.allclose(np.abs(picture["points"]["x"]), np.abs(points[:, 0]), atol=1e-3)
    assert np.allclose(np.abs(picture["points"]["y"]), np.abs(points[:, 1]), atol=1e-3)


def test_one_feature_has_regions_too() -> None:
    trainer, _ = train(IrisConfig(features=("petal_width",), epochs=5))
    picture = view(trainer, "regions")
    assert picture["axes"] == ["petal_width", ""]
    assert len({tuple(row) for row in cells(picture["z"]).tolist()}) == 1  # nothing depends on the height


def test_histograms_count_every_weight(split: Trainer) -> None:
    for layer, shown in zip(iris(split).model.layers, view(split, "histograms")["layers"], strict=True):
        assert sum(shown["weights"]["counts"]) == sum(shown["gradients"]["counts"]) == layer.weight.numel()


@pytest.mark.parametrize(
    "name",
    [
        "nothing", "regions:colour", "regions:petal_width", "regions:petal_width,petal_width", "network:all",
        "confusion:test", "sample", "sample:1,2,3", "sample:1,2,3,nan", "sample:a,b,c,d", "sample:1,2,3,1e999",
    ],
)  # fmt: skip
def test_an_unknown_view_is_not_there(split: Trainer, name: str) -> None:
    assert name not in split.experiment.views


def test_looking_changes_nothing() -> None:
    config = IrisConfig(epochs=20, dropout=0.3, batch_size=32, test_share=0.2)
    _, expected = train(config)
    trainer = Trainer(Iris, config, CPU)
    rows = []
    with trainer.stream():
        for _, row in trainer:
            rows.append(row)
            for name in ("network", "regions", "confusion", "mistakes", "histograms", "sample:5,3,4,1"):
                view(trainer, name)
    assert rows == expected


def test_facts_are_small_json(split: Trainer) -> None:
    facts = json.loads(json.dumps(split.experiment.facts(), allow_nan=False))
    assert facts["parameters"] == 4 * 10 + 10 + 10 * 3 + 3
    assert facts["shapes"] == [[10, 4], [3, 10]]
    assert len(facts["relabelled"]) == 9
    assert len(json.dumps(facts)) < 8_000


@pytest.mark.parametrize("hidden", [(), (10,)])
def test_references_are_scikit_learns(hidden: tuple[int, ...]) -> None:
    config = IrisConfig(test_share=0.3, hidden=hidden)
    scores = whole(Iris(config, CPU).references())
    x, y, x_test, y_test = (tensor.numpy() for tensor in plain_data(config))
    model = LogisticRegression(max_iter=1000).fit(x, y)
    assert scores["logistic_regression"] == {
        "accuracy": model.score(x, y),
        "test_accuracy": model.score(x_test, y_test),
        "loss": log_loss(y, model.predict_proba(x)),
        "test_loss": log_loss(y_test, model.predict_proba(x_test)),
    }
    assert scores["mlp"]["test_accuracy"] is not None
    assert scores["mlp"]["test_accuracy"] > 0.9
    assert whole(Iris(IrisConfig(), CPU).references())["mlp"]["test_accuracy"] is None


# --- findings ---------------------------------------------------------------------------------------------------------


def said(epochs: int = 1000, plan: Sequence[Change] = (), **fields: Any) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The findings at the end of a run: code → (values, remedy)."""
    trainer, rows = finished(IrisConfig(epochs=epochs, **fields), tuple(plan))
    history, names = History(), tuple(rows[0])
    history.extend(names, np.arange(1, len(rows) + 1), np.array([[row[name] for name in names] for row in rows]))
    config, status = iris(trainer).config, trainer.outcome or "running"
    found = experiments.findings("iris", config, status, history, trainer.experiment.facts(), plan)
    for finding in found:
        config.replace(**finding.remedy)  # every remedy is a value that the field takes
    return {finding.code: (finding.values, finding.remedy) for finding in found}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("diverged", {"optimizer": "SGD", "lr": 10.0, "hidden": (), "weight_decay": 1.0, "epochs": 400}),
        ("all_dead", {"lr": 1.0, "epochs": 200}),
        ("dead_units", {"epochs": 5}),
        ("lr_too_high", {"optimizer": "SGD", "lr": 0.1, "epochs": 200}),
        ("lr_too_high", {"lr": 10.0, "activation": "tanh", "epochs": 50}),
        ("lr_too_low", {"lr": 1e-5, "epochs": 200}),
        ("lr_too_low", {"optimizer": "SGD", "lr": 1e-4, "epochs": 200}),
        (
            "vanishing_gradients",
            {"hidden": (10,) * 4, "activation": "sigmoid", "optimizer": "SGD", "lr": 0.1, "epochs": 120},
        ),
        ("plateau", {"features": ("sepal_width",), "activation": "tanh", "epochs": 500}),
        ("learned", {"epochs": 300}),
        ("softmax_regression", {"hidden": (), "epochs": 5}),
        ("no_activation", {"activation": "none", "epochs": 5}),
        ("patience_without_test", {"patience": 3, "epochs": 5}),
        ("stopped_early", {"patience": 7, "test_share": 0.5, "standardize": True, "hidden": (64, 64)}),
    ],
)
def test_what_the_numbers_say(code: str, fields: dict[str, Any]) -> None:
    assert code in said(**fields)


def test_no_learning_rate_is_offered_to_units_that_are_all_dead() -> None:
    found = said(lr=10.0, epochs=50)
    assert found["all_dead"][1] == {"lr": 0.01, "activation": "gelu"}
    assert [code for code, (_, remedy) in found.items() if "lr" in remedy] == ["all_dead"]


@pytest.mark.parametrize("epochs", [12, 60, 120])
def test_a_gradient_vanishes_towards_the_first_layer(epochs: int) -> None:
    values, _ = said(epochs, hidden=(10,) * 4, activation="sigmoid", optimizer="SGD", lr=0.1)["vanishing_gradients"]
    assert values["first"] < 0.1 * values["last"]
    assert epochs - 100 <= values["step"] <= epochs


def test_a_plateau_of_flat_slopes_is_left_with_relu() -> None:
    found = said(hidden=(10,) * 4, activation="sigmoid", optimizer="SGD", lr=0.1, epochs=600)
    assert found["plateau"][1] == {"activation": "relu"}


def test_a_good_run_is_not_blamed() -> None:
    assert set(said(activation="gelu", epochs=500)) == {"learned"}
    assert set(said(batch_size=16, activation="tanh", epochs=300)) <= {"learned"}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (Change(200, "dropout", 0.5, 0.0), {"dropout": 0.5}),
        (Change(200, "batch_size", 10, 0), {"batch_size": 10}),
        (Change(200, "lr", 0.5, 0.05), {"optimizer": "SGD", "activation": "tanh", "lr": 0.5}),
    ],
)
def test_a_setting_is_not_blamed_for_what_the_one_before_it_did(change: Change, fields: dict[str, Any]) -> None:
    for epochs in (201, 205, 212):
        assert "lr_too_high" not in said(epochs, [change], **fields), epochs


def test_the_remedy_of_the_smallest_lr_is_one_that_the_field_takes() -> None:
    assert said(optimizer="SGD", lr=2e-6, epochs=300, hidden=(64,) * 4, weight_decay=1.0)
    diverged = findings(IrisConfig(lr=2e-6), "diverged", overflown(), Trainer(Iris, IrisConfig(), CPU).experiment.facts())
    assert diverged[0].remedy == {"lr": 1e-6}


def overflown() -> History:
    """One row, with a loss that is no number."""
    history = History()
    history.extend(("loss",), np.array([1]), np.array([[np.nan]]))
    return history


def test_overfitting_names_the_turn_and_three_remedies() -> None:
    found = said(hidden=(64, 64), test_share=0.5, standardize=True, epochs=100)
    _, rows = finished(IrisConfig(hidden=(64, 64), test_share=0.5, standardize=True, epochs=100), ())
    tests = [row["test_loss"] for row in rows]
    values, _ = found["overfitting"]
    assert values["step"] == 1 + int(np.argmin(tests))
    assert (values["lowest"], values["test_loss"]) == (min(tests), tests[-1])
    assert found["more_data"] == ({}, {}), "iris has no more"
    assert found["fewer_features"][1] == {"features": ("petal_length", "petal_width")}
    assert found["regularize"][1] == {"weight_decay": 0.01}


@pytest.mark.parametrize("fields", [OVERFITTING, {"hidden": (64, 64), "test_share": 0.5, "standardize": True, "epochs": 100}])
def test_what_the_lesson_calls_overfitting_overfits_and_each_remedy_helps(fields: dict[str, Any]) -> None:
    found, (_, rows) = said(**fields), finished(IrisConfig(**{"epochs": 1000, **fields}), ())
    assert rows[-1]["accuracy"] == 1.0
    assert rows[-1]["test_accuracy"] < 0.95
    remedies = [remedy for code, (_, remedy) in found.items() if code in ("true_labels", "fewer_features", "regularize")]
    assert len(remedies) == 2 + ("label_noise" in fields)
    for remedy in remedies:
        assert finished(IrisConfig(**{"epochs": 1000, **fields, **remedy}), ())[1][-1]["test_loss"] < rows[-1]["test_loss"], remedy
        assert "plateau" not in said(**{**fields, **remedy})


def test_without_a_gap_or_with_few_flowers_it_is_not_called_overfitting() -> None:
    """The test loss rises here, too: but it is below the training loss, or that of three flowers."""
    no_gap: dict[str, Any] = {"hidden": (64,), "test_share": 0.3, "label_noise": 0.2}
    _, rows = finished(IrisConfig(epochs=1000, **no_gap), ())
    assert rows[-1]["test_loss"] > 1.1 * min(row["test_loss"] for row in rows)
    assert "overfitting" not in said(**no_gap)
    few = said(**{**OVERFITTING, "test_share": 0.02})
    assert "overfitting" not in few
    assert few["few_test_samples"] == ({"samples": 3, "share": 1 / 3}, {"test_share": 0.2})


EXTREME = {
    "seed": st.integers(0, 9),
    "lr": st.floats(-4, 1).map(lambda exponent: 10.0**exponent),
    "optimizer": st.sampled_from(["Adam", "Adam", "SGD", "Momentum", "RMSprop", "AdamW"]),
    "hidden": st.sampled_from([(), (10,), (64,), (10, 10, 10), (20, 20, 20, 20)]),
    "activation": st.sampled_from(["relu", "relu", "tanh", "sigmoid", "gelu"]),
    "standardize": st.booleans(),
    "test_share": st.sampled_from([0.0, 0.02, 0.3, 0.5]),
    "label_noise": st.sampled_from([0.0, 0.0, 0.2]),
    "weight_decay": st.sampled_from([0.0, 0.0, 0.01, 1.0]),
    "features": st.sampled_from([FEATURES, FEATURES, FEATURES[:2], FEATURES[3:]]),
}


COLLAPSED = {
    "seed": 1, "lr": 0.2, "optimizer": "Momentum", "hidden": (20,) * 4, "activation": "relu", "standardize": False, "test_share": 0.0,
    "label_noise": 0.0, "weight_decay": 0.01, "features": FEATURES[:2],
}  # fmt: skip


BY_LUCK = {**COLLAPSED, "lr": 10.0, "hidden": (10,), "standardize": True, "test_share": 0.02, "weight_decay": 1.0, "features": FEATURES}


@settings(max_examples=25)
@example(COLLAPSED)
@example(BY_LUCK)
@example({**BY_LUCK, "test_share": 0.3, "weight_decay": 0.0})
@given(st.fixed_dictionaries(EXTREME))
def test_what_is_offered_under_extreme_settings_helps(fields: dict[str, Any]) -> None:
    """A lower loss, or at least a finite one of which the same is no longer said."""
    found, (trainer, rows) = said(300, **fields), finished(IrisConfig(epochs=300, **fields), ())
    assert found or trainer.outcome == "finished"
    for code, (_, remedy) in found.items():
        if remedy:
            changed = {**fields, **remedy}
            measure = "test_loss" if code in ("true_labels", "more_data", "fewer_features", "regularize") else "loss"
            now, before = finished(IrisConfig(epochs=300, **changed), ())[1][-1], rows[-1]
            assert math.isfinite(now["loss"]), (code, remedy)
            assert not math.isfinite(before["loss"]) or now[measure] < before[measure] or code not in said(300, **changed), (code, remedy)


def test_nothing_is_said_before_the_first_row() -> None:
    assert not findings(IrisConfig(), "paused", History(), {})


def test_earlier_histograms_lie_evenly_over_the_run() -> None:
    trainer = Trainer(Iris, IrisConfig(), CPU)
    with trainer.stream():
        for _ in range(200):
            next(trainer)
            trainer.experiment.remember(trainer.step)
    shown = view(trainer, "histograms")
    assert 6 <= len(shown["earlier"]) <= 13
    assert shown["earlier"][0] != shown["layers"]


@pytest.mark.parametrize("values", [[0.0, 1e-45, 2e-45], [1.0, 1.0000001], [3e38, -3e38], [1e9, 1e9], [1e30], [0.0]])
def test_histograms_hold_values_however_close_or_large(values: list[float]) -> None:
    layer = nn.Linear(len(values), 1)
    layer.weight.data = torch.tensor([values])
    layer.weight.grad = torch.tensor([values])
    (shown,) = histograms([layer])
    assert sum(shown["weights"]["counts"]) == len(values)
    assert shown["weights"] == shown["gradients"]


def test_weights_that_have_shrunk_to_nothing_are_shown() -> None:
    """Weight decay makes them smaller than a thirtieth of any float32."""
    trainer, _ = train(IrisConfig(optimizer="SGD", lr=0.5, weight_decay=0.5, epochs=400))
    trainer.experiment.remember(400)
    assert view(trainer, "histograms")["layers"][0]["weights"]


def test_a_unit_is_dead_only_if_it_puts_out_nothing() -> None:
    """A gradient of exactly 0 may also be one that cancels or is too small for float32."""
    config = IrisConfig(features=("petal_length",), hidden=(4,), optimizer="SGD", lr=0.5, weight_decay=0.3, epochs=900)
    trainer = Trainer(Iris, config, CPU)
    with trainer.stream():
        for _, row in trainer:
            assert row["dead_units"] == sum(map(len, iris(trainer).model.dead_units(iris(trainer).names["x"])))


# --- a table of one's own -----------------------------------------------------------------------------------------------


def own(**fields: Any) -> IrisConfig:
    """Four classes in three columns, drawn about four places; the second column is a thousand times as large."""
    rng = np.random.default_rng(3)
    kinds = np.arange(48) % 4
    places = rng.uniform(-2, 2, (4, 3))[kinds] + rng.normal(0, 0.3, (48, 3))
    table = tuple((round(x, 2), round(1000 * y, 1), round(z, 3), int(kind)) for (x, y, z), kind in zip(places.tolist(), kinds, strict=True))
    names = {"column_names": ("a", "b, and c", "constructor"), "class_names": ("low", "5%; x", "__proto__", "높음")}
    return IrisConfig.checked({"data": "own", **names, "table": table, **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"standardize": True},
        {"used_columns": ("constructor", "a"), "test_share": 0.3, "batch_size": 10, "dropout": 0.2},
        {"standardize": True, "test_share": 0.01, "label_noise": 0.2, "hidden": (), "optimizer": "SGD"},
        {"used_columns": ("a",), "activation": "tanh"},
    ],
    ids=str,
)
def test_a_table_of_ones_own_is_the_plain_loop_bit_for_bit(fields: dict[str, Any]) -> None:
    assert_same_bits(own(epochs=40, seed=3, **fields))


def test_its_pictures_are_of_its_columns_and_classes() -> None:
    trainer, _ = train(own(epochs=300, standardize=True, test_share=0.25))
    data, facts = iris(trainer).data, json.loads(json.dumps(trainer.experiment.facts(), allow_nan=False))
    guesses = predicted(trainer).argmax(1)
    picture = view(trainer, "confusion")
    assert picture["train"] == confusion_matrix(data.labels[data.train], guesses[data.train]).tolist()
    assert picture["test"] == confusion_matrix(data.labels[data.test], guesses[data.test]).tolist()
    assert facts["planes"] == ["column_2,column_3", "column_1,column_3", "column_1,column_2", "pca"]
    for name in facts["planes"]:
        shown = view(trainer, f"regions:{name}")
        assert set(cells(shown["z"]).ravel() // 1000) <= set(range(4))
    sample = data.measured[5]
    assert int(np.argmax(view(trainer, "sample:" + ",".join(map(str, sample)))["probabilities"])) == guesses[5]
    assert {name: len(numbers) for name, numbers in facts["measured"].items()} == {f"column_{place}": 48 for place in (1, 2, 3)}


def test_a_link_brings_back_a_table_with_its_names() -> None:
    config = own(used_columns=("b, and c",))
    assert IrisConfig.from_link(config.to_link()) == config
    assert IrisConfig.model_validate_json(config.model_dump_json()) == config
    assert config.replace(data="flowers").used() == IrisConfig()
    assert own(used_columns="constructor,a").chosen == ("a", "constructor")


@pytest.mark.parametrize(
    ("values", "field", "code", "held"),
    [
        ({"table": "1,2,0;3,4"}, "table", "table_row", "3.0,4.0"),
        ({"table": "1,2,0;1,2,3"}, "table", "table_row", "1.0,2.0,3.0"),
        ({"table": "1,2,0;1,2,0.5"}, "table", "table_row", "1.0,2.0,0.5"),
        ({"table": "1,2,0;1,x,0"}, "table", "table_row", "x"),
        ({"table": "1,2,0;1,2,0;1,2,1;1,2,2;3,4,2"}, "table", "class_alone", "b"),
        ({"class_names": "a"}, "class_names", "too_short", "a"),
        ({"class_names": "a,b,a"}, "class_names", "repeated", "a,b,a"),
        ({"class_names": ",".join("abcdefghijk")}, "class_names", "too_long", "a,b,c,d,e,f,g,h,i,j,k"),
        ({"column_names": "a,b\u2028c"}, "column_names", "odd_name", "b\u2028c"),
        ({"used_columns": "x3"}, "used_columns", "no_such_column", "x3"),
    ],
)
def test_a_table_that_cannot_be_learned_is_named(values: dict[str, str], field: str, code: str, held: str) -> None:
    with pytest.raises(ConfigError) as caught:
        IrisConfig.from_link({"data": "own", **values})
    assert [(problem.field, problem.code, problem.value) for problem in caught.value.problems] == [(field, code, held)]


def test_a_column_on_another_scale_is_named_and_mended() -> None:
    def found(**fields: Any) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
        trainer, rows = train(own(epochs=60, **fields))
        history, names = History(), tuple(rows[0])
        history.extend(names, np.arange(1, len(rows) + 1), np.array([list(row.values()) for row in rows]))
        told = findings(iris(trainer).config, trainer.outcome or "", history, trainer.experiment.facts())
        assert not {"features"} & {field for one in told for field in one.remedy}, "those are the flowers'"
        return {one.code: (one.values, one.remedy) for one in told}

    values, remedy = found()["unscaled"]
    assert (values["column"], remedy) == ("b, and c", {"standardize": True})
    assert "unscaled" not in found(standardize=True)
