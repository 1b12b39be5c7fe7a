"""What can be set in the toy."""

from core.settings.config import TrainingConfig, live, structural


class ToyConfig(TrainingConfig):
    """y = slope · x, learned from `rows` points."""

    rows: int = structural(5, ge=2, le=100)
    slope: float = structural(2.0, ge=-10.0, le=10.0)
    shrink: float = live(0.0, ge=0.0, le=1.0)


CONFIG = ToyConfig
