"""What is recorded and drawn of linear regression, read from its program."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.experiments.linear_regression.config import LinearRegressionConfig
from core.experiments.linear_regression.data import (
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
from core.program.experiment import Row, View
from core.program.running import Programmed

SHOWN_POINTS = 500


class LinearRegression(Programmed):
    """Its rows are counted from 0: row k is the state after k updates, everything in it of the same moment.

    W and b are what is trained. Over standardized values, `W_data` and `b_data` are the same line in the units of the data,
    as it is drawn.
    """

    path = Path(__file__).with_name("program.py")
    first_step = 0
    config: LinearRegressionConfig

    def __init__(self, config: LinearRegressionConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self.W: Tensor = self.names["W"]
        self.b: Tensor = self.names["b"]
        self._x, self._y = raw(config)
        self._scalings = scalings(config, self._x, self._y)
        self._scaled = config.standardize or config.standardize_y
        self._start = self.W.item(), self.b.item()

    @classmethod
    def stacks(cls, config: Any) -> bool:
        return bool(config.dtype == "float32")

    def row(self) -> Row:
        W, b = self.W.item(), self.b.item()
        row = {"loss": self.names["loss"].item(), "W": W, "b": b, "dW": _slope(self.W), "db": _slope(self.b)}
        if self._scaled:
            row["W_data"], row["b_data"] = in_units(W, b, *self._scalings)
        return row

    def facts(self) -> Mapping[str, Any]:
        kind = self.config.loss
        x, y = self._scalings[0].of(self._x), self._scalings[1].of(self._y)  # as the model is given them
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
        """A line, cut to twice the height of the data: else a line far away would press them flat."""
        low, high = float(self._y.min()), float(self._y.max())
        far = 2 * (high - low or 1.0)
        return {**line, "y": [min(max(y, low - far), high + far) for y in line["y"]]}

    @property
    def views(self) -> Mapping[str, View]:
        return {"line": lambda: self._drawn(self.W.item(), self.b.item())}

    def _drawn(self, W: float, b: float) -> dict[str, list[float]]:
        """A line over the data, in its units. At the ends of x, so that no product is larger than it must be."""
        (of_x, of_y), ends = self._scalings, [float(self._x.min()), float(self._x.max())]
        return {"x": ends, "y": [(W * ((end - of_x.mean) / of_x.scale) + b) * of_y.scale + of_y.mean for end in ends]}


def _slope(parameter: Tensor) -> float:
    """The one number in `.grad`; NaN before the first `backward()`."""
    return math.nan if parameter.grad is None else parameter.grad.item()


WATCH = LinearRegression
