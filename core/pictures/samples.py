"""The rows of a data set as a classifier's pictures see them, and planes through the space of their features."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MARGIN = 0.1  # of a plane beyond the outermost samples, as a share of their range


@dataclass(frozen=True)
class Samples:
    """n samples with F features, of C classes; `train` and `test` hold row numbers."""

    features: Sequence[str]
    classes: Sequence[str]
    measured: Floats  # (n, …) as they were measured
    x: Tensor  # (n, F) float32: what the network is given, on its device
    labels: Ints  # (n,) what it is told
    train: Ints
    test: Ints


@dataclass(frozen=True)
class Plane:
    """A grid of inputs to the network and where the samples lie on it."""

    axes: tuple[str, str]  # names of features; "" where there is no second axis
    x: Floats  # (columns,)
    y: Floats  # (rows,)
    inputs: NDArray[np.float32]  # (rows * columns, F), rows of constant y one after another
    points: Floats  # (n, 2)

    @cached_property
    def drawn(self) -> dict[str, Any]:
        """`axes`, and the middles of the cells along them, `x` and `y`."""
        return {"axes": list(self.axes), "x": np.round(self.x, 3).tolist(), "y": np.round(self.y, 3).tolist()}


def ticks(values: Floats, size: int) -> Floats:
    """The middles of `size` cells, from below the least value to above the greatest."""
    low, high = values.min(), values.max()
    margin = MARGIN * (high - low) or 0.5  # where all values are the same
    return np.linspace(low - margin, high + margin, size)


def cells(x: Floats, y: Floats) -> Floats:
    """Every point of a grid, (rows * columns, 2)."""
    across, up = np.meshgrid(x, y)
    return np.stack([across.ravel(), up.ravel()], axis=1)
