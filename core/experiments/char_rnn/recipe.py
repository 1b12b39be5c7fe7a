"""The char-RNN in PyTorch: at each character, predict the next one. B, T, V = batch, sequence length, characters."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.experiment import Experiment, Row, View
from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.facts import facts, shapes
from core.experiments.char_rnn.network import Network, State, detached
from core.experiments.char_rnn.through_time import gradient_through_time, unrolled
from core.experiments.char_rnn.view_names import Views, continuation, position
from core.experiments.char_rnn.views import Json, Reader
from core.experiments.char_rnn.writing import Writer
from core.optimizers import optimizer

ENCODED_AT_ONCE = 1_000_000  # floats, 4 MB; a longer text is encoded piece by piece


class CharRNN(Experiment):
    """One step is one iteration: a piece of the text, one update. Row k is what iteration k found before its update."""

    config: CharRNNConfig

    def __init__(self, config: CharRNNConfig, device: torch.device) -> None:
        super().__init__(config, device)
        ids = torch.tensor(config.corpus.indices(), device=device)  # (N,)
        size = config.batch_size, config.columns
        self.x = ids[:-1][: math.prod(size)].view(size)  # all but the last, cut into B streams
        self.y = ids[1:][: math.prod(size)].view(size)  # all but the first
        self.network = Network(config).to(device)
        once = config.encoding == "one_hot" and self.x.numel() * config.classes <= ENCODED_AT_ONCE
        self.inputs = self.network.encode(self.x) if once else self.x  # an embedding is learned: encoded at each pass
        self.optimizer = optimizer(config, self.network.parameters())
        self.updates = 0
        self._shape = torch.Size([config.batch_size, min(config.sequence_length, config.columns)])
        self._reader = Reader(self.network, config.corpus, ids)
        self._writer = Writer(self._reader)

    def pieces(self) -> Iterator[tuple[Tensor, Tensor]]:
        """One way through the text: inputs (B, T) or (B, T, V) and targets (B, T), the last ones shorter if need be."""
        length = self.config.sequence_length
        for start in range(0, self.x.shape[1], length):
            yield self.inputs[:, start : start + length], self.y[:, start : start + length]

    def loop(self) -> Iterator[Row]:
        parameters = list(self.network.parameters())
        while True:
            state: State | None = None  # at the beginning of the text: zeros
            for x, y in self.pieces():
                logits, state = self.network(x, state)
                loss = F.cross_entropy(logits.reshape(-1, logits.shape[2]), y.reshape(-1))  # (B·T, V) against (B·T,)
                self.optimizer.zero_grad()
                loss.backward()
                self._shape = y.shape
                yield _row(loss, logits, y, parameters)
                if self.config.clip:
                    nn.utils.clip_grad_norm_(parameters, self.config.clip)
                self.optimizer.step()
                self.updates += 1
                if self.done:  # the text need not be at its end
                    return
                state = detached(state)

    def remember(self, step: int) -> None:
        self._writer.remember(self.config, self.updates)

    def facts(self) -> Mapping[str, Any]:
        return facts(self.config)

    @property
    def views(self) -> Mapping[str, View]:
        return Views(
            {
                "text": self._at(self._reader.text),
                "probabilities": self._at(self._reader.probabilities),
                "hidden": self._at(self._reader.hidden),
                "unit": self._at(self._reader.unit, self.config.units),
                "unrolled": self._at(partial(unrolled, self._reader)),
                "gradient_through_time": self._at(partial(gradient_through_time, self._reader)),
                "sample": lambda _: partial(self._writer.sample, self.config, self.updates),
                "continuation": lambda asked: partial(self._writer.continuation, self.config, continuation(asked)),
                "shapes": lambda _: self._shapes,
            }
        )

    def _at(self, picture: Callable[[int], Json], places: int = 0) -> Callable[[str], View]:
        """A picture of one of so many places (positions in the text); a number beyond the last one means the last."""
        return lambda argument: partial(picture, position(argument, (places or self._reader.positions) - 1))

    def _shapes(self) -> list[Mapping[str, Any]]:
        """The shapes of the piece that is being read."""
        return shapes(self.config, *self._shape)


def _row(loss: Tensor, logits: Tensor, y: Tensor, parameters: list[nn.Parameter]) -> Row:
    """The numbers of one iteration. The first `item()` waits for the device; by then the others are there too."""
    gradients = [parameter.grad.flatten() for parameter in parameters if parameter.grad is not None]
    norm = torch.linalg.vector_norm(torch.cat(gradients))  # one norm of all is half the cost of a norm each
    right = torch.count_nonzero(logits.argmax(2) == y)
    value = loss.item()
    return {
        "loss": value,
        "accuracy": right.item() / y.numel(),
        "perplexity": math.exp(min(value, 700.0)),  # among how many equally likely characters it is in doubt
        "bits": value / math.log(2.0),  # for each character
        "grad_norm": norm.item(),  # before clipping
    }


RECIPE = CharRNN
