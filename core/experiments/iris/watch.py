"""What is recorded and drawn of the iris classifier, read from its program."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.experiments.iris.config import FEATURES, IrisConfig
from core.experiments.iris.data import CLASSES, Ints, flowers
from core.experiments.iris.network import Network, gradient
from core.experiments.iris.pictures import Pictures
from core.experiments.iris.planes import default_plane
from core.program.experiment import Row, View
from core.program.running import Programmed


class Iris(Programmed):
    """Its rows are counted from 1: row k holds what epoch k found before its own updates, all of the same moment.

    With one batch an epoch, `loss` and `accuracy` are those of the very pass that is learned from (with its dropout);
    with mini-batches they are measured over all training flowers. Test flowers are measured without dropout.
    """

    path = Path(__file__).with_name("program.py")
    config: IrisConfig

    def __init__(self, config: IrisConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self.flowers = data = flowers(config)
        self.x_all = torch.tensor(data.inputs(data.measured), device=device)  # (150, F) float32, numpy hands out float64
        self._labels, self._test_labels = data.labels[data.train], data.labels[data.test]
        self.model = Network(self.names["model"])
        layers = enumerate(self.model.layers, start=1)
        self._layers = [(f"grad_norm_{number}", layer.weight, layer.bias, layer is not self.model.output) for number, layer in layers]
        self._relu = config.activation == "relu" and len(config.hidden) > 0
        self._pictures = Pictures(self.model, config, data, self.x_all)

    def row(self) -> Row:
        names = self.names
        row = {"loss": names["loss"].item(), "accuracy": _accuracy(names["logits"], self._labels)}
        row |= self._gradients()
        if self.config.test_share:
            row |= {"test_loss": names["test_loss"].item(), "test_accuracy": _accuracy(names["test_logits"], self._test_labels)}
            self.done = 0 < self.config.patience <= names.get("waited", 0)
        return row

    def _gradients(self) -> Row:
        """The length of each layer's gradient, over weights and biases; with ReLU also how many units are dead.

        A dead unit puts out 0 for every training flower, so it has no gradient. A bias with a gradient belongs to a unit that is not
        dead; the outputs are looked at only where a bias has none.
        """
        row, lively = {}, True
        for name, weight, bias, hidden in self._layers:
            w, b = gradient(weight), gradient(bias)
            row[name] = math.sqrt(float(np.vdot(w, w)) + float(np.vdot(b, b)))  # vdot says nothing when one explodes: inf
            lively = lively and (not hidden or np.count_nonzero(b) == len(b))
        if self._relu:
            row["dead_units"] = 0.0 if lively else float(self.model.count_dead(self.names["x"]))
        return row

    def remember(self, step: int) -> None:
        self._pictures.spreads.remember(step)

    def facts(self) -> Mapping[str, Any]:
        data = self.flowers
        return {
            "features": list(self.config.features),
            "classes": list(CLASSES),
            "measured": {feature: data.measured[:, column].tolist() for column, feature in enumerate(FEATURES)},
            "species": data.species.tolist(),
            "labels": data.labels.tolist(),
            "relabelled": np.flatnonzero(data.labels != data.species).tolist(),
            "train": data.train.tolist(),
            "test": data.test.tolist(),
            "shapes": [list(layer.weight.shape) for layer in self.model.layers],
            "parameters": sum(parameter.numel() for parameter in self.model.parameters),
            "plane": default_plane(self.config),
        }

    @property
    def views(self) -> Mapping[str, View]:
        return self._pictures


def _accuracy(logits: Tensor, labels: Ints) -> float:
    """The share of rows of `logits` (B, C) that are greatest at their label; numpy is faster than torch here."""
    return float(np.count_nonzero(logits.numpy(force=True).argmax(1) == labels)) / len(labels)


WATCH = Iris
