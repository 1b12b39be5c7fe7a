"""Unrolled: a layer step by step, by hand beside torch, with the same weights at each step; and what forgetting batch_first does."""

import torch
from torch import Tensor, nn

from core.labs.sequences.layers import GATES, HIDDEN, Batch, Json, State, layer, step, verdict, verdicts, weights


def unrolled(cell: str, words: Batch) -> Json:
    """Each word through the layer.

    Returns:
        weights: by torch's name; words: for each word its steps, each with h before, its gates, h (and c) by hand, h by torch, verdict.
    """
    made = layer(cell, len(words.alphabet))
    own = weights(made)
    with torch.no_grad():
        found = [_steps(cell, own, made, sequence) for sequence in words.sequences]
    return {"gates": GATES[cell], "weights": {f"{name}_l0": value.tolist() for name, value in own.items()}, "words": found}


def _steps(cell: str, own: dict[str, Tensor], made: nn.RNNBase, sequence: Tensor) -> list[Json]:
    torchs = made(sequence[None])[0][0]
    state = State(torch.zeros(HIDDEN), torch.zeros(HIDDEN))
    found = []
    for x, given in zip(sequence, torchs, strict=True):
        after, gates = step(cell, own, x, state)
        told = {
            "before": state.h.tolist(), "cell_before": state.c.tolist(), "gates": {name: gate.tolist() for name, gate in gates.items()},
            "hand": after.h.tolist(), "cell": after.c.tolist(), "torch": given.tolist(), "verdict": verdict(after.h, given),
        }  # fmt: skip
        found.append(told)
        state = after
    return found


def forgotten(cell: str, words: Batch) -> Json:
    """The batch (B, T, C) read by the same weights with and without batch_first=True.

    Returns:
        shapes of output and h_n both ways; for each character, whether its output is the same; how many are not.
    """
    right, wrong = (layer(cell, len(words.alphabet), batch_first=first) for first in (True, False))
    with torch.no_grad():
        (told, told_state), (found, found_state) = right(words.padded), wrong(words.padded)
    compared = [verdicts(found[i, : len(word)], told[i, : len(word)]) for i, word in enumerate(words.words)]
    states = [state[0] if cell == "lstm" else state for state in (told_state, found_state)]
    return {
        "output": [list(told.shape), list(found.shape)],
        "state": [list(state.shape) for state in states],
        "verdicts": compared,
        "different": sum(one == "different" for row in compared for one in row),
        "outputs": [told.tolist(), found.tolist()],
    }
