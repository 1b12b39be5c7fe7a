"""What the network does with its text right now, as small JSON-able pictures, each computed when somebody looks.

B, T, V, H = batch (always 1 here), positions shown, characters of the alphabet, hidden units.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.experiments.char_rnn.hangul import join_jamo, label
from core.experiments.char_rnn.network import Network
from core.experiments.char_rnn.texts import Corpus
from core.jsonable import jsonable
from core.program.pieces import Pieces

Json = dict[str, Any]
WARM_UP = 256  # characters read before a window, so that its state is nearly that of the whole text before it
TEXT_WINDOW = 240
TEXT_SHOWN = 96
MAP_WINDOW = 48
MOST_ROWS = 64  # of a heat map: characters or units
UNIT_WINDOW = 2000
PRODUCTS_AT_ONCE = 100_000_000  # multiplications in one go: some hundredths of a second


@dataclass(frozen=True)
class Reading:
    """The network's way over a window of the text: from `given[t]` it predicts `true[t]`."""

    offset: int
    given: list[int]
    true: list[int]
    hidden: Tensor  # (T, H), of the last layer
    probabilities: Tensor  # (T, V)


def rounded(values: Tensor, digits: int = 4) -> Any:
    """Nested lists of numbers, None where a number is not finite."""
    return jsonable((values.detach().double().cpu() * 10**digits).round().div(10**digits).numpy())


class Reader:
    """Reads windows of one text with one network, as it is at the moment of the call.

    Args:
        ids: the text as class numbers, shape (N,); N - 1 positions, each with a character given and a true next one.
    """

    def __init__(self, network: Network, corpus: Corpus, ids: Tensor) -> None:
        self.network = network
        self.corpus = corpus
        self.ids = ids
        self.positions = len(ids) - 1
        self._readings: dict[tuple[int, int], Reading] = {}
        self._moment = -1
        self.labels = [label(character) for character in corpus.alphabet]

    def at(self, moment: int) -> "Reader":
        """Itself, for pictures of this moment: so many updates the network has had. What one of them has read, the others need not."""
        if moment != self._moment:
            self._readings.clear()
            self._moment = moment
        return self

    def read(self, offset: int, length: int) -> Reading:
        """`length` positions from `offset`, moved so that the window is full where the text is long enough."""
        offset = max(0, min(offset, self.positions - length))
        end = min(offset + length, self.positions)
        if (offset, end) not in self._readings:
            self._readings[offset, end] = self._read(offset, end)
        return self._readings[offset, end]

    def _read(self, offset: int, end: int) -> Reading:
        first = max(0, offset - WARM_UP)
        with torch.no_grad():
            hidden, _ = self.network.read(self.ids[None, first:end])
            logits = self.network.head(hidden[:, offset - first :])
        text = self.ids[offset : end + 1].tolist()
        return Reading(offset, text[:-1], text[1:], hidden[0, offset - first :], logits[0].softmax(-1))

    def spelled(self, indices: Sequence[int]) -> str:
        """Class numbers as text; jamo joined to syllables."""
        return join_jamo("".join(self.corpus.alphabet[index] for index in indices))

    def named(self, indices: Sequence[int]) -> list[str]:
        """Class numbers as labels to be read one by one."""
        return [self.labels[index] for index in indices]

    def text(self, offset: int) -> Json:
        """Each position's true next character, the predicted one, and the probability given to the true one.

        `room` is how many positions from `offset` a page shows; `true_text` and `predicted_text` spell those.
        """
        reading = self.read(offset, TEXT_WINDOW)
        first = max(0, min(offset, self.positions - TEXT_SHOWN)) - reading.offset
        shown = slice(first, first + TEXT_SHOWN)
        predicted: list[int] = reading.probabilities.argmax(1).tolist()
        true = torch.tensor(reading.true, device=self.ids.device)
        return {
            **self._window(reading),
            "predicted": self.named(predicted),
            "right": [guess == truth for guess, truth in zip(predicted, reading.true, strict=True)],
            "probability": rounded(reading.probabilities.gather(1, true[:, None])[:, 0]),
            "room": TEXT_SHOWN,
            "true_text": self.spelled(reading.true[shown]),
            "predicted_text": self.spelled(predicted[shown]),
        }

    def _window(self, reading: Reading) -> Json:
        return {
            "offset": reading.offset,
            "positions": self.positions,
            "given": self.named(reading.given),
            "true": self.named(reading.true),
        }

    def probabilities(self, offset: int) -> Json:
        """Characters × positions: the probability of each as the next one. The likeliest rows of a large alphabet."""
        reading = self.read(offset, MAP_WINDOW)
        mean = reading.probabilities.mean(0).nan_to_num()
        mean[sorted(set(reading.true))] += 1.0  # the true ones are always among the rows
        rows: list[int] = sorted(mean.topk(min(MOST_ROWS, len(mean))).indices.tolist())
        return {
            **self._window(reading),
            "characters": self.named(rows),
            "classes": len(mean),
            "true_row": [rows.index(index) for index in reading.true],
            "probability": rounded(reading.probabilities[:, rows].T),  # (rows, T)
        }

    def hidden(self, offset: int) -> Json:
        """Units × positions: the last layer's hidden state after each character; the first units of a large layer."""
        reading = self.read(offset, MAP_WINDOW)
        return {
            **self._window(reading),
            "units": reading.hidden.shape[1],
            "hidden": rounded(reading.hidden[:, :MOST_ROWS].T, 3),  # (units shown, T)
        }

    def _read_by_and_by(self, length: int) -> Pieces[Reading]:
        """As many positions from the text's beginning, in pieces where the network is large: as it was when the first was begun."""
        end, moment = min(length, self.positions), self._moment
        known = self._readings.get((0, end))
        piece = PRODUCTS_AT_ONCE // sum(parameter.numel() for parameter in self.network.parameters()) + 1
        if known or end <= piece:
            return known or self.read(0, length)
        network, state, parts = copy.deepcopy(self.network), None, list[Tensor]()
        for some in self.ids[None, :end].split(piece, dim=1):
            with torch.no_grad():
                hidden, state = network.read(some, state)
            parts.append(hidden[0])
            yield
        with torch.no_grad():
            text, hidden = self.ids[: end + 1].tolist(), torch.cat(parts)
            reading = Reading(0, text[:-1], text[1:], hidden, network.head(hidden).softmax(-1))
        if moment == self._moment:
            self._readings[0, end] = reading
        return reading

    def unit(self, number: int) -> Pieces[Json]:
        """Which characters drive a unit: its mean after each character over the text's beginning, the highest first."""
        reading = yield from self._read_by_and_by(UNIT_WINDOW)
        number = min(number, reading.hidden.shape[1] - 1)
        values = reading.hidden[:, number].double().cpu()
        given = torch.tensor(reading.given)
        counts = torch.bincount(given, minlength=len(self.labels))
        sums = torch.zeros(len(self.labels), dtype=values.dtype).index_add_(0, given, values)
        seen = counts.nonzero()[:, 0]
        mean = (sums / counts)[seen]
        order = mean.argsort(descending=True, stable=True)
        if len(order) > MOST_ROWS:  # both ends of a large alphabet
            order = torch.cat([order[: MOST_ROWS // 2], order[-MOST_ROWS // 2 :]])
        return {
            "unit": number,
            "characters": self.named(seen[order].tolist()),
            "mean": rounded(mean[order], 3),
            "count": counts[seen][order].tolist(),
        }
