"""Planes through the space of the features, on which the decision regions are drawn."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from core.experiments.iris.config import FEATURES, Feature, IrisConfig
from core.experiments.iris.data import CLASSES, Floats, Flowers

SIZE = 60  # cells along each side
MARGIN = 0.1  # beyond the outermost flowers, as a share of their range


@dataclass(frozen=True)
class Plane:
    """A grid of inputs to the network and where the flowers lie on it."""

    axes: tuple[str, str]  # feature names; "pc1", "pc2"; "" where there is no second axis
    x: Floats  # (SIZE,)
    y: Floats  # (SIZE,)
    inputs: NDArray[np.float32]  # (SIZE * SIZE, F), rows of constant y one after another
    flowers: Floats  # (150, 2)


def default_plane(config: IrisConfig) -> str:
    """The name of the plane shown first: the last two chosen features, the petals' by default."""
    return ",".join(config.features[-2:])


def plane(name: str, config: IrisConfig, flowers: Flowers) -> Plane:
    """The plane `name`: two chosen features such as `petal_length,petal_width`, the one feature there is, or `pca`.

    Raises:
        KeyError: no such plane under `config`.
    """
    if name == "pca" and len(config.features) > 1:
        return _principal(flowers)
    chosen = name.split(",")
    if not set(chosen) <= set(config.features) or len(set(chosen)) != min(2, len(config.features)):
        raise KeyError(f"No plane {name!r} over the features {', '.join(config.features)}.")
    return _spanned(chosen, flowers)


def _spanned(chosen: list[str], flowers: Flowers) -> Plane:
    """One feature across, one up, the others at their mean. With one feature alone each species has a row of its own."""
    columns = [FEATURES.index(cast(Feature, feature)) for feature in chosen]
    across = flowers.measured[:, columns[0]]
    up = flowers.measured[:, columns[1]] if len(columns) == 2 else (flowers.labels + 0.5) / len(CLASSES)
    x, y = _ticks(across), _ticks(up)
    measured = np.tile(flowers.measured[flowers.train].mean(0), (SIZE * SIZE, 1))  # (cells, 4)
    for column, values in zip(columns, _cells(x, y), strict=False):
        measured[:, column] = values
    axes = (chosen[0], chosen[1] if len(chosen) == 2 else "")
    return Plane(axes, x, y, flowers.inputs(measured), np.stack([across, up], axis=1))


def _principal(flowers: Flowers) -> Plane:
    """The two directions in which the training flowers, as the network sees them, differ most; the rest at its mean."""
    seen = flowers.inputs(flowers.measured).astype(np.float64)
    components = PCA(2, svd_solver="full").fit(seen[flowers.train])
    points = components.transform(seen)  # (150, 2)
    x, y = _ticks(points[:, 0]), _ticks(points[:, 1])
    cells = np.stack(_cells(x, y), axis=1)
    return Plane(("pc1", "pc2"), x, y, components.inverse_transform(cells).astype(np.float32), points)


def _ticks(values: Floats) -> Floats:
    low, high = values.min(), values.max()
    margin = MARGIN * (high - low)
    return np.linspace(low - margin, high + margin, SIZE)


def _cells(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    across, up = np.meshgrid(x, y)
    return across.ravel(), up.ravel()
