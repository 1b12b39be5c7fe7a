"""Member: one run of a trial, made by its own program as any run is. `Stack` makes many of one shape at once."""

import logging
import math
from collections.abc import Sequence
from typing import Protocol

import torch

from core import experiments
from core.program.trainer import Trainer
from core.search.goal import Goal, goals
from core.search.space import SearchError
from core.settings.config import TrainingConfig

logger = logging.getLogger(__name__)


class Member:
    """What is known of one run: how far it is, its number at the last row, and the best so far."""

    def __init__(self, config: TrainingConfig, goal: Goal, first: int) -> None:
        self.config = config
        self.step = first - 1
        self.loss = math.nan
        self.last = math.nan
        self.best = math.nan
        self.outcome: str = ""  # "finished", "diverged" or "failed" when it has ended
        self.reason = ""  # PyTorch's own words
        self._goal = goal

    @property
    def value(self) -> float:
        """The number that counts."""
        return self.best if self._goal.best else self.last

    def row(self, step: int, number: float, loss: float) -> None:
        """One more row; what is no number any more ends it."""
        self.step, self.last, self.loss = step, number, loss
        self.best = number if math.isnan(self.best) else self._goal.better((self.best, number))
        if not (math.isfinite(loss) and math.isfinite(number)):
            self.outcome, self.best = "diverged", math.nan


class Group(Protocol):
    """Members that are made together."""

    members: list[Member]

    def advance(self, to: int) -> None:
        """Make rows up to this step, or until a member has ended."""

    def drop(self, members: Sequence[Member]) -> None:
        """These go no further."""


class Single:
    """A run by itself."""

    def __init__(self, experiment: str, member: Member, goal: Goal, device: torch.device) -> None:
        self.members = [member]
        self._member, self._goal = member, goal
        self._trainer: Trainer | None = None
        try:
            self._trainer = trainer(experiment, member.config, device)
        except Exception as error:  # whatever a program raises ends this member and no other
            logger.info("A member of a search could not be built.", exc_info=True)
            self._failed(error)

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return parameters(self._trainer) if self._trainer else 0

    def advance(self, to: int) -> None:
        """Make rows up to this step."""
        if self._trainer is None or self._member.outcome:
            return
        try:
            with self._trainer.stream():
                self._go(self._trainer, to)
        except SearchError:
            raise
        except Exception as error:
            logger.info("A member of a search failed.", exc_info=True)
            self._failed(error)

    def _go(self, trainer: Trainer, to: int) -> None:
        member, metric = self._member, self._goal.metric
        while trainer.step < to and not member.outcome:
            step, row = next(trainer)
            if metric not in row:
                raise SearchError("no_such_goal", "goal", self._goal, " | ".join(goals(row)), way_to(metric, member.config))
            member.row(step, row[metric], row["loss"])
            member.outcome = member.outcome or trainer.outcome or ""

    def drop(self, members: Sequence[Member]) -> None:
        """It goes no further."""
        if members:
            self._trainer = None

    def _failed(self, error: Exception) -> None:
        self._trainer, self._member.outcome, self._member.reason = None, "failed", f"{type(error).__name__}: {error}"


def trainer(experiment: str, config: TrainingConfig, device: torch.device) -> Trainer:
    """A run that keeps no checkpoints: there are many of them, and none is gone back in."""
    made = Trainer(experiments.watch(experiment), config, device)
    made.experiment.begins = lambda _row: None
    return made


def parameters(made: Trainer) -> int:
    """How many numbers a run learns."""
    return sum(parameter.numel() for group in made.experiment.optimizer.param_groups for parameter in group["params"])


def way_to(metric: str, config: TrainingConfig) -> str:
    """The setting without which there is no such number."""
    return "--set test_share=0.3" if metric.startswith("test_") and getattr(config, "test_share", 1) == 0 else ""
