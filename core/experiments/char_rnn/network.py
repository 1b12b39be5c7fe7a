"""The network: characters in, a score for each possible next character out.

B, T, V, F, H = batch, sequence length, characters of the alphabet, features of an encoded character, hidden units.
"""

import torch
from torch import Tensor, nn

State = Tensor | tuple[Tensor, Tensor]  # (layers, B, H); for LSTM the pair h, c


class Network(nn.Module):
    """The program's model taken apart: `nn.RNN`, `nn.LSTM` or `nn.GRU` over encoded characters; its outputs, or a Linear on
    them, are the logits.

    Args:
        model: a bare recurrent layer, or a module that holds one as `rnn`, with an `embedding` or a `head` or both.
        classes: V.
    """

    def __init__(self, model: nn.Module, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.embedding: nn.Embedding | None = getattr(model, "embedding", None)
        self.rnn: nn.RNNBase = model if isinstance(model, nn.RNNBase) else model.get_submodule("rnn")  # type: ignore[assignment]
        self.head: nn.Module = getattr(model, "head", nn.Identity())

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


def hidden_part(state: State) -> Tensor:
    """h of a state, (layers, B, H)."""
    return state[0] if isinstance(state, tuple) else state
