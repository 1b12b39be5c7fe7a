"""Operations: the value of each, and its local derivative with respect to each operand, as numbers and as a formula.

At a corner, where there is no derivative, PyTorch's choice is taken: 0 for relu at 0, and for a power that is constant there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]  # shape (n,) or ()

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Term:
    """How an operand is written in a formula: its name, an element of it, or its number."""

    text: str
    size: int = 1  # how many elements the operand has
    constant: float | None = None  # the value of an operand that is a number in the program


@dataclass(frozen=True)
class Slope:
    """A local derivative.

    Args:
        number: (*operands, result) → the derivative, for each element.
        formula: the same for terms, in mathematical notation.
    """

    number: Callable[..., Array]
    formula: Callable[..., str]


@dataclass(frozen=True)
class Operation:
    """What is computed, how a program writes it (`{0}` is the first operand), and a slope for each operand."""

    value: Callable[..., Array]
    written: str
    slopes: tuple[Slope, ...]


def power_slope(base: Array, exponent: Array, _result: Array) -> Array:
    """∂(base ** exponent)/∂base."""
    return np.where(exponent == 0, 0.0, exponent * base ** (exponent - 1))


def exponent_slope(base: Array, exponent: Array, result: Array) -> Array:
    """∂(base ** exponent)/∂exponent."""
    return np.where((base == 0) & (exponent >= 0), 0.0, result * np.log(base))


def power_formula(base: Term, exponent: Term, _result: Term) -> str:
    """k·aᵏ⁻¹, as short as it can be written."""
    k = exponent.constant
    if k is None:
        return f"{exponent.text}·{base.text}^({exponent.text} − 1)"
    if k in (0, 1, 2):
        return ("0", "1", f"2·{base.text}")[int(k)]
    raised = str(int(k) - 1).translate(_RAISED) if k == int(k) and k > 0 else f"^{number(k - 1)}"
    return f"{number(k)}·{base.text}{raised}"


def _one(*_terms: Term) -> str:
    return "1"


def _function(written: str, value: Callable[[Array], Array], slope: Callable[[Array, Array], Array], formula: str) -> Operation:
    """A function of one operand; `formula` says {a} or, in parentheses of its own, {bare} for the operand, {result} for the result."""
    return Operation(
        value,
        f"{written}({{0}})",
        (Slope(slope, lambda a, result: formula.format(a=a.text, bare=bare(a.text), result=result.text)),),
    )


OPERATIONS: dict[str, Operation] = {
    "+": Operation(np.add, "{0} + {1}", (Slope(lambda a, b, _: np.ones_like(a), _one), Slope(lambda a, b, _: np.ones_like(b), _one))),
    "-": Operation(
        np.subtract,
        "{0} - {1}",
        (Slope(lambda a, b, _: np.ones_like(a), _one), Slope(lambda a, b, _: -np.ones_like(b), lambda *_: "−1")),
    ),
    "*": Operation(
        np.multiply, "{0} * {1}", (Slope(lambda a, b, _: b, lambda a, b, _: b.text), Slope(lambda a, b, _: a, lambda a, b, _: a.text))
    ),
    "/": Operation(
        np.divide,
        "{0} / {1}",
        (
            Slope(lambda a, b, _: 1 / b, lambda a, b, _: f"1/{b.text}"),
            Slope(lambda a, b, _: -a / b**2, lambda a, b, _: f"−{a.text}/{b.text}²"),
        ),
    ),
    "**": Operation(
        np.power,
        "{0} ** {1}",
        (Slope(power_slope, power_formula), Slope(exponent_slope, lambda a, b, _: f"{a.text}^{b.text}·log({bare(a.text)})")),
    ),
    "neg": Operation(np.negative, "-{0}", (Slope(lambda a, _: -np.ones_like(a), lambda *_: "−1"),)),
    "mean": Operation(
        np.mean, "{0}.mean()", (Slope(lambda a, _: np.full_like(a, 1 / a.size), lambda a, _: f"1/{a.size}" if a.size > 1 else "1"),)
    ),
    "sum": Operation(np.sum, "{0}.sum()", (Slope(lambda a, _: np.ones_like(a), _one),)),
    "exp": _function("exp", np.exp, lambda a, result: result, "exp({bare})"),
    "log": _function("log", np.log, lambda a, _: 1 / a, "1/{a}"),
    "sin": _function("sin", np.sin, lambda a, _: np.cos(a), "cos({bare})"),
    "cos": _function("cos", np.cos, lambda a, _: -np.sin(a), "−sin({bare})"),
    "tanh": _function("tanh", np.tanh, lambda a, result: 1 - result**2, "1 − {result}²"),
    "sigmoid": _function("sigmoid", lambda a: 1 / (1 + np.exp(-a)), lambda a, result: result * (1 - result), "{result}·(1 − {result})"),
    "relu": _function("relu", lambda a: np.maximum(a, 0.0), lambda a, _: np.where(a <= 0, 0.0, 1.0), "1 if {bare} > 0 else 0"),
    "sqrt": _function("sqrt", np.sqrt, lambda a, result: 0.5 / result, "1/(2·sqrt({bare}))"),
}


def number(value: float) -> str:
    """Four decimals at most, four figures where these say nothing; parentheses round what is below zero."""
    text = plain(value)
    return f"({text})" if text.startswith("−") else text


def plain(value: float) -> str:
    """A number as `number` writes it, without parentheses."""
    if not np.isfinite(value):
        return str(value).replace("-", "−")
    size = abs(value)
    text = f"{value:.3e}" if size >= 1e6 or 0 < size < 5e-4 else f"{value:.4f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def bare(text: str) -> str:
    """A term without the parentheses round it."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text
