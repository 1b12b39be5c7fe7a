"""What is recorded and drawn of reading digits, read from its program. N digits, C channels."""

import math
import re
import time
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import Tensor

from core.experiments.digits.config import ENDS, INK, WRITERS, DigitsConfig
from core.experiments.digits.pictures import Layers, mistakes, squares
from core.pictures import views
from core.pictures.by_name import Views, plain
from core.pictures.network import gradient
from core.pictures.samples import Samples
from core.program.experiment import Row, View
from core.program.running import Programmed

KINDS = tuple(map(str, range(10)))
READ_SECONDS = 0.5  # between two readings of all digits
clock = time.monotonic


class Digits(Programmed):
    """Row k holds what update k found before it: `loss` and `accuracy` are those of its batch; those of all digits that train or
    test (`train_loss`, `test_loss` …) were measured when its epoch began.

    | name of a view           | shows                                                                                       |
    | ------------------------ | ------------------------------------------------------------------------------------------- |
    | `layers:<ink>`           | a digit on its way through the network: kernels, their gradients, maps, probabilities       |
    | `reads:<ink>`            | its probabilities alone                                                                     |
    | `confusion`, `mistakes`  | what the network makes of its digits                                                        |
    | `own`                    | the visitor's own digits that it trains on                                                  |
    | `references`             | the share that a nearest neighbour reads, of digits held out at random and of writers held out |
    """

    path = Path(__file__).with_name("program.py")
    config: DigitsConfig

    def __init__(self, config: DigitsConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self.layers = Layers(self.names["model"])
        self._found: tuple[float, NDArray[np.float32], list[int]] = (-math.inf, np.empty((0, 10), np.float32), [])
        self._measured_at, self._measured = 0, dict[str, float]()
        self._norms = [(f"grad_norm_{number}", module) for number, module in enumerate(self.layers.weighted, start=1)]

    def row(self) -> Row:
        names = self.names
        right = torch.count_nonzero(names["logits"].argmax(1) == names["y"][names["rows"]])
        row = {"loss": names["loss"].item(), "accuracy": right.item() / len(names["rows"]), "epoch": float(names["epoch"])}
        for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
            row[name] = names[name].item()
        for name, module in self._norms:
            w, b = gradient(module.weight), gradient(module.bias)
            row[name] = math.sqrt(float(np.vdot(w, w)) + float(np.vdot(b, b)))
        return row

    def measured(self, x: Tensor, y: Tensor) -> Row:
        """As the tested digits are, once an epoch: at its first update, before the weights move."""
        epoch = self.names["epoch"]
        if epoch != self._measured_at:
            loss, accuracy = self.names["measured"](x, y)
            self._measured_at, self._measured = epoch, {"test_loss": loss.item(), "test_accuracy": accuracy.item()}
        return self._measured

    @cached_property
    def samples(self) -> Samples:
        """All 1,797 digits, as those who wrote them meant them."""
        names, ink = self.names, load_digits().data
        return Samples((), KINDS, ink, names["images"], names["kinds"].numpy(force=True), names["train"], names["test"])

    def facts(self) -> Mapping[str, Any]:
        """`digits`: for each class a few digits that test, as text, to choose one from."""
        samples = self.samples
        shown = [[row for row in samples.test if samples.labels[row] == kind][:3] for kind in range(10)]
        return {
            "classes": list(KINDS),
            "train": len(samples.train),
            "test": len(samples.test),
            "digits": [[{"row": int(row), "ink": squares(samples.measured[row])} for row in rows] for rows in shown],
            "shapes": self.layers.shapes(samples.x[:1]),
            "parameters": sum(parameter.numel() for parameter in self.names["model"].parameters()),
        }

    @cached_property
    def views(self) -> Mapping[str, View]:
        return Views(
            {
                "layers": self._of(self.layers.picture),
                "reads": self._of(self.layers.reads),
                "confusion": plain(lambda: views.confusion(self.chances().argmax(1), self.samples)),
                "mistakes": plain(lambda: mistakes(self.chances(), self.samples)),
                "own": plain(lambda: [list(digit) for digit in self.config.own]),
                "references": plain(lambda: self.references),
            }
        )

    def remember(self, step: int) -> None:
        self.behind = False  # until a picture that is drawn now says otherwise

    def chances(self) -> NDArray[np.float32]:
        """The probabilities (N, 10) of all digits, for all who ask. To read 1,797 digits takes as long as five updates: twice a second
        is enough, and leaves the kernels and maps their ten times a second.
        """
        moved = [parameter._version for parameter in self.names["model"].parameters()]  # torch counts what is written into a tensor
        at, found, seen = self._found
        if moved == seen:
            return found
        now = clock()
        self.behind = now < at + READ_SECONDS
        if not self.behind:
            found = torch.softmax(self.layers.logits(self.samples.x), 1).numpy(force=True)
            self._found = now, found, moved
        return found

    def _of(self, picture: Callable[[Tensor], Any]) -> Callable[[str], View]:
        """A picture of one digit, which is written as the config writes an own one."""

        def named(ink: str) -> View:
            if not re.match(INK, ink):
                raise KeyError(ink)
            values = [int(square, 17) / 16 for square in ink]
            return partial(picture, torch.tensor(values, dtype=torch.float32, device=self.device).reshape(1, 1, 8, 8))

        return named

    @cached_property
    def references(self) -> dict[str, float]:
        """`random` and `writer`: the share of digits that the nearest other one reads rightly. In one of 14 parts drawn at random it may
        be by the same writer; where a part is what one writer wrote, it is by somebody else.
        """
        ink, labels = self.samples.measured, self.samples.labels
        size = (ink**2).sum(1)
        distances = size[:, None] + size - 2 * ink @ ink.T  # (N, N), squared
        writer = np.repeat(np.arange(WRITERS), np.diff([0, *ENDS]))
        parts = {"random": np.random.default_rng(0).permutation(writer), "writer": writer}
        nearest = {split: np.where(part[:, None] == part, np.inf, distances).argmin(1) for split, part in parts.items()}
        return {split: float((labels[found] == labels).mean()) for split, found in nearest.items()}


WATCH = Digits
