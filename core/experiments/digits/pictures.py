"""Pictures of a network that reads digits, as lists and texts that JSON can hold.

A map or kernel is a text with a character for each number: "0" is as low as −1, "X" as high as 1, of the greatest size in its
layer. As many numbers would take four times as long to send.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.pictures import views
from core.pictures.samples import Samples

SHOWN_MISTAKES = 60
INK = np.frombuffer(b"0123456789abcdefg", np.uint8)
Json = dict[str, Any]


def squares(ink: NDArray[np.float64]) -> str:
    """The 64 squares of a digit as text, each 0 … 16 as one character."""
    return INK[np.rint(ink).astype(np.intp)].tobytes().decode("ascii")


class Layers:
    """The layers of an `nn.Sequential`, and a digit on its way through them."""

    def __init__(self, model: nn.Module) -> None:
        self._modules = [module for module in model.children() if not isinstance(module, nn.Dropout)]
        self.weighted: list[Any] = [module for module in self._modules if isinstance(module, nn.Conv2d | nn.Linear)]

    @torch.no_grad()
    def logits(self, x: Tensor) -> Tensor:
        """(B, 10) for `x` (B, 1, 8, 8), without dropout."""
        for module in self._modules:
            x = module(x)
        return x

    def reads(self, x: Tensor) -> Json:
        """The probability of each class for one digit (1, 1, 8, 8)."""
        return {"probabilities": views.numbers(torch.softmax(self.logits(x), 1)[0])}

    @torch.no_grad()
    def shapes(self, x: Tensor) -> list[Json]:
        """For each layer its class and the shape of what it gives for one digit."""
        found = []
        for module in self._modules:
            x = module(x)
            found.append({"layer": type(module).__name__.removeprefix("_"), "shape": list(x.shape[1:])})
        return found

    @torch.no_grad()
    def picture(self, x: Tensor) -> Json:
        """Each layer of one digit's way: what it gives (`maps`), and of a layer with weights its `kernels` and their `gradients`.

        `most` is the greatest size among the maps, `most_weight` and `most_gradient` those among the kernels.
        """
        found: list[Json] = [{"layer": "input", **_maps(x)}]
        for module in self._modules:
            x = module(x)
            layer: Json = {"layer": type(module).__name__, **_maps(x)}
            if isinstance(module, nn.Conv2d | nn.Linear):
                layer |= _kernels("kernels", "most_weight", module.weight) | _kernels("gradients", "most_gradient", module.weight.grad)
            found.append(layer)
        return {"layers": found, "probabilities": views.numbers(torch.softmax(x, 1)[0])}


def _maps(x: Tensor) -> Json:
    """`maps`: a text for each channel of `x` (1, C, H, W), or one for all units of (1, C)."""
    maps, most = views.levels(x[0].flatten(1) if x.dim() == 4 else x)
    return {"shape": list(x.shape[1:]), "maps": maps, "most": most}


def _kernels(name: str, size: str, weight: Tensor | None) -> Json:
    """`name`: a text for each output, over all its inputs and their squares; `size`: their greatest. None before there is a gradient."""
    kernels, most = (None, None) if weight is None else views.levels(weight.flatten(1))
    return {name: kernels, size: most}


def mistakes(chances: NDArray[np.float32], samples: Samples) -> Json:
    """The digits that `chances` (N, 10) get wrong, those that test first, then the most certain mistakes; at most 60 of them."""
    predicted = chances.argmax(1)
    wrong = np.flatnonzero(predicted != samples.labels)
    held = set(samples.test.tolist())
    tested = np.array([row in held for row in wrong.tolist()], dtype=bool)
    order = np.lexsort((chances[wrong, samples.labels[wrong]], ~tested))
    rows = [
        {
            "row": int(row), "test": bool(row in held), "ink": squares(samples.measured[row]), "label": int(samples.labels[row]),
            "predicted": int(predicted[row]), "sure": views.number(float(chances[row, predicted[row]])),
        }
        for row in wrong[order][:SHOWN_MISTAKES]
    ]  # fmt: skip
    return {"total": len(wrong), "tested": int(tested.sum()), "rows": rows}
