"""What the numbers of a char-RNN say: does it beat letter frequency, can it spell the text, do gradients explode."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.experiments.char_rnn.config import CharRNNConfig
from core.run.finding import Finding
from core.run.history import History

EXPLODED = 10.0  # a gradient norm so many times the usual one
NEAR_FLOOR = 1.1
RECENT = 20  # rows
USUAL = 500  # rows whose median is the usual length
PARROT = 1.5  # times the accuracy of always answering the commonest character: below it the network hardly uses the text
SHORT = 500  # characters that LEARNS has been seen to learn
SPELLED = 0.9
LEARNS: Mapping[str, Any] = {
    "cell": "lstm", "head": "linear", "hidden": 64, "layers": 1, "encoding": "one_hot", "optimizer": "Adam", "lr": 0.02,
    "weight_decay": 0.0, "clip": 0.0, "batch_size": 1, "sequence_length": 128, "epochs": 600,
}  # fmt: skip
CLIP = 1.0
FLOAT32_MAX = float(np.finfo(np.float32).max)


def findings(config: CharRNNConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first."""
    row = history.latest()
    if not row:
        return ()
    if status == "diverged":
        remedy = {"lr": max(config.lr / 10, 1e-6), "clip": CLIP}
        return (Finding("diverged", {"step": history.last_step, "lr": config.lr}, remedy),)
    found = []
    if not config.clip and (norm := _exploded(history)):
        found.append(Finding("gradient_exploded", {"norm": norm, "clip": CLIP}, {"clip": CLIP}))
    if _spelled(history, facts["iterations_per_pass"]):
        found.append(Finding("spelled", {"step": history.last_step, "loss": row["loss"]}, {}))
    floor = facts["loss_floor"]
    if floor and row["loss"] < NEAR_FLOOR * floor:
        found.append(Finding("outputs_bounded", {"loss": row["loss"], "floor": floor}, {"head": "linear"}))
    guess = facts["loss_by_frequency"]
    better = row["loss"] < guess
    common = facts["commonest"]
    parroting = better and row["accuracy"] < PARROT * max(common, 1 / config.predictions)
    code = "hardly_better_than_frequency" if parroting else "better_than_frequency" if better else "no_better_than_frequency"
    values: dict[str, float | str] = {"loss": row["loss"], "guess": guess}
    found.append(Finding(code, values | ({"accuracy": row["accuracy"], "common": common} if parroting else {}), {}))
    return [*found, *_untaught(config, status, row)]


def _untaught(config: CharRNNConfig, status: str, row: Mapping[str, float]) -> list[Finding]:
    """At the end of a run that cannot spell a short text: settings that can."""
    short = config.predictions <= SHORT and config.classes > 1
    if status != "finished" or not short or row["accuracy"] >= SPELLED:
        return []
    if all(getattr(config, name) == value for name, value in LEARNS.items()):
        return []
    return [Finding("can_be_learned", {"accuracy": row["accuracy"], "epochs": LEARNS["epochs"]}, dict(LEARNS))]


def _spelled(history: History, pieces: int) -> bool:
    """Whether every piece of the text was without a mistake when it was read last."""
    accuracies = history.column("accuracy")[-pieces:]
    return len(accuracies) == pieces and bool((accuracies == 1.0).all())


def _exploded(history: History) -> float:
    """The largest recent gradient norm if it stands far out of the run's; else 0."""
    if len(history) <= RECENT:
        return 0.0
    norms = np.nan_to_num(history.column("grad_norm")[-USUAL:], posinf=FLOAT32_MAX)
    largest, typical = float(norms[-RECENT:].max()), float(np.sort(norms)[len(norms) // 2])
    return largest if largest > EXPLODED * max(typical, 0.1) else 0.0
