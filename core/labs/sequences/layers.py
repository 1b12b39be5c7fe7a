"""Layers: the recurrent layer of a list of words, the same by hand, and the batch that it reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from core.labs.sequences import reading

Json = dict[str, Any]
HIDDEN, SEED = 2, 0
CELLS: Mapping[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
GATES = {"rnn": ("h",), "lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}  # in the order in which torch stacks them
CLOSE = 1e-5  # what float32 rounds differently in another order of additions, and no more


@contextmanager
def reproducible() -> Iterator[None]:
    """Random numbers of its own, the same each time; nothing that somebody else draws changes."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        yield


class State(NamedTuple):
    """What is passed on from step to step; `c` is zeros where the cell has none."""

    h: Tensor
    c: Tensor


@dataclass(frozen=True)
class Batch:
    """Words as numbers.

    Args:
        words: in the order of the batch.
        alphabet: class k is the k-th character.
    """

    words: tuple[str, ...]
    alphabet: Sequence[str]

    @property
    def classes(self) -> list[Tensor]:
        """For each word the classes of its characters."""
        number = {character: k for k, character in enumerate(self.alphabet)}
        return [torch.tensor([number[character] for character in word]) for word in self.words]

    @property
    def sequences(self) -> list[Tensor]:
        """For each word (T, C): a one-hot row for each character."""
        return [F.one_hot(classes, len(self.alphabet)).float() for classes in self.classes]

    @property
    def lengths(self) -> Tensor:
        """The number of characters of each word."""
        return torch.tensor([len(word) for word in self.words])

    @property
    def padded(self) -> Tensor:
        """(B, T, C), short words filled with rows of zeros."""
        return pad_sequence(self.sequences, batch_first=True)

    @property
    def mask(self) -> Tensor:
        """(B, T): where there is a character."""
        return torch.arange(int(self.lengths.max())) < self.lengths[:, None]


def batch(text: str, *, by_length: bool = False) -> Batch:
    """The batch of a list of words; `by_length`: the longest first.

    Raises:
        ProgramError: it is none.
    """
    listed = reading.words(text)
    ordered = tuple(sorted(listed, key=len, reverse=True)) if by_length else listed
    return Batch(ordered, reading.alphabet(listed))


def layer(cell: str, features: int, *, both: bool = False, batch_first: bool = True) -> nn.RNNBase:
    """A recurrent layer with the weights that this seed draws."""
    with reproducible():
        return CELLS[cell](features, HIDDEN, batch_first=batch_first, bidirectional=both)


def last(cell: str, state: Any) -> Tensor:
    """h of what a layer gives as its last state: (B, directions · hidden)."""
    h = state[0] if cell == "lstm" else state
    return torch.cat(list(h), dim=-1)


def weights(made: nn.RNNBase, backwards: bool = False) -> dict[str, Tensor]:
    """weight_ih, weight_hh, bias_ih and bias_hh of one direction."""
    end = "_l0_reverse" if backwards else "_l0"
    return {name: getattr(made, f"{name}{end}").detach() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}


def step(cell: str, own: Mapping[str, Tensor], x: Tensor, before: State) -> tuple[State, dict[str, Tensor]]:
    """One step by hand, of one word or of a batch: the state after it, and what each gate let through."""
    from_x = x @ own["weight_ih"].T + own["bias_ih"]
    from_h = before.h @ own["weight_hh"].T + own["bias_hh"]
    if cell == "rnn":
        h = torch.tanh(from_x + from_h)
        return State(h, before.c), {"h": h}
    if cell == "lstm":
        i, f, g, o = (from_x + from_h).chunk(4, dim=-1)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        c = f * before.c + i * g
        return State(o * torch.tanh(c), c), {"i": i, "f": f, "g": g, "o": o}
    (x_r, x_z, x_n), (h_r, h_z, h_n) = from_x.chunk(3, dim=-1), from_h.chunk(3, dim=-1)
    r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + r * h_n)
    return State((1 - z) * n + z * before.h, before.c), {"r": r, "z": z, "n": n}


def masked(cell: str, made: nn.RNNBase, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The layer by hand over a padded batch, where the state stands still in the padding.

    Returns:
        (B, T, directions · hidden) and the last states (B, directions · hidden).
    """
    directions = (False, True) if made.bidirectional else (False,)
    outputs, ends = [], []
    for backwards in directions:
        own = weights(made, backwards)
        state = State(torch.zeros(len(x), HIDDEN), torch.zeros(len(x), HIDDEN))
        found: list[Tensor] = [state.h] * x.shape[1]
        for t in reversed(range(x.shape[1])) if backwards else range(x.shape[1]):
            after, _ = step(cell, own, x[:, t], state)
            alive = mask[:, t, None]
            state = State(torch.where(alive, after.h, state.h), torch.where(alive, after.c, state.c))
            found[t] = state.h
        outputs.append(torch.stack(found, dim=1))
        ends.append(state.h)
    return torch.cat(outputs, dim=-1), torch.cat(ends, dim=-1)


def verdicts(found: Tensor, wanted: Tensor) -> list[str]:
    """How two tensors compare, row by row: "same" in every bit, "close" up to rounding, "different"."""
    same, close = (found == wanted).all(-1).tolist(), ((found - wanted).abs() <= CLOSE).all(-1).tolist()
    return ["same" if one else "close" if other else "different" for one, other in zip(same, close, strict=True)]


def verdict(found: Tensor, wanted: Tensor) -> str:
    """How two tensors compare as a whole."""
    return verdicts(found.reshape(1, -1), wanted.reshape(1, -1))[0]
