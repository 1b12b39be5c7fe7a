"""What can be set in the iris classifier."""

import math
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from core.settings.config import Optimizer, TrainingConfig, live, structural
from core.settings.limits import limits

Feature = Literal["sepal_length", "sepal_width", "petal_length", "petal_width"]
Units = Annotated[int, Field(ge=1, le=64)]
FLOWERS, CLASSES = 150, 3
FEATURES: tuple[Feature, ...] = get_args(Feature)

# the settings that a button of the lesson trains with
OVERFITTING: dict[str, Any] = {"test_share": 0.3, "label_noise": 0.2, "standardize": True, "hidden": (64, 64)}


class IrisConfig(TrainingConfig):
    """The defaults are all 150 flowers in one batch, 4 → 10 → 3 with ReLU, Adam with lr 0.01, 1000 epochs.

    `hidden` holds the units of each hidden layer; a link writes `hidden=10,10`, and `hidden=` for none, which is
    softmax regression. Training stops after `patience` epochs without a new lowest test loss; 0 is never.
    """

    optimizer: Optimizer = structural("Adam")
    features: tuple[Feature, ...] = structural(FEATURES, min_length=1)
    test_share: float = structural(0.0, ge=0.0, le=0.5)
    standardize: bool = structural(False)
    hidden: tuple[Units, ...] = structural((10,), max_length=4)
    activation: Literal["relu", "tanh", "sigmoid", "gelu", "none"] = structural("relu")
    dropout: float = live(0.0, ge=0.0, le=0.9, target="dropout.p")
    label_noise: float = structural(0.0, ge=0.0, le=0.5)
    patience: int = structural(0, ge=0, le=limits().epochs)

    @field_validator("features", "hidden", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """A link writes `petal_length,petal_width` and `10,10`."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("features")
    @classmethod
    def _in_order(cls, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
        """The order of the data set, so that the same choice is the same config."""
        if len(set(features)) < len(features):
            raise PydanticCustomError("repeated", "each feature can be chosen once")
        return tuple(feature for feature in FEATURES if feature in features)

    @property
    def columns(self) -> list[int]:
        """The features' places in the data set."""
        return [FEATURES.index(feature) for feature in self.features]

    @property
    def tested_share(self) -> float:
        """The share of flowers that test: one of each species at least."""
        return max(self.test_share, CLASSES / FLOWERS)

    @property
    def test_rows(self) -> int:
        """The flowers that are not learned from."""
        return math.ceil(self.tested_share * FLOWERS) if self.test_share else 0

    @property
    def rows(self) -> int:
        """The flowers that are learned from."""
        return FLOWERS - self.test_rows

    @property
    def wrong_labels(self) -> int:
        """How many of the training flowers' labels are made wrong."""
        return round(self.label_noise * self.rows)

    @property
    def stops_early(self) -> bool:
        """Whether a test loss that does not get lower ends the run."""
        return self.patience > 0 and self.test_share > 0


CONFIG = IrisConfig
