"""The views of an iris run by name. A name may carry an argument: `regions:pca`, `flower:5.9,3,4.2,1.5`."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.experiments.iris import views
from core.experiments.iris.config import FEATURES, IrisConfig
from core.experiments.iris.data import Flowers
from core.experiments.iris.network import Network
from core.experiments.iris.planes import Plane, default_plane, plane
from core.experiments.iris.references import references
from core.experiments.iris.spreads import Spreads
from core.program.experiment import View


class Pictures(Mapping[str, View]):
    """A mapping from view names to what computes them; nothing is computed before it is called.

    | name                                               | shows                                                     |
    | -------------------------------------------------- | --------------------------------------------------------- |
    | `network`, `network:weights`, `network:gradients`  | the numbers of every layer                                |
    | `regions`, `regions:<across>,<up>`, `regions:pca`  | which class the network finds where                       |
    | `confusion`, `mistakes`                            | what it makes of the 150 flowers                          |
    | `histograms`                                       | how weights and gradients are spread                      |
    | `flower:<4 lengths in cm>`                         | the probabilities of any flower                           |
    | `references`                                       | accuracies of scikit-learn's classifiers, fitted once     |

    Raises:
        KeyError: no such name, or an argument that its view does not take.
    """

    def __init__(self, model: Network, config: IrisConfig, flowers: Flowers, x: Tensor) -> None:
        self._model, self._config, self._flowers = model, config, flowers
        self._x = x  # (150, F), all flowers on the model's device
        self.spreads = Spreads(model.layers)
        self._planes: dict[str, tuple[Plane, Tensor]] = {}
        self._makers: dict[str, Callable[[str], View]] = {
            "network": self._network,
            "regions": self._regions,
            "confusion": self._plain(self._confusion),
            "mistakes": self._plain(self._mistakes),
            "histograms": self._plain(self.spreads.picture),
            "flower": self._flower,
            "references": self._plain(lambda: references(config)),
        }

    def __getitem__(self, name: str) -> View:
        base, _, argument = name.partition(":")
        return self._makers[base](argument)

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    @staticmethod
    def _plain(view: View) -> Callable[[str], View]:
        def without_argument(argument: str) -> View:
            if argument:
                raise KeyError(argument)
            return view

        return without_argument

    def _network(self, shown: str) -> View:
        if shown not in {"", "weights", "gradients"}:
            raise KeyError(shown)
        return partial(views.network, self._model, self._config, self._x[self._flowers.train], shown)

    def _regions(self, name: str) -> View:
        if name not in self._planes:
            found = plane(name or default_plane(self._config), self._config, self._flowers)
            self._planes[name] = found, torch.tensor(found.inputs, device=self._x.device)
        return partial(views.regions, self._model, *self._planes[name], self._x, self._flowers.labels)

    def _confusion(self) -> Any:
        predicted = self._model.predict(self._x).argmax(1).cpu().numpy()
        return views.confusion(predicted, self._flowers)

    def _mistakes(self) -> Any:
        return views.mistakes(views.probabilities(self._model, self._x).cpu().numpy(), self._flowers)

    def _flower(self, argument: str) -> View:
        x = torch.tensor(self._flowers.inputs(np.array([_lengths(argument)])), device=self._x.device)  # (1, F)
        return lambda: {"probabilities": views.numbers(views.probabilities(self._model, x)[0])}


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
