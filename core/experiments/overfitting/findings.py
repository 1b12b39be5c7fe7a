"""What the numbers of overfitting say: where it begins, what helps, and what is no fault."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.experiments.overfitting.config import MOST_POINTS, OverfittingConfig
from core.run.finding import Finding
from core.run.history import History
from core.run.stability import largest_stable_lr, rounded_down

WAIT = 20  # epochs after its lowest from which on a test loss has turned up
RISE = 1.1  # and how far above it
GAP = 1.5  # a test loss of so many training losses is a gap
NEAR = 1.15  # a test loss within this of the noise's variance is as good as any curve's
FEW = 5  # the degree that the law is seen well with: a sine with two waves
Values = dict[str, float | str]


def findings(config: OverfittingConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first.

    | code                              | values                          | says                                                      |
    | --------------------------------- | ------------------------------- | --------------------------------------------------------- |
    | diverged                          | step, lr                        | the loss is not a number                                  |
    | diverged_above_limit              | step, lr, limit, rule           | and from which lr on it does so                           |
    | overfitting                       | step, lowest, test_loss, loss   | the test loss turned up while the training loss went down |
    | more_data, fewer_features,        | points, degree, weight_decay    | its three remedies                                        |
    | regularize                        |                                 |                                                           |
    | stop_early                        | patience                        | and the weights of its best epoch                         |
    | gap                               | test_loss, loss                 | a gap, and the test loss does not rise                    |
    | below                             | test_loss, loss                 | the test loss is the lower one                            |
    | at_the_noise                      | test_loss, variance             | no curve does better                                      |
    | stopped_early                     | step, lowest_at, patience       | why it ended                                              |
    | as_many_features                  | features, points                | a curve through all points exists                         |
    | powers                            | high, low                       | why gradient descent does not get there                   |
    """
    if not len(history):
        return _about(config, facts)
    now = history.latest()
    if status == "diverged" or not math.isfinite(now["loss"]):
        return [_diverged(config, history, facts)]
    stopped = _stopped(config, status, history)
    found = [] if stopped else _overfitting(config, history)
    return [*stopped, *found, *([] if found else _no_fault(now, facts)), *_about(config, facts)]


def _diverged(config: OverfittingConfig, history: History, facts: Mapping[str, Any]) -> Finding:
    """With the learning rate from which on it does so; the curvatures are known of the points that it began with."""
    values: Values = {"step": history.last_step, "lr": config.lr}
    known = facts["counted"] == config.points and not config.is_network
    bound = largest_stable_lr(config, facts["curvatures"][config.degree][0]) if known else None
    if bound is None or config.lr <= bound[0]:
        return Finding("diverged", values, {"lr": max(float(f"{config.lr / 10:.2g}"), config.settings()["lr"].low or 0.0)})
    limit, rule = bound
    return Finding("diverged_above_limit", values | {"limit": limit, "rule": rule}, {"lr": rounded_down(limit)})


def _overfitting(config: OverfittingConfig, history: History) -> list[Finding]:
    """It begins where the test loss was lowest, if the training loss went on down from there."""
    now, turn = history.latest(), int(history.latest()["lowest_at"])
    at = int(history.steps.searchsorted(turn))
    loss_there = float(history.column("loss")[min(at, len(history) - 1)])
    turned = now["test_loss"] > RISE * now["lowest"] and history.last_step - turn >= WAIT
    if not turned or now["loss"] >= loss_there:
        return []
    values: Values = {"step": turn, "lowest": now["lowest"], "test_loss": now["test_loss"], "loss": now["loss"]}
    return [Finding("overfitting", values, {}), *_remedies(config)]


def _remedies(config: OverfittingConfig) -> list[Finding]:
    """Those that are still to be had; all of them bend the run that goes on."""
    decay = min(config.weight_decay * 10 or (0.001 if config.is_network else 0.01), 1.0)  # a network's weights are larger
    wanted = [
        ("more_data", "points", min(10 * config.points, MOST_POINTS), config.points < MOST_POINTS),
        ("fewer_features", "degree", FEW, config.degree > FEW and not config.is_network),
        ("regularize", "weight_decay", float(f"{decay:.2g}"), decay > config.weight_decay),
        ("stop_early", "patience", 100, not config.patience),
    ]
    return [Finding(code, {field: value}, {field: value}) for code, field, value, possible in wanted if possible]


def _no_fault(now: Mapping[str, float], facts: Mapping[str, Any]) -> list[Finding]:
    loss, test_loss, variance = now["loss"], now["test_loss"], facts["noise"]["variance"]
    values: Values = {"loss": loss, "test_loss": test_loss}
    if variance > 0 and test_loss < NEAR * variance:
        return [Finding("at_the_noise", {"test_loss": test_loss, "variance": variance}, {})]
    if test_loss < loss:
        return [Finding("below", values, {})]
    return [Finding("gap", values, {})] if test_loss > GAP * loss else []


def _stopped(config: OverfittingConfig, status: str, history: History) -> list[Finding]:
    last, lowest_at = history.last_step, int(history.latest()["lowest_at"])
    if status != "finished" or not config.patience or last - lowest_at < config.patience:
        return []
    return [Finding("stopped_early", {"step": last, "lowest_at": lowest_at, "lowest": history.latest()["lowest"]}, {})]


def _about(config: OverfittingConfig, facts: Mapping[str, Any]) -> list[Finding]:
    """What follows from the settings alone."""
    found: list[Finding] = []
    if config.is_network:
        return found
    features = config.degree + 1
    if features >= config.points:
        found.append(Finding("as_many_features", {"features": features, "points": config.points}, {}))
    high, low = facts["curvatures"][config.degree]
    if config.basis == "powers" and facts["counted"] == config.points and high > 1000 * low:
        found.append(Finding("powers", {"high": high, "low": low}, {"basis": "legendre"}))
    return found
