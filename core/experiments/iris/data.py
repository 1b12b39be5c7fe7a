"""The samples as one config sees them: which are tested, which labels are wrong, what the network is given."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from core.experiments.iris.config import IrisConfig
from core.pictures.samples import Floats, Ints


@dataclass(frozen=True)
class DataSet:
    """n samples with all their features, of which F are chosen; `train` and `test` hold row numbers.

    The names are those that pictures are told. A page gives those of a learner's table in words: whatever stands in a file,
    these can be part of a picture's name.
    """

    names: tuple[str, ...]  # of all features
    classes: tuple[str, ...]
    measured: Floats  # (n, all features)
    kinds: Ints  # (n,) the class of each: what it is
    labels: Ints  # (n,) what the network is told; differs from `kinds` by the label noise
    train: Ints
    test: Ints
    columns: Ints  # (F,) which features are chosen
    mean: Floats  # (F,) over the training samples if standardized, else 0
    scale: Floats  # (F,) their standard deviation if standardized, else 1

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the chosen features."""
        return tuple(self.names[column] for column in self.columns)

    def inputs(self, measured: Floats) -> NDArray[np.float32]:
        """What the network is given for `measured` (rows, all features): (rows, F), standardized if asked for, as float32.

        Row after row in memory, as the data set is: another layout adds in another order, and the last bits differ.
        """
        return ((measured.take(self.columns, axis=1) - self.mean) / self.scale).astype(np.float32, order="C")


@cache
def _flowers() -> tuple[Floats, Ints]:
    measured, species = load_iris(return_X_y=True)
    return measured, species.astype(np.int64)


def data_set(config: IrisConfig) -> DataSet:
    """The data that `config` asks for. The same config gives the same rows in the same order; torch draws nothing."""
    names, classes = config.shown_names
    measured, kinds = _flowers() if config.data == "flowers" else _own(config)
    train, test = _split(kinds, config)
    columns = np.array(config.columns)
    mean, scale = np.zeros(len(columns)), np.ones(len(columns))
    if config.standardize:
        scaler = StandardScaler().fit(measured[train].take(columns, axis=1))  # the test samples must not be seen here
        mean, scale = scaler.mean_, scaler.scale_
    return DataSet(names, classes, measured, kinds, _noisy_labels(kinds, train, config), train, test, columns, mean, scale)


def _own(config: IrisConfig) -> tuple[Floats, Ints]:
    table = np.array(config.table)
    return table[:, :-1], table[:, -1].astype(np.int64)


def _split(kinds: Ints, config: IrisConfig) -> tuple[Ints, Ints]:
    """Training and test rows with the same share of each class; without a test set all rows in their order."""
    rows = np.arange(len(kinds))
    if not config.test_share:
        return rows, rows[:0]
    train, test = train_test_split(rows, test_size=config.tested_share, stratify=kinds, random_state=config.seed)
    return train, test


def _noisy_labels(kinds: Ints, train: Ints, config: IrisConfig) -> Ints:
    """The labels with a share of the training ones made wrong; the test labels stay true."""
    labels = kinds.copy()
    generator = np.random.default_rng(config.seed)
    wrong = generator.choice(train, round(config.label_noise * len(train)), replace=False)
    labels[wrong] = (labels[wrong] + generator.integers(1, config.kinds, len(wrong))) % config.kinds
    return labels
