"""The network of a program, as pictures and rows look at it. B rows, F features, C classes."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


class Network:
    """The layers of an `nn.Sequential`, or a bare `nn.Linear`: F → hidden units … → C, or one logit for two classes."""

    def __init__(self, model: nn.Module) -> None:
        modules = list(model) if isinstance(model, nn.Sequential) else [model]
        self._without_dropout = [module for module in modules if not isinstance(module, nn.Dropout)]
        self.layers = tuple(module for module in modules if isinstance(module, nn.Linear))
        self.hidden, self.output = self.layers[:-1], self.layers[-1]
        self.parameters = list(model.parameters())
        self._units = [module for module in modules if isinstance(module, nn.ReLU)]
        for module in self._units:
            module.__class__ = _KeptReLU

    def count_dead(self, x: Tensor) -> int:
        """How many units are dead for `x`, of which the last pass that learned may have been."""
        outputs: list[Tensor] = [vars(module)["outputs"] for module in self._units]
        if len(outputs[0]) < len(x):
            return sum(map(len, self.dead_units(x)))
        return sum(one.shape[1] - int(np.count_nonzero(one.numpy(force=True).any(0))) for one in outputs)

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """Logits (B, C) for `x` (B, F) without dropout and without a graph."""
        for module in self._without_dropout:
            x = module(x)
        return of_both(x)

    @torch.no_grad()
    def inputs_of_layers(self, x: Tensor) -> list[Tensor]:
        """What each linear layer is given for `x` (B, F): `x` itself, then the outputs of each hidden layer, (B, units)."""
        given = []
        for module in self._without_dropout:
            if isinstance(module, nn.Linear):
                given.append(x)
            x = module(x)
        return given

    @torch.no_grad()
    def dead_units(self, x: Tensor) -> list[list[int]]:
        """For each hidden layer the units whose ReLU puts out 0 for every row of `x` (B, F): they have no gradient, so they stay at 0."""
        dead = []
        for module in self._without_dropout:
            x = module(x)
            if isinstance(module, nn.ReLU):
                dead.append(np.flatnonzero(~x.numpy(force=True).any(0)).tolist())
        return dead


class ByHand(nn.Linear):
    """x @ W + b as a layer that can be looked at: the program's own tensors W (F, C) and b (C,), not copies."""

    def __init__(self, W: Tensor, b: Tensor) -> None:
        nn.Module.__init__(self)
        (self.in_features, self.out_features), self._W, self._b = W.shape, W, b

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:
        """W and b, which are no parameters of a module."""
        yield from (self._W, self._b)  # type: ignore[misc]

    @property
    def weight(self) -> Tensor:  # type: ignore[override]
        """W as a module keeps it, (C, F), with its gradient."""
        turned = self._W.detach().T
        turned.grad = None if self._W.grad is None else self._W.grad.T
        return turned

    @property
    def bias(self) -> Tensor:  # type: ignore[override]
        """b."""
        return self._b

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - PyTorch's own name for it
        """(B, C) for (B, F)."""
        return input @ self._W + self._b


class _KeptReLU(nn.ReLU):
    """A ReLU that keeps what it put out in the last pass that learned: (B, units). A forward hook would take eight times as long."""

    def forward(self, x: Tensor) -> Tensor:
        outputs = torch.relu(x)
        if outputs.requires_grad:
            self.__dict__["outputs"] = outputs  # past the search of `nn.Module` for parameters and modules
        return outputs


def of_both(logits: Tensor) -> Tensor:
    """One logit z as two, 0 and z, of which the softmax is 1 − sigmoid(z) and sigmoid(z); more stay as they are."""
    return torch.cat([torch.zeros_like(logits), logits], dim=1) if logits.shape[1] == 1 else logits


def gradient(parameter: Tensor) -> NDArray[np.float32]:
    """The gradient that a backward has filled."""
    filled: Tensor = parameter.grad  # type: ignore[assignment]  # None only before the first backward
    return filled.numpy(force=True)
