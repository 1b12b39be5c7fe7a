"""How each layer's weights and gradients are spread, now and at a few moments before."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from core.pictures import views

Layers = list[dict[str, Any]]
MOST = 12  # moments kept; beyond, every second one goes


class Spreads:
    """Histograms of one network, kept at moments that lie evenly over the steps during which somebody looked."""

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        self._layers = layers
        self._kept: list[tuple[int, Layers]] = []
        self._stride = 1

    def remember(self, step: int) -> None:
        """Keep the histograms of this step, if it is far enough from the last ones kept."""
        if self._kept and step < self._kept[-1][0] + self._stride:
            return
        self._kept.append((step, views.histograms(self._layers)))
        if len(self._kept) > MOST:
            self._kept = self._kept[::2]
            self._stride = max(1, 2 * (step - self._kept[0][0]) // MOST)

    def picture(self) -> dict[str, Any]:
        """`layers`: the histograms of now (`views.histograms`); `earlier`: the same of the moments kept, oldest first."""
        return {"layers": views.histograms(self._layers), "earlier": [layers for _, layers in self._kept]}
