"""What can be set in the iris classifier."""

from typing import Any, Literal, get_args

from core.settings.classifier import ClassifierConfig
from core.settings.config import structural

Feature = Literal["sepal_length", "sepal_width", "petal_length", "petal_width"]
FLOWERS, CLASSES = 150, 3
FEATURES: tuple[Feature, ...] = get_args(Feature)

# the settings that a button of the lesson trains with
OVERFITTING: dict[str, Any] = {"test_share": 0.3, "label_noise": 0.2, "standardize": True, "hidden": (64, 64)}


class IrisConfig(ClassifierConfig):
    """The defaults are all 150 flowers in one batch, 4 → 10 → 3 with ReLU, Adam with lr 0.01, 1000 epochs."""

    features: tuple[Feature, ...] = structural(FEATURES, min_length=1)
    standardize: bool = structural(False)

    @property
    def columns(self) -> list[int]:
        """The features' places in the data set."""
        return [FEATURES.index(feature) for feature in self.features]

    @property
    def samples(self) -> int:
        return FLOWERS

    @property
    def tested_share(self) -> float:
        """One flower of each species at least."""
        return max(self.test_share, CLASSES / FLOWERS)


CONFIG = IrisConfig
