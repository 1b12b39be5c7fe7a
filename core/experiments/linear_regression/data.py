"""The points that a line is fitted to, and what is known about them before any training. float64, shapes (n,).

scipy and scikit-learn take a second to import, so they are imported where they are used: this module is also imported to write a
script, which needs neither.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.experiments.linear_regression.config import LinearRegressionConfig

Floats = NDArray[np.float64]
SURFACE_POINTS = 2_000  # that the loss surface is computed of: of more, every so many, evenly
LEAST_SPREAD = 1e-290  # of squares: below this float64 loses digits


@dataclass(frozen=True)
class Optimum:
    """The line with the least loss, and that loss."""

    W: float
    b: float
    loss: float


class Scaling(NamedTuple):
    """What is taken off and divided by before training; the two numbers lead back to the data's own units."""

    mean: float = 0.0
    scale: float = 1.0

    def of(self, values: Floats) -> Floats:
        """The values as the model is given them."""
        return np.asarray((values - self.mean) / self.scale)


def standardization(values: Floats) -> tuple[Scaling, bool]:
    """Mean 0 and variance 1, and True; where float64 cannot hold a variance, or there is none: only divided by the largest, and False."""
    largest = float(np.abs(values).max())
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = float(values.mean()), float(values.std())
    if math.isfinite(mean) and 1e-15 * largest < deviation < math.inf:  # less is what rounding leaves of equal values
        return Scaling(mean, deviation), True
    return Scaling(0.0, largest or 1.0), False


def scalings(config: LinearRegressionConfig, x: Floats, y: Floats) -> tuple[Scaling, Scaling]:
    """How `config` has x and y scaled."""
    asked = ((config.standardize, x), (config.standardize_y, y))
    one, other = (standardization(values)[0] if wanted else Scaling() for wanted, values in asked)
    return one, other


def samples(config: LinearRegressionConfig) -> tuple[Floats, Floats]:
    """x and y as the model is given them, each standardized on request."""
    x, y = raw(config)
    of_x, of_y = scalings(config, x, y)
    return of_x.of(x), of_y.of(y)


def in_units(W: float, b: float, of_x: Scaling, of_y: Scaling) -> tuple[float, float]:
    """The line in the data's own units, of a line over standardized values: y = Wx + b."""
    slope = W * of_y.scale / of_x.scale
    return slope, b * of_y.scale + of_y.mean - slope * of_x.mean


def raw(config: LinearRegressionConfig) -> tuple[Floats, Floats]:
    """The data in its own units."""
    match config.data:
        case "points":
            return np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])
        case "line":
            generator = np.random.default_rng(config.data_seed)
            x = generator.uniform(-2.0, 2.0, config.points)
            return x, config.slope * x + config.intercept + generator.normal(0.0, config.noise, config.points)
        case "diabetes":
            from sklearn.datasets import load_diabetes

            patients = load_diabetes()
            bmi = patients.feature_names.index("bmi")
            return patients.data[:, bmi], patients.target
        case "own":
            table = np.array(config.table)
            return table[:, 0], table[:, 1]


def residual_loss(kind: str, residual: NDArray[np.floating[Any]]) -> Floats:
    """The mean loss over the last axis of `residual` (…, n). Huber's delta is 1, as in `F.huber_loss`."""
    size = np.abs(residual)
    match kind:
        case "mse":
            each = residual**2
        case "l1":
            each = size
        case _:
            each = np.where(size <= 1.0, 0.5 * size**2, size - 0.5)
    return np.asarray(each.mean(-1))


def optimum(kind: str, x: Floats, y: Floats) -> Optimum:
    """The best line: least squares in closed form; for L1 and Huber, which are convex too, by Nelder-Mead from there.

    Where float64 does not hold the squares of x it is found over scaled values.
    """
    with np.errstate(all="ignore"):
        best, spread = _optimum(kind, x, y), float(((x - x.mean()) ** 2).sum())
        if LEAST_SPREAD < spread < math.inf and math.isfinite(best.W) and math.isfinite(best.b):
            return best
        of_x, of_y = standardization(x)[0], standardization(y)[0]
        u, v = of_x.of(x), of_y.of(y)
        scaled = _optimum("l1" if kind != "mse" and of_y.scale > 1 else "mse", u, v)  # which Huber's loss is, far from 0 and near it
        W, b = in_units(scaled.W, scaled.b, of_x, of_y)
        return Optimum(W, b, float(residual_loss(kind, of_y.scale * (scaled.W * u + scaled.b - v))))


def _optimum(kind: str, x: Floats, y: Floats) -> Optimum:
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    W, b = slope, float(y.mean() - slope * x.mean())
    if kind != "mse" and math.isfinite(W):
        from scipy.optimize import minimize

        best = minimize(
            lambda p: float(residual_loss(kind, p[0] * x + p[1] - y)), (W, b), method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
        )  # fmt: skip
        W, b = map(float, best.x)
    return Optimum(W, b, float(residual_loss(kind, W * x + b - y)))


def curvatures(x: Floats) -> tuple[float, float]:
    """The smallest and largest eigenvalue of the MSE's Hessian over (W, b); NaN beyond float64."""
    bent = hessian(x)
    if not np.isfinite(bent).all():
        return math.nan, math.nan
    low, high = np.linalg.eigvalsh(bent)
    return float(low), float(high)


def hessian(x: Floats) -> Floats:
    """The MSE's second derivatives by (W, b), (2, 2), the same everywhere; infinite beyond float64."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(2.0 / len(x) * np.array([[(x**2).sum(), x.sum()], [x.sum(), len(x)]]))


def of_one_sample(x: Floats) -> float:
    """The largest curvature that any mini-batch can have: that of the sample furthest out, alone."""
    with np.errstate(over="ignore"):
        return float(2.0 * ((x**2).max() + 1.0))


def misfits(kind: str, x: Floats, y: Floats, start: tuple[float, float]) -> Mapping[str, float]:
    """What float32 cannot hold of the data that the model is given: a code, and the number that is to blame.

    | code         | says                                                                        |
    | ------------ | --------------------------------------------------------------------------- |
    | x_too_large  | x², and so slopes and curvatures, or the first prediction are beyond float32 |
    | y_too_large  | the loss of the first line is beyond float32                                |
    | x_indistinct | they differ, yet to float32 all of them are one number                      |
    | y_indistinct | the same of y                                                               |
    | y_too_small  | the loss of the first line is 0 to float32, though it is not                |
    """
    found: dict[str, float] = {}
    with np.errstate(all="ignore"):
        narrow_x, narrow_y, W, b = (np.asarray(values, np.float32) for values in (x, y, *start))
        prediction = narrow_x * W + b
        loss, true_loss = residual_loss(kind, prediction - narrow_y), residual_loss(kind, x * start[0] + start[1] - y)
        if not np.isfinite(narrow_x**2).all() or not np.isfinite(residual_loss(kind, prediction)):
            found["x_too_large"] = float(np.abs(x).max())
        elif x.min() < x.max() and narrow_x.min() == narrow_x.max():
            found["x_indistinct"] = float(narrow_x[0])
        if not np.isfinite(residual_loss(kind, b - narrow_y)):
            found["y_too_large"] = float(np.abs(y).max())
        elif loss == 0 < true_loss:
            found["y_too_small"] = float(np.abs(y).max())
        elif y.min() < y.max() and narrow_y.min() == narrow_y.max():
            found["y_indistinct"] = float(narrow_y[0])
    return found


def surface(kind: str, x: Floats, y: Floats, start: tuple[float, float], best: Optimum, cells: int = 3600) -> dict[str, object]:
    """log10 of the loss over a grid that holds both the start and the best line: x is W, y is b, z (b, W).

    The axis along which the loss bends more gets more of the `cells`. The floor of the valley is cut off where it is narrower than
    two of them: contours drawn there would show the grid, not the loss.
    """
    middle = [z if math.isfinite(z) else a for a, z in zip(start, (best.W, best.b), strict=True)]
    reaches = [_reach(a, z) for a, z in zip(start, middle, strict=True)]
    with np.errstate(all="ignore"):
        bends = np.sqrt(np.diag(hessian(x))) * reaches
        share = float(np.clip(np.sqrt(bends[0] / bends[1]), 1 / 2.5, 2.5)) if np.isfinite(bends).all() else 1.0
        sizes = int(cells**0.5 * share), int(cells**0.5 / share)
        W, b = (np.linspace(z - reach, z + reach, size) for z, reach, size in zip(middle, reaches, sizes, strict=True))
        every = -(-len(x) // SURFACE_POINTS)
        u, v = x[::every], y[::every]
        loss = np.array([residual_loss(kind, W[:, None] * u + height - v) for height in b])  # a row at a time, 1 MB rather than 60
        floor = _two_cells_up(kind, x, y, (middle[0], middle[1]), np.array([W[1] - W[0], b[1] - b[0]]))
        height = np.log10(np.maximum(loss, max(floor, 1e-4 * loss.max())))
    return {"x": W.tolist(), "y": b.tolist(), "z": height.round(4).tolist()}


def _two_cells_up(kind: str, x: Floats, y: Floats, best: tuple[float, float], cells: Floats) -> float:
    """The loss two cells away from the best line, where the valley's wall is steepest; `cells` are their sizes, (W, b)."""
    bent = hessian(x) * np.outer(cells, cells)
    if not np.isfinite(bent).all():
        return 0.0
    W, b = 2 * cells * np.linalg.eigh(bent)[1][:, -1]
    return float(residual_loss(kind, (best[0] + W) * x + best[1] + b - y))


def _reach(start: float, best: float) -> float:
    """How far the picture goes on each side of the best value."""
    return max(abs(start - best) * 1.35, 0.5 * abs(best), 0.5)
