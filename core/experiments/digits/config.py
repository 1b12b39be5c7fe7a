"""What can be set in reading digits, and the shapes that follow from it."""

import math
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from core.settings.config import Optimizer, TrainingConfig, group, live, structural
from core.settings.limits import limits

DIGITS, SIDE, WRITERS = 1797, 8, 14
# Where each writer's digits end; 13 people wrote them, one of them two of these stretches.
ENDS = (130, 256, 386, 516, 646, 776, 915, 1029, 1157, 1287, 1415, 1545, 1667, 1797)
MOST_OWN = 60
GPU_PRODUCTS = 10_000_000  # multiplications of one forward pass, from which a GPU has enough to do; an estimate
INK = "^[0-9a-g]{64}$"  # a digit as text: its 64 squares, row after row, each 0 … 16 as one character
Channels = Annotated[int, Field(ge=1, le=32)]
Units = Annotated[int, Field(ge=1, le=64)]
Own = tuple[tuple[Annotated[str, Field(pattern=INK)], Annotated[int, Field(ge=0, le=9)]], ...]


class DigitsConfig(TrainingConfig):
    """The defaults are two convolutions with pooling and 1,898 parameters, Adam with lr 0.01, 64 digits an update.

    `epochs` are updates, as in the char-RNN: a row for each. 420 of them go 20 times over the 1,347 digits that train; what is
    left at the end of an order is fewer than a batch, and waits for the next one. `own` are digits that a visitor has drawn.
    """

    optimizer: Optimizer = structural("Adam")
    lr: float = live(0.01, ge=1e-6, le=10.0, scale="log", target=group("lr"))
    batch_size: int = live(64, ge=1, le=512, scale="log")
    epochs: int = structural(420, ge=1, le=limits().epochs, scale="log")
    network: Literal["cnn", "mlp"] = structural("cnn")
    channels: tuple[Channels, ...] = structural((8, 16), min_length=1, max_length=3, when={"network": ("cnn",)})
    kernel: Literal[1, 3, 5] = structural(3, when={"network": ("cnn",)})
    padding: Literal["same", "none"] = structural("same", when={"network": ("cnn",)})
    pooling: Literal["max", "average", "none"] = structural("max", when={"network": ("cnn",)})
    hidden: tuple[Units, ...] = structural((32,), max_length=3, when={"network": ("mlp",)})
    activation: Literal["relu", "tanh", "sigmoid", "gelu", "none"] = structural("relu")
    dropout: float = live(0.0, ge=0.0, le=0.9, target="dropout.p")
    split: Literal["random", "writer"] = structural("random")
    test_share: float = structural(0.25, ge=0.05, le=0.5)
    own: Own = live((), max_length=MOST_OWN, target="x, y = joined({value})")

    @field_validator("channels", "hidden", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """A link writes `8,16`."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("kernel", mode="before")
    @classmethod
    def _whole(cls, kernel: Any) -> Any:
        return int(kernel) if isinstance(kernel, str) and kernel.isdecimal() else kernel

    @field_validator("own", mode="before")
    @classmethod
    def _rows(cls, own: Any) -> Any:
        """A link writes the rows as `ink,digit;ink,digit`."""
        return [row.split(",") for row in own.split(";") if row] if isinstance(own, str) else own

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.network == "cnn" and min(side for pair in self.sides for side in pair) < 1:
            raise PydanticCustomError("image_too_small", "no square of the image is left", {"field": "channels"})
        return self

    @property
    def padded(self) -> int:
        """The rows and columns of zeros that are put round an image before it is convolved."""
        return self.kernel // 2 if self.padding == "same" else 0

    @property
    def sides(self) -> list[tuple[int, int]]:
        """For each convolution the side of the maps that it gives, and of those that pooling leaves."""
        found, side = [], SIDE
        for _ in self.channels:
            convolved = side + 2 * self.padded - self.kernel + 1
            side = convolved // 2 if self.pooling != "none" else convolved
            found.append((convolved, side))
        return found

    @property
    def flat(self) -> int:
        """The numbers that are left of a digit after the convolutions, in one row."""
        return self.channels[-1] * self.sides[-1][1] ** 2

    @property
    def hidden_layers(self) -> int:
        """The layers with weights before the last one."""
        return len(self.channels if self.network == "cnn" else self.hidden)

    @property
    def gains_from_gpu(self) -> bool:
        """Below GPU_PRODUCTS launching kernels takes a GPU longer than the work."""
        return self.batch_size * self.products >= GPU_PRODUCTS

    @property
    def products(self) -> int:
        """The multiplications that one digit takes on its way forward."""
        if self.network == "mlp":
            return sum(a * b for a, b in pairwise((SIDE**2, *self.hidden, 10)))
        maps = pairwise((1, *self.channels))
        convolved = sum(a * b * (self.kernel * side) ** 2 for (a, b), (side, _) in zip(maps, self.sides, strict=True))
        return convolved + 10 * self.flat

    @property
    def writers_held_out(self) -> int:
        """How many of the 14 stretches test, where whole writers are held out."""
        return max(1, round(self.test_share * WRITERS))

    @property
    def test_rows(self) -> int:
        """The digits that are not learned from, where they are drawn at random."""
        return math.ceil(self.test_share * DIGITS)


CONFIG = DigitsConfig
