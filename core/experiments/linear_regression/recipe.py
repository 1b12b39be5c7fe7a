"""Linear regression in PyTorch: by hand with two tensors, or with `nn.Linear(1, 1)`."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.experiment import Experiment, Row, View, batches
from core.experiments.linear_regression.config import LinearRegressionConfig
from core.experiments.linear_regression.data import (
    Floats,
    curvatures,
    in_units,
    misfits,
    of_one_sample,
    optimum,
    raw,
    scalings,
    standardization,
    surface,
)
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
    """Its rows are counted from 0: row k is the state after k updates, everything in it of the same moment.

    W and b are what is trained. Over standardized values, `W_data` and `b_data` are the same line in the units of the data,
    as it is drawn.
    """

    first_step = 0
    config: LinearRegressionConfig
    forward: Callable[[Tensor], Tensor]

    def __init__(self, config: LinearRegressionConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self._x, self._y = raw(config)
        self._scalings = scalings(config, self._x, self._y)
        self._scaled = config.standardize or config.standardize_y
        dtype = getattr(torch, config.dtype)  # numpy hands out float64; the parameters below are float32
        x, y = self._given
        self.x = torch.tensor(x, dtype=dtype, device=device)[:, None]  # (n, 1)
        self.y = torch.tensor(y, dtype=dtype, device=device)[:, None]  # (n, 1)
        self.W, self.b = self._tensors() if config.formulation == "tensors" else self._module()
        self.loss = LOSSES[config.formulation, config.loss]
        self.optimizer = optimizer(config, [self.W, self.b])
        self._start = self.W.item(), self.b.item()

    @property
    def _given(self) -> tuple[Floats, Floats]:
        """x and y as the model is given them."""
        return self._scalings[0].of(self._x), self._scalings[1].of(self._y)

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
            **(self._in_units(self.W.item(), self.b.item()) if self._scaled else {}),
        }

    def _in_units(self, W: float, b: float) -> Row:
        slope, intercept = in_units(W, b, *self._scalings)
        return {"W_data": slope, "b_data": intercept}

    def facts(self) -> Mapping[str, Any]:
        kind, (x, y) = self.config.loss, self._given
        best = optimum(kind, x, y)
        flattest, steepest = curvatures(x)
        shown = slice(None, None, -(-len(x) // SHOWN_POINTS))
        return {
            "rows": len(x),
            "points": {"x": self._x[shown].tolist(), "y": self._y[shown].tolist()},
            "best": {"W": best.W, "b": best.b, "loss": best.loss},
            "best_line": self._drawn(best.W, best.b),
            "start_line": self._in_sight(self._drawn(*self._start)),
            "curvature": {
                "low": flattest,
                "high": steepest,
                "one_sample": of_one_sample(x),
                "one_sample_standardized": of_one_sample(standardization(x)[0].of(x)),
            },
            "largest": {"x": float(abs(x).max()), "y": float(abs(y).max())},
            "misfits": misfits(kind, x, y, self._start),
            "surface": surface(kind, x, y, self._start, best),
        }

    def _in_sight(self, line: dict[str, list[float]]) -> dict[str, list[float]]:
        """A line, no further from the data than twice their height: one from far away leaves them to be seen."""
        low, high = float(self._y.min()), float(self._y.max())
        far = 2 * (high - low or 1.0)
        return {**line, "y": [min(max(y, low - far), high + far) for y in line["y"]]}

    @property
    def views(self) -> Mapping[str, View]:
        return {"line": self._line}

    def _line(self) -> dict[str, list[float]]:
        return self._drawn(self.W.item(), self.b.item())

    def _drawn(self, W: float, b: float) -> dict[str, list[float]]:
        """A line over the data, in its units. At the ends of x, so that no product is larger than it must be."""
        (of_x, of_y), ends = self._scalings, [float(self._x.min()), float(self._x.max())]
        return {"x": ends, "y": [(W * ((end - of_x.mean) / of_x.scale) + b) * of_y.scale + of_y.mean for end in ends]}


def _slope(parameter: Tensor) -> float:
    """The one number in `.grad`; NaN before the first `backward()`."""
    return math.nan if parameter.grad is None else parameter.grad.item()


RECIPE = LinearRegression
