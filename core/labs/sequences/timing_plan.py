"""Which points are timed: every cell over the share of waste, on the CPU and on the first GPU if there is one. Knows no torch."""

from collections.abc import Sequence
from typing import Any

CELLS = ("rnn", "gru", "lstm")
BATCH, TIME, FEATURES, UNITS = 64, 25, 32, 64
LEAST, MOST = 2, 15  # pairs of passes
SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)


def plan(number: int, devices: Sequence[str]) -> list[dict[str, Any]]:
    """The arguments of `core.labs.sequences.timing.timed`, one after another; none where nobody has asked.

    Args:
        number: of the measurement; 0 is none.
        devices: by torch's names, the CPU first.
    """
    if not number:
        return []
    return [
        {"cell": cell, "share": share, "device": device, "number": number} for device in devices[:2] for cell in CELLS for share in SHARES
    ]
