"""What is recorded and drawn of a classifier: a stack of linear layers, trained on all rows or on mini-batches of them."""

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, TypeVar, cast

import numpy as np
import torch
from torch import Tensor

from core.pictures import references, views
from core.pictures.by_name import Views, plain
from core.pictures.network import ByHand, Network, gradient, of_both
from core.pictures.references import Scores
from core.pictures.samples import Ints, Plane, Samples
from core.pictures.spreads import Spreads
from core.program.experiment import Row, View
from core.program.pieces import Pieces
from core.program.running import Programmed
from core.settings.classifier import ClassifierConfig

T = TypeVar("T")


class Classifier(Programmed):
    """Its rows are counted from 1: row k holds what epoch k found before its own updates, all of the same moment.

    With one batch an epoch, `loss` and `accuracy` are those of the very pass that is learned from (with its dropout);
    with mini-batches they are measured over all training samples. Test samples are measured without dropout.

    | name of a view                                     | shows                                                     |
    | -------------------------------------------------- | --------------------------------------------------------- |
    | `network`, `network:weights`, `network:gradients`  | the numbers of every layer                                |
    | `regions`, `regions:<plane>`                       | which class the network finds where                       |
    | `hidden:<plane>`                                   | the same over what the last hidden layer puts out         |
    | `confusion`, `mistakes`                            | what it makes of its samples                              |
    | `histograms`                                       | how weights and gradients are spread                      |
    | `references`                                       | what scikit-learn's classifiers reach, fitted once        |
    """

    config: ClassifierConfig

    def __init__(self, config: ClassifierConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self.model = Network(self.names["model"] if "model" in self.names else ByHand(self.names["W"], self.names["b"]))
        self.look_at_data()
        weights, biases = self.model.parameters[::2], self.model.parameters[1::2]
        layers = enumerate(zip(self.model.layers, weights, biases, strict=True), start=1)
        self._layers = [(f"grad_norm_{number}", w, b, layer is not self.model.output) for number, (layer, w, b) in layers]
        self._relu = config.activation == "relu" and len(config.hidden) > 0
        self._spreads = Spreads(self.model.layers)

    @classmethod
    def stacks(cls, config: Any) -> bool:
        return not config.stops_early

    def look_at_data(self) -> None:
        """Read what the program learns from: in the beginning, and whenever that has changed."""
        self.samples = samples = self.sampled()
        self._labels, self._test_labels = samples.labels[samples.train], samples.labels[samples.test]
        self._planes: dict[str, tuple[Plane, Tensor]] = {}
        self._found: dict[str, Any] = {}

    @abstractmethod
    def sampled(self) -> Samples:
        """The data that the program learns from and is tested on."""

    @property
    @abstractmethod
    def planes(self) -> Sequence[str]:
        """The names of the planes through its features, the one that is shown first in front."""

    @property
    def hidden_planes(self) -> list[str]:
        """The plane of the first two units of the last hidden layer, or the axis of the only one."""
        units = self.config.hidden[-1:]
        return ["unit_1,unit_2" if units[0] > 1 else "unit_1"] if units else []

    @abstractmethod
    def plane(self, name: str) -> Plane:
        """One of them.

        Raises:
            KeyError: there is none of this name.
        """

    @abstractmethod
    def models(self) -> Mapping[str, Any]:
        """Classifiers of scikit-learn that are fitted to the same samples, by name."""

    def row(self) -> Row:
        names = self.names
        row = {"loss": names["loss"].item(), "accuracy": _accuracy(names["logits"], self._labels)}
        row |= self._gradients()
        if len(self._test_labels):
            row |= {"test_loss": names["test_loss"].item(), "test_accuracy": _accuracy(names["test_logits"], self._test_labels)}
            self.done = 0 < self.config.patience <= names.get("waited", 0)
        return row

    def hold_out(self) -> bool:
        found = super().hold_out()
        if found:
            self._test_labels = self._test_labels[::2]
        return found

    def measured(self, x: Tensor, y: Tensor) -> Row:
        loss, logits = self.names["measured"](x, y)
        return {"test_loss": loss.item(), "test_accuracy": _accuracy(logits, y.flatten().long().numpy(force=True))}

    def _gradients(self) -> Row:
        """The length of each layer's gradient, over weights and biases; with ReLU also how many units are dead.

        A dead unit puts out 0 for every training sample, so it has no gradient. A bias with a gradient belongs to a unit that is not
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
        self._spreads.remember(step)

    def facts(self) -> Mapping[str, Any]:
        samples = self.samples
        return {
            "features": list(samples.features),
            "classes": list(samples.classes),
            "outputs": list(samples.classes)[-self.model.output.out_features :],  # one logit speaks for the second class
            "labels": samples.labels.tolist(),
            "train": samples.train.tolist(),
            "test": samples.test.tolist(),
            "shapes": [list(layer.weight.shape) for layer in self.model.layers],
            "parameters": sum(parameter.numel() for parameter in self.model.parameters),
            "planes": list(self.planes),
            "hidden_planes": self.hidden_planes,
        }

    @cached_property
    def views(self) -> Mapping[str, View]:
        return Views(self.pictures())

    def pictures(self) -> dict[str, Callable[[str], View]]:
        """What makes each view, of its argument; it raises a KeyError where it takes no such argument."""
        return {
            "network": self._network,
            "regions": self._regions,
            "hidden": self._hidden,
            "confusion": plain(lambda: views.confusion(self.model.predict(self.samples.x).argmax(1).cpu().numpy(), self.samples)),
            "mistakes": plain(lambda: views.mistakes(self.chances(self.samples.x).cpu().numpy(), self.samples)),
            "histograms": plain(self._spreads.picture),
            "references": plain(self.references),
        }

    def fitted(self) -> Pieces[Mapping[str, Any]]:
        """The classifiers of scikit-learn."""
        return self.once("fitted", lambda: references.fitted(self.models(), self.samples))

    def references(self) -> Pieces[Mapping[str, Scores]]:
        """What they reach."""
        return self.once("references", self._scores)

    def _scores(self) -> Pieces[Mapping[str, Scores]]:
        samples, models = self.samples, (yield from self.fitted())
        return {name: references.scores(model, samples) for name, model in models.items()}

    def once(self, name: str, work: Callable[[], Pieces[T]]) -> Pieces[T]:
        """What follows from the samples alone, worked out once."""
        found = self._found  # of the samples that there are now
        if name not in found:
            found[name] = yield from work()
        return cast(T, found[name])

    def chances(self, x: Tensor) -> Tensor:
        """The probability of each class for `x` (B, F): (B, C)."""
        return views.probabilities(self.model, x)

    def _network(self, shown: str) -> View:
        if shown not in {"", "weights", "gradients"}:
            raise KeyError(shown)
        return partial(views.network, self.model, self.samples, self.samples.x[self.samples.train], shown)

    def _hidden(self, name: str) -> View:
        if name not in self.hidden_planes:
            raise KeyError(name)
        return partial(views.hidden_space, self.model, self.samples)

    def _regions(self, name: str) -> View:
        if name not in self._planes:
            found = self.plane(name or self.planes[0])
            self._planes[name] = found, torch.tensor(found.inputs, device=self.device)
        return partial(views.regions, self.model, *self._planes[name], self.samples)


def _accuracy(logits: Tensor, labels: Ints) -> float:
    """The share of rows of `logits` (B, C) that are greatest at their label; numpy is faster than torch here."""
    return float(np.count_nonzero(of_both(logits).numpy(force=True).argmax(1) == labels)) / len(labels)
