"""The char-RNN in PyTorch: at each character, predict the next one. B, T, V = batch, sequence length, characters."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.facts import facts, shapes
from core.experiments.char_rnn.network import Network
from core.experiments.char_rnn.through_time import gradient_through_time, unrolled
from core.experiments.char_rnn.view_names import continuation, position
from core.experiments.char_rnn.views import Json, Reader
from core.experiments.char_rnn.writing import Writer
from core.pictures.by_name import Views
from core.program.experiment import Row, View
from core.program.pieces import Pieces
from core.program.running import Programmed
from core.program.state import State


class CharRNN(Programmed):
    """One step is one iteration: a piece of the text, one update. Row k is what iteration k found before its update."""

    path = Path(__file__).with_name("program.py")
    config: CharRNNConfig

    def __init__(self, config: CharRNNConfig, device: torch.device) -> None:
        super().__init__(config, device)
        ids: Tensor = self.names["ids"].to(device)  # (N,)
        self.network = Network(self.names["model"], config.classes)
        self.updates = 0
        self._parameters = list(self.network.parameters())
        self._shape = torch.Size([config.batch_size, min(config.sequence_length, config.columns)])
        self._reader = Reader(self.network, config.corpus, ids)
        self._writer = Writer(self._reader)

    def loop(self) -> Iterator[Row]:
        for row in super().loop():
            yield row
            self.updates += 1

    def restore(self, row: int, state: State) -> None:
        super().restore(row, state)
        self.updates = row - 1

    def row(self) -> Row:
        self._shape = self.names["y"].shape
        return _row(self.names["loss"], self.names["logits"], self.names["y"], self._parameters)

    def remember(self, step: int) -> Pieces[None]:
        self.behind = False  # until a sample that is drawn now says otherwise
        return self._writer.remember(self.config, self.updates)

    def _sample(self) -> Pieces[Json]:
        sample = yield from self._writer.sample(self.config, self.updates)
        self.behind = sample["iteration"] != self.updates
        return sample

    def facts(self) -> Mapping[str, Any]:
        return facts(self.config)

    @property
    def views(self) -> Mapping[str, View]:
        reader = self._reader.at(self.updates)
        return Views(
            {
                "text": self._at(reader.text),
                "probabilities": self._at(reader.probabilities),
                "hidden": self._at(reader.hidden),
                "unit": self._at(reader.unit, self.config.units),
                "unrolled": self._at(partial(unrolled, reader)),
                "gradient_through_time": self._at(partial(gradient_through_time, reader)),
                "sample": lambda _: self._sample,
                "continuation": lambda asked: partial(self._writer.continuation, self.config, self.updates, continuation(asked)),
                "shapes": lambda _: self._shapes,
            }
        )

    def _at(self, picture: Callable[[int], Json | Pieces[Json]], places: int = 0) -> Callable[[str], View]:
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


WATCH = CharRNN
