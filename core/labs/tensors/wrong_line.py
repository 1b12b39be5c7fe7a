"""The wrong line: what a prediction (N, 1) against a target (N) does to a regression, beside the same one with a target (N, 1)."""

import warnings
from typing import Any

import torch
from torch import Tensor


def wrong_line(points: int = 12, steps: int = 120, lr: float = 0.2, seed: int = 0) -> dict[str, Any]:
    """The same regression twice: the prediction (N, 1) against a target (N, 1), and against (N).

    Returns:
        x, y: the points; right, wrong: for each step W, b and the loss before it; residuals: how many each loss averages.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.linspace(-1, 1, points).unsqueeze(1)
    column = 1.5 * x + 0.5 + 0.15 * torch.randn(points, 1, generator=generator)
    found: dict[str, Any] = {"x": x.flatten().tolist(), "y": column.flatten().tolist()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's one warning, which the page quotes
        for name, target in (("right", column), ("wrong", column.squeeze(1))):
            found[name] = _fitted(x, target, steps, lr)
            found[f"{name}_residuals"] = (torch.zeros(points, 1) - target).numel()
    return found


def _fitted(x: Tensor, target: Tensor, steps: int, lr: float) -> dict[str, list[float]]:
    W, b = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=lr)
    rows: dict[str, list[float]] = {"W": [], "b": [], "loss": []}
    for _ in range(steps):
        loss = torch.nn.functional.mse_loss(x @ W + b, target)
        optimizer.zero_grad()
        loss.backward()
        for key, value in (("W", W), ("b", b), ("loss", loss)):
            rows[key].append(value.item())
        optimizer.step()
    return rows
