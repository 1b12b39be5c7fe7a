"""The network: linear layers with an activation between them. B rows, F features, C = 3 classes."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "gelu": F.gelu,
    "none": nn.Identity(),
}


class Network(nn.Module):
    """F → hidden units … → C. The layers are made in order, so `torch.manual_seed` gives them their usual weights.

    Args:
        inputs: F.
        hidden: the units of each hidden layer; none makes it softmax regression.
        outputs: C.
        activation: a name in ACTIVATIONS.
        dropout: the share of hidden outputs set to zero while training.
    """

    def __init__(self, inputs: int, hidden: Sequence[int], outputs: int, activation: str, dropout: float) -> None:
        super().__init__()
        sizes = [inputs, *hidden, outputs]
        self.layers = tuple(nn.Linear(*pair) for pair in pairwise(sizes))
        self.hidden = nn.ModuleList(self.layers[:-1])
        self.output = self.layers[-1]
        self._parameters_by_layer = [(layer.weight, layer.bias) for layer in self.layers]
        self.activation = ACTIVATIONS[activation]
        self.dropout = dropout
        self.outputs: list[Tensor] = []  # of each hidden layer in the last pass, before dropout: (B, units)

    def forward(self, x: Tensor) -> Tensor:  # (B, F) -> (B, C), the logits: cross_entropy takes the softmax itself
        self.outputs.clear()
        *hidden, output = self._parameters_by_layer  # calling a Linear looks them up anew: a thirtieth of an epoch
        for weight, bias in hidden:
            x = self.activation(F.linear(x, weight, bias))
            self.outputs.append(x)
            if self.dropout:
                x = F.dropout(x, self.dropout, self.training)
        return F.linear(x, *output)

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """Logits (B, C) for `x` (B, F) without dropout and without a graph."""
        training = self.training
        self.training = False  # only forward reads it; eval() would walk the whole tree
        logits: Tensor = self(x)
        self.training = training
        return logits

    def alive(self) -> list[NDArray[np.bool_]]:
        """For each hidden layer which units (units,) put out anything but 0 in the last pass: no gradient wakes another ReLU."""
        return [np.asarray(outputs.numpy(force=True).any(0)) for outputs in self.outputs]

    def dead_units(self) -> list[list[int]]:
        """For each hidden layer the units that put out 0 for every row of the last pass."""
        return [np.flatnonzero(~alive).tolist() for alive in self.alive()]
