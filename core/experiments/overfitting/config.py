"""What can be set in overfitting."""

from typing import Literal

from core.settings.config import TrainingConfig, group, live, pictured, structural
from core.settings.limits import limits

MOST_POINTS, HIGHEST = 500, 40


class OverfittingConfig(TrainingConfig):
    """The defaults are 20 points, Legendre polynomials up to degree 9, SGD with lr 0.1, 2,000 epochs.

    The remedies are live: `points`, `degree`, `weight_decay`, and `patience`, the epochs without a new lowest test loss after which
    training stops and the best weights are put back; 0 is never. `study` is what is
    computed beside the run, over many numbers of features.
    """

    basis: Literal["legendre", "powers"] = structural("legendre")
    points: int = live(20, ge=5, le=MOST_POINTS, scale="log")
    noise: float = structural(0.3, ge=0.0, le=1.0)
    degree: int = live(9, ge=0, le=HIGHEST)
    patience: int = live(0, ge=0, le=limits().epochs)
    lr: float = live(0.1, ge=1e-6, le=10.0, scale="log", target=group("lr"))
    study: Literal["degrees", "double_descent"] = pictured("degrees")
    batch_size: int = structural(0, ge=0, le=0)  # each update reads all points
    epochs: int = structural(2000, ge=1, le=limits().epochs, scale="log")

    @property
    def gains_from_gpu(self) -> bool:
        """41 weights are too few."""
        return False


CONFIG = OverfittingConfig
