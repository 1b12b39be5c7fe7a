"""Autograd by hand: the grammar, the chain rule against PyTorch, and the script that prints the same."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.jsonable import to_number
from core.labs.by_hand import comparison, grammar
from core.labs.by_hand.expressions import DEFAULT, DEFAULT_X, EXPRESSIONS
from core.labs.by_hand.grammar import FUNCTIONS, REDUCTIONS, program, vector
from core.labs.by_hand.graph import Graph
from core.labs.by_hand.pytorch import differentiate
from core.labs.by_hand.script import script
from core.labs.reading import ProgramError

ROOT = Path(__file__).parents[3]
X = (0.0, 1.0, 2.0)
CHAIN = EXPRESSIONS[DEFAULT]


def refused(text: str) -> tuple[str, int, str]:
    with pytest.raises(ProgramError) as caught:
        program(text)
    return caught.value.code, caught.value.line, caught.value.written


# --- the grammar ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("y = mean(x)", "y = torch.mean(x)"),
        ("y = x.mean()", "y = x.mean()"),
        ("y = torch.exp(x).sum()", "y = torch.exp(x).sum()"),
        ("k = 2 ** -1\ny = (k * -x).sum()  # a comment", "y = (k * -x).sum()"),
        ("\na = x  +1\n\ny = sum( a/2 )\n", "y = torch.sum(a / 2)"),
        ("가 = 1e2 * x", "가 = 100.0 * x"),
    ],
)
def test_what_is_in_the_grammar_is_read(text: str, last: str) -> None:
    assert program(text).lines[-1] == last


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("a = x\ny = ", "syntax", "y ="),
        ("a = x\ny = (a\n)", "syntax", "y = (a"),
        ("a = x\n1 + a", "assignment", "1 + a"),
        ("a = x\nb = y = a", "assignment", "b = y = a"),
        ("a = x\ny += a", "assignment", "y += a"),
        ("a = x\nx = a", "reserved", "x"),
        ("a = x\nsum = a", "reserved", "sum"),
        ("a = x\nprint = a", "reserved", "print"),
        ("a = x\na = a + 1", "taken", "a"),
        ("a = x\nthirteen_long = a", "long_name", "thirteen_long"),
        ("a = x\ny = a + b", "unknown", "b"),
        ("a = x\ny = y + a", "unknown", "y"),
        ("a = x\ny = softmax(a)", "function", "softmax"),
        ("a = x\ny = eval(a)", "function", "eval"),
        ("a = x\ny = a.backward()", "function", "backward"),
        ("a = x\ny = a.mean(0)", "arguments", "a.mean(0)"),
        ("a = x\ny = exp()", "arguments", "exp()"),
        ("a = x\ny = exp(2) * a", "number", "exp(2)"),
        ("a = x\ny = a * 1e999", "size", "1e999"),
        ("a = x\ny = a * (1 / 0)", "size", "1 / 0"),
        ("a = x\ny = a * 9 ** 9 ** 9", "size", "9 ** 9"),
        ("a = x\ny = a * (-8) ** 0.5", "size", "(-8) ** 0.5"),
        ("a = x\ny = 3", "constant", "y = 3"),
        ("a = x\ny = a.T", "construct", "a.T"),
        ("a = x\ny = a // 2", "construct", "a // 2"),
        ("a = x\ny = True * a", "construct", "True"),
        ("a = x\ny = 2j * a", "construct", "2j"),
        ("a = x\ny = a if a else x", "construct", "a if a else x"),
        ("a = x\ny = a[0]", "character", "["),
        ("a = x; y = a", "character", ";"),
        ("a = x\ny = a ^ 2", "character", "^"),
        ("a = x\ny = '__import__'", "character", "'"),
        ("a = x\ny = lambda: a", "character", ":"),
    ],
)
def test_anything_else_is_refused_with_its_line_and_what_was_written(text: str, code: str, written: str) -> None:
    assert refused(text) == (code, 1 if ";" in text else 2, written)


def test_limits() -> None:
    assert refused("\n".join(f"a{line} = x" for line in range(13)))[:2] == ("too_many_lines", 13)
    assert program("y = " + "-" * grammar.MOST_OPERATIONS + "x").steps[-1].name == "y"
    assert refused("y = " + "-" * (grammar.MOST_OPERATIONS + 1) + "x")[:2] == ("too_many_operations", 1)
    assert refused("y = " + "-" * 900 + "x")[0] == "too_many_operations"
    assert refused("y = " + "(" * 400 + "x" + ")" * 400)[0] == "syntax"
    assert refused("y = x" + " " * 1000)[0] == "too_long"
    assert refused(" \n# nothing\n")[0] == "empty"


@given(st.text(max_size=60) | st.text("xyab12()+-*/.= \n,eE_", max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        steps = program(f"a = x\n{text}").steps
    except ProgramError:
        return
    assert all(step.operation in ("+", "-", "*", "/", "**", "neg", *FUNCTIONS, *REDUCTIONS) for step in steps)


def test_results_without_a_name_are_given_one_that_is_free() -> None:
    assert [step.name for step in program("t1 = x + 1\ny = (t1 * x - 2).sum()").steps] == ["t1", "t2", "t3", "y"]


@pytest.mark.parametrize(("text", "expected"), [("0, 1, 2", X), ("[0. 1 2e0]", X), ("−1;.5", (-1.0, 0.5)), ("3", (3.0,))])
def test_x_is_read(text: str, expected: tuple[float, ...]) -> None:
    assert vector(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("", "elements", "0"),
        ("1 " * 9, "elements", "9"),
        ("1, two", "element", "two"),
        ("nan", "element", "nan"),
        ("1e99", "element", "1e99"),
    ],
)
def test_x_is_refused(text: str, code: str, written: str) -> None:
    with pytest.raises(ProgramError) as caught:
        vector(text)
    assert (caught.value.code, caught.value.line, caught.value.written) == (code, 0, written)


# --- the chain rule ------------------------------------------------------------------------------------------------


def test_the_numbers_of_the_lesson() -> None:
    graph = Graph(program(CHAIN), vector(DEFAULT_X))
    assert graph.gradient is not None
    assert graph.gradient.tolist() == pytest.approx([4 / 3, 2, 8 / 3])
    assert graph.values["y"] == pytest.approx(38 / 3)
    assert [edge.formula for edge in graph.edges] == ["1", "2·a", "1", "1/3"]
    assert graph.edges[1].filled == ("2·2", "2·3", "2·4")
    answer = differentiate(CHAIN, X)
    assert [round(value, 4) for value in answer["x_grad"]] == [1.3333, 2.0, 2.6667]
    assert round(answer["values"]["y"], 4) == 12.6667
    assert all(row.same for row in comparison.rows(graph, answer))


FORMULAS = {
    "a ** 3": "3·a²", "a ** 1": "1", "a ** 0": "0", "a ** 0.5": "0.5·a^(−0.5)", "a ** -1": "(−1)·a^(−2)", "2 ** a": "2^a·log(2)",
    "3 * a": "3", "a / 2": "1/2", "2 / a": "−2/a²", "a - 1": "1", "1 - a": "−1", "-a": "−1", "exp(a)": "exp(a)", "log(a)": "1/a",
    "sin(a)": "cos(a)", "cos(a)": "−sin(a)", "tanh(a)": "1 − b²", "sigmoid(a)": "b·(1 − b)", "relu(a)": "1 if a > 0 else 0",
    "sqrt(a)": "1/(2·sqrt(a))", "a.sum()": "1", "a.mean()": "1/3",
}  # fmt: skip


@pytest.mark.parametrize(("operation", "formula"), FORMULAS.items())
def test_a_local_derivative_as_a_formula_is_the_slope_of_its_operation(operation: str, formula: str) -> None:
    text, x, step = f"a = 1 * x\nb = {operation}", np.array([0.7, 1.3, 2.1]), 1e-6
    edge = Graph(program(text), x.tolist()).edges[1]
    assert edge.formula == formula
    above, below = (Graph(program(text), (x + sign * step).tolist()).values["b"] for sign in (1, -1))
    assert np.sum(edge.slope) == pytest.approx(np.sum(above - below) / (2 * step), rel=1e-6, abs=1e-8)


def test_every_path_contributes_and_the_contributions_add_up() -> None:
    graph = Graph(program("a = x * x\nm = a.mean()\ny = (a * m - x).sum()"), X)
    paths = graph.paths(100)
    assert len(paths) == graph.path_count == 5
    assert len(set(paths)) == 5
    assert np.sum([graph.along(path) for path in paths], axis=0) == pytest.approx(graph.gradient)
    assert len(graph.paths(3)) == 3


def test_many_paths_are_counted_without_walking_them() -> None:
    assert Graph(program("y = " + "(" * 38 + "x" + " + x)" * 38), [1.0]).path_count == 39
    doubled = "\n".join(f"a{n} = {'x' if n == 0 else f'a{n - 1}'} * 2" for n in range(2))
    assert Graph(program(f"{doubled}\ny = (a1 + a1).sum()"), X).path_count == 2
    squares = "\n".join(f"a{n + 1} = a{n} * a{n} * a{n}" for n in range(10))
    assert Graph(program(f"a0 = x - 1\n{squares}"), [1.0]).path_count == 3**10


def test_a_vector_at_the_end_has_no_gradient() -> None:
    graph = Graph(program(EXPRESSIONS["vector"]), X)
    assert (graph.scalar, graph.gradient) == (False, None)
    answer = differentiate(EXPRESSIONS["vector"], X)
    assert answer["error"] == {"type": "RuntimeError", "text": "grad can be implicitly created only for scalar outputs"}
    assert comparison.rows(graph, answer) == []


@pytest.mark.parametrize("text", ["y = x", "a = 2 * x\ny = a ** 2"])
def test_a_vector_of_one_element_is_a_scalar_for_backward(text: str) -> None:
    graph, answer = Graph(program(text), [3.0]), differentiate(text, [3.0])
    assert answer["error"] is None
    assert [row.same for row in comparison.rows(graph, answer)] == [True]


# --- against PyTorch -----------------------------------------------------------------------------------------------

NUMBERS = ["2", "0.5", "3", "-1", "1.5"]


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Programs of a few lines, each with an operation or two on what is there, the last line a scalar."""
    names, lines = ["x"], []
    for number in range(draw(st.integers(1, 6))):
        one, other = (st.sampled_from(names) for _ in range(2))
        expression = draw(
            st.one_of(
                st.builds("{} {} {}".format, one, st.sampled_from("+-*/"), other | st.sampled_from(NUMBERS)),
                st.builds("{} {} {}".format, st.sampled_from(NUMBERS), st.sampled_from("+-*/"), one),
                st.builds("({} {} {}) ** {}".format, one, st.sampled_from("+-*"), other, st.sampled_from(["2", "3", "-1", "0.5"])),
                st.builds("{} ** {}".format, st.sampled_from(["2", "0.5"]), one),
                st.builds("{}({})".format, st.sampled_from([*FUNCTIONS, *REDUCTIONS, "-"]), one),
                st.builds("{}({} * {})".format, st.sampled_from(FUNCTIONS), one, other),
                st.builds("{}.{}() - {}".format, one, st.sampled_from(REDUCTIONS), other),
            )
        )
        lines.append(f"v{number} = {expression}")
        names.append(f"v{number}")
    return "\n".join([*lines, f"y = {names[-1]}.{draw(st.sampled_from(REDUCTIONS))}()"])


ELEMENTS = st.lists(st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.25, 1.0, 1.5, 3.0]), min_size=1, max_size=4)


def executed(text: str, x: Sequence[float], dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """The program's lines executed as they are: y and x.grad."""
    names: dict[str, Any] = {"torch": torch, "x": torch.tensor(x, dtype=dtype, requires_grad=True)}
    exec("\n".join(program(text).lines), names)  # noqa: S102  # our own text
    names["y"].backward()
    return names["y"].detach(), names["x"].grad


@settings(max_examples=150)
@given(programs(), ELEMENTS)
def test_drawn_programs_have_the_gradient_that_pytorch_finds(text: str, x: list[float]) -> None:
    """In float64, so that rounding hides nothing. Where PyTorch passes on 0 whatever arrives, by hand there may be a nan."""
    graph = Graph(program(text), x)
    y, grad = executed(text, x, torch.float64)
    assert float(graph.values["y"]) == pytest.approx(y.item(), rel=1e-9, abs=1e-12, nan_ok=True)
    assert graph.gradient is not None
    assert graph.scale is not None
    for hand, found, scale in zip(graph.gradient, grad.tolist(), graph.scale, strict=True):
        if np.isfinite(scale):
            assert hand == pytest.approx(found, rel=1e-6, abs=1e-6 * scale + 1e-9)
        elif not np.isfinite(found):
            assert not np.isfinite(hand)


@settings(max_examples=60)
@given(programs(), ELEMENTS)
def test_drawn_programs_are_computed_as_their_lines_say(text: str, x: list[float]) -> None:
    answer = differentiate(text, x, backwards=2)
    y, grad = executed(text, x, torch.float32)
    assert [to_number(value) for value in answer["x_grad"]] == pytest.approx(grad.tolist(), rel=0, abs=0, nan_ok=True)
    assert to_number(answer["values"]["y"]) == pytest.approx(y.item(), rel=0, abs=0, nan_ok=True)
    doubled = [2 * to_number(value) for value in answer["x_grad"]]
    assert [to_number(value) for value in answer["again"]["retained"]["x_grad"]] == pytest.approx(doubled, rel=0, abs=0, nan_ok=True)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    graph = Graph(program(text), x)
    rows = comparison.rows(graph, answer)
    assert all(row.same for row in rows) or comparison.notes(graph, rows), "a difference is explained"


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        (CHAIN, {"x": ["AccumulateGrad"], "a": ["AddBackward0"], "b": ["PowBackward0"], "c": ["AddBackward0"], "y": ["MeanBackward0"]}),
        ("y = (2 / x).sum()", {"x": ["AccumulateGrad"], "t1": ["MulBackward0", "ReciprocalBackward0"], "y": ["SumBackward0"]}),
        ("a = x * 2\ny = x.sum()", {"x": ["AccumulateGrad"], "a": [], "y": ["SumBackward0"]}),
    ],
)
def test_the_nodes_of_the_walk_belong_to_results(text: str, nodes: dict[str, list[str]]) -> None:
    assert differentiate(text, X)["nodes"] == nodes


def test_a_second_backward_stops_where_something_was_saved_and_adds_up_elsewhere() -> None:
    freed = differentiate(CHAIN, X, backwards=2)["again"]
    assert "backward through the graph a second time" in freed["plain"]["error"]["text"]
    assert freed["retained"]["x_grad"] == pytest.approx([8 / 3, 4, 16 / 3])
    kept = differentiate("y = (x + 2).sum()", X, backwards=2)["again"]
    assert kept["plain"] == kept["retained"] == {"x_grad": [2.0, 2.0, 2.0], "error": None}
    assert differentiate(CHAIN, X)["again"] is None


def codes(text: str, x: Sequence[float]) -> list[str]:
    graph = Graph(program(text), x)
    return [note.code for note in comparison.notes(graph, comparison.rows(graph, differentiate(text, x)))]


@pytest.mark.parametrize(
    ("text", "x", "expected"),
    [
        (CHAIN, X, []),
        ("y = log(x).sum()", [-1.0], ["log_negative"]),
        ("y = log(x).sum()", [0.0], ["log_zero"]),
        ("y = sqrt(x).sum()", [0.0, -1.0], ["sqrt_zero"]),
        ("y = relu(x).sum()", [0.0], ["relu_corner"]),
        ("y = (1 / x).sum()", [0.0, 1.0], ["division_by_zero"]),
        ("y = (x ** 0.5).sum()", [-1.0], ["power_negative"]),
        ("y = (x ** 0.5).sum()", [0.0], ["power_zero"]),
        ("y = (x ** 2).sum()", [0.0, -1.0], []),
        (EXPRESSIONS["corner"], X, ["relu_corner", "sqrt_zero", "masked"]),
        ("y = exp(x).sum()", [100.0], ["range"]),
        ("a = x + 1000000\nb = a - 1000000\ny = (b ** 2).sum()", [0.01], ["digits"]),
        ("a = log(x)\ny = x.sum()", [-1.0], []),
    ],
)
def test_special_places_and_differences_are_explained(text: str, x: Sequence[float], expected: list[str]) -> None:
    found = codes(text, x)
    assert [code for code in expected if code not in found] == []
    assert bool(found) == bool(expected)


def test_the_corner_by_hand_and_in_pytorch() -> None:
    graph = Graph(program(EXPRESSIONS["corner"]), X)
    rows = comparison.rows(graph, differentiate(EXPRESSIONS["corner"], X))
    assert [(row.pytorch, row.same) for row in rows] == [(0.0, False), (0.0, False), (0.5, True)]


# --- the script ----------------------------------------------------------------------------------------------------


def printed(name: str, twice: bool) -> list[str]:
    """What the script of one of the expressions has to print."""
    answer = differentiate(EXPRESSIONS[name], X, backwards=2)
    expected = answer["again"]["retained"]["x_grad"] if twice else answer["x_grad"]
    return [f"y: {answer['values']['y']}", f"x.grad: {expected}"]


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("name", [name for name in EXPRESSIONS if name != "vector"])
def test_the_script_prints_the_same_numbers(name: str, twice: bool, capsys: pytest.CaptureFixture[str]) -> None:
    exec(script(program(EXPRESSIONS[name]), X, twice, str), {})  # noqa: S102  # our own text
    assert capsys.readouterr().out.splitlines() == printed(name, twice)


def test_the_script_runs_by_itself() -> None:
    text = script(program(CHAIN), X, False, str)
    done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == printed(DEFAULT, twice=False)


def test_the_script_of_a_vector_stops_with_pytorchs_error() -> None:
    text = script(program(EXPRESSIONS["vector"]), X, False, str)
    with pytest.raises(RuntimeError) as caught:
        exec(text, {})  # noqa: S102  # our own text
    assert str(caught.value) == differentiate(EXPRESSIONS["vector"], X)["error"]["text"]
