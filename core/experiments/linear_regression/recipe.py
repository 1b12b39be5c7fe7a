"""Linear regression in PyTorch: by hand with two tensors, or with `nn.Linear(1, 1)`."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.experiment import Experiment, Row, View, batches
from core.experiments.linear_regression.config import LinearRegressionConfig
from core.experiments.linear_regression.data import curvatures, optimum, samples, surface
from core.optimizers import optimizer

SHOWN_POINTS = 500


LOSSES: dict[tuple[str, str], Callable[[Tensor, Tensor], Tensor]] = {
    ("tensors", "mse"): lambda prediction, y: ((prediction - y) ** 2).mean(),
    ("tensors", "l1"): lambda prediction, y: (prediction - y).abs().mean(),
    ("tensors", "huber"): F.huber_loss,
    ("module", "mse"): F.mse_loss,
    ("module", "l1"): F.l1_loss,
    ("module", "huber"): F.huber_loss,
}


class LinearRegression(Experiment):
    """Its rows are counted from 0: row k is the state after k updates, everything in it of the same moment."""

    first_step = 0
    config: LinearRegressionConfig
    forward: Callable[[Tensor], Tensor]

    def __init__(self, config: LinearRegressionConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self._x, self._y = samples(config)
        dtype = getattr(torch, config.dtype)  # numpy hands out float64; the parameters below are float32
        self.x = torch.tensor(self._x, dtype=dtype, device=device)[:, None]  # (n, 1)
        self.y = torch.tensor(self._y, dtype=dtype, device=device)[:, None]  # (n, 1)
        self.W, self.b = self._tensors() if config.formulation == "tensors" else self._module()
        self.loss = LOSSES[config.formulation, config.loss]
        self.optimizer = optimizer(config, [self.W, self.b])
        self._start = self.W.item(), self.b.item()

    def _tensors(self) -> tuple[Tensor, Tensor]:
        W, b = torch.empty(1, 1), torch.empty(1)
        match self.config.start:
            case "zeros":
                W, b = torch.zeros(1, 1), torch.zeros(1)
            case "pytorch":  # the range that nn.Linear(1, 1) draws from
                W.uniform_(-1, 1), b.uniform_(-1, 1)
            case "typed":
                W, b = torch.full((1, 1), self.config.W0), torch.full((1,), self.config.b0)
        W, b = W.to(self.device).requires_grad_(), b.to(self.device).requires_grad_()
        self.forward = lambda x: x @ W + b
        return W, b

    def _module(self) -> tuple[Tensor, Tensor]:
        model = nn.Linear(1, 1)
        if self.config.start != "pytorch":
            typed = self.config.start == "typed"
            nn.init.constant_(model.weight, self.config.W0 if typed else 0.0)
            nn.init.constant_(model.bias, self.config.b0 if typed else 0.0)
        self.forward = model.to(self.device)
        return model.weight, model.bias

    def loop(self) -> Iterator[Row]:
        while not self.done:
            for batch, (x, y) in enumerate(batches(self.x, self.y, self.config)):
                prediction = self.forward(x)
                loss = self.loss(prediction, y)
                self.optimizer.zero_grad()
                loss.backward()
                if batch == 0:
                    yield self._row(loss, whole=x is self.x)
                self.optimizer.step()

    def _row(self, loss: Tensor, whole: bool) -> Row:
        if not whole:
            with torch.no_grad():
                loss = self.loss(self.forward(self.x), self.y)
        return {
            "loss": loss.item(),
            "W": self.W.item(),
            "b": self.b.item(),
            "dW": _slope(self.W),
            "db": _slope(self.b),
        }

    def facts(self) -> Mapping[str, Any]:
        x, y = self._x, self._y
        best = optimum(self.config.loss, x, y)
        flattest, steepest = curvatures(x)
        shown = slice(None, None, -(-len(x) // SHOWN_POINTS))
        ends = [float(x.min()), float(x.max())]
        return {
            "rows": len(x),
            "points": {"x": x[shown].tolist(), "y": y[shown].tolist()},
            "best": {"W": best.W, "b": best.b, "loss": best.loss},
            "best_line": {"x": ends, "y": [best.W * end + best.b for end in ends]},
            "curvature": {"low": flattest, "high": steepest},
            "surface": surface(self.config.loss, x, y, self._start, best),
        }

    @property
    def views(self) -> Mapping[str, View]:
        return {"line": self._line}

    def _line(self) -> dict[str, list[float]]:
        W, b = self.W.item(), self.b.item()
        ends = [float(self._x.min()), float(self._x.max())]
        return {"x": ends, "y": [W * end + b for end in ends]}


def _slope(parameter: Tensor) -> float:
    """The one number in `.grad`; NaN before the first `backward()`."""
    return math.nan if parameter.grad is None else parameter.grad.item()


RECIPE = LinearRegression
