"""The network: characters in, a score for each possible next character out.

B, T, V, F, H = batch, sequence length, characters of the alphabet, features of an encoded character, hidden units.
"""

import torch
from torch import Tensor, nn

from core.experiments.char_rnn.config import CharRNNConfig

State = Tensor | tuple[Tensor, Tensor]  # (layers, B, H); for LSTM the pair h, c


class Network(nn.Module):
    """`nn.RNN`, `nn.LSTM` or `nn.GRU` over encoded characters; its outputs, or a Linear on them, are the logits."""

    def __init__(self, config: CharRNNConfig) -> None:
        super().__init__()
        self.classes = config.classes
        self.embedding = nn.Embedding(config.classes, config.embedding_size) if config.encoding == "embedding" else None
        self.rnn = _recurrent(config)
        self.head = nn.Linear(config.units, config.classes) if config.head == "linear" else nn.Identity()

    def encode(self, x: Tensor) -> Tensor:
        """Class numbers (B, T) as vectors (B, T, F): rows of the embedding's table, or a single 1 among zeros.

        What is encoded already stays as it is.
        """
        if x.is_floating_point():
            return x
        if self.embedding is not None:
            embedded: Tensor = self.embedding(x)
            return embedded
        return torch.zeros(*x.shape, self.classes, device=x.device).scatter_(2, x.unsqueeze(2), 1.0)

    def read(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """The last layer's hidden states (B, T, H) and the state at the end, from `state` or else from zeros."""
        outputs, state = self.rnn(self.encode(x), state)
        return outputs, state

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Logits (B, T, V) for class numbers (B, T), and the state at the end."""
        outputs, state = self.read(x, state)
        return self.head(outputs), state


def _recurrent(config: CharRNNConfig) -> nn.RNNBase:
    sizes = {"input_size": config.features, "hidden_size": config.units, "num_layers": config.layers}
    match config.cell:
        case "rnn_tanh":
            return nn.RNN(**sizes, batch_first=True)
        case "rnn_relu":
            return nn.RNN(**sizes, nonlinearity="relu", batch_first=True)
        case "lstm":
            return nn.LSTM(**sizes, batch_first=True)
        case "gru":
            return nn.GRU(**sizes, batch_first=True)


def detached(state: State) -> State:
    """The same numbers cut off from the graph: the next piece goes on from them, its gradient stops there."""
    if isinstance(state, tuple):
        return state[0].detach(), state[1].detach()
    return state.detach()


def hidden_part(state: State) -> Tensor:
    """h of a state, (layers, B, H)."""
    return state[0] if isinstance(state, tuple) else state
