"""Planes through the space of the features, on which the decision regions are drawn."""

from itertools import combinations
from typing import cast

import numpy as np
from sklearn.decomposition import PCA

from core.experiments.iris.config import FEATURES, Feature, IrisConfig
from core.experiments.iris.data import CLASSES, Flowers
from core.pictures.samples import Plane, cells, ticks

SIZE = 60  # cells along each side


def planes(config: IrisConfig) -> list[str]:
    """Any two of the chosen features, the last two first: the petals' by default. And the principal components."""
    pairs = [",".join(pair) for pair in combinations(config.features, 2)]
    return [*pairs[::-1], "pca"] if pairs else [config.features[0]]


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
    x, y = ticks(across, SIZE), ticks(up, SIZE)
    measured = np.tile(flowers.measured[flowers.train].mean(0), (SIZE * SIZE, 1))  # (cells, 4)
    measured[:, columns] = cells(x, y)[:, : len(columns)]
    axes = (chosen[0], chosen[1] if len(chosen) == 2 else "")
    return Plane(axes, x, y, flowers.inputs(measured), np.stack([across, up], axis=1))


def _principal(flowers: Flowers) -> Plane:
    """The two directions in which the training flowers, as the network sees them, differ most; the rest at its mean."""
    seen = flowers.inputs(flowers.measured).astype(np.float64)
    components = PCA(2, svd_solver="full").fit(seen[flowers.train])
    points = components.transform(seen)  # (150, 2)
    x, y = ticks(points[:, 0], SIZE), ticks(points[:, 1], SIZE)
    return Plane(("pc1", "pc2"), x, y, components.inverse_transform(cells(x, y)).astype(np.float32), points)
