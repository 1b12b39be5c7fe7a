"""Goal: the number of a run by which trials are compared. `test_loss` is that of the last row, `best_test_loss` the least of all rows."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

BEST = "best_"
METRICS = ("loss", "accuracy", "train_loss", "train_accuracy", "test_loss", "test_accuracy")


@dataclass(frozen=True)
class Goal:
    """Which column of a run's rows, and whether its last value counts or its best."""

    metric: str
    best: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """The goal that a text names, `loss` or `best_test_accuracy`."""
        return cls(text.removeprefix(BEST), text.startswith(BEST))

    def __str__(self) -> str:
        return f"{BEST if self.best else ''}{self.metric}"

    @property
    def greatest(self) -> bool:
        """Whether more of it is better."""
        return self.metric.endswith("accuracy")

    @property
    def tested(self) -> bool:
        """Whether it is a number of the test samples."""
        return self.metric.startswith("test_")

    def order(self, value: float) -> float:
        """What is less where the value is better; what is no number is worst of all."""
        return math.inf if not math.isfinite(value) else -value if self.greatest else value


def goals(columns: Iterable[str]) -> tuple[str, ...]:
    """The goals that rows with these columns allow."""
    metrics = [name for name in columns if name in METRICS]
    return (*metrics, *(f"{BEST}{name}" for name in metrics))
