"""Classes in the plane against plain PyTorch loops, scikit-learn's data, metrics and LogisticRegression, and the page's own sentences."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

from core import experiments
from core.experiments.plane.config import FEATURES, PlaneConfig
from core.experiments.plane.watch import PlaneClassifier
from core.program.export import script
from core.program.pieces import whole
from core.program.trainer import Trainer
from core.run.change import Change
from core.run.history import History
from core.run.replay import Replay
from core.run.spec import RunSpec
from core.settings.config import ConfigError
from tests.core.program.test_export import execute
from tests.grids import cells

CPU = torch.device("cpu")
Rows = list[dict[str, float]]
OWN = ((-1.0, 0.5, 0), (1.0, 0.25, 1), (0.5, -2.0, 2), (-0.5, -1.0, 2), (2.0, 2.0, 0))
ALL_VIEWS = ("network", "regions", "confusion", "mistakes", "histograms", "references", "units:20", "border", "hidden:unit_1,unit_2")


def train(config: PlaneConfig, plan: Sequence[Change] = ()) -> tuple[Trainer, Rows]:
    trainer = Trainer(PlaneClassifier, config, CPU, plan)
    with trainer.stream():
        rows = [row for _, row in trainer]
    return trainer, rows


def plane(trainer: Trainer) -> PlaneClassifier:
    assert isinstance(trainer.experiment, PlaneClassifier)
    return trainer.experiment


def view(trainer: Trainer, name: str) -> Any:
    """A view as it arrives in the browser: strict JSON."""
    return json.loads(json.dumps(whole(trainer.experiment.views[name]()), allow_nan=False))


# --- the program written out --------------------------------------------------------------------------------------


def points_of(config: PlaneConfig) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    n, noise, seed, rng = config.points, config.noise, config.seed, np.random.default_rng(config.seed)
    match config.data:
        case "moons":
            x, y = make_moons(n_samples=n, noise=noise, random_state=seed)
        case "circles":
            x, y = make_circles(n_samples=n, noise=noise, random_state=seed, factor=0.5)
        case "blobs":
            x, y = make_blobs(n_samples=n, centers=config.classes, cluster_std=0.5 + noise, random_state=seed)
        case "xor":
            corners = rng.uniform(-3, 3, (n, 2))
            x, y = corners + rng.normal(0, noise, (n, 2)), np.where(np.sign(corners[:, 0]) == np.sign(corners[:, 1]), 1, 0)
        case "spiral":
            y, r = np.arange(n) % config.classes, np.linspace(0.2, 5, n)
            turned = 2.2 * r + 2 * np.pi * y / config.classes
            x = np.stack([r * np.sin(turned), r * np.cos(turned)], 1) + rng.normal(0, noise, (n, 2))
        case _:
            x, y = np.array(config.table)[:, :2], np.array(config.table)[:, 2].astype(int)
    return x, y


def inputs_of(config: PlaneConfig, x: NDArray[np.float64]) -> Tensor:
    a, b = x[:, 0], x[:, 1]
    made = dict(zip(FEATURES, (a, b, a * a, b * b, a * b, np.sin(a), np.sin(b)), strict=True))
    return torch.tensor(np.stack([made[name] for name in config.features], 1), dtype=torch.float32)


def loss_of(config: PlaneConfig, logits: Tensor, y: Tensor) -> Tensor:
    if config.output == "sigmoid":
        return F.binary_cross_entropy_with_logits(logits[:, 0], y.float())
    return F.cross_entropy(logits, y)


def plain_model(config: PlaneConfig) -> nn.Sequential:
    kinds = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU, "none": nn.Identity}
    modules, width = list[nn.Module](), len(config.features)
    for units in config.hidden:
        modules += [nn.Linear(width, units), kinds[config.activation](), nn.Dropout(config.dropout)]
        width = units
    return nn.Sequential(*modules, nn.Linear(width, 1 if config.output == "sigmoid" else config.kinds))


def plain_loop(config: PlaneConfig, plan: Mapping[int, tuple[str, float]] | None = None) -> tuple[list[float], nn.Sequential]:
    """Losses before each epoch's updates, and the model in the end. Adam; L1 as what it adds to the gradient."""
    points, y_all = points_of(config)
    if config.test_share:
        points, _, y_all, _ = train_test_split(points, y_all, test_size=config.test_share, random_state=config.seed)
    x, y, l1 = inputs_of(config, points), torch.tensor(y_all), config.l1
    torch.manual_seed(config.seed)
    model = plain_model(config)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr, weight_decay=config.weight_decay)
    losses = []
    for epoch in range(1, config.epochs + 1):
        in_one = not 0 < config.batch_size < len(x)
        if not in_one:
            model.eval()
            losses.append(loss_of(config, model(x), y).item())
            model.train()
        for part in [torch.arange(len(x))] if in_one else torch.randperm(len(x)).split(config.batch_size):
            loss = loss_of(config, model(x[part]), y[part])
            optimizer.zero_grad()
            loss.backward()
            if in_one:
                losses.append(loss.item())
            field, value = (plan or {}).get(epoch, ("", 0.0))
            l1 = value if field == "l1" else l1
            if field == "lr":
                optimizer.param_groups[0]["lr"] = value
            for parameter in model.parameters() if l1 else ():
                assert parameter.grad is not None
                parameter.grad = parameter.grad + l1 * torch.sign(parameter.data)
            optimizer.step()
    return losses, model


def assert_same_bits(config: PlaneConfig, *changes: Change) -> Rows:
    trainer, rows = train(config, changes)
    losses, model = plain_loop(config, {change.step: (change.field, float(str(change.new))) for change in changes})
    assert [row["loss"] for row in rows] == losses
    for ours, theirs in zip(plane(trainer).model.parameters, model.parameters(), strict=True):
        np.testing.assert_array_equal(ours.detach(), theirs.detach())
    return rows


def test_the_defaults_are_the_plain_loop_bit_for_bit() -> None:
    """As it would be written for this data alone."""
    x, y = make_moons(n_samples=200, noise=0.1, random_state=0)
    x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    losses, accuracies = [], []
    for _ in range(500):
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        accuracies.append((logits.argmax(1) == y).sum().item() / 200)
        optimizer.step()
    trainer, rows = train(PlaneConfig())
    assert [row["loss"] for row in rows] == losses
    assert [row["accuracy"] for row in rows] == accuracies
    for ours, theirs in zip(plane(trainer).model.parameters, model.parameters(), strict=True):
        np.testing.assert_array_equal(ours.detach(), theirs.detach())
    assert rows[-1]["accuracy"] == 1.0


@pytest.mark.parametrize(
    "fields",
    [
        {"data": "circles", "output": "sigmoid", "noise": 0.3},
        {"data": "blobs", "classes": 6, "points": 21, "hidden": (64,)},
        {"data": "xor", "features": ("x1_x2",), "hidden": (), "output": "sigmoid"},
        {"data": "spiral", "classes": 4, "features": FEATURES, "hidden": (5, 4, 3, 3, 4, 5), "activation": "gelu"},
        {"data": "own", "table": OWN, "hidden": ()},
        {"dropout": 0.3, "activation": "relu", "test_share": 0.25},
        {"batch_size": 32, "l1": 0.01, "weight_decay": 0.001, "activation": "sigmoid"},
        {"noise": 0.0, "features": ("sin_x1", "x2_squared"), "activation": "none", "l1": 0.1},
    ],
    ids=str,
)
def test_every_setting_is_the_plain_loop_bit_for_bit(fields: dict[str, Any]) -> None:
    assert_same_bits(PlaneConfig(**{"epochs": 25, "seed": 3, **fields}))


@pytest.mark.parametrize("fields", [{}, {"optimizer": "SGD", "batch_size": 32, "l1": 0.01, "features": ("x1", "x2", "x1_x2")}], ids=str)
def test_logistic_regression_by_hand_is_the_plain_loop_and_the_curve_of_a_module_but_for_rounding(fields: dict[str, Any]) -> None:
    config = PlaneConfig(hidden=(), output="sigmoid", formulation="tensors", lr=0.1, epochs=60, seed=2, **fields)
    trainer, rows = train(config)
    points, labels = points_of(config)
    x, y = inputs_of(config, points), torch.tensor(labels, dtype=torch.float32)[:, None]
    torch.manual_seed(2)
    bound = 1 / x.shape[1] ** 0.5
    W, b = torch.empty(x.shape[1], 1).uniform_(-bound, bound).requires_grad_(), torch.empty(1).uniform_(-bound, bound).requires_grad_()
    optimizer = torch.optim.SGD([W, b], lr=0.1) if fields else torch.optim.Adam([W, b], lr=0.1)

    def loss_by_hand(x: Tensor, y: Tensor) -> Tensor:
        h = torch.sigmoid(x @ W + b)
        return -(y * torch.log(h) + (1 - y) * torch.log(1 - h)).mean()

    losses = []
    for _ in range(60):
        losses.append(loss_by_hand(x, y).item())
        for part in torch.randperm(len(x)).split(config.batch_size) if config.batch_size else [torch.arange(len(x))]:
            optimizer.zero_grad()
            loss_by_hand(x[part], y[part]).backward()
            for parameter in (W, b):
                parameter.grad += config.l1 * parameter.detach().sign()  # type: ignore[operator]
            optimizer.step()
    assert [row["loss"] for row in rows] == losses
    other, curve = train(config.replace(formulation="module"))
    np.testing.assert_allclose(losses, [row["loss"] for row in curve], rtol=1e-5)
    assert view(trainer, "confusion") == view(other, "confusion")
    for name in ("weights", "biases", "weight_gradients"):
        ours, theirs = (view(one, "network")["layers"][0][name] for one in (trainer, other))
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("field", "value"), [("lr", 0.3), ("l1", 0.05)])
@pytest.mark.parametrize("begun", [0.0, 0.02])
def test_a_change_acts_on_the_update_after_its_row(field: str, value: float, begun: float) -> None:
    config = PlaneConfig(epochs=20, l1=begun)
    assert_same_bits(config, Change(10, field, getattr(config, field), value))


@pytest.mark.parametrize("fields", [{}, {"batch_size": 2}, {"hidden": (), "features": ("x1", "x1_x2")}], ids=str)
def test_points_that_come_or_go_while_it_trains_are_in_the_next_pass(fields: dict[str, Any]) -> None:
    """As if a second program went on with the first one's model, optimizer and random numbers; and so does the script."""
    more, fewer = (*OWN, (3.0, -1.0, 1), (0.0, 0.0, 2)), OWN[1:4]
    config = PlaneConfig(data="own", table=OWN, epochs=30, **fields)
    changes = (Change(10, "table", OWN, more), Change(20, "table", more, fewer))
    trainer, rows = train(config, changes)
    torch.manual_seed(0)
    model = plain_model(config)
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=0.03), []
    for epoch in range(1, 31):
        points, labels = points_of(config.replace(table=OWN if epoch <= 10 else more if epoch <= 20 else fewer))
        x, y = inputs_of(config, points), torch.tensor(labels)
        losses.append(loss_of(config, model(x), y).item())
        for part in torch.randperm(len(x)).split(config.batch_size) if config.batch_size else [torch.arange(len(x))]:
            optimizer.zero_grad()
            loss_of(config, model(x[part]), y[part]).backward()
            optimizer.step()
    assert [row["loss"] for row in rows] == losses
    assert view(trainer, "regions")["points"]["x"] == [x for x, *_ in fewer]
    assert sum(map(sum, view(trainer, "confusion")["train"])) == len(fewer)
    written = script(RunSpec("plane", config, changes))
    assert execute(written.source)[1][-1] == f"loss: {losses[-1]!r}"
    assert "points, x, y = placed([" in written.source.split("if epoch == 10:")[1]


def test_a_run_goes_on_from_a_checkpoint_with_the_points_of_that_time() -> None:
    config = PlaneConfig(data="own", table=OWN, epochs=700)
    trainer, rows = train(config, [Change(100, "table", OWN, (*OWN, (3.0, -1.0, 1)))])
    again = trainer.at(650)
    with again.stream():
        later = dict(again)
    assert 100 < min(later) <= 650
    assert [later[step] for step in range(650, 701)] == rows[649:]


@pytest.mark.parametrize(
    ("new", "text"),
    [((*OWN, (3.0, -1.25, 1)), "10:table=+3.0~-1.25~1"), (OWN[1:3], "10:table=1.0~0.25~1;0.5~-2.0~2"), ((*OWN[:4], (0.0, 0.0, 1)), None)],
)
def test_a_link_that_does_the_run_again_holds_the_points(new: Any, text: str | None) -> None:
    config = PlaneConfig(data="own", table=OWN)
    done = Replay(RunSpec("plane", config, (Change(10, "table", OWN, new), Change(20, "lr", 0.03, 0.1)), 50), 0.25)
    assert Replay.read(str(done), "plane", config) == done
    assert text is None or str(done) == f"{text},20:lr=0.1,50:loss=0.25"


def test_points_in_a_link_that_are_none_are_named() -> None:
    with pytest.raises(ConfigError) as caught:
        Replay.read("10:table=+3~x~1,50:loss=0.25", "plane", PlaneConfig(data="own", table=OWN))
    assert [(problem.code, problem.row) for problem in caught.value.problems] == [("table_row", len(OWN) + 1)]


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"data": "blobs", "classes": "3", "output": "sigmoid"}, "output", "sigmoid_of_many"),
        ({"data": "own", "output": "sigmoid"}, "output", "sigmoid_of_many"),
        ({"data": "own", "table": "0,0,0;1,1,2", "classes": "2"}, "table", "too_few_outputs"),
        ({"data": "own", "table": "0,0,1;1,1,1"}, "table", "too_few_classes"),
        ({"data": "own", "table": ""}, "table", "too_few_classes"),
        ({"table": "0,0,6;1,1,0"}, "table", "table_row"),
        ({"table": "0,0,0.5;1,1,0"}, "table", "table_row"),
        ({"table": "0,0,0;1,101,1"}, "table", "table_row"),
        ({"table": "0,0,0;1,1"}, "table", "table_row"),
        ({"points": "19"}, "points", "greater_than_equal"),
        ({"classes": "7"}, "classes", "less_than_equal"),
        ({"noise": "1.5"}, "noise", "less_than_equal"),
        ({"hidden": "8,8,8,8,8,8,8"}, "hidden", "too_long"),
        ({"features": "x1,x1"}, "features", "repeated"),
        ({"features": ""}, "features", "too_short"),
    ],
)
def test_a_bad_value_is_named(values: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        PlaneConfig.from_link(values)
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [(field, code)]


def test_a_link_brings_back_points_inputs_and_layers() -> None:
    config = PlaneConfig(data="own", table=OWN, features=("sin_x1", "x1"), hidden=())
    assert config.features == ("x1", "sin_x1")
    assert PlaneConfig.from_link(config.to_link()) == config
    assert PlaneConfig.model_validate_json(config.model_dump_json()) == config
    assert config.replace(data="moons").used().to_link() == {"features": "x1,sin_x1", "hidden": ""}


def test_two_classes_of_points_may_have_a_sigmoid_whatever_other_data_would_have() -> None:
    assert PlaneConfig(output="sigmoid", classes=6).outputs == 1
    assert PlaneConfig(data="spiral", classes=2, output="sigmoid").kinds == 2


# --- what is drawn ------------------------------------------------------------------------------------------------


def chances(trainer: Trainer, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability of each class, by numpy from the parameters; tanh in between."""
    config = plane(trainer).config
    x = inputs_of(config, points).double().numpy()
    for layer in plane(trainer).model.layers:
        x = x @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy()
        x = x if layer is plane(trainer).model.output else np.tanh(x)
    odds = np.exp(np.hstack([np.zeros_like(x), x]) if config.output == "sigmoid" else x)
    return np.asarray(odds / odds.sum(1, keepdims=True))


@pytest.fixture(
    scope="module",
    params=[
        {"data": "spiral", "classes": 4, "features": ("x1", "x2", "sin_x1", "sin_x2"), "test_share": 0.3},
        {"output": "sigmoid", "hidden": (3,), "noise": 0.4, "test_share": 0.2},
        {"hidden": ()},
    ],
)
def trained(request: pytest.FixtureRequest) -> Trainer:
    return train(PlaneConfig(epochs=40, **request.param))[0]


def test_regions_are_the_predictions_on_a_grid(trained: Trainer) -> None:
    picture = view(trained, "regions")
    assert view(trained, "regions:x1,x2") == picture
    x, y, z = np.array(picture["x"]), np.array(picture["y"]), cells(picture["z"])
    assert z.shape == (100, 100) == (len(y), len(x))
    data = plane(trained).samples
    assert x[0] < data.measured[:, 0].min() < data.measured[:, 0].max() < x[-1]
    grid = np.stack([axis.ravel() for axis in np.meshgrid(x, y)], 1)
    found = chances(trained, grid)
    clear = np.sort(found, 1)[:, -1] - np.sort(found, 1)[:, -2] > 0.01
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(z.ravel()[clear] // 1000, found.argmax(1)[clear])
    np.testing.assert_allclose(z.ravel() % 1000, np.minimum(999, 1000 * found.max(1)), atol=10)


def test_in_the_space_of_the_last_hidden_layer_borders_are_straight(trained: Trainer) -> None:
    """The points lie where its first two units put them; each cell has the class that the output layer gives it there."""
    experiment = plane(trained)
    planes = trained.experiment.facts()["hidden_planes"]
    if not experiment.config.hidden:
        assert planes == []
        assert "hidden:unit_1,unit_2" not in trained.experiment.views
        return
    picture = view(trained, f"hidden:{planes[0]}")
    outputs = experiment.samples.x.double().numpy()
    for layer in experiment.model.layers[:-1]:
        outputs = np.tanh(outputs @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy())
    np.testing.assert_allclose(picture["points"]["x"], outputs[:, 0], atol=1e-3)
    np.testing.assert_allclose(picture["points"]["y"], outputs[:, 1], atol=1e-3)
    x, y, z = np.array(picture["x"]), np.array(picture["y"]), cells(picture["z"])
    grid = np.tile(outputs.mean(0), (z.size, 1))
    grid[:, :2] = np.stack([axis.ravel() for axis in np.meshgrid(x, y)], 1)
    output = experiment.model.output
    logits = grid @ output.weight.detach().double().numpy().T + output.bias.detach().double().numpy()
    logits = np.hstack([np.zeros_like(logits), logits]) if logits.shape[1] == 1 else logits
    best = np.sort(logits, 1)
    clear = best[:, -1] - best[:, -2] > 0.05
    assert clear.mean() > 0.5
    np.testing.assert_array_equal(z.ravel()[clear] // 1000, logits.argmax(1)[clear])


def test_two_units_part_a_ring_from_a_ring_by_a_straight_line() -> None:
    trainer, rows = train(PlaneConfig(data="circles", hidden=(8, 2)))
    assert rows[-1]["accuracy"] == 1.0
    picture = view(trainer, "hidden:unit_1,unit_2")
    points = np.stack([picture["points"]["x"], picture["points"]["y"]], 1)
    assert LogisticRegression(C=1e6, max_iter=10_000).fit(points, picture["points"]["label"]).score(points, picture["points"]["label"]) == 1


def test_confusion_and_mistakes_are_those_of_scikit_learn(trained: Trainer) -> None:
    data = plane(trained).samples
    found = chances(trained, data.measured)
    guesses, classes = found.argmax(1), range(len(data.classes))
    picture = view(trained, "confusion")
    assert picture["train"] == confusion_matrix(data.labels[data.train], guesses[data.train], labels=classes).tolist()
    if len(data.test):
        assert picture["test"] == confusion_matrix(data.labels[data.test], guesses[data.test], labels=classes).tolist()
    table, wrong = view(trained, "mistakes"), np.flatnonzero(guesses != data.labels)
    assert table["total"] == len(wrong) > 0
    assert {row["row"] for row in table["rows"]} <= set(wrong.tolist())
    for row in table["rows"]:
        np.testing.assert_allclose(row["probabilities"], found[row["row"]], atol=1e-3)
        assert sum(row["probabilities"]) == pytest.approx(1, abs=1e-3)
    assert view(trained, "regions")["wrong"]["x"] == np.round(data.measured[wrong, 0], 3).tolist()


def test_each_unit_has_a_picture_of_its_own(trained: Trainer) -> None:
    """What it puts out on the plane, by its column's greatest size, in fortieths."""
    picture, model = view(trained, "units:20"), plane(trained).model
    xs, ys = (np.linspace(axis[0], axis[-1], 20) for axis in (view(trained, "regions")["x"], view(trained, "regions")["y"]))
    outputs = inputs_of(plane(trained).config, np.stack([axis.ravel() for axis in np.meshgrid(xs, ys)], 1)).numpy()
    assert len(picture["columns"]) == len(model.layers)
    for column, layer in zip(picture["columns"], model.layers, strict=True):
        shown = (np.array([[ord(level) for level in unit] for unit in column]).T - ord("0")) / 20 - 1
        np.testing.assert_allclose(shown, outputs / np.abs(outputs).max(), atol=0.03)
        outputs = np.tanh(outputs @ layer.weight.detach().numpy().T + layer.bias.detach().numpy())


def test_the_dashed_border_is_scikit_learns(trained: Trainer) -> None:
    picture, data = view(trained, "regions"), plane(trained).samples
    model = LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-10).fit(data.x.numpy()[data.train], data.labels[data.train])
    grid = np.stack([axis.ravel() for axis in np.meshgrid(picture["x"], picture["y"])], 1)
    kinds = cells(view(trained, "border")["z"]).ravel() // 1000
    assert (kinds == model.predict(inputs_of(plane(trained).config, grid).numpy())).mean() > 0.99


def test_one_logit_is_an_output_of_the_second_class(trained: Trainer) -> None:
    facts = trained.experiment.facts()
    assert facts["outputs"] == (["1"] if plane(trained).config.output == "sigmoid" else facts["classes"])


def test_looking_changes_nothing() -> None:
    config = PlaneConfig(epochs=15, dropout=0.3, batch_size=50, test_share=0.2)
    trainer, expected = Trainer(PlaneClassifier, config, CPU), train(config)[1]
    rows = []
    with trainer.stream():
        for _, row in trainer:
            rows.append(row)
            for name in ALL_VIEWS:
                view(trainer, name)
    assert rows == expected


@pytest.mark.parametrize(
    "name", ["nothing", "regions:x1", "regions:x2,x1", "units", "units:1000", "hidden", "hidden:unit_1", "network:all", "confusion:test"]
)
def test_an_unknown_view_is_not_there(trained: Trainer, name: str) -> None:
    assert name not in trained.experiment.views


def test_wrong_labels_are_learned_from_and_tests_stay_true() -> None:
    honest, noisy = (plane(train(PlaneConfig(epochs=1, test_share=0.2, label_noise=share))[0]).samples for share in (0.0, 0.25))
    changed = np.flatnonzero(honest.labels != noisy.labels)
    assert len(changed) == 40 == 0.25 * len(noisy.train)
    assert set(changed) <= set(noisy.train)


# --- scikit-learn's logistic regression ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"output": "sigmoid"},
        {},
        {"data": "blobs", "classes": 6, "noise": 1.0, "lr": 0.05, "epochs": 5000},
        {"data": "circles", "noise": 0.4, "features": FEATURES[:5], "epochs": 3000},
    ],
    ids=str,
)
def test_without_a_hidden_layer_it_is_scikit_learns_logistic_regression(fields: dict[str, Any]) -> None:
    trainer, rows = train(PlaneConfig(**{"hidden": (), "lr": 0.1, **fields}))
    data = plane(trainer).samples
    model = LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-10).fit(data.x.numpy(), data.labels)
    loss = log_loss(data.labels, model.predict_proba(data.x.numpy()))
    told = view(trainer, "references")["logistic_regression"]
    assert told["loss"] == pytest.approx(loss, abs=1e-5)
    assert told["accuracy"] == pytest.approx(model.score(data.x.numpy(), data.labels), abs=0.01)
    assert rows[-1]["loss"] == pytest.approx(loss, abs=1e-3)
    ours = plane(trainer).chances(data.x).numpy()
    assert np.abs(ours - model.predict_proba(data.x.numpy())).max() < 0.02


# --- findings, and what the lesson says of its presets ------------------------------------------------------------


def said(**fields: Any) -> tuple[dict[str, Mapping[str, Any]], Rows]:
    """The findings at the end of a run with their remedies, each of which the config takes; and its rows."""
    config = PlaneConfig(**fields)
    trainer, rows = train(config)
    history, names = History(), tuple(rows[0])
    history.extend(names, np.arange(1, len(rows) + 1), np.array([[row[name] for name in names] for row in rows]))
    found = experiments.findings("plane", config, trainer.outcome or "", history, trainer.experiment.facts())
    for finding in found:
        config.replace(**finding.remedy)
    return {finding.code: finding.remedy for finding in found}, rows


def test_xor_needs_a_hidden_layer() -> None:
    found, rows = said(data="xor", hidden=())
    assert 0.6 < rows[-1]["accuracy"] < 0.7
    assert found["plateau"] == {"hidden": (8, 8)}
    assert "softmax_regression" in found
    assert said(data="xor", hidden=(4,))[1][-1]["accuracy"] > 0.97


def test_sines_help_round_the_spiral() -> None:
    spiral: dict[str, Any] = {"data": "spiral", "classes": 2, "hidden": (8,)}
    assert said(**spiral)[1][-1]["accuracy"] < 0.9
    assert said(**spiral, features=("x1", "x2", "sin_x1", "sin_x2"))[1][-1]["accuracy"] == 1.0


def test_a_learning_rate_of_3_breaks_and_says_so() -> None:
    found, rows = said(lr=3.0)
    assert rows[-1]["loss"] > rows[0]["loss"]
    assert found["lr_too_high"]["lr"] < 3.0


def test_relu_dies_of_long_steps() -> None:
    found, rows = said(activation="relu", lr=1.0)
    assert rows[-1]["dead_units"] >= 8
    assert "dead_units" in found


def test_logistic_regression_is_called_by_its_name() -> None:
    assert "logistic_regression" in said(hidden=(), output="sigmoid", epochs=5)[0]


def test_its_overfitting_has_remedies_that_help() -> None:
    overfitting: dict[str, Any] = {"hidden": (64, 64), "activation": "relu", "noise": 0.4, "test_share": 0.5, "features": FEATURES}
    overfitting |= {"points": 60, "epochs": 300}
    found, rows = said(**overfitting)
    assert {"overfitting", "more_data", "fewer_features", "regularize"} <= set(found)
    assert (found["more_data"], found["fewer_features"]) == ({"points": 240}, {"features": ("x1", "x2")})
    for code in ("more_data", "fewer_features", "regularize"):
        assert said(**{**overfitting, **found[code]})[1][-1]["test_loss"] < rows[-1]["test_loss"], code
