"""What is recorded and drawn of classification in the plane, read from its program."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.experiments.plane.config import PlaneConfig
from core.pictures import references, views
from core.pictures.by_name import plain
from core.pictures.classifier import Classifier
from core.pictures.samples import Plane, Samples, cells, ticks
from core.program.experiment import View
from core.program.pieces import Pieces

SIZE = 100  # cells along each side of the plane
ROOM = ((-3.0, -3.0), (3.0, 3.0))  # for points to be drawn
CELLS = ("20",)  # along each side of a unit's own picture


class PlaneClassifier(Classifier):
    """Its samples are the points that the program has made, those that test behind those that train.

    | views beside those of any classifier | show                                                         |
    | ------------------------------------ | ------------------------------------------------------------ |
    | `units:<cells>`                      | what each unit puts out, on a plane of so many cells a side  |
    | `border`                             | the regions of scikit-learn's LogisticRegression             |
    """

    path = Path(__file__).with_name("program.py")
    config: PlaneConfig
    planes = ("x1,x2",)
    cuts_batches = True

    @classmethod
    def stacks(cls, config: Any) -> bool:
        return super().stacks(config) and not config.by_hand

    def sampled(self) -> Samples:
        names = self.names
        parts = [(names["points"], names["x"], names["y"])]
        if self.config.test_rows:
            parts.append((names["points_test"], names["x_test"], names["y_test"]))
        points, x, y = (list(part) for part in zip(*parts, strict=True))
        labels = torch.cat(y).flatten().long().numpy(force=True)
        rows = np.arange(len(labels))
        classes = [str(kind) for kind in range(self.config.kinds)]
        return Samples(
            self.config.features, classes, np.concatenate(points), torch.cat(x), labels, rows[: len(y[0])], rows[len(y[0]) :],
        )  # fmt: skip

    def change(self, field: str, value: Any) -> None:
        super().change(field, value)
        if field == "table":
            self.look_at_data()

    def plane(self, name: str) -> Plane:
        if name not in self.planes:
            raise KeyError(name)
        return self._grid(SIZE)

    def _grid(self, size: int) -> Plane:
        points = self.samples.measured
        shown = np.concatenate([points, ROOM]) if self.config.data == "own" else points
        x, y = ticks(shown[:, 0], size), ticks(shown[:, 1], size)
        return Plane(("x1", "x2"), x, y, self.names["given"](cells(x, y)).astype(np.float32), points)

    def models(self) -> Mapping[str, Any]:
        return {"logistic_regression": references.logistic_regression(penalised=False)}

    def pictures(self) -> dict[str, Callable[[str], View]]:
        return {**super().pictures(), "units": self._units, "border": plain(partial(self.once, "border", self._border))}

    def _units(self, size: str) -> View:
        if size not in CELLS:
            raise KeyError(size)
        if size not in self._planes:
            grid = self._grid(int(size))
            self._planes[size] = grid, torch.tensor(grid.inputs, device=self.device)
        return lambda: {"size": int(size), "columns": views.units(self.model, self._planes[size][1])}

    def _border(self) -> Pieces[dict[str, Any]]:
        models, plane = (yield from self.fitted()), self.plane(self.planes[0])
        found = references.chances(models["logistic_regression"], plane.inputs, self.config.kinds)
        return {"z": views.packed(torch.tensor(found), plane)}

    def facts(self) -> Mapping[str, Any]:
        return {**super().facts(), "points": self.samples.measured.tolist(), "own": self.config.data == "own"}


WATCH = PlaneClassifier
