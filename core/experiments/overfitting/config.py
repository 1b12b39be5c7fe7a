"""What can be set in overfitting."""

from typing import Literal

from core.settings.config import TrainingConfig, group, live, pictured, structural
from core.settings.limits import limits

MOST_POINTS, HIGHEST = 500, 40


class OverfittingConfig(TrainingConfig):
    """The defaults are 20 points, Legendre polynomials up to degree 9, SGD with lr 0.1, 2,000 epochs.

    `basis` is what the curve is made of: polynomials with a weight each, or a small network of one hidden layer with `units`.
    The remedies are live: `points`, `degree`, `weight_decay`, and `patience`, the epochs without a new lowest test loss after which
    training stops and the best weights are put back; 0 is never. `study` is what is
    computed beside the run, over many numbers of features.
    """

    basis: Literal["legendre", "powers", "network"] = structural("legendre")
    units: int = structural(20, ge=1, le=64, when={"basis": ("network",)})
    points: int = live(20, ge=5, le=MOST_POINTS, scale="log")
    noise: float = structural(0.3, ge=0.0, le=1.0)
    degree: int = live(9, ge=0, le=HIGHEST, when={"basis": ("legendre", "powers")})
    patience: int = live(0, ge=0, le=limits().epochs)
    lr: float = live(0.1, ge=1e-6, le=10.0, scale="log", target=group("lr"))
    study: Literal["degrees", "double_descent"] = pictured("degrees")
    batch_size: int = structural(0, ge=0, le=0)  # each update reads all points
    epochs: int = structural(2000, ge=1, le=limits().epochs, scale="log")

    @property
    def is_network(self) -> bool:
        """Whether it is made of units: then there is no closed form, and no degree."""
        return self.basis == "network"

    @property
    def gains_from_gpu(self) -> bool:
        """So few weights gain nothing."""
        return False


CONFIG = OverfittingConfig
