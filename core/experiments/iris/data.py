"""The 150 flowers as one config sees them: which are tested, which labels are wrong, what the network is given."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from core.experiments.iris.config import FEATURES, IrisConfig
from core.pictures.samples import Floats, Ints

CLASSES = ("setosa", "versicolor", "virginica")


@dataclass(frozen=True)
class Flowers:
    """All flowers, n = 150, F chosen features; `train` and `test` hold row numbers."""

    measured: Floats  # (n, 4) in centimetres, all features
    species: Ints  # (n,) 0, 1 or 2: what they are
    labels: Ints  # (n,) what the network is told; differs from `species` by the label noise
    train: Ints
    test: Ints
    columns: Ints  # (F,) which features are chosen
    mean: Floats  # (F,) over the training flowers if standardized, else 0
    scale: Floats  # (F,) their standard deviation if standardized, else 1

    def inputs(self, measured: Floats) -> NDArray[np.float32]:
        """What the network is given for `measured` (rows, 4): (rows, F), standardized if asked for, as float32.

        Row after row in memory, as the data set is: another layout adds in another order, and the last bits differ.
        """
        return ((measured.take(self.columns, axis=1) - self.mean) / self.scale).astype(np.float32, order="C")


@cache
def _measurements() -> tuple[Floats, Ints]:
    measured, species = load_iris(return_X_y=True)
    return measured, species.astype(np.int64)


def flowers(config: IrisConfig) -> Flowers:
    """The data that `config` asks for. The same config gives the same rows in the same order; torch draws nothing."""
    measured, species = _measurements()
    train, test = _split(species, config)
    columns = np.array([FEATURES.index(feature) for feature in config.features])
    mean, scale = np.zeros(len(columns)), np.ones(len(columns))
    if config.standardize:
        scaler = StandardScaler().fit(measured[train].take(columns, axis=1))  # the test flowers must not be seen here
        mean, scale = scaler.mean_, scaler.scale_
    return Flowers(measured, species, _noisy_labels(species, train, config), train, test, columns, mean, scale)


def _split(species: Ints, config: IrisConfig) -> tuple[Ints, Ints]:
    """Training and test rows with the same share of each species; without a test set all rows in their order.

    A test set has one flower of each species at least.
    """
    rows = np.arange(len(species))
    if not config.test_share:
        return rows, rows[:0]
    share = max(config.test_share, len(CLASSES) / len(rows))
    train, test = train_test_split(rows, test_size=share, stratify=species, random_state=config.seed)
    return train, test


def _noisy_labels(species: Ints, train: Ints, config: IrisConfig) -> Ints:
    """The labels with a share of the training ones made wrong; the test labels stay true."""
    labels = species.copy()
    generator = np.random.default_rng(config.seed)
    wrong = generator.choice(train, round(config.label_noise * len(train)), replace=False)
    labels[wrong] = (labels[wrong] + generator.integers(1, len(CLASSES), len(wrong))) % len(CLASSES)
    return labels
