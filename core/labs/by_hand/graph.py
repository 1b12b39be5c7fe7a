"""Graph: the values of a program, the local derivative along each of its edges, and what the chain rule makes of them.

A result is a vector of n elements, like x, or a scalar. An edge from a result to one of its operands carries one local
derivative for each element (`each`); from a scalar to a vector one for each element of the vector that was reduced
(`reduced`); from a vector to a scalar that was spread over it one for each element of the vector (`spread`); between
scalars a single one (`single`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np

from core.labs.by_hand.grammar import Operand, Program, Step
from core.labs.by_hand.operations import OPERATIONS, Array, Slope, Term, number, plain

Kind = Literal["each", "reduced", "spread", "single"]
Path = tuple[int, ...]  # places in `Graph.edges`, from the output to x

_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Edge:
    """From the result `of` to its operand `by`: ∂of/∂by."""

    of: str
    by: str
    kind: Kind
    slope: Array  # (n,), or () if single
    formula: str
    filled: tuple[str, ...]  # the formula with numbers, for each element of `slope`


class Graph:
    """A program with numbers in it, in float64.

    Attributes:
        values: of x and of every result, by name.
        edges: in the order of the operations.
        gradient: ∂output/∂x by the chain rule, for each element; None if the output is no scalar.
        scale: the same with every factor's size instead of the factor: what rounding errors have to be measured by.
    """

    def __init__(self, program: Program, x: Sequence[float]) -> None:
        self.program = program
        self.values: dict[str, Array] = {"x": np.array(x, dtype=np.float64)}
        self.edges: list[Edge] = []
        with np.errstate(all="ignore"):
            for step in program.steps:
                self._compute(step)
            self.gradient, self.scale = (self._backward(size) for size in (False, True))

    @property
    def output(self) -> str:
        """The name of the last line's result."""
        return self.program.output

    @property
    def scalar(self) -> bool:
        """Whether backward() may begin at the output."""
        return self.values[self.output].size == 1

    @property
    def used(self) -> set[str]:
        """The results that the output depends on, itself among them."""
        found = {self.output}
        for edge in reversed(self.edges):
            found |= {edge.by} if edge.of in found else set()
        return found

    def written(self, name: str) -> str:
        """The operation behind a result, such as `a ** 2`; nothing for x."""
        for step in self.program.steps:
            if step.name == name:
                return OPERATIONS[step.operation].written.format(*step.operands)
        return ""

    def paths(self, most: int) -> list[Path]:
        """The ways from the output to x, each a sequence of edges; the first `most` of them."""
        return list(islice(self._ways(self.output), most))

    @property
    def path_count(self) -> int:
        """How many ways there are from the output to x."""
        ways = {"x": 1}
        for step in self.program.steps:
            ways[step.name] = sum(ways[edge.by] for edge in self.edges if edge.of == step.name)
        return ways[self.output]

    def along(self, path: Path) -> Array:
        """What one path contributes to ∂output/∂x: the product of its local derivatives, for each element."""
        with np.errstate(all="ignore"):
            product: Array = np.ones(self.values[self.output].shape)
            for place in path:
                product = _through(self.edges[place], product)
        return product

    def _compute(self, step: Step) -> None:
        operation = OPERATIONS[step.operation]
        operands = [np.asarray(self.values[one] if isinstance(one, str) else one, dtype=np.float64) for one in step.operands]
        result = np.asarray(operation.value(*operands), dtype=np.float64)
        self.values[step.name] = result
        for place, (operand, slope) in enumerate(zip(step.operands, operation.slopes, strict=True)):
            if isinstance(operand, str):
                self.edges.append(self._edge(step, operand, slope, [*operands, result], operands[place]))

    def _edge(self, step: Step, by: str, slope: Slope, numbers: Sequence[Array], operand: Array) -> Edge:
        result = numbers[-1]
        kind: Kind = ("each" if operand.ndim else "spread") if result.ndim else ("reduced" if operand.ndim else "single")
        shape = result.shape or operand.shape
        slopes = np.broadcast_to(slope.number(*numbers), shape).astype(np.float64)
        names = (*step.operands, step.name)
        formula = slope.formula(*(_term(one, value) for one, value in zip(names, numbers, strict=True)))
        filled = []
        for index in range(slopes.size):
            terms = (_filled(one, value, index) for one, value in zip(names, numbers, strict=True))
            filled.append(plain(slopes.flat[index]) if " if " in formula else slope.formula(*terms))
        return Edge(step.name, by, kind, slopes, formula, tuple(filled))

    def _backward(self, size: bool) -> Array | None:
        """What comes to x, each result passing on the sum of what has come to it."""
        if not self.scalar:
            return None
        arrived: dict[str, Array] = {self.output: np.ones(self.values[self.output].shape)}
        for edge in reversed(self.edges):
            if edge.of in arrived:
                passed = _through(edge, arrived[edge.of], size)
                arrived[edge.by] = arrived[edge.by] + passed if edge.by in arrived else passed
        return arrived["x"]

    def _ways(self, name: str) -> Iterator[Path]:
        if name == "x":
            yield ()
        for place, edge in enumerate(self.edges):
            if edge.of == name:
                yield from ((place, *rest) for rest in self._ways(edge.by))


def element(name: str, index: int) -> str:
    """x, 1 → x₁: the element `x[1]`."""
    return name + str(index).translate(_DIGITS)


def _through(edge: Edge, arrived: Array, size: bool = False) -> Array:
    """What an edge passes on of what has arrived at its result."""
    passed: Array = np.asarray(arrived * (np.abs(edge.slope) if size else edge.slope))
    return np.asarray(passed.sum()) if edge.kind == "spread" else passed


def _term(operand: Operand, value: Array) -> Term:
    """An operand by its name."""
    return Term(operand, value.size) if isinstance(operand, str) else Term(number(operand), constant=float(operand))


def _filled(operand: Operand, value: Array, index: int) -> Term:
    """One element of an operand, by its number."""
    constant = None if isinstance(operand, str) else float(operand)
    return Term(number(float(value.flat[index if value.ndim else 0])), value.size, constant)
