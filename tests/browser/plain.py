"""Linear regression as a person would write it at first, to compare with what the page draws."""

from collections.abc import Mapping

import torch

THREE_POINTS = torch.tensor([[1.0], [2.0], [3.0]])


def descend(epochs: int, lr: float = 0.01, lr_from: Mapping[int, float] | None = None) -> dict[str, list[float]]:
    """W, b and loss at each epoch 0 … epochs, each row of one moment: before the update.

    Args:
        lr_from: another learning rate from this epoch's update on.
    """
    x = y = THREE_POINTS
    W = torch.zeros(1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=lr)
    rows: dict[str, list[float]] = {"W": [], "b": [], "loss": []}
    for epoch in range(epochs + 1):
        loss = ((x * W + b - y) ** 2).mean()
        for name, value in (("W", W), ("b", b), ("loss", loss)):
            rows[name].append(value.item())
        optimizer.param_groups[0]["lr"] = (lr_from or {}).get(epoch, optimizer.param_groups[0]["lr"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return rows
