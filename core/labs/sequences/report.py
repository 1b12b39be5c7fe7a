"""Report: everything that is shown about a list of words, as plain data: what a worker answers."""

from typing import Any

from core.jsonable import jsonable
from core.labs.sequences.layers import HIDDEN, Json, batch
from core.labs.sequences.losses import losses
from core.labs.sequences.unrolled import forgotten, unrolled
from core.labs.sequences.ways import blocks, ways


def report(words: str, cell: str, order: str) -> Json:
    """A list of words, read in each way.

    Args:
        words: as they were typed.
        order: one of `core.labs.sequences.ways.ORDERS`.

    Raises:
        ProgramError: there are no words in it.
    """
    found = batch(words, by_length=order == "sorted")
    enforced = order != "free"
    cells, characters = found.mask.numel(), int(found.lengths.sum())
    told = {
        "words": found.words, "lengths": found.lengths.tolist(), "alphabet": list(found.alphabet),
        "shape": list(found.padded.shape), "hidden": HIDDEN, "cells": cells, "wasted": cells - characters,
        "packed": blocks(found, enforced=enforced),
        "unrolled": unrolled(cell, found),
        "forgotten": forgotten(cell, found),
        "forward": ways(cell, found, both=False, enforced=enforced),
        "bidirectional": ways(cell, found, both=True, enforced=enforced),
        "losses": losses(cell, found),
    }  # fmt: skip
    written: Json = jsonable(_short(told), infinities=True)
    return written


def _short(value: Any) -> Any:
    """Numbers with six digits: what float32 has and what is shown; all their digits would make the answer three times as long."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return [_short(item) for item in value] if isinstance(value, list | tuple) else value
