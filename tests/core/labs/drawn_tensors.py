"""Drawn programs for the lab of tensors: lines of the grammar at random, right and wrong ones, computed by the lab and by Python."""

import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from core.jsonable import jsonable, to_number
from core.labs.reading import ProgramError
from core.labs.tensors import grammar
from core.labs.tensors.evaluation import ARITHMETIC, Evaluation, Failed, Result, is_array

SIZES = (1, 1, 2, 2, 3, 3, 4, 6)
DIMS = (-2, -1, 0, 0, 1, 1, 2, 3)


class Drawn:
    """One program, drawn while it is computed on both sides."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311  # tests, not secrets
        self.evaluation = Evaluation()
        self.python: dict[str, Any] = {"torch": torch, "np": np, "F": F}
        self.lines: list[str] = []
        self.outcomes: list[str] = []

    def run(self, lines: int = 8) -> None:
        """Draw and compute lines; one that cannot be computed is left out of the program."""
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(lines):
                self.line(self.statement())

    def line(self, written: str) -> None:
        """One line on both sides; they must agree."""
        state = torch.get_rng_state()
        try:
            line = grammar.program("\n".join([*self.lines, written]))[-1]
        except ProgramError:
            self.outcomes.append("refused")
            return
        try:
            shown = self.evaluation.step(line)
        except ProgramError:
            self.outcomes.append("refused")
        except Failed as failed:
            torch.set_rng_state(state)
            self.fails(line.code, failed.error)
            self.outcomes.append("failed")
        else:
            torch.set_rng_state(state)
            exec(line.code, self.python)  # noqa: S102  # drawn from the templates below
            self.lines.append(line.code)
            self.outcomes.append("done")
            for name, result in self.evaluation.names.items():
                same(result.value, self.python[name], f"{name} after {self.lines}")
            for _, result in shown:
                self.sources(result)

    def fails(self, code: str, error: Exception) -> None:
        """Python must raise the same."""
        with pytest.raises(type(error)) as raised:
            exec(code, dict(self.python))  # noqa: S102
        assert (raised.type, str(raised.value)) == (type(error), str(error)), [*self.lines, code]

    def sources(self, result: Result) -> None:
        """What is said of where the cells come from gives the cells again."""
        if is_array(result.value) and result.number >= 0:
            again = recomputed(result, self.evaluation.results)
            if again is not None:
                cells = np.array([to_number(cell) for cell in result.cells], dtype=float)
                assert np.allclose(again, cells, rtol=1e-4, atol=1e-5, equal_nan=True), (self.lines, result.how)
            storage = self.evaluation.memory.storage(result.value)
            _, places = self.evaluation.memory.places(result.value, storage)
            if storage:
                held = storage.read()
                assert jsonable([held[place] for place in places], infinities=True) == result.cells, self.lines
            assert len(result.axes) == len(set(result.axes)) == result.value.ndim, self.lines

    # --- what is drawn ----------------------------------------------------------------------------------------------

    def statement(self) -> str:
        names = [name for name, one in self.evaluation.names.items() if is_array(one.value)]
        fresh = self.draw.choice("abcdefgh")
        if not names or self.draw.random() < 0.2:
            return f"{fresh} = {self.made()}"
        owner = self.draw.choice(names)
        kind = self.draw.random()
        if kind < 0.08:
            return f"{owner}[{self.index()}] = {self.draw.choice([str(self.draw.randint(-9, 9)), self.draw.choice(names)])}"
        if kind < 0.14:
            return f"{owner}.{self.draw.choice(grammar.IN_PLACE[:4])}({self.draw.choice(['1', '2.5', *names])})"
        if kind < 0.18:
            return f"{owner} {self.draw.choice('+-*/')}= {self.draw.choice(['1', '2.5', *names])}"
        if kind < 0.21:
            return f"{fresh}, {self.draw.choice('ijk')} = {owner}.max(dim={self.draw.choice(DIMS)})"
        return f"{fresh} = {self.expression(owner, names)}"

    def expression(self, owner: str, names: list[str]) -> str:
        other = self.draw.choice(names)
        options: list[Callable[[], str]] = [
            lambda: f"{owner}.{self.draw.choice(['view', 'reshape', 'expand', 'repeat'])}({self.sizes(-1)})",
            lambda: f"{owner}.permute({', '.join(map(str, self.draw.sample(range(4), self.draw.randint(1, 4))))})",
            lambda: f"{owner}.transpose({self.dim()}, {self.dim()})",
            lambda: f"{owner}.{self.draw.choice(['t()', 'squeeze()', 'flatten()', 'contiguous()', 'clone()', 'numpy()', 'copy()'])}",
            lambda: f"{owner}.{self.draw.choice(['T', 'shape', 'values', 'float()', 'long()', 'double()', 'item()', 'to(torch.bool)'])}",
            lambda: f"{owner}.{self.draw.choice(['squeeze', 'unsqueeze', 'flip', 'size'])}({self.dim()})",
            lambda: f"{owner}.{self.draw.choice(['sum', 'mean', 'max', 'min', 'argmax'])}({self.reduction()})",
            lambda: f"{owner}.topk({self.draw.randint(1, 3)}){self.draw.choice(['', '.values', '.indices', '[0]'])}",
            lambda: f"{owner}[{self.index()}]",
            lambda: f"{owner} {self.draw.choice('+-*/@')} {self.draw.choice([other, other, '2', '0.5'])}",
            lambda: f"({owner} - {owner}.mean()) * {other}",
            lambda: f"-{owner} + {other}[{self.index()}]",
            lambda: f"{owner}.eq({other})",
            lambda: f"torch.{self.draw.choice(['cat', 'stack'])}([{owner}, {other}]{self.draw.choice(['', f', dim={self.dim()}'])})",
            lambda: f"torch.cat([{owner}, {owner} + 1, {owner}], {self.dim()})",
            lambda: f"torch.matmul({owner}, {other}.t())",
            lambda: f"torch.from_numpy({self.draw.choice([owner, f'{owner}.numpy()', f'{owner}.numpy()[::-1]'])})",
            lambda: f"F.{self.draw.choice(grammar.LOSSES)}({owner}, {other})",
            lambda: f"{owner}.max(dim={self.dim()}){self.draw.choice(['', '.values', '[1]', ' + 1'])}",
        ]
        return self.draw.choice(options)()

    def made(self) -> str:
        return self.draw.choice(
            [
                f"torch.arange({self.draw.randint(0, 24)})",
                f"torch.arange(24.).view({self.draw.choice(['2, 3, 4', '4, 6', '2, 12', '1, 24', '2, 2, 6', '24, 1', '2, 2, 2, 3'])})",
                f"torch.{self.draw.choice(['zeros', 'ones', 'rand', 'randn'])}({self.sizes()})",
                f"torch.ones({self.sizes()}, dtype=torch.{self.draw.choice(grammar.DTYPES)})",
                f"torch.ones({self.sizes()}, requires_grad=True)",
                "torch.tensor([[1., 5., 3.], [4., 2., 6.]])",
                "torch.FloatTensor([1, 2, 3])",
                "torch.LongTensor([2, 0, 1])",
                f"np.{self.draw.choice(['arange(6)', 'zeros((2, 3))', 'ones(3)', 'array([[1, 2], [3, 4]])', 'array([1., 2., 3.])'])}",
                f"torch.full(({self.sizes()},), {self.draw.randint(-3, 3)})",
                "torch.tensor(3.)",
            ]
        )

    def dim(self) -> int:
        return self.draw.choice(DIMS)

    def sizes(self, *more: int) -> str:
        return ", ".join(str(self.draw.choice((*SIZES, *more))) for _ in range(self.draw.randint(1, 4)))

    def reduction(self) -> str:
        return self.draw.choice(["", "", f"dim={self.dim()}", f"{self.dim()}", f"dim={self.dim()}, keepdim=True", "dim=(0, 1)"])

    def index(self) -> str:
        items = ["0", "1", "-1", "2", ":", ":", "1:", ":2", "::2", "None", "...", "[0, 1]", "::-1"]
        return ", ".join(self.draw.choice(items) for _ in range(self.draw.randint(1, 3)))


def same(one: Any, other: Any, where: str) -> None:
    """Equal in kind, shape, dtype, stride and every element."""
    assert type(one) is type(other), where
    if isinstance(one, tuple):
        for left, right in zip(one, other, strict=True):
            same(left, right, where)
    elif isinstance(one, torch.Tensor):
        assert (one.shape, one.dtype, one.stride(), one.storage_offset()) == (
            other.shape,
            other.dtype,
            other.stride(),
            other.storage_offset(),
        ), where
        assert torch.equal(torch.nan_to_num(one.detach()), torch.nan_to_num(other.detach())), where
    elif isinstance(one, np.ndarray):
        assert (one.shape, one.dtype, one.strides) == (other.shape, other.dtype, other.strides), where
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), where
    else:
        assert str(one) == str(other), where


def recomputed(result: Result, results: list[Result]) -> Any:  # one case for each kind
    """The cells of a result out of the cells of its operands, by what is said of where they come from; None where nothing is said."""
    how = result.how
    of: list[Any] = [
        None if number is None else np.array([to_number(cell) for cell in results[number].cells], dtype=float)
        for number in how.get("of", [])
    ]
    with np.errstate(all="ignore"):
        match how["kind"]:
            case "move":
                cells = np.concatenate([one for one in of if one is not None])
                given = np.array([to_number(cell) for cell in result.cells], dtype=float)
                moved = np.array([cells[place] if place >= 0 else given[at] for at, place in enumerate(how["from"])])
                return moved.astype(int) if "int" in str(result.value.dtype) else moved != 0 if "bool" in str(result.value.dtype) else moved
            case "each" if how["sign"] in ("+", "-", "*", "/") and "bool" not in str(result.value.dtype):
                sides = [how["texts"][place] if one is None else one[how["maps"][place]] for place, one in enumerate(of)]
                if any("bool" in str(results[number].value.dtype) for number in how["of"] if number is not None):
                    return None
                return ARITHMETIC[how["sign"]](*map(np.asarray, sides))
            case "reduce" if how["name"] in ("sum", "mean", "max", "min"):
                groups = [of[0][[place for place, to in enumerate(how["into"]) if to == cell]] for cell in range(len(result.cells))]
                if any(len(group) == 0 for group in groups):
                    return None
                return np.array([getattr(np, how["name"])(group) for group in groups])
            case "dot":
                rows, columns = (np.array(starts, dtype=int) for starts in how["starts"])
                steps = np.arange(how["count"])
                if not how["count"]:
                    return np.zeros(len(result.cells))
                left, right = of[0][rows[:, None] + steps * how["steps"][0]], of[1][columns[:, None] + steps * how["steps"][1]]
                return (left * right).sum(axis=1)
    return None
