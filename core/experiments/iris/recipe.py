"""The iris classifier: four lengths in, three classes out, cross-entropy between."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.experiment import Experiment, Row, View, batches
from core.experiments.iris.config import FEATURES, IrisConfig
from core.experiments.iris.data import CLASSES, Ints, flowers
from core.experiments.iris.network import Network
from core.experiments.iris.pictures import Pictures
from core.experiments.iris.planes import default_plane
from core.optimizers import optimizer


class Iris(Experiment):
    """Its rows are counted from 1: row k holds what epoch k found before its own updates, all of the same moment.

    With one batch an epoch, `loss` and `accuracy` are those of the very pass that is learned from (with its dropout);
    with mini-batches they are measured over all training flowers. Test flowers are measured without dropout.
    """

    config: IrisConfig

    def __init__(self, config: IrisConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self.flowers = flowers(config)
        data, x = self.flowers, self.flowers.inputs(self.flowers.measured)
        self.x_all = torch.tensor(x, device=device)  # (150, F) float32, numpy hands out float64
        self.x = torch.tensor(x[data.train], device=device)
        self.y = torch.tensor(data.labels[data.train], device=device)  # int64, what cross_entropy asks for
        self.x_test = torch.tensor(x[data.test], device=device)
        self.y_test = torch.tensor(data.labels[data.test], device=device)
        self._labels, self._test_labels = data.labels[data.train], data.labels[data.test]
        self.model = Network(len(config.features), config.hidden, len(CLASSES), config.activation, config.dropout)
        self.model.to(device)
        self.optimizer = optimizer(config, self.model.parameters())
        layers = enumerate(self.model.layers, start=1)
        self._layers = [(f"grad_norm_{number}", layer.weight, layer.bias, layer is not self.model.output) for number, layer in layers]
        self._relu = config.activation == "relu" and len(config.hidden) > 0
        self._lowest, self._waited = math.inf, 0  # the lowest test loss, and the rows since
        self._pictures = Pictures(self.model, config, data, self.x_all)

    def loop(self) -> Iterator[Row]:
        while not self.done:
            for batch, (x, y) in enumerate(batches(self.x, self.y, self.config)):
                logits = self.model(x)  # (B, 3)
                loss = F.cross_entropy(logits, y)
                self.optimizer.zero_grad()
                loss.backward()
                if batch == 0:
                    yield self._row(loss, logits, whole=x is self.x)
                self.optimizer.step()

    def _row(self, loss: Tensor, logits: Tensor, whole: bool) -> Row:
        of_the_pass = {"loss": loss.item(), "accuracy": _accuracy(logits, self._labels)} if whole else None
        row = of_the_pass or self._measured(self.x, self.y, self._labels)
        row |= self._gradients(whole)
        if len(self.y_test):
            test = self._measured(self.x_test, self.y_test, self._test_labels)
            row |= {"test_loss": test["loss"], "test_accuracy": test["accuracy"]}
            self._watch(test["loss"])
        return row

    def _watch(self, test_loss: float) -> None:
        """Early stopping: done once the test loss has not been lower for `patience` rows."""
        improved = test_loss < self._lowest
        self._lowest, self._waited = (test_loss, 0) if improved else (self._lowest, self._waited + 1)
        self.done = 0 < self.config.patience <= self._waited

    def _measured(self, x: Tensor, y: Tensor, labels: Ints) -> Row:
        logits = self.model.predict(x)
        return {"loss": F.cross_entropy(logits, y).item(), "accuracy": _accuracy(logits, labels)}

    def _gradients(self, whole: bool) -> Row:
        """The length of each layer's gradient, over weights and biases; with ReLU also how many units are dead.

        A dead unit puts out 0 for every training flower, so no gradient wakes it. In a pass over all of them without
        dropout a bias whose gradient is not 0 tells that its unit lives; only if there are others are the outputs looked at.
        """
        row, lively = {}, whole and not self.model.dropout
        for name, weight, bias, hidden in self._layers:
            w, b = _gradient(weight), _gradient(bias)
            row[name] = math.sqrt(float(np.vdot(w, w)) + float(np.vdot(b, b)))  # vdot says nothing when one explodes: inf
            lively = lively and (not hidden or np.count_nonzero(b) == len(b))
        if self._relu:
            row["dead_units"] = 0.0 if lively else float(sum(len(alive) - np.count_nonzero(alive) for alive in self.model.alive()))
        return row

    def change(self, field: str, value: Any) -> None:
        super().change(field, value)
        self.model.dropout = self.config.dropout

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
            "parameters": sum(parameter.numel() for parameter in self.model.parameters()),
            "plane": default_plane(self.config),
        }

    @property
    def views(self) -> Mapping[str, View]:
        return self._pictures


def _gradient(parameter: Tensor) -> NDArray[np.float32]:
    """The gradient that a backward has filled."""
    gradient: Tensor = parameter.grad  # type: ignore[assignment]  # None only before the first backward
    return gradient.numpy(force=True)


def _accuracy(logits: Tensor, labels: Ints) -> float:
    """The share of rows of `logits` (B, C) that are greatest at their label; numpy is faster than torch here."""
    return float(np.count_nonzero(logits.numpy(force=True).argmax(1) == labels)) / len(labels)


RECIPE = Iris
