"""What is recorded and drawn of classification in the plane, read from its program."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.experiments.plane.config import PlaneConfig
from core.pictures import references
from core.pictures.classifier import Classifier
from core.pictures.samples import Plane, Samples, cells, ticks

SIZE = 100  # cells along each side of the plane


class PlaneClassifier(Classifier):
    """Its samples are the points that the program has made, those that test behind those that train."""

    path = Path(__file__).with_name("program.py")
    config: PlaneConfig
    planes = ("x1,x2",)

    def sampled(self) -> Samples:
        names = self.names
        parts = [(names["points"], names["x"], names["y"])]
        if self.config.test_share:
            parts.append((names["points_test"], names["x_test"], names["y_test"]))
        points, x, y = (list(part) for part in zip(*parts, strict=True))
        labels = torch.cat(y).flatten().long().numpy(force=True)
        rows = np.arange(len(labels))
        classes = [str(kind) for kind in range(self.config.kinds)]
        return Samples(
            self.config.features, classes, np.concatenate(points), torch.cat(x), labels, rows[: len(y[0])], rows[len(y[0]) :],
        )  # fmt: skip

    def plane(self, name: str) -> Plane:
        if name not in self.planes:
            raise KeyError(name)
        points = self.samples.measured
        x, y = ticks(points[:, 0], SIZE), ticks(points[:, 1], SIZE)
        return Plane(("x1", "x2"), x, y, self.names["given"](cells(x, y)).astype(np.float32), points)

    def models(self) -> Mapping[str, Any]:
        return {"logistic_regression": references.logistic_regression(penalised=False)}

    def facts(self) -> Mapping[str, Any]:
        return {**super().facts(), "points": self.samples.measured.tolist()}


WATCH = PlaneClassifier
