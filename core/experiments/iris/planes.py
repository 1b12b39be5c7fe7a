"""Planes through the space of the features, on which the decision regions are drawn."""

from itertools import combinations

import numpy as np
from sklearn.decomposition import PCA

from core.experiments.iris.data import DataSet
from core.pictures.samples import Plane, cells, ticks

SIZE = 60  # cells along each side


def planes(data: DataSet) -> list[str]:
    """Any two of the chosen features, the last two first: the petals' by default. And the principal components."""
    pairs = [",".join(pair) for pair in combinations(data.chosen, 2)]
    return [*pairs[::-1], "pca"] if pairs else [data.chosen[0]]


def plane(name: str, data: DataSet) -> Plane:
    """The plane `name`: two chosen features such as `petal_length,petal_width`, the one feature there is, or `pca`.

    Raises:
        KeyError: no such plane through these features.
    """
    if name == "pca" and len(data.columns) > 1:
        return _principal(data)
    chosen = name.split(",")
    if not set(chosen) <= set(data.chosen) or len(set(chosen)) != min(2, len(data.columns)):
        raise KeyError(f"No plane {name!r} over the features {', '.join(data.chosen)}.")
    return _spanned(chosen, data)


def _spanned(chosen: list[str], data: DataSet) -> Plane:
    """One feature across, one up, the others at their mean. With one feature alone each class has a row of its own."""
    columns = [data.names.index(feature) for feature in chosen]
    across = data.measured[:, columns[0]]
    up = data.measured[:, columns[1]] if len(columns) == 2 else (data.labels + 0.5) / len(data.classes)
    x, y = ticks(across, SIZE), ticks(up, SIZE)
    measured = np.tile(data.measured[data.train].mean(0), (SIZE * SIZE, 1))  # (cells, all features)
    measured[:, columns] = cells(x, y)[:, : len(columns)]
    axes = (chosen[0], chosen[1] if len(chosen) == 2 else "")
    return Plane(axes, x, y, data.inputs(measured), np.stack([across, up], axis=1))


def _principal(data: DataSet) -> Plane:
    """The two directions in which the training samples, as the network sees them, differ most; the rest at its mean."""
    seen = data.inputs(data.measured).astype(np.float64)
    components = PCA(2, svd_solver="full").fit(seen[data.train])
    points = components.transform(seen)  # (n, 2)
    x, y = ticks(points[:, 0], SIZE), ticks(points[:, 1], SIZE)
    return Plane(("pc1", "pc2"), x, y, components.inverse_transform(cells(x, y)).astype(np.float32), points)
