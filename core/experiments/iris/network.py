"""The network of the program, as pictures and rows look at it. B rows, F features, C = 3 classes."""

from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


class Network:
    """The layers of an `nn.Sequential`, or a bare `nn.Linear`: F → hidden units … → C."""

    def __init__(self, model: nn.Module) -> None:
        modules = list(model) if isinstance(model, nn.Sequential) else [model]
        self._without_dropout = [module for module in modules if not isinstance(module, nn.Dropout)]
        self.layers = tuple(module for module in modules if isinstance(module, nn.Linear))
        self.hidden, self.output = self.layers[:-1], self.layers[-1]
        self.parameters = list(model.parameters())
        self.outputs: dict[int, Tensor] = {}  # of each ReLU in the last pass that learned: (B, units)
        for number, module in enumerate(module for module in modules if isinstance(module, nn.ReLU)):
            module.register_forward_hook(partial(self._keep, number))

    def _keep(self, number: int, _module: nn.Module, _given: Any, outputs: Tensor) -> None:
        if outputs.requires_grad:
            self.outputs[number] = outputs

    def count_dead(self, x: Tensor) -> int:
        """How many units are dead for `x`, of which the last pass that learned may have been."""
        if len(self.outputs[0]) < len(x):
            return sum(map(len, self.dead_units(x)))
        return sum(outputs.shape[1] - int(np.count_nonzero(outputs.numpy(force=True).any(0))) for outputs in self.outputs.values())

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """Logits (B, C) for `x` (B, F) without dropout and without a graph."""
        for module in self._without_dropout:
            x = module(x)
        return x

    @torch.no_grad()
    def dead_units(self, x: Tensor) -> list[list[int]]:
        """For each hidden layer the units whose ReLU puts out 0 for every row of `x` (B, F): they have no gradient, so they stay at 0."""
        dead = []
        for module in self._without_dropout:
            x = module(x)
            if isinstance(module, nn.ReLU):
                dead.append(np.flatnonzero(~x.numpy(force=True).any(0)).tolist())
        return dead


def gradient(parameter: Tensor) -> NDArray[np.float32]:
    """The gradient that a backward has filled."""
    filled: Tensor = parameter.grad  # type: ignore[assignment]  # None only before the first backward
    return filled.numpy(force=True)
