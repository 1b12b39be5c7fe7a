"""The iris classifier as a person would write it at first, to compare with what the page draws."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from sklearn.datasets import load_iris
from torch import nn

EPOCHS = 300


@dataclass(frozen=True)
class Plain:
    """What a plain program of thirty lines finds: losses, accuracies, and the trained network."""

    loss: list[float]
    accuracy: list[float]
    model: nn.Sequential
    x: torch.Tensor
    y: torch.Tensor

    def chances(self, flower: Sequence[float]) -> list[str]:
        """One flower's three probabilities as the page writes them."""
        found = self.probabilities(torch.tensor([flower]))[0]
        return [f"{100 * float(f'{chance:.4g}'):.1f} %" for chance in found]

    def probabilities(self, x: torch.Tensor) -> NDArray[np.float32]:
        with torch.no_grad():
            return torch.softmax(self.model(x), 1).numpy()

    @property
    def predicted(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self.probabilities(self.x).argmax(1)
        return found


def trained_plainly() -> Plain:
    """The defaults, for fewer epochs."""
    measured, species = load_iris(return_X_y=True)
    x, y = torch.tensor(measured, dtype=torch.float32), torch.tensor(species, dtype=torch.int64)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses, accuracies = [], []
    for _ in range(EPOCHS):
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        accuracies.append(float((logits.argmax(1) == y).double().mean()))
        optimizer.step()
    return Plain(losses, accuracies, model, x, y)
