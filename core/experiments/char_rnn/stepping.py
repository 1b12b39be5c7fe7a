"""The network one character after the other, in NumPy: a step of a small network takes a tenth of what it takes in PyTorch.

F, H, V = features of an encoded character, hidden units, characters of the alphabet.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from core.experiments.char_rnn.network import Network

Floats = NDArray[np.float32]


class Layer(NamedTuple):
    """Weights as PyTorch has them: those of the gates of a layer one below the other."""

    W_ih: Floats  # (gates * H, F)
    W_hh: Floats  # (gates * H, H)
    b_ih: Floats
    b_hh: Floats


class Stepper:
    """A network as it is now, which reads character by character and keeps its state; the network may go on learning meanwhile."""

    def __init__(self, network: Network) -> None:
        self._mode = network.rnn.mode
        self._layers = [Layer(*map(_copied, layer)) for layer in network.rnn.all_weights]
        self._embedded = _copied(network.embedding.weight) if network.embedding is not None else None
        head = network.head
        self._head = (_copied(head.weight), _copied(head.bias)) if isinstance(head, nn.Linear) else None
        zeros = np.zeros(network.rnn.hidden_size, np.float32)
        self._h, self._c = [zeros for _ in self._layers], [zeros for _ in self._layers]

    @np.errstate(all="ignore")
    def read(self, character: int) -> Floats:
        """Read one more character; the scores (V,) of each as the next one."""
        first = self._layers[0].W_ih
        given = first[:, character] if self._embedded is None else first @ self._embedded[character]  # of a single 1 among zeros: a column
        for place, layer in enumerate(self._layers):
            if place:
                given = layer.W_ih @ self._h[place - 1]
            self._h[place] = self._stepped(place, given + layer.b_ih, layer.W_hh @ self._h[place] + layer.b_hh)
        outputs = self._h[-1]
        return self._head[0] @ outputs + self._head[1] if self._head else outputs

    def _stepped(self, place: int, given: Floats, before: Floats) -> Floats:
        """The new hidden state (H,) of a layer, out of what its input and its state add to the gates."""
        match self._mode:
            case "LSTM":
                i, f, g, o = np.split(given + before, 4)
                self._c[place] = _sigmoid(f) * self._c[place] + _sigmoid(i) * np.tanh(g)
                return np.asarray(_sigmoid(o) * np.tanh(self._c[place]))
            case "GRU":
                (r, z, n), (of_r, of_z, of_n) = np.split(given, 3), np.split(before, 3)
                reset, kept = _sigmoid(r + of_r), _sigmoid(z + of_z)
                return np.asarray((1 - kept) * np.tanh(n + reset * of_n) + kept * self._h[place])
            case "RNN_RELU":
                return np.asarray(np.maximum(given + before, 0))
        return np.asarray(np.tanh(given + before))


def _copied(weight: Tensor) -> Floats:
    return np.array(weight.numpy(force=True))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * x))  # which overflows nowhere
