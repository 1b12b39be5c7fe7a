"""What the numbers of a run on digits say."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.experiments.digits.config import DigitsConfig
from core.run.finding import Finding
from core.run.history import History

RECENT = 60  # updates
CHANCE = math.log(10)  # the loss of a network that knows nothing
GAP = 0.03  # between the accuracy of train and test


def findings(config: DigitsConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first.

    | code        | values                        | says                                                                |
    | ----------- | ----------------------------- | ------------------------------------------------------------------- |
    | diverged    | step, lr                      | the loss is not a number                                            |
    | unlearned   | loss, chance                  | after so many updates it still guesses                              |
    | gap         | train_accuracy, test_accuracy | it knows its own digits better                                      |
    | known_hands | test_accuracy                 | these test digits are by writers it has learned from                |
    | other_hands | test_accuracy, writers        | these are not: what a digit of one's own can hope for               |
    | linear      |                               | nothing but linear layers                                           |
    """
    about = [Finding("linear", {}, {"activation": "relu"})] if _linear(config) else []
    if not len(history):
        return about
    now = history.latest()
    if status == "diverged" or not math.isfinite(now["loss"]):
        lr = max(float(f"{config.lr / 10:.2g}"), config.settings()["lr"].low or 0.0)
        return [Finding("diverged", {"step": history.last_step, "lr": config.lr}, {"lr": lr}), *about]
    return [*(_unlearned(config, history, since) or _tested(config, now)), *about]


def _linear(config: DigitsConfig) -> bool:
    """Whether nothing bends between the layers; pooling the greatest of four does."""
    return config.activation == "none" and not (config.network == "cnn" and config.pooling == "max") and config.hidden_layers > 0


def _unlearned(config: DigitsConfig, history: History, since: int) -> list[Finding]:
    first = int(np.searchsorted(history.steps, max(history.last_step - RECENT, since), "right"))
    recent = history.column("loss")[first:]
    if history.last_step < 2 * RECENT or len(recent) < RECENT / 2 or float(recent.mean()) < 0.9 * CHANCE:
        return []
    return [Finding("unlearned", {"loss": float(recent.mean()), "chance": CHANCE}, {"lr": 0.01} if config.lr != 0.01 else {})]


def _tested(config: DigitsConfig, now: Mapping[str, float]) -> list[Finding]:
    """Once most digits are read: how far to trust the share of them."""
    train, test = now["train_accuracy"], now["test_accuracy"]
    if train < 0.9:
        return []
    found = []
    if train - test > GAP:
        found.append(Finding("gap", {"train_accuracy": train, "test_accuracy": test}, {} if config.dropout else {"dropout": 0.3}))
    if config.split == "random":
        return [*found, Finding("known_hands", {"test_accuracy": test}, {"split": "writer"})]
    return [*found, Finding("other_hands", {"test_accuracy": test, "writers": config.writers_held_out}, {})]
