"""What the numbers say where words of different lengths are learned."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.experiments.words.config import WordsConfig
from core.run.finding import Finding
from core.run.history import History


def findings(config: WordsConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first.

    | code     | values                         | says                                                                   |
    | -------- | ------------------------------ | ---------------------------------------------------------------------- |
    | diverged | step, lr                       | the loss is not a number                                               |
    | counted  | loss, characters_loss, wasted  | the mean is over the padding as well; ignoring it would mend that      |
    | packed   | characters, cells              | what was left out, and that the loss is that of the ignored padding    |
    | ignored  | wasted, cells                  | what was read in vain, and that the loss is that of the packed words   |
    """
    row = history.latest()
    if not row:
        return ()
    if status == "diverged":
        return (Finding("diverged", {"step": history.last_step, "lr": config.lr}, {"lr": max(config.lr / 10, 1e-6)}),)
    if not facts["wasted"]:
        return (Finding("equally_long", {}, {"words": "lengths"}),)
    sizes = {name: facts[name] for name in ("wasted", "cells", "characters")}
    losses = {name: row[name] for name in ("loss", "characters_loss")}
    remedy: dict[str, Any] = {"padding": {"counted": "packed", "packed": "ignored", "ignored": "packed"}[config.padding]}
    return (Finding(config.padding, {**sizes, **losses}, remedy),)
