"""The network writes: it reads what is there, chooses the next character from its probabilities, and reads that too.

The choice is drawn on the CPU from a generator of its own, so that looking does not disturb the run's random numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from core.experiments.char_rnn.network import Network

Way = Literal["greedy", "temperature", "top_k"]


@dataclass(frozen=True)
class Sampling:
    """How the next character is chosen: the likeliest, by probability, or so among the `top_k` likeliest."""

    way: Way = "temperature"
    temperature: float = 1.0
    top_k: int = 5

    def distribution(self, logits: Tensor) -> Tensor:
        """The probabilities (V,), float64, that the next character is drawn from; `logits` (V,)."""
        logits = logits.double().cpu()
        if self.way == "greedy":
            return torch.zeros_like(logits).scatter_(0, logits.argmax(0, keepdim=True), 1.0)
        scaled = logits / self.temperature  # below 1 sharper, above 1 flatter
        if self.way == "top_k" and self.top_k < len(scaled):
            kept = torch.full_like(scaled, -torch.inf)
            best = scaled.topk(self.top_k)
            scaled = kept.scatter_(0, best.indices, best.values)
        return scaled.softmax(0)


class Choice(NamedTuple):
    """One character written: its class, and the probabilities (V,) it was drawn from."""

    chosen: int
    distribution: Tensor


def generator(seed: int, number: int) -> torch.Generator:
    """A generator for the sample `number` of a run with `seed`; no two pairs share one."""
    return torch.Generator().manual_seed((seed << 32) + number)


def write(network: Network, prompt: Sequence[int], length: int, sampling: Sampling, random: torch.Generator) -> Iterator[Choice]:
    """Go on from `prompt` (class numbers, at least one) by `length` characters; fewer if the network has diverged."""
    device = next(network.parameters()).device
    x, state = torch.tensor([list(prompt)], device=device), None  # (1, T)
    for _ in range(length):
        with torch.no_grad():
            logits, state = network(x, state)
        if not logits[0, -1].isfinite().all():
            return
        distribution = sampling.distribution(logits[0, -1])
        chosen = int(torch.multinomial(distribution, 1, generator=random))
        yield Choice(chosen, distribution)
        x = torch.tensor([[chosen]], device=device)
