"""What is recorded and drawn of the iris classifier, read from its program."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.experiments.iris.config import FEATURES, IrisConfig
from core.experiments.iris.data import CLASSES, flowers
from core.experiments.iris.planes import plane, planes
from core.pictures import references, views
from core.pictures.classifier import Classifier
from core.pictures.samples import Plane, Samples
from core.program.experiment import View


class Iris(Classifier):
    """One view beside those of any classifier: `flower:5.9,3,4.2,1.5`, the probabilities of any flower, by its lengths in cm."""

    path = Path(__file__).with_name("program.py")
    config: IrisConfig

    def sampled(self) -> Samples:
        self.flowers = data = flowers(self.config)
        x = torch.tensor(data.inputs(data.measured), device=self.device)  # (150, F) float32, numpy hands out float64
        return Samples(self.config.features, CLASSES, data.measured, x, data.labels, data.train, data.test)

    @property
    def planes(self) -> list[str]:
        return planes(self.config)

    def plane(self, name: str) -> Plane:
        return plane(name, self.config, self.flowers)

    def models(self) -> Mapping[str, Any]:
        return {"logistic_regression": references.logistic_regression(penalised=True), "mlp": references.mlp(self.config)}

    def facts(self) -> Mapping[str, Any]:
        data = self.flowers
        return {
            **super().facts(),
            "measured": {feature: data.measured[:, column].tolist() for column, feature in enumerate(FEATURES)},
            "species": data.species.tolist(),
            "relabelled": np.flatnonzero(data.labels != data.species).tolist(),
        }

    def pictures(self) -> dict[str, Callable[[str], View]]:
        return {**super().pictures(), "flower": self._flower}

    def _flower(self, argument: str) -> View:
        x = torch.tensor(self.flowers.inputs(np.array([_lengths(argument)])), device=self.device)  # (1, F)
        return lambda: {"probabilities": views.numbers(self.chances(x)[0])}


def _lengths(text: str) -> list[float]:
    """Four finite numbers out of `text`.

    Raises:
        KeyError: it is something else.
    """
    try:
        lengths = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise KeyError(text) from error
    if len(lengths) != len(FEATURES) or not all(map(math.isfinite, lengths)):
        raise KeyError(text)
    return lengths


WATCH = Iris
