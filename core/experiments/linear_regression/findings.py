"""What the numbers of a linear regression say: is lr stable here, did it diverge, has it converged."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.experiments.linear_regression.config import LinearRegressionConfig
from core.findings import Finding
from core.history import History

CLOSE = 1e-4  # converged: within a ten-thousandth of the way from the first loss to the best one


def largest_stable_lr(config: LinearRegressionConfig, curvature: float) -> tuple[float, str] | None:
    """The lr above which gradient descent on this parabola diverges, and its formula; None where there is no such bound.

    The bound is where a root of the update's characteristic polynomial reaches the unit circle along the steepest
    direction, whose curvature is λ. Weight decay adds to λ. L1 and Huber have bounded gradients, the adaptive optimizers
    bounded steps; a mini-batch has curvatures of its own.
    """
    if config.loss != "mse" or config.batch_size > 0 or not math.isfinite(curvature):
        return None
    curvature += config.weight_decay
    beta = config.momentum
    match config.optimizer:
        case "SGD":
            return 2 / curvature, "2/λmax"
        case "Momentum":
            return 2 * (1 + beta) / curvature, "2(1+β)/λmax"
        case "Nesterov":
            return 2 * (1 + beta) / (1 + 2 * beta) / curvature, "2(1+β)/((1+2β)·λmax)"
    return None


def findings(config: LinearRegressionConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first."""
    bound = largest_stable_lr(config, facts["curvature"]["high"])
    found = []
    if status == "diverged":
        safe = bound[0] if bound else config.lr / 5
        found.append(Finding("diverged", {"step": history.last_step, "lr": config.lr}, _smaller(safe / 2, config)))
    if bound:
        limit, rule = bound
        above = config.lr >= limit
        remedy = _smaller(limit / 2, config) if above and status != "diverged" else {}
        values: dict[str, float | str] = {"lr": config.lr, "limit": limit, "rule": rule}
        found.append(Finding("lr_above_limit" if above else "lr_below_limit", values, remedy))
    if status != "diverged" and _converged(history, facts["best"]["loss"]):
        found.append(Finding("converged", {"step": history.last_step, "best": facts["best"]["loss"]}, {}))
    return found


def _smaller(lr: float, config: LinearRegressionConfig) -> dict[str, float | bool]:
    """The remedy `lr`. Where x is so large that it would have to be smaller than the field allows, x is to be standardized."""
    if lr >= (config.settings()["lr"].low or 0.0):
        return {"lr": rounded_down(lr)}
    return {} if config.standardize else {"standardize": True}


def _converged(history: History, best: float) -> bool:
    if len(history) < 2:
        return False
    losses = history.column("loss")
    return bool(losses[-1] - best <= CLOSE * (losses[0] - best))


def rounded_down(value: float) -> float:
    """`value` cut to two significant digits, so that a bound is not overstepped by rounding: 0.09014 → 0.09."""
    exponent = f"{value:e}".split("e")[1]
    unit = 10.0 ** (int(exponent) - 1)
    return float(f"{int(value / unit) * unit:.12g}")
