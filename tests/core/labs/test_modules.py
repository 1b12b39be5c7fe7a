"""nn.Module taken apart: formulas and shapes against torch for drawn chains, a model against hooks of the test's own, real mistakes."""

import re
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from core import experiments
from core.labs.modules.anatomy import anatomy
from core.labs.modules.broken import CASES, broken
from core.labs.modules.chain import LAYERS, MOST_LAYERS, _wanted, run
from core.program.pieces import whole
from core.program.trainer import Trainer

CPU = torch.device("cpu")
S9 = "Conv2d(3, 10, 5)\nnn.Conv2d(10, 20, 5),"


def value(formula: str) -> int:
    """What a formula comes to, by Python's own arithmetic."""
    python = (
        formula.replace("·", "*")
        .replace("−", "-")
        .replace("⌊", "int(")
        .replace("⌋", " // 1)")
        .replace("⌈", "-int(-")
        .replace("⌉", " // 1)")
    )
    found: int = eval(python, {"__builtins__": {}}, {"int": int})  # noqa: S307 - numbers and signs that we have written
    return found


@st.composite
def chains(draw: st.DrawFn) -> tuple[str, list[int]]:
    """Layers that may fit each other or not, and a shape for images of one, two or three axes."""
    rank = draw(st.integers(1, 3))
    shape = [draw(st.integers(1, 2)), draw(st.integers(1, 3)), *(draw(st.integers(4, 12)) for _ in range(rank))]
    channels, lines = shape[1], []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["Conv", "MaxPool", "AvgPool", "ReLU", "Flatten", "Linear"]))
        kernel, stride, padding = draw(st.integers(1, 4)), draw(st.integers(1, 2)), draw(st.integers(0, 1))
        match kind:
            case "Conv":
                outputs, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 2))
                lines.append(f"Conv{rank}d({channels}, {outputs}, {kernel}, stride={stride}, padding={padding}, dilation={dilation})")
                channels = outputs
            case "MaxPool" | "AvgPool":
                lines.append(f"{kind}{rank}d({kernel}, {stride}, padding={min(padding, kernel // 2)})")
            case "Linear":
                lines.append(f"Linear({draw(st.integers(1, 20))}, {draw(st.integers(1, 5))})")
            case _:
                lines.append(f"{kind}()")
    return "\n".join(lines), shape


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=chains())
def test_a_drawn_chain_gives_what_torch_gives(drawn: tuple[str, list[int]]) -> None:
    chain, shape = drawn
    found = whole(run(chain, ",".join(map(str, shape))))
    x = torch.zeros(shape)
    for line, told in zip(chain.split("\n"), found["layers"], strict=False):
        module = eval(f"nn.{line}", {"nn": nn})  # noqa: S307 - drawn by this test
        assert (told["given"], told["count"]) == (list(x.shape), sum(parameter.numel() for parameter in module.parameters()))
        x = module(x)
        assert told["made"] == list(x.shape)
        assert value(told["formula"] or "0") == told["count"]
        slid = [one for one in told["arithmetic"] if "⌊" in one]
        assert [value(one.split(" = ")[0]) for one in slid] == [int(one.split(" = ")[1]) for one in slid]
        assert not line.startswith(("Conv", "MaxPool", "AvgPool")) or slid
    if found["failed"]:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever torch says
            eval(f"nn.{chain.split(chr(10))[len(found['layers'])]}", {"nn": nn})(x)  # noqa: S307
        assert found["failed"]["error"] == f"{type(caught.value).__name__}: {caught.value}"
        repaired = found["failed"]["repaired"]
        assert repaired is None or len(whole(run(repaired, ",".join(map(str, shape))))["layers"]) > len(found["layers"])
    else:
        assert len(found["layers"]) == len(chain.split("\n"))


def test_two_convolutions_of_5_x_5() -> None:
    found = whole(run(S9, "(1, 3, 256, 256)"))
    assert [one["made"] for one in found["layers"]] == [[1, 10, 252, 252], [1, 20, 248, 248]]
    assert [one["formula"] for one in found["layers"]] == ["10·3·5·5 + 10", "20·10·5·5 + 20"]
    assert found["layers"][1]["arithmetic"] == ["10 → 20", "⌊(252 + 2·0 − 1·(5 − 1) − 1) / 1⌋ + 1 = 248"]


@pytest.mark.parametrize(
    ("chain", "shape", "line", "axis", "repaired"),
    [
        ("Conv2d(3, 10, 5)\nConv2d(11, 20, 5)", "1,3,32,32", 2, 1, "Conv2d(3, 10, 5)\nConv2d(10, 20, 5)"),
        ("Conv2d(1, 8, 3)\nLinear(288, 10)", "1,1,8,8", 2, 1, "Conv2d(1, 8, 3)\nFlatten()\nLinear(288, 10)"),
        ("Linear(3, 4)  # too few", "2,5", 1, 1, "Linear(5, 4)"),
        ("MaxPool2d(9)", "1,1,8,6", 1, 3, "MaxPool2d(6)"),
        ("BatchNorm2d(num_features=3)", "1,4,5,5", 1, 1, "BatchNorm2d(num_features=4)"),
        ("Unflatten(1, (2, 3))", "1,5", 1, None, None),
        ("Linear()", "1,2", 1, None, None),
    ],
)
def test_where_a_chain_fails_the_axis_and_the_repair_are_told(
    chain: str, shape: str, line: int, axis: int | None, repaired: str | None
) -> None:
    failed = whole(run(chain, shape))["failed"]
    assert (failed["line"], failed["axis"], failed["repaired"]) == (line, axis, repaired)
    if repaired:
        assert whole(run(repaired, shape))["failed"] is None


@pytest.mark.parametrize(
    ("chain", "shape", "code"),
    [
        ("__import__('os').system('true')", "1", "unknown"),
        ("Conv2d(open('x'), 1, 1)", "1", "no_number"),
        ("Conv2d(*x)", "1", "no_number"),
        ("Conv2d(**x)", "1", "no_number"),
        ("Conv2d(1, 10**9, 1)", "1", "no_number"),
        ("Linear(2, 99999999)", "1", "no_number"),
        ("Conv2d", "1", "no_layer"),
        ("x = ReLU()", "1", "unreadable"),
        ("(" * 500, "1", "unreadable"),
        ("\n".join(["ReLU()"] * (MOST_LAYERS + 1)), "1", "too_many"),
        ("ReLU()", "1, -3", "no_shape"),
        ("ReLU()", "9999, 9999", "too_large"),
        ("ReLU()", "", "no_shape"),
        ("ReLU()", "1" * 5000, "no_shape"),
        ("ReLU()\n" * 9999, "1", "too_long"),
        (f"a{'.a' * 1900}(1)", "1", "unknown"),
        (f"ReLU({'-' * 3000}1)", "1", "unreadable"),
        ("Linear(1)(2, 3)", "1", "unknown"),
        ("Linear(99999, 99999, device='cpu')", "1", "elsewhere"),
        ("Linear(99999, 99999, True, 'cpu')", "1", "elsewhere"),
        ("Conv2d(1, 2, 3, dtype='float64')", "1, 1, 5, 5", "elsewhere"),
        ("MaxPool2d(2, return_indices=True)", "1, 1, 4, 4", "pair"),
        ("MaxPool2d(2, None, 0, 1, True)\nReLU()", "1, 1, 4, 4", "pair"),
    ],
)
def test_what_is_no_chain_is_refused(chain: str, shape: str, code: str) -> None:
    found = whole(run(chain, shape))
    assert (found["refused"]["code"], found["layers"], found["failed"]) == (code, [], None)


@pytest.mark.parametrize(
    ("chain", "shape", "code", "value"),
    [
        ("Linear(9999, 9999)", "1, 9999", "parameters", 9999 * 10_000),
        ("Conv2d(1, 1000, 3)", "1, 1, 256, 256", "numbers", 1000 * 254**2),
        ("Conv2d(1, 1, 3, padding=9999, stride=9999, padding_mode='replicate')", "1, 1, 10000, 5", "numbers", 29_998 * 20_003),
        ("Conv2d(1, 1, 999, padding='same')", "1, 1, 9, 1300", "laid", 9 * 1300 * 999**2),
        ("Conv1d(1, 1, 9999)", "1, 1, 20000", "laid", 9999 * 10_002),
        ("Conv2d(1000, 1, 70)", "1, 1000, 70, 70", "laid", 16 * 1000 * 70**2),
        ("Conv1d(1, 1, 1, stride=100)", "1, 1, 4000000", "laid", 16 * 4_000_000),
        ("AdaptiveAvgPool2d(99)", "1, 1, 4000000", "read", 99 * 2 * 99 * (40_405 + 1)),
        ("Conv2d(64, 64, 5)", "1, 64, 80, 80", "work", 64 * 76**2 * 64 * 25),
        ("AvgPool2d(200, stride=1)", "1, 1, 400, 400", "read", 201**2 * 200**2),
        ("MaxPool3d(20, stride=1)", "1, 1, 60, 60, 60", "read", 41**3 * 20**3),
    ],
)
def test_what_is_too_much_is_not_run(chain: str, shape: str, code: str, value: int) -> None:
    found = whole(run(f"Identity()\n{chain}", shape))
    told = found["refused"]
    assert (told["code"], told["line"], told["value"], len(found["layers"])) == (code, 2, value, 1)
    assert value > told["allowed"]


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        *((f"{kind}{rank}d(1, 1, 2)" if kind == "Conv" else f"{kind}{rank}d(2)", (1, 1, *[5] * rank)) for rank in (1, 2, 3) for kind in
        ("Conv", "MaxPool", "AvgPool")), ("AdaptiveAvgPool1d(2)", (1, 1, 5)), ("AdaptiveAvgPool2d(2)", (1, 1, 5, 5)),
        ("BatchNorm1d(3)", (2, 3)), ("BatchNorm2d(3)", (2, 3, 5, 5)), ("LayerNorm(3)", (2, 3)), ("Linear(3, 4)", (2, 3)),
        ("Flatten()", (2, 3)), ("ReLU()", (2, 3)), ("Tanh()", (2, 3)), ("Sigmoid()", (2, 3)), ("GELU()", (2, 3)), ("Softmax(1)", (2, 3)),
        ("Dropout()", (2, 3)), ("Identity()", (2, 3)), ("Unflatten(1, (3, 1))", (2, 3)),
    ],
)  # fmt: skip
def test_what_every_layer_would_take_is_known_before_it_runs(layer: str, shape: tuple[int, ...]) -> None:
    """A layer of which nothing is known could be as large as it likes."""
    sketch = eval(f"nn.{layer}", {"nn": nn}).to("meta").eval()  # noqa: S307
    assert _wanted(sketch, torch.zeros(shape))["numbers"] >= 1


def test_every_layer_is_torchs_own() -> None:
    assert all(getattr(nn, name) is kind for name, kind in LAYERS.items())


# --- the model of a run -------------------------------------------------------------------------------------------

RUNS: list[tuple[str, dict[str, Any]]] = [
    ("digits", {}), ("digits", {"network": "mlp", "dropout": 0.3}), ("iris", {}), ("plane", {"hidden": ()}),
    ("linear_regression", {"formulation": "module"}),
    ("char_rnn", {"cell": "lstm", "head": "linear", "encoding": "embedding"}), ("char_rnn", {"cell": "gru", "layers": 2}),
    ("overfitting", {"basis": "network"}), ("words", {"padding": "packed"}), ("words", {"padding": "ignored", "cell": "lstm"}),
]  # fmt: skip


def trainer(experiment: str, values: dict[str, Any]) -> Trainer:
    return Trainer(experiments.watch(experiment), experiments.config_class(experiment).checked(values | {"epochs": 4}), CPU)


@pytest.mark.parametrize(("experiment", "values"), RUNS)
def test_a_running_model_is_told_as_torch_has_it_and_runs_on_unmoved(experiment: str, values: dict[str, Any]) -> None:
    watched, alone = trainer(experiment, values), trainer(experiment, values)
    with watched.stream():
        next(watched)
        found = anatomy(watched)
        model = watched.experiment.names["model"]  # type: ignore[attr-defined]
        assert [(one["name"], one["training"]) for one in found["modules"]] == [(name, one.training) for name, one in model.named_modules()]
        assert [(one["name"], one["shape"]) for one in found["parameters"]] == [
            (name, list(one.shape)) for name, one in model.named_parameters()
        ]
        for one, module in zip(found["modules"], model.modules(), strict=True):
            own = sum(parameter.numel() for parameter in module.parameters(recurse=False))
            assert (value(one["formula"] or "0"), one["count"]) == (own, sum(parameter.numel() for parameter in module.parameters()))
            squares = [float((parameter.grad**2).sum()) for parameter in module.parameters()]
            assert (one["gradient"] or 0.0) == pytest.approx(sum(squares) ** 0.5, rel=1e-3)
        leaves = [one for one in found["modules"] if one["kind"] not in ("Sequential", "CharRNN", "Speller")]
        axes = slice(-1 if values.get("padding") == "packed" else 0, None)  # packed rows are put into their box between two layers
        assert all(before["made"][axes] == after["given"][axes] for before, after in pairwise(leaves))
        rest = [row["loss"] for _, row in watched]
    with alone.stream():
        assert [row["loss"] for _, row in alone][1:] == rest, "looking changes nothing"


def test_where_the_1168_parameters_of_the_second_layer_come_from() -> None:
    run_of_digits = trainer("digits", {})
    with run_of_digits.stream():
        next(run_of_digits)
        found = {one["name"]: one for one in anatomy(run_of_digits)["modules"]}["3"]
    assert (found["kind"], found["count"], found["formula"]) == ("Conv2d", 1168, "16·8·3·3 + 16")
    assert (found["given"], found["made"], found["own"]) == ([64, 8, 4, 4], [64, 16, 4, 4], ["3.weight", "3.bias"])


def test_a_run_of_bare_tensors_has_no_modules() -> None:
    assert anatomy(trainer("overfitting", {})) == {"modules": [], "parameters": [], "given": []}


# --- what goes wrong ----------------------------------------------------------------------------------------------


def test_each_mistake_does_what_it_does() -> None:
    found = {case: broken(case) for case in CASES}
    assert found["no_super"]["error"] == "AttributeError: cannot assign module before Module.__init__() call"
    assert found["plain_list"]["printed"] == "[…]: 0\nnn.ModuleList([…]): 4\n"
    assert found["plain_list"]["error"] == "ValueError: optimizer got an empty parameter list"
    assert found["forward"]["printed"] == "model(x):\n  hook\nmodel.forward(x):\n"
    train, evaluated = (re.findall(r"-?\d\.\d+", line) for line in found["no_eval"]["printed"].splitlines())
    assert (len(set(train)) > 1, len(set(evaluated)), len(train)) == (True, 1, 3)
    state = torch.random.get_rng_state()
    broken("no_eval")
    assert torch.equal(state, torch.random.get_rng_state())
