"""What can be set in the iris classifier."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from core.config import TrainingConfig, live, structural
from core.limits import limits

Feature = Literal["sepal_length", "sepal_width", "petal_length", "petal_width"]
Units = Annotated[int, Field(ge=1, le=64)]
FEATURES: tuple[Feature, ...] = get_args(Feature)

# what the lesson has one try
OVERFITTING: dict[str, Any] = {"test_share": 0.3, "label_noise": 0.2, "standardize": True, "hidden": (64, 64)}


class IrisConfig(TrainingConfig):
    """The defaults are all 150 flowers in one batch, 4 → 10 → 3 with ReLU, Adam with lr 0.01, 1000 epochs.

    `hidden` holds the units of each hidden layer; a link writes `hidden=10,10`, and `hidden=` for none, which is
    softmax regression. Training stops after `patience` epochs without a new lowest test loss; 0 is never.
    """

    optimizer: Literal["SGD", "Momentum", "Nesterov", "RMSprop", "Adam", "AdamW"] = structural("Adam")
    features: tuple[Feature, ...] = structural(FEATURES, min_length=1)
    test_share: float = structural(0.0, ge=0.0, le=0.5)
    standardize: bool = structural(False)
    hidden: tuple[Units, ...] = structural((10,), max_length=4)
    activation: Literal["relu", "tanh", "sigmoid", "gelu", "none"] = structural("relu")
    dropout: float = live(0.0, ge=0.0, le=0.9)
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


CONFIG = IrisConfig
