"""Timing: how long a forward and a backward pass take on this machine, padded and packed, over the share of cells that is padding.

One point is one question, and short, so that the runs that a worker serves go on between two of them.
"""

import time
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from core.labs.sequences.layers import CELLS, Json, reproducible
from core.labs.sequences.timing_plan import BATCH, FEATURES, LEAST, MOST, TIME, UNITS

SECONDS = 0.12  # that a point may take, once it is warm


def lengths(share: float) -> Tensor:
    """Lengths of which this share of the box is padding, nearly: TIME · u^k over even u, whose mean is TIME / (k + 1)."""
    even = (torch.arange(BATCH) + 0.5) / BATCH
    found = (TIME * even ** (share / (1 - share))).round().long().clamp(min=1)
    found[-1] = TIME
    return found


def timed(cell: str, share: float, device: str = "cpu", number: int = 0) -> Json:
    """One point.

    Args:
        share: of the cells that is to be padding, below 1.
        number: of the measurement: another one is another question.

    Returns:
        waste: the share that is really padding; padded, packed: median milliseconds of a forward and backward pass; passes: of how many.
    """
    held = lengths(share)
    with reproducible():
        rnn = CELLS[cell](FEATURES, UNITS, batch_first=True).to(device)
        x = torch.randn(BATCH, TIME, FEATURES).to(device)
    mask = (torch.arange(TIME) < held[:, None]).unsqueeze(-1).to(device)

    def padded() -> Tensor:
        output: Tensor = rnn(x)[0]
        return output * mask

    def packed() -> Tensor:
        given = pack_padded_sequence(x, held, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(rnn(given)[0], batch_first=True)[0]

    passes: dict[str, list[float]] = {"padded": [], "packed": []}
    ways = (("padded", padded), ("packed", packed))
    for _, way in ways:
        _seconds(way, device)  # the first one loads kernels
    begun = time.perf_counter()
    while len(passes["packed"]) < LEAST or (len(passes["packed"]) < MOST and time.perf_counter() - begun < SECONDS):
        for name, way in ways:  # in turn, so that what else the machine does slows both
            passes[name].append(_seconds(way, device))
    cells = BATCH * TIME
    return {
        "cell": cell, "waste": (cells - int(held.sum())) / cells, "passes": len(passes["packed"]), "device": device,
        **{name: _short(1000 * median(found)) for name, found in passes.items()},
    }  # fmt: skip


def _short(milliseconds: float) -> float:
    """Three digits: more are noise."""
    return float(f"{milliseconds:.3g}")


def _seconds(way: Callable[[], Tensor], device: str) -> float:
    """Of one pass. On a CPU those of this thread's own work: what else the machine does meanwhile does not count."""
    clock = time.thread_time if device == "cpu" else time.perf_counter
    begun = clock()
    way().sum().backward()
    if device != "cpu":
        torch.get_device_module(device).synchronize()  # it is only told what to do, and does it later
    return clock() - begun
