"""What is recorded and drawn of the iris classifier, read from its program."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.experiments.iris.config import IrisConfig
from core.experiments.iris.data import data_set
from core.experiments.iris.planes import plane, planes
from core.pictures import references, views
from core.pictures.classifier import Classifier
from core.pictures.samples import Plane, Samples
from core.program.experiment import View


class Iris(Classifier):
    """One view beside those of any classifier: `sample:5.9,3,4.2,1.5`, the probabilities of any sample, by all its features."""

    path = Path(__file__).with_name("program.py")
    config: IrisConfig

    def sampled(self) -> Samples:
        self.data = data = data_set(self.config)
        x = torch.tensor(data.inputs(data.measured), device=self.device)  # (n, F) float32, numpy hands out float64
        return Samples(data.chosen, data.classes, data.measured, x, data.labels, data.train, data.test)

    @property
    def planes(self) -> list[str]:
        return planes(self.data)

    def plane(self, name: str) -> Plane:
        return plane(name, self.data)

    def models(self) -> Mapping[str, Any]:
        return {"logistic_regression": references.logistic_regression(penalised=True), "mlp": references.mlp(self.config)}

    def facts(self) -> Mapping[str, Any]:
        data = self.data
        return {
            **super().facts(),
            "measured": {feature: data.measured[:, column].tolist() for column, feature in enumerate(data.names)},
            "largest": {
                name: float(abs(data.measured[:, column]).max()) for name, column in zip(self.config.chosen, data.columns, strict=True)
            },
            "kinds": data.kinds.tolist(),
            "relabelled": np.flatnonzero(data.labels != data.kinds).tolist(),
        }

    def pictures(self) -> dict[str, Callable[[str], View]]:
        return {**super().pictures(), "sample": self._sample}

    def _sample(self, argument: str) -> View:
        x = torch.tensor(self.data.inputs(np.array([_numbers(argument, len(self.data.names))])), device=self.device)  # (1, F)
        return lambda: {"probabilities": views.numbers(self.chances(x)[0])}


def _numbers(text: str, count: int) -> list[float]:
    """So many finite numbers out of `text`.

    Raises:
        KeyError: it is something else.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise KeyError(text) from error
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise KeyError(text)
    return numbers


WATCH = Iris
