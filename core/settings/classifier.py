"""What can be set in every classifier that is a stack of linear layers."""

import math
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from core.settings.config import Optimizer, TrainingConfig, live, structural
from core.settings.limits import limits

Units = Annotated[int, Field(ge=1, le=64)]


class ClassifierConfig(TrainingConfig):
    """`hidden` holds the units of each hidden layer; a link writes `hidden=10,10`, and `hidden=` for none, which is
    logistic or softmax regression. Training stops after `patience` epochs without a new lowest test loss, and the best weights are put
    back; 0 is never.

    A subclass has a field `features`, what the network may be given, and says how many `samples` there are.
    """

    optimizer: Optimizer = structural("Adam")
    test_share: float = structural(0.0, ge=0.0, le=0.5)
    hidden: tuple[Units, ...] = structural((10,), max_length=4)
    activation: Literal["relu", "tanh", "sigmoid", "gelu", "none"] = structural("relu")
    dropout: float = live(0.0, ge=0.0, le=0.9, target="dropout.p")
    label_noise: float = structural(0.0, ge=0.0, le=0.5)
    patience: int = structural(0, ge=0, le=limits().epochs)

    @field_validator("features", "hidden", mode="before", check_fields=False)
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """A link writes `petal_length,petal_width` and `10,10`."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("features", check_fields=False)
    @classmethod
    def _in_order(cls, features: tuple[str, ...]) -> tuple[str, ...]:
        """The order in which they are declared, so that the same choice is the same config."""
        if len(set(features)) < len(features):
            raise PydanticCustomError("repeated", "each feature can be chosen once")
        return tuple(feature for feature in cls.settings()["features"].choices if feature in features)

    @property
    def samples(self) -> int:
        """All rows of the data."""
        raise NotImplementedError

    @property
    def tested_share(self) -> float:
        """The share of samples that test."""
        return self.test_share

    @property
    def test_rows(self) -> int:
        """The samples that are not learned from."""
        return math.ceil(self.tested_share * self.samples) if self.test_share else 0

    @property
    def rows(self) -> int:
        """The samples that are learned from."""
        return self.samples - self.test_rows

    @property
    def wrong_labels(self) -> int:
        """How many of the training samples' labels are made wrong."""
        return round(self.label_noise * self.rows)

    @property
    def stops_early(self) -> bool:
        """Whether a test loss that does not get lower ends the run."""
        return self.patience > 0 and self.test_rows > 0
