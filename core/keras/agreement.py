"""Agreement: how well Keras' curve and ours agree."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from core.run.history import Floats, Steps

COINCIDE = 1e-3  # relative: what is drawn is one line
FLOOR = 1e-6  # of the first loss: below it, float32's rounding is all that is left of a loss


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
