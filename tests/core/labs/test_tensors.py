"""Tensors: the grammar, drawn programs against Python's own execution, what torch refuses and how to mend it, and what it does silently."""

import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from core.labs.reading import ProgramError
from core.labs.tensors import failures, grammar
from core.labs.tensors.evaluation import Evaluation
from core.labs.tensors.examples import EXAMPLES
from core.labs.tensors.presses import presses
from core.labs.tensors.questions import COPIES, REFUSED, SHARES, WORKS, questions
from core.labs.tensors.report import report, works
from core.labs.tensors.script import script
from core.labs.tensors.wrong_line import wrong_line
from core.program.pieces import whole
from tests.core.labs.drawn_tensors import Drawn


def refused(text: str) -> tuple[str, int, str]:
    with pytest.raises(ProgramError) as caught:
        grammar.program(text)
    return caught.value.code, caught.value.line, caught.value.written


def line(program: str, number: int = -1) -> dict[str, Any]:
    """What is said of one line of a program."""
    found: dict[str, Any] = whole(report(program))["lines"][number]
    return found


def tensor(program: str, number: int = -1) -> dict[str, Any]:
    """What is said of the tensor of one line."""
    found: dict[str, Any] = line(program, number)["tensors"][0]
    return found


# --- the grammar ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("y = ", "syntax", "y ="),
        ("y = x; z = x", "character", ";"),
        ("y = '__import__'", "character", "'"),
        ("x.view(3, 2)", "assignment", "x.view(3, 2)"),
        ("y = z = x", "assignment", "y = z = x"),
        ("torch = x", "reserved", "torch"),
        ("_y = x", "reserved", "_y"),
        ("thirteen_long = x", "long_name", "thirteen_long"),
        ("y = x + w", "unknown", "w"),
        ("y = torch.load(x)", "function", "torch.load"),
        ("y = F.softmax(x)", "function", "F.softmax"),
        ("y = np.load(x)", "function", "np.load"),
        ("y = torch.utils", "function", "torch.utils"),
        ("y = x.backward()", "method", ".backward"),
        ("y = x.__class__", "attribute", ".__class__"),
        ("y = x.grad_fn", "attribute", ".grad_fn"),
        ("y = x.sum(out=x)", "keyword", "out"),
        ("y = x.view(*x)", "construct", "x.view(*x)"),
        ("y = x[1](2)", "construct", "x[1](2)"),
        ("y = x // 2", "construct", "x // 2"),
        ("y = [a for a in x]", "construct", "[a for a in x]"),
        ("y = torch.FloatTensor(2, 3)", "list_only", "torch.FloatTensor(2, 3)"),
        ("y = x * 1e7", "size", "10000000.0"),
        ("torch.manual_seed(99999999999999999999)", "size", "99999999999999999999"),
        (f"y = {'-' * 900}1", "syntax", f"y = {'-' * 900}1"),
    ],
)
def test_anything_else_is_refused_with_its_line_and_what_was_written(text: str, code: str, written: str) -> None:
    assert refused(f"x = arange(6)\n{text}") == (code, 2, written)


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("y = torch.zeros(40, 40)", "elements", "torch.zeros(40, 40)"),
        ("y = torch.arange(0, 1, 0.00001)", "elements", "torch.arange(0, 1, 1e-05)"),
        ("y = torch.eye(1000)", "elements", "y = torch.eye(1000)"),
        ("y = x.repeat(1000, 1000)", "elements", "x.repeat(1000, 1000)"),
        ("y = x.expand(1000, 6)", "elements", "x.expand(1000, 6)"),
        ("y = x[None, None, None, None, None]", "axes", "y = x[None, None, None, None, None]"),
        ("y = x[[0, 1], [0, 1]]", "one_list", "x[[0, 1], [0, 1]]"),
        ("y = 999999 * 999999", "size", "999999 * 999999"),
        ("y = [1] * 3", "operand", "[1] * 3"),
        ("y = x.numpy().sum()", "array_method", "x.numpy().sum()"),
        ("y = x.view(torch.float64)", "operand", "x.view(torch.float64)"),
        ("y = torch.arange(torch.tensor(1e6) * 1e6)", "elements", "torch.arange(torch.tensor(1000000.0) * 1000000.0)"),
        (
            "y = F.mse_loss(torch.ones(99, 1), torch.ones(99)) + x.mean()",
            "elements",
            "F.mse_loss(torch.ones(99, 1), torch.ones(99))",
        ),
        (f"y = {' + '.join(['torch.ones(1000)'] * 16)}", "together", f"y = {' + '.join(['torch.ones(1000)'] * 16)}"),
        (f"y = [{', '.join('x' * 129)}]", "elements", f"[{', '.join('x' * 129)}]"),
    ],
)
def test_what_would_be_too_large_or_cannot_be_followed_is_refused_and_what_stands_above_is_shown(
    text: str, code: str, written: str
) -> None:
    found = whole(report(f"x = torch.arange(6)\n{text}\nz = x"))
    assert (found["refusal"]["code"], found["refusal"]["line"], found["refusal"]["written"]) == (code, 2, written)
    assert [one["state"] for one in found["lines"]] == ["done", "refused", "waiting"]


def test_a_pair_is_not_written_and_nothing_is_written_into_it() -> None:
    found = whole(report("x = torch.arange(6)\ny = x.topk(1)\ny[0] = x"))
    assert (found["refusal"]["code"], found["refusal"]["line"]) == ("operand", 3)
    found = whole(report("x = torch.arange(6)\ny = x.topk(1)\nx[0] = y"))
    assert (found["failure"]["code"], found["failure"]["line"]) == ("other", 3)


def test_a_list_of_lists_of_one_list_is_refused_before_it_has_grown() -> None:
    lines = ["a = torch.ones(9)", *(f"{name} = [{', '.join(before * 9)}]" for before, name in pairwise("abcdefgh"))]
    found = whole(report("\n".join(lines)))
    assert (found["refusal"]["code"], found["refusal"]["line"]) == ("elements", 4)


def test_limits() -> None:
    assert refused("\n".join("x = 1" for _ in range(grammar.MOST_LINES + 1)))[:2] == ("too_many_lines", grammar.MOST_LINES + 1)
    assert refused("x = " + "-" * 200 + "1")[0] == "too_many_operations"
    assert refused("x = 1" + " " * 1000)[0] == "too_long"
    assert refused("# nothing")[0] == "empty"


@given(st.text(max_size=60) | st.text("xyabtorch12()[]+-*/@.=:, \n", max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        lines = grammar.program(f"x = torch.arange(6)\n{text}")
    except ProgramError:
        return
    assert [one.number for one in lines] == sorted({one.number for one in lines})


# --- computed ------------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**32))
@settings(max_examples=150)
def test_drawn_programs_give_what_python_gives_and_cells_are_where_they_are_said_to_be(seed: int) -> None:
    Drawn(seed).run()


def test_the_numbers_of_a_view_lie_where_they_lay() -> None:
    assert tensor("x = torch.arange(12).view(2, 2, 3)\ny = x.view(4, 3)\nz = y[1:, ::2]") == {
        "name": "z", "result": 3, "library": "torch", "shape": [3, 2], "dtype": "torch.int64", "stride": [3, 2], "offset": 3,
        "contiguous": False, "grad": False, "bytes": 48, "storage": {"number": 0, "bytes": 96, "cells": list(range(12))},
        "places": [3, 5, 6, 8, 9, 11], "copied": False, "shares": ["x", "y"],
    }  # fmt: skip


def test_an_array_and_its_tensor_share_their_memory() -> None:
    program = "n = np.array([1., 2., 3.])\nt = torch.from_numpy(n)\nn[0] = 100\nx = torch.ones(2, 2)\nback = x.numpy()[::-1]"
    found = whole(report(program))["lines"]
    assert [[(other["name"], other["places"]) for other in one["changed"]] for one in found] == [[], [], [("t", [0, 1, 2])], [], []]
    assert (found[1]["tensors"][0]["dtype"], found[1]["tensors"][0]["shares"]) == ("torch.float64", ["n"])
    assert (found[4]["tensors"][0]["stride"], found[4]["tensors"][0]["places"]) == ([-2, 1], [2, 3, 0, 1])


def axes(program: str) -> list[list[int]]:
    found = whole(report(program))
    return [found["results"][str(one["tensors"][0]["result"])]["axes"] for one in found["lines"]]


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ("x.permute(2, 0, 1)", [2, 0, 1]),
        ("x.transpose(0, 2)", [2, 1, 0]),
        ("x.unsqueeze(1)", [0, None, 1, 2]),
        ("x[0]", [1, 2]),
        ("x[:, None, 1:]", [0, None, 1, 2]),
        ("x.sum(dim=1)", [0, 2]),
        ("x.view(2, 12)", [0, None]),
        ("x.view(6, 4)", [None, 2]),
        ("x + 1", [0, 1, 2]),
        ("x + x[0]", [0, 1, 2]),
        ("torch.stack([x, x])", [None, 0, 1, 2]),
        ("x @ x.transpose(1, 2)", [0, 1, None]),
        ("x.permute(1, 0, 2).contiguous().float()", [1, 0, 2]),
    ],
)
def test_an_axis_is_known_again(made: str, kept: list[int | None]) -> None:
    before, after = axes(f"x = torch.arange(24).view(2, 3, 4)\ny = {made}")
    assert [before.index(axis) if axis in before else None for axis in after] == kept


def test_the_accuracy_that_everybody_copied() -> None:
    """`correct[:k].view(-1)` of ImageNet's old example."""
    found = whole(report(EXAMPLES["accuracy"]))
    assert (found["failure"]["line"], found["failure"]["code"]) == (4, "not_one_run")
    assert found["failure"]["repairs"][0] == "top2 = correct[:2].reshape(-1).float().sum()"
    assert tensor(EXAMPLES["accuracy"].replace("view(-1)", "reshape(-1)"))["shape"] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_script_prints_what_the_page_shows(name: str) -> None:
    found = whole(report(EXAMPLES[name]))
    shown = [one["output"] for one in found["lines"] if one["output"]]
    printed: list[str] = []
    source = script(grammar.program(EXAMPLES[name]), lambda text: text)
    names = {"print": printed.append}
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if found["failure"]:
            with pytest.raises(RuntimeError) as caught:
                exec(source, names)  # noqa: S102  # our own script
            assert str(caught.value) == found["failure"]["text"]
        else:
            exec(source, names)  # noqa: S102
    assert printed == shown


@pytest.mark.parametrize("shape", [(), (6,), (1,), (0,), (2, 3), (3, 3), (1, 4), (2, 1, 3), (2, 2, 3, 1), (1, 2, 1, 2, 1)])
@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_every_press_is_computed(shape: tuple[int, ...], dtype: str) -> None:
    given = ["x = torch.tensor(1.)"] if not shape else [f"x = torch.ones({', '.join(map(str, shape))})"]
    lines = [*given, f"x = x.to(torch.{dtype})", "y = x + x" if dtype != "bool" else "y = x.eq(x)"]
    found = presses("x", shape, f"torch.{dtype}", {"y": shape})
    for expression in [one for group in found.values() for one in group]:
        assert whole(works([*grammar.program("\n".join(lines))], len(lines), f"z = {expression}")), expression


# --- what torch refuses, and what it does not ----------------------------------------------------------------------

FAILING = [
    ("x = torch.ones(3, 4)\ny = x + torch.ones(3)", "broadcast", [[0, 1], [1, 0]]),
    ("x = torch.ones(2, 3)\ny = torch.ones(4, 3)\nz = F.mse_loss(x, y)", "broadcast", [[0, 0], [1, 0]]),
    ("x = torch.arange(6).view(2, 3)\nx.add_(torch.ones(2).long())", "broadcast", [[0, 1], [1, 0]]),
    ("x = torch.arange(12).view(3, 4)\ny = x.t().view(-1)", "not_one_run", [[0, 0], [0, 1]]),
    ("x = torch.arange(24).view(2, 3, 4)\ny = x.permute(1, 0, 2).view(6, 4)", "not_one_run", [[0, 0], [0, 1]]),
    ("x = torch.arange(12)\ny = x.view(5, 3)", "count", []),
    ("x = torch.arange(12)\ny = x.reshape(5, -1)", "count", []),
    ("x = torch.arange(12)\ny = x.view(-1, -1)", "two_unknown", []),
    ("x = torch.ones(2, 3)\ny = x @ x", "inner", [[0, 1], [1, 0]]),
    ("x = torch.ones(4, 2, 3)\ny = torch.matmul(x, x)", "inner", [[0, 2], [1, 1]]),
    ("x = torch.ones(2, 3)\nw = torch.ones(3, 2, dtype=torch.int64)\ny = x @ w", "dtypes", []),
    ("x = torch.from_numpy(np.ones((2, 3)))\nw = torch.ones(3, 2)\ny = x @ w", "dtypes", []),
    ("x = torch.ones(2, 3)\ny = x @ torch.tensor(2.)", "scalar_product", []),
    ("x = torch.arange(3)\ny = x.mean()", "integer_mean", []),
    ("x = torch.ones(2, 3)\ny = x.sum(dim=2)", "no_axis", []),
    ("x = torch.ones(2, 3)\ny = x.transpose(0, 2)", "no_axis", []),
    ("x = torch.ones(2, 3)\ny = x.unsqueeze(5)", "no_axis", []),
    ("x = torch.ones(2, 3)\ny = x.topk(5)", "too_many", []),
    ("x = torch.ones(2, 3, 4)\ny = x.permute(1, 0)", "order", [[0, 2]]),
    ("x = torch.ones(2, 3, 4)\ny = x.t()", "order", [[0, 0], [0, 1], [0, 2]]),
    ("x = torch.ones(2, 3)\ny = x.permute(0, 0)", "order", [[0, 1]]),
    ("x = torch.ones(2, 3)\ny = x[2]", "out_of_range", [[0, 0]]),
    ("x = torch.ones(2, 3)\ny = x[:, 3]", "out_of_range", [[0, 1]]),
    ("x = torch.ones(2, 3)\ny = x[0, 0, 0]", "too_many_indices", []),
    ("x = torch.tensor(3.)\ny = x[0]", "too_many_indices", []),
    ("x = torch.arange(4)\ny = x[::-1]", "step", [[0, 0]]),
    ("a = torch.ones(2, 3)\nb = torch.ones(2, 4)\nc = torch.cat([a, b])", "cat_sizes", []),
    ("a = torch.ones(2, 3)\nb = torch.ones(3)\nc = torch.cat([a, b])", "cat_axes", []),
    ("a = torch.tensor(1.)\nc = torch.cat([a, a])", "cat_scalars", []),
    ("a = torch.ones(2, 3)\nb = torch.ones(1, 3)\nc = torch.stack([a, b])", "stack_sizes", []),
    ("x = torch.ones(3)\ny = x.expand(3, 4)", "expand", [[0, 0]]),
    ("x = torch.ones(2, 3)\ny = x.expand(3)", "expand_axes", []),
    ("x = torch.ones(3, requires_grad=True)\ny = x.numpy()", "numpy_grad", []),
    ("x = torch.ones(3, dtype=torch.int64, requires_grad=True)", "integer_grad", []),
    ("x = torch.arange(3, requires_grad=True)", "integer_grad", []),
    ("x = torch.ones(3, requires_grad=True)\nx.add_(1)", "leaf_write", []),
    ("x = torch.ones(3, 1).expand(3, 4)\nx.add_(1)", "expanded_write", [[0, 1]]),
    ("x = torch.arange(3)\nx.add_(0.5)", "result_dtype", []),
    ("x = torch.arange(3)\nx /= 2", "result_dtype", []),
    ("x = torch.ones(2, 3)\ny = x.max(dim=1) + 1", "pair", []),
    ("x = torch.tensor([[1, 2], [3]])", "ragged", []),
    ("x = torch.from_numpy([1, 2])", "no_array", []),
    ("n = np.arange(3)\nx = torch.from_numpy(n[::-1])", "backwards", []),
    ("x = torch.rand(3, 4)\ny = torch.FloatTensor([0, 1, 2])\nz = F.cross_entropy(x, y)", "target_dtype", []),
    ("x = torch.rand(3, 4)\ny = torch.LongTensor([[0], [1], [2]])\nz = F.cross_entropy(x, y)", "target_shape", []),
    ("x = torch.ones(2, 3)\ny = x.item()", "item", []),
    ("x = torch.ones(3, 2)\na, b = x", "unpack", []),
]


@pytest.mark.parametrize(("program", "code", "blamed"), FAILING)
def test_what_torch_refuses_is_said_in_its_own_words_with_the_axis_and_a_repair_that_works(
    program: str, code: str, blamed: list[list[int]]
) -> None:
    failure = whole(report(program))["failure"]
    *before, last = [one.code for one in grammar.program(program)]
    names: dict[str, Any] = {"torch": torch, "np": np, "F": F}
    exec("\n".join(before), names)  # noqa: S102  # the table above
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Exception) as caught:  # noqa: PT011  # whatever the installed torch raises
            exec(last, names)  # noqa: S102
    assert (failure["type"], failure["text"]) == (type(caught.value).__name__, str(caught.value))
    assert (failure["line"], failure["code"], failure["axes"]) == (len(before) + 1, code, blamed)
    assert 1 <= len(failure["repairs"]) <= failures.MOST_REPAIRS
    mended = whole(report("\n".join([*before, failure["repairs"][0]])))
    assert (mended["failure"], mended["refusal"]) == (None, None)


def test_there_are_enough_situations() -> None:
    assert len({code for _, code, _ in FAILING}) >= 20


@pytest.mark.parametrize(
    ("program", "code", "repaired"),
    [
        ("p = torch.ones(4, 1)\ny = torch.ones(4)\nd = p - y", "grown", "d = p.squeeze(1) - y"),
        ("p = torch.ones(4, 1)\ny = torch.ones(4)\nd = F.mse_loss(p, y)", "grown", "d = F.mse_loss(p.squeeze(1), y)"),
        ("x = torch.arange(6).view(2, 3)\ny = x.view(3, 2)", "viewed", "y = x.permute(1, 0)"),
        ("x = torch.arange(24).view(2, 3, 4)\ny = x.reshape(3, 2, 4)", "viewed", "y = x.permute(1, 0, 2)"),
        ("x = torch.zeros(1, 10, 1)\ny = x.squeeze()", "squeezed", "y = x.squeeze(2)"),
        ("x = torch.rand(3, 4)\ny = x.max()", "largest", "y = x.max(dim=1)"),
    ],
)
def test_what_torch_does_without_a_word_is_noted_and_mended(program: str, code: str, repaired: str) -> None:
    [note] = line(program)["notes"]
    assert (note["code"], note["repairs"][0]) == (code, repaired)
    assert line("\n".join([*program.split("\n")[:-1], repaired]))["notes"] == []


@pytest.mark.parametrize("text", ["y = x.squeeze()", "y = x.view(2, 3)", "y = x.max(dim=0)", "y = x - x[0]", "y = x.view(6)"])
def test_what_was_meant_is_not_noted(text: str) -> None:
    assert line(f"x = torch.arange(6).view(2, 3)\n{text}")["notes"] == []


def test_a_failed_line_leaves_the_others_as_they_were() -> None:
    evaluation = Evaluation()
    first, second = grammar.program("x = torch.arange(3)\nx = x.view(2)")
    evaluation.step(first)
    with pytest.raises(Exception, match="invalid for input of size"):
        evaluation.step(second)
    assert evaluation.names["x"].cells == [0, 1, 2]


# --- predicted -----------------------------------------------------------------------------------------------------


def answered(question: dict[str, Any]) -> str:
    """What Python itself says to a question."""
    names: dict[str, Any] = {"torch": torch}
    try:
        exec(question["program"], names)  # noqa: S102  # drawn from our own templates
    except (RuntimeError, IndexError, ValueError):
        return REFUSED
    x, y = names["x"], names["y"]
    shared = x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()
    return {"shape": str(tuple(y.shape)), "stride": str(y.stride()), "memory": SHARES if shared else COPIES, "error": WORKS}[
        question["asks"]
    ]


def test_two_hundred_drawn_questions_have_one_right_answer_each() -> None:
    drawn = [question for seed in range(25) for question in questions(seed)]
    assert len({(question["program"], question["asks"]) for question in drawn}) >= 200
    assert {question["asks"] for question in drawn} == {"shape", "stride", "memory", "error"}
    for question in drawn:
        assert len(set(question["choices"])) == len(question["choices"]) >= 2
        assert question["choices"][question["right"]] == answered(question), question
    assert questions(7) == questions(7)


def test_a_column_against_a_row_trains_to_the_wrong_line() -> None:
    found = wrong_line()
    x, y = (np.array(found[name]) for name in ("x", "y"))
    slope, start = np.polyfit(x, y, 1)
    assert (found["right"]["W"][-1], found["right"]["b"][-1]) == pytest.approx((slope, start), abs=1e-3)
    assert (found["wrong"]["W"][-1], found["wrong"]["b"][-1]) == pytest.approx((0.0, y.mean()), abs=1e-3)
    assert (found["right_residuals"], found["wrong_residuals"]) == (len(x), len(x) ** 2)
