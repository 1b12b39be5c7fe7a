"""What the numbers of a linear regression say: does float32 hold the data, is lr stable here, why did it diverge, has it converged."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.experiments.linear_regression.config import LinearRegressionConfig
from core.run import stability
from core.run.finding import Finding
from core.run.history import Floats, History
from core.settings.config import ADAPTIVE, MOMENTUM

CLOSE = 1e-4  # converged: within a ten-thousandth of the way from the first loss to the best one
FLOAT32_MAX = 3.4028235e38
STANDARDIZED = 4.0  # no curvature over a standardized x is larger
LARGE = 1000.0  # an x up to this has a stable lr within the field's bounds
HUGE = 1e9  # products of two such numbers are near the end of float32
REMEDIES = {"x": "standardize", "y": "standardize_y"}
Remedy = dict[str, float | bool]


def largest_stable_lr(config: LinearRegressionConfig, curvature: float) -> tuple[float, str] | None:
    """`core.run.stability.largest_stable_lr`; None besides where the loss is no parabola, and so has bounded gradients."""
    return stability.largest_stable_lr(config, curvature) if config.loss == "mse" else None


def surely_stable_lr(config: LinearRegressionConfig, curvature: Mapping[str, float]) -> float | None:
    """An lr that no mini-batch makes diverge: that of the sample furthest out, alone. None where loss or optimizer bound the steps."""
    bounded = config.loss != "mse" or config.optimizer in ADAPTIVE
    if bounded or not math.isfinite(curvature["one_sample"]):
        return None
    beta = config.momentum if config.optimizer in MOMENTUM else 0.0
    return 2 * (1 - beta) / (curvature["one_sample"] + config.weight_decay)


def stable_under_decay(config: LinearRegressionConfig) -> float:
    """The lr above which weight decay alone makes the weights grow: it takes lr · weight_decay of them off, which may be more than 2."""
    beta = config.momentum if config.optimizer == "Momentum" else 0.0
    shrinks = config.weight_decay > 0 and config.optimizer in ("SGD", *MOMENTUM, "AdamW")
    return 2 * (1 + beta) / config.weight_decay if shrinks else math.inf


def findings(config: LinearRegressionConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first.

    | code                                | values                   | says                                              |
    | ----------------------------------- | ------------------------ | ------------------------------------------------- |
    | x_too_large, y_too_large            | value, limit             | float32 does not hold what is computed from it    |
    | x_indistinct, y_indistinct          | value                    | to float32 all of them are one number             |
    | y_too_small                         | value                    | the loss is 0 to float32, though it is not        |
    | diverged                            | step, lr                 | each step landed further away                     |
    | diverged_by_decay                   | step, lr, weight_decay   | each step takes off more than twice the weights   |
    | diverged_under_others               | step                     | the settings were others until just before        |
    | lr_above_limit, lr_above_limit_now  | lr, limit, rule          | unstable, and it shows; unstable                  |
    | lr_below_limit                      | lr, limit, rule          | stable                                            |
    | converged                           | step, best               | close to the least loss                           |
    """
    misfits = facts["misfits"]
    found = _misfits(misfits, config, facts)
    beyond = any(code.endswith("too_large") for code in misfits)
    if not beyond and status == "diverged":
        found += _diverged(config, history, facts, since)
    if not beyond:
        found += _about_lr(config, status, history, facts, since)
    told_apart = not beyond and "y_too_small" not in misfits
    if status != "diverged" and told_apart and _converged(history, facts["best"]["loss"]):
        found.append(Finding("converged", {"step": history.last_step, "best": facts["best"]["loss"]}, {}))
    return found


# --- what float32 does not hold --------------------------------------------------------------------------------


def _misfits(misfits: Mapping[str, float], config: LinearRegressionConfig, facts: Mapping[str, Any]) -> list[Finding]:
    """One press mends all of it: where x and y are to blame, one of them alone would not help."""
    blamed = {code[0] for code in misfits}
    if misfits:
        blamed |= {axis for axis, largest in facts["largest"].items() if largest > HUGE}
    fields = {field: True for axis, field in REMEDIES.items() if axis in blamed and not getattr(config, field)}
    remedy = _rescued(config, facts, fields) if fields else {}
    found = []
    for code, value in misfits.items():
        values: dict[str, float | str] = {"value": value}
        found.append(Finding(code, values | ({"limit": FLOAT32_MAX} if code.endswith("too_large") else {}), remedy))
        remedy = {}
    return found


def _rescued(config: LinearRegressionConfig, facts: Mapping[str, Any], fields: Mapping[str, bool]) -> Remedy:
    """These fields, and with them an lr that is stable afterwards, if the present one is not."""
    mended, curvature = config.replace(**fields), dict(facts["curvature"])
    if mended.standardize and not config.standardize:
        curvature |= {"high": STANDARDIZED, "one_sample": curvature["one_sample_standardized"]}
    bound = largest_stable_lr(mended, curvature["high"])
    limit = bound[0] if bound else surely_stable_lr(mended, curvature) or math.inf
    limit = min(limit, stable_under_decay(mended))
    if config.lr < limit:
        return {**fields}
    return {**fields, **_smaller(limit / 2, mended, facts)}


# --- why it diverged -------------------------------------------------------------------------------------------


def _diverged(config: LinearRegressionConfig, history: History, facts: Mapping[str, Any], since: int) -> list[Finding]:
    """The cause, as far as the numbers tell it."""
    step, high = history.last_step, facts["curvature"]["high"]
    bound = largest_stable_lr(config, high)
    limit = bound[0] if bound else surely_stable_lr(config, facts["curvature"])
    decay = stable_under_decay(config)
    if config.lr >= decay:
        values: dict[str, float | str] = {"step": step, "lr": config.lr, "weight_decay": config.weight_decay}
        return [Finding("diverged_by_decay", values, _smaller(min(decay, limit or decay) / 2, config, facts))]
    if limit is not None and config.lr >= limit:
        return [Finding("diverged", {"step": step, "lr": config.lr}, _smaller(limit / 2, config, facts))]
    if since >= 0:
        return [Finding("diverged_under_others", {"step": step}, {"lr": config.lr})]
    largest = facts["largest"]
    blamed = "x" if largest["x"] > LARGE and not config.standardize else "y"
    fields = {REMEDIES[blamed]: True} if not getattr(config, REMEDIES[blamed]) else {}
    return [Finding(f"{blamed}_too_large", {"value": largest[blamed], "limit": FLOAT32_MAX}, _rescued(config, facts, fields))]


def _smaller(lr: float, config: LinearRegressionConfig, facts: Mapping[str, Any]) -> Remedy:
    """The remedy `lr`. Where x is so large that it would have to be smaller than the field allows, x is to be standardized."""
    if lr >= (config.settings()["lr"].low or 0.0):
        return {"lr": stability.rounded_down(lr)}
    return {} if config.standardize else _rescued(config, facts, {"standardize": True})


# --- lr, and the end -------------------------------------------------------------------------------------------


def _about_lr(config: LinearRegressionConfig, status: str, history: History, facts: Mapping[str, Any], since: int) -> list[Finding]:
    """On which side of the bound lr is; nothing where the run diverged for another reason."""
    bound = largest_stable_lr(config, facts["curvature"]["high"])
    if bound is None:
        return []
    limit, rule = bound
    values: dict[str, float | str] = {"lr": config.lr, "limit": limit, "rule": rule}
    if config.lr < limit:
        return [] if status == "diverged" else [Finding("lr_below_limit", values, {})]
    remedy = {} if status == "diverged" else _smaller(limit / 2, config, facts)
    return [Finding("lr_above_limit" if _rises(history, since) else "lr_above_limit_now", values, remedy)]


def _rises(history: History, since: int) -> bool:
    """Whether the last two of these settings' updates have made the loss larger, or NaN or infinite."""
    if not len(history) or history.last_step < max(since, 0) + 1:
        return False
    before, now = _tail(history.column("loss"))
    return not math.isfinite(now) or now > before


def _tail(losses: Floats) -> tuple[float, float]:
    return float(losses[-min(3, len(losses))]), float(losses[-1])


def _converged(history: History, best: float) -> bool:
    if len(history) < 2:
        return False
    losses = history.column("loss")
    return bool(losses[-1] - best <= CLOSE * (losses[0] - best))
