"""Counterpart: the Keras program that does what a run does, and how well the two curves agree."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from core import experiments
from core.change import Change
from core.config import Config
from core.export import recorded
from core.history import Floats, Steps
from core.script import Recorded, Script, Translate

COINCIDE = 1e-3  # relative: what is drawn is one line
FLOOR = 1e-6  # of the first loss: below it, float32's rounding is all that is left of a loss


@dataclass(frozen=True)
class Counterpart:
    """A run in Keras.

    Args:
        script: its program; None where Keras has no way to do the same.
        reason: then, why.
        differences: what Keras does in another way, so that the curves may part.
    """

    script: Script | None
    reason: str = ""
    differences: tuple[str, ...] = ()


class KerasExporter(Protocol):
    """What `core/experiments/<name>/keras.py` has."""

    def counterpart(self, run: Recorded[Any], _: Translate) -> Counterpart:
        """The run in Keras, its prose and comments in the language of `_`."""


def counterpart(
    experiment: str, config: Config, changes: Iterable[Change] = (), last: int | None = None, translate: Translate = str
) -> Counterpart:
    """The run in Keras; arguments as in `core.export.script`. Keras itself is not needed for it.

    Its program computes on the CPU. In a line `losses: […]` it prints one loss for each row of the run, as JSON.
    """
    run = recorded(experiment, config, changes, last)
    exporter: KerasExporter = experiments.keras(experiment)
    return exporter.counterpart(replace(run, device="cpu"), translate)


class Agreement(NamedTuple):
    """How far Keras' curve is from ours.

    Args:
        rows: how many were compared: those that both have, with a finite loss.
        largest: the largest difference of two losses, relative to ours.
        step: where that is.
    """

    rows: int
    largest: float
    step: int

    @property
    def coincide(self) -> bool:
        """Whether the curves are one line to the eye."""
        return self.largest <= COINCIDE


def agreement(steps: Steps, ours: Floats, theirs: Sequence[float], first_step: int) -> Agreement | None:
    """Compare the rows of a run with Keras' losses, of which the first belongs to row `first_step`. None: nothing to compare.

    A difference counts relative to our loss, or to FLOOR of our first loss where ours is smaller.
    """
    pairs = [(int(step), float(loss), theirs[step - first_step]) for step, loss in zip(steps, ours, strict=True)
             if 0 <= step - first_step < len(theirs)]  # fmt: skip
    pairs = [pair for pair in pairs if math.isfinite(pair[1]) and math.isfinite(pair[2])]
    if not pairs:
        return None
    floor = FLOOR * abs(pairs[0][1]) or math.ulp(0.0)
    found = [(abs(keras - loss) / max(abs(loss), floor), step) for step, loss, keras in pairs]
    largest, at = max(found)
    return Agreement(len(found), largest, at)
