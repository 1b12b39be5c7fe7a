"""The network writes: it reads what is there, chooses the next character from its probabilities, and reads that too.

The choice is drawn on the CPU from a generator of its own, so that looking does not disturb the run's random numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.experiments.char_rnn.network import Network
from core.experiments.char_rnn.stepping import Stepper
from core.program.pieces import Pieces

Floats = NDArray[np.float64]
Way = Literal["greedy", "temperature", "top_k"]


@dataclass(frozen=True)
class Sampling:
    """How the next character is chosen: the likeliest, by probability, or so among the `top_k` likeliest."""

    way: Way = "temperature"
    temperature: float = 1.0
    top_k: int = 5

    def distribution(self, logits: Sequence[float] | NDArray[np.floating[Any]]) -> Floats:
        """The probabilities (V,), float64, that the next character is drawn from; `logits` (V,)."""
        scores = np.asarray(logits, np.float64)
        if self.way == "greedy":
            return np.asarray(np.eye(len(scores))[scores.argmax()])
        scaled = scores / self.temperature  # below 1 sharper, above 1 flatter
        if self.way == "top_k" and self.top_k < len(scaled):
            others = np.argsort(-scaled, kind="stable")[self.top_k :]
            scaled[others] = -np.inf
        likely = np.exp(scaled - scaled.max())
        return np.asarray(likely / likely.sum())


class Choice(NamedTuple):
    """One character written: its class, and the probabilities (V,) it was drawn from."""

    chosen: int
    distribution: Floats


def generator(seed: int, number: int) -> torch.Generator:
    """A generator for the sample `number` of a run with `seed`; no two pairs share one."""
    return torch.Generator().manual_seed((seed << 32) + number)


def write(network: Network, prompt: Sequence[int], length: int, sampling: Sampling, random: torch.Generator) -> Pieces[list[Choice]]:
    """Go on from `prompt` (class numbers, at least one) by `length` characters; fewer if the network has diverged.

    A piece is one character, which takes milliseconds where the network is large. It is the network as it was when the first was begun.
    """
    stepper, logits, written = Stepper(network), np.empty(0, np.float32), list[Choice]()
    for character in prompt:
        logits = stepper.read(character)
        yield
    for draw in torch.rand(length, generator=random, dtype=torch.float64).tolist():
        if not np.isfinite(logits).all():
            break
        distribution = sampling.distribution(logits)
        reached = distribution.cumsum()
        chosen = int(reached.searchsorted(draw * reached[-1], side="right"))
        written.append(Choice(chosen, distribution))
        logits = stepper.read(chosen)
        yield
    return written
