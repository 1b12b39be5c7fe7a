"""The points that a line is fitted to, and what is known about them before any training. float64, shapes (n,)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.datasets import load_diabetes

from core.experiments.linear_regression.config import LinearRegressionConfig

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Optimum:
    """The line with the least loss, and that loss."""

    W: float
    b: float
    loss: float


def samples(config: LinearRegressionConfig) -> tuple[Floats, Floats]:
    """The data as `config` asks for it: x and y, x standardized (mean 0, variance 1) on request."""
    x, y = _raw(config)
    if config.standardize:
        x = (x - x.mean()) / (x.std() or 1.0)
    return x, y


def _raw(config: LinearRegressionConfig) -> tuple[Floats, Floats]:
    match config.data:
        case "points":
            return np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])
        case "line":
            generator = np.random.default_rng(config.data_seed)
            x = generator.uniform(-2.0, 2.0, config.points)
            return x, config.slope * x + config.intercept + generator.normal(0.0, config.noise, config.points)
        case "diabetes":
            patients = load_diabetes()
            bmi = patients.feature_names.index("bmi")
            return patients.data[:, bmi], patients.target
        case "own":
            table = np.array(config.table)
            return table[:, 0], table[:, 1]


def residual_loss(kind: str, residual: Floats) -> Floats:
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
    """The best line: least squares in closed form; for L1 and Huber, which are convex too, by Nelder-Mead from there."""
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    W, b = slope, float(y.mean() - slope * x.mean())
    if kind != "mse":
        best = minimize(
            lambda p: float(residual_loss(kind, p[0] * x + p[1] - y)), (W, b), method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
        )  # fmt: skip
        W, b = map(float, best.x)
    return Optimum(W, b, float(residual_loss(kind, W * x + b - y)))


def curvatures(x: Floats) -> tuple[float, float]:
    """The smallest and largest eigenvalue of the MSE's Hessian over (W, b): 2/n · [[Σx², Σx], [Σx, n]]."""
    hessian = 2.0 / len(x) * np.array([[(x**2).sum(), x.sum()], [x.sum(), len(x)]])
    low, high = np.linalg.eigvalsh(hessian)
    return float(low), float(high)


def surface(kind: str, x: Floats, y: Floats, start: tuple[float, float], best: Optimum, size: int = 41) -> dict[str, object]:
    """log10 of the loss over a grid that holds both the start and the best line: x is W, y is b, z (b, W)."""
    W, b = (_axis(a, z, size) for a, z in zip(start, (best.W, best.b), strict=True))
    loss = residual_loss(kind, W[None, :, None] * x + b[:, None, None] - y)
    height = np.log10(np.maximum(loss, 1e-4 * loss.max()))
    return {"x": W.tolist(), "y": b.tolist(), "z": height.round(4).tolist()}


def _axis(start: float, best: float, size: int) -> Floats:
    reach = max(abs(start - best) * 1.35, 0.5 * abs(best), 0.5)
    return np.linspace(best - reach, best + reach, size)
