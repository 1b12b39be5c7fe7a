"""The microscope against plain loops: what each statement leaves, the graph, every mistake, and the bits of the next row."""

import copy
import json
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core import experiments
from core.program.microscope import Microscope
from core.program.microscope.mistakes import MISTAKES
from core.program.pieces import whole
from core.program.trainer import Trainer
from core.run.change import Change
from core.run.spec import RunSpec
from core.settings.config import TrainingConfig

RIGHT = ["forward", "loss", "zero_grad", "backward", "step"]
X = torch.tensor([[1.0], [2.0], [3.0]])
EXPERIMENTS = [
    ("linear_regression", {}),
    ("linear_regression", {"formulation": "module", "optimizer": "Adam"}),
    ("linear_regression", {"data": "line", "batch_size": 7}),
    ("iris", {}),
    ("iris", {"batch_size": 40, "dropout": 0.2, "test_share": 0.2}),
    ("plane", {"hidden": (), "output": "sigmoid", "formulation": "tensors", "points": 30}),
    ("overfitting", {}),
    ("overfitting", {"basis": "network"}),
    ("char_rnn", {}),
    ("char_rnn", {"sequence_length": 5, "cell": "lstm", "clip": 1.0}),
]


def config(experiment: str, **fields: Any) -> TrainingConfig:
    return experiments.config_class(experiment)().replace(**fields)


def looked(experiment: str, step: int, mistake: str = "", **fields: Any) -> dict[str, Any]:
    microscope = Microscope(RunSpec(experiment, config(experiment, **fields)), mistake=mistake)
    assert microscope.at(step)
    found: dict[str, Any] = whole(microscope.whole_pass())
    return found


class Plain:
    """Linear regression by hand, as a learner would write it."""

    def __init__(self) -> None:
        self.W, self.b = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
        self.optimizer = torch.optim.SGD([self.W, self.b], lr=0.01)

    def loss(self, x: Tensor = X) -> Tensor:
        return ((x @ self.W + self.b - X) ** 2).mean()

    def update(self) -> None:
        loss = self.loss()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def test_each_statement_leaves_what_a_plain_loop_leaves() -> None:
    seen = looked("linear_regression", 3)
    assert [statement["name"] for statement in seen["statements"]] == RIGHT
    assert [picture["next"] for picture in seen["pictures"]] == [0, 1, 2, 3, 4, None]
    plain = Plain()
    for _ in range(3):
        plain.update()
    left = plain.W.grad
    assert left is not None
    W, old = plain.W.item(), left.item()
    top, forward, lossy, emptied, filled, stepped = ({**picture, "W": picture["parameters"][0]} for picture in seen["pictures"])
    assert top["W"]["grad"]["values"] == [old]
    assert top["prediction"] is None
    assert forward["prediction"]["shape"] == [3, 1]
    assert forward["prediction"]["values"] == (X @ plain.W + plain.b).flatten().tolist()
    loss = plain.loss()
    assert lossy["loss"] == {"value": loss.item(), "grad_fn": "MeanBackward0"}
    assert lossy["W"]["grad"]["values"] == [old]
    assert emptied["W"]["grad"] is None
    plain.update()
    assert plain.W.grad is not None
    assert filled["W"]["grad"]["values"] == [plain.W.grad.item()]
    assert filled["W"]["value"]["values"] == [W]
    assert stepped["W"]["before"]["values"] == [W]
    assert stepped["W"]["value"]["values"] == [plain.W.item()]
    assert stepped["W"]["difference"]["values"] == pytest.approx(stepped["W"]["descent"]["values"], rel=1e-4)
    assert stepped["W"]["descent"]["values"] == [(-0.01 * plain.W.grad).item()]


def test_the_gradient_is_none_before_the_first_backward() -> None:
    seen = looked("linear_regression", 0)
    grads = [picture["parameters"][0]["grad"] for picture in seen["pictures"]]
    assert grads[:4] == [None] * 4
    assert grads[4] is not None


def walked(loss: Tensor) -> tuple[list[str], list[tuple[str, str]]]:
    """Every node once, and every edge, by the names of the operations."""
    seen: list[Any] = []
    edges: list[tuple[str, str]] = []

    def visit(node: Any) -> None:
        if node in seen:
            return
        seen.append(node)
        for following, _ in node.next_functions:
            if following is not None:
                edges.append((node.name(), following.name()))
                visit(following)

    visit(loss.grad_fn)
    return sorted(node.name().split("::")[-1] for node in seen), sorted((a.split("::")[-1], b.split("::")[-1]) for a, b in edges)


@pytest.mark.parametrize(("experiment", "fields"), EXPERIMENTS)
def test_the_graph_is_that_of_a_plain_walk(experiment: str, fields: dict[str, Any]) -> None:
    microscope = Microscope(RunSpec(experiment, config(experiment, **fields)))
    microscope.at(1)
    microscope.execute(2)
    names, edges = walked(microscope.loss)
    parameters = set(microscope.parameters)
    seen = looked(experiment, 1, **fields)
    graph = seen["graph"]
    operations = {node["id"]: node["operation"] for node in graph["nodes"]}
    assert sorted(operations.values()) == names
    assert sorted((operations[start], operations[end]) for start, end in graph["edges"]) == edges
    assert graph["undrawn"] == 0
    assert {node["parameter"] for node in graph["nodes"] if node["operation"] == "AccumulateGrad"} == parameters
    arrived = seen["pictures"][4]["arrived"]
    assert arrived[0] == [0, 1.0]
    assert sorted(node for node, _norm in arrived) == sorted(operations)
    assert seen["pictures"][3]["arrived"] == []


def test_nodes_name_the_shapes_they_saved() -> None:
    nodes = {node["operation"]: node for node in looked("linear_regression", 0)["graph"]["nodes"]}
    assert nodes["PowBackward0"]["saved"] == {"self": [3, 1]}
    assert nodes["MmBackward0"]["saved"]["self"] == [3, 1]


def test_the_length_that_arrives_at_a_leaf_is_its_gradients() -> None:
    seen = looked("iris", 2)
    norms = {node["parameter"]: dict(seen["pictures"][4]["arrived"])[node["id"]] for node in seen["graph"]["nodes"] if node["parameter"]}
    for parameter in seen["pictures"][4]["parameters"]:
        assert norms[parameter["name"]] == pytest.approx(parameter["grad"]["norm"], rel=1e-5)


@pytest.mark.parametrize(("experiment", "fields"), EXPERIMENTS)
def test_a_pass_by_statements_gives_the_bits_of_the_run(experiment: str, fields: dict[str, Any]) -> None:
    chosen = config(experiment, **fields)
    changes = [Change(2, "lr", chosen.lr, chosen.lr / 2)]  # every experiment has it
    trainer = Trainer(experiments.watch(experiment), chosen, torch.device("cpu"), changes)
    microscope = Microscope(RunSpec(experiment, chosen, tuple(changes)))
    with trainer.stream():
        while trainer.step < 5:
            step, _row = next(trainer)
            if step < trainer.experiment.first_step:
                continue
            assert microscope.at(step)
            assert microscope.execute(4) == 4
            own = [parameter for group in trainer.experiment.optimizer.param_groups for parameter in group["params"]]
            for mine, theirs in zip(microscope.parameters.values(), own, strict=True):
                assert torch.equal(mine, theirs)
                assert mine.grad is not None
                assert torch.equal(mine.grad, theirs.grad)
            assert microscope.execute(9) == 1


def test_looking_draws_no_random_numbers_of_others() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    looked("iris", 3, batch_size=50, dropout=0.3)
    assert torch.equal(torch.rand(3), expected)


def test_the_last_pass_ends_before_its_update() -> None:
    seen = looked("linear_regression", 1000)
    assert seen["ended"]
    assert len(seen["pictures"]) == 5
    assert seen["pictures"][-1]["loss"]["value"] == pytest.approx(0.000158, abs=1e-6)


def test_it_can_be_interrupted_on_its_way() -> None:
    microscope = Microscope(RunSpec("linear_regression", config("linear_regression")))
    while not microscope.at(40, enough=lambda: True):
        assert microscope.counter is None or microscope.counter <= 40
    assert microscope.counter == 40
    assert whole(microscope.whole_pass()) == looked("linear_regression", 40)


# --- broken on purpose -----------------------------------------------------------------------------------------------


def weight(seen: dict[str, Any], picture: int = -1) -> float:
    value: float = seen["pictures"][picture]["parameters"][0]["value"]["values"][0]
    return value


def test_without_zero_grad_gradients_pile_up() -> None:
    plain = Plain()
    for _ in range(4):
        loss = plain.loss()
        loss.backward()
        plain.optimizer.step()
    seen = looked("linear_regression", 3, "no_zero_grad")
    assert [statement["name"] for statement in seen["statements"]] == ["forward", "loss", "backward", "step"]
    assert weight(seen) == plain.W.item()
    assert plain.W.grad is not None
    assert seen["pictures"][-1]["parameters"][0]["grad"]["values"] == [plain.W.grad.item()]
    assert [line["text"].strip() for line in seen["lines"] if line["edit"] == "removed"] == ["optimizer.zero_grad()"]


def test_step_before_backward_moves_nothing() -> None:
    plain = Plain()
    for _ in range(4):
        loss = plain.loss()
        plain.optimizer.zero_grad()
        plain.optimizer.step()
        loss.backward()
    seen = looked("linear_regression", 3, "step_before_backward")
    assert [statement["name"] for statement in seen["statements"]] == ["forward", "loss", "zero_grad", "step", "backward"]
    assert weight(seen) == plain.W.item() == 0.0
    assert [loss for _step, loss in seen["losses"]] == [plain.loss().item()] * 4


def raised(seen: dict[str, Any]) -> str:
    error = seen["pictures"][-1]["error"]
    return f"{error['type']}: {error['text']}"


def test_backward_twice_raises_pytorchs_own_error() -> None:
    loss = Plain().loss()
    loss.backward()
    with pytest.raises(RuntimeError) as error:
        loss.backward()
    seen = looked("linear_regression", 0, "backward_twice")
    assert raised(seen) == f"RuntimeError: {error.value}"
    assert seen["pictures"][-1]["executed"] == 4


@pytest.mark.parametrize("experiment", ["linear_regression", "iris", "char_rnn"])
def test_float64_raises_pytorchs_own_error(experiment: str) -> None:
    def wrong() -> None:
        match experiment:
            case "linear_regression":
                Plain().loss(X.double())
            case "iris":
                nn.Linear(4, 10)(torch.zeros(150, 4).double())
            case _:
                nn.RNN(10, 10, batch_first=True)(F.one_hot(torch.zeros(1, 15).long(), 10).double())

    with pytest.raises((RuntimeError, ValueError)) as error:
        wrong()
    seen = looked(experiment, 0, "float64")
    assert raised(seen) == f"{type(error.value).__name__}: {error.value}"
    assert seen["pictures"][-1]["executed"] == 0


def test_an_optimizer_of_another_models_parameters_moves_those() -> None:
    plain = Plain()
    other = torch.optim.SGD(copy.deepcopy([plain.W, plain.b]), lr=0.01)
    for _ in range(4):
        loss = plain.loss()
        other.zero_grad()
        loss.backward()
        other.step()
    seen = looked("linear_regression", 3, "wrong_parameters")
    assert weight(seen) == plain.W.item() == 0.0
    assert plain.W.grad is not None
    assert seen["pictures"][-1]["parameters"][0]["grad"]["values"] == [plain.W.grad.item()]
    assert seen["pictures"][-1]["parameters"][0]["difference"]["values"] == [0.0]


def test_losses_in_a_list_keep_their_graphs() -> None:
    plain, losses = Plain(), []
    for _ in range(5):
        loss = plain.loss()
        losses.append(loss)
        plain.optimizer.zero_grad()
        loss.backward()
        plain.optimizer.step()
    own = {node for kept in losses for node in nodes(kept)}
    seen = looked("linear_regression", 4, "forgot_item")
    assert seen["pictures"][-1]["kept"] == {"losses": 5, "nodes": len(own), "bytes": 0}
    assert seen["pictures"][3]["kept"]["bytes"] > 0
    assert weight(seen) == plain.W.item()


def nodes(loss: Tensor) -> set[Any]:
    found: set[Any] = set()
    waiting: list[Any] = [loss.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found.add(node)
            waiting += [following for following, _ in node.next_functions]
    return found


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize(("experiment", "fields"), EXPERIMENTS)
def test_every_mistake_can_be_made_in_every_experiment(experiment: str, fields: dict[str, Any], mistake: str) -> None:
    seen = looked(experiment, 2, mistake, **fields)
    assert json.loads(json.dumps(seen, allow_nan=False)) == seen
    assert any(line["edit"] for line in seen["lines"])
    assert bool(seen["pictures"][-1]["error"]) == (mistake in ("backward_twice", "float64"))
