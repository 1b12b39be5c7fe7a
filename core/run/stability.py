"""Stability: the learning rate above which gradient descent on a parabola diverges."""

import math

from core.settings.config import TrainingConfig


def largest_stable_lr(config: TrainingConfig, curvature: float) -> tuple[float, str] | None:
    """The lr above which gradient descent on a parabola diverges, and its formula; None where there is no such bound.

    The bound is where a root of the update's characteristic polynomial reaches the unit circle along the steepest
    direction, whose curvature is λ. Weight decay adds to λ. The adaptive optimizers have bounded steps; a mini-batch has
    curvatures of its own.
    """
    if config.batch_size > 0 or not math.isfinite(curvature):
        return None
    curvature += config.weight_decay
    steepest = "(λmax + weight_decay)" if config.weight_decay else "λmax"
    beta = config.momentum
    match config.optimizer:
        case "SGD":
            return 2 / curvature, f"2/{steepest}"
        case "Momentum":
            return 2 * (1 + beta) / curvature, f"2(1+β)/{steepest}"
        case "Nesterov":
            return 2 * (1 + beta) / (1 + 2 * beta) / curvature, f"2(1+β)/((1+2β)·{steepest})"
    return None


def rounded_down(value: float) -> float:
    """`value` cut to two significant digits, so that a bound is not overstepped by rounding: 0.09014 → 0.09."""
    exponent = f"{value:e}".split("e")[1]
    unit = 10.0 ** (int(exponent) - 1)
    return float(f"{int(value / unit) * unit:.12g}")
