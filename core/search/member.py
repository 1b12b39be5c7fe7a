"""Member: one run of a trial, made by its own program as any run is. `Stack` makes many of one shape at once."""

import logging
import math
from collections.abc import Sequence
from typing import Protocol

import torch

from core import experiments
from core.program.experiment import HELD_OUT
from core.program.trainer import Trainer
from core.search.goal import Goal, goals
from core.search.space import SearchError
from core.settings.config import TrainingConfig

logger = logging.getLogger(__name__)
Known = tuple[int, tuple[float, float, float, float, float], str, str, bool]


class Member:
    """What is known of one run: how far it is, its number at the last row, and the best so far.

    Args:
        config: its settings.
        goal: which number counts.
        first: the label of its first row.
    """

    def __init__(self, config: TrainingConfig, goal: Goal, first: int) -> None:
        self.config, self._goal, self._first = config, goal, first
        self.stacked = False  # whether it has ever been part of a stack: whichever process trains the last of one, by itself
        self.begin()

    def begin(self) -> None:
        """Nothing is known of it yet, or no longer: it is trained again."""
        self.step = self._first - 1
        self.loss = math.nan
        self.last = math.nan
        self.best = math.nan  # known where it counts
        self.last_held, self.best_held = math.nan, math.nan  # of the same rows as `last` and `best`, on samples that nobody chooses by
        self.outcome: str = ""  # "finished", "diverged" or "failed" when it has ended
        self.reason = ""  # PyTorch's own words

    @property
    def known(self) -> Known:
        """All of it, as one process tells another."""
        numbers = self.loss, self.last, self.best, self.last_held, self.best_held
        return self.step, numbers, self.outcome, self.reason, self.stacked

    @known.setter
    def known(self, told: Known) -> None:
        self.step, numbers, self.outcome, self.reason, stacked = told
        self.stacked = self.stacked or stacked
        self.loss, self.last, self.best, self.last_held, self.best_held = numbers

    @property
    def value(self) -> float:
        """The number that counts."""
        return self.best if self._goal.best else self.last

    @property
    def held(self) -> float:
        """The same number of the samples that are held out, at the row that counts."""
        return self.best_held if self._goal.best else self.last_held

    def row(self, step: int, number: float, loss: float, held: float = math.nan) -> None:
        """One more row; what is no number any more ends it. `held` is the number of the samples that are held out."""
        self.step, self.last, self.loss, self.last_held = step, number, loss, held
        if self._goal.best and (math.isnan(self.best) or self._goal.order(number) < self._goal.order(self.best)):
            self.best, self.best_held = number, held
        if not (math.isfinite(loss) and math.isfinite(number)):
            self.outcome, self.best, self.last_held, self.best_held = "diverged", math.nan, math.nan, math.nan


class Group(Protocol):
    """Members that are made together."""

    members: list[Member]

    def advance(self, to: int) -> None:
        """Make rows up to this step, or until a member has ended."""

    def drop(self, members: Sequence[Member]) -> None:
        """These go no further."""


class Single:
    """A run by itself.

    Args:
        hold_out: whether every second test sample is held out.
    """

    def __init__(self, experiment: str, member: Member, goal: Goal, device: torch.device, *, hold_out: bool = False) -> None:
        self.members = [member]
        self._member, self._goal = member, goal
        self._trainer: Trainer | None = None
        try:
            self._trainer = trainer(experiment, member.config, device)
        except Exception as error:  # whatever a program raises ends this member and no other
            logger.info("A member of a search could not be built.", exc_info=True)
            self._failed(error)
        if self._trainer and hold_out:
            hold_back(self._trainer, goal)

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
            member.row(step, row[metric], row["loss"], row.get(f"{HELD_OUT}{metric}", math.nan))
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


def hold_back(made: Trainer, goal: Goal) -> None:
    """Hold out every second test sample of a run."""
    if not made.experiment.hold_out():
        raise SearchError("nothing_held_out", "held_out", goal, "≥ 2", way_to(goal.metric, made.begun))


def parameters(made: Trainer) -> int:
    """How many numbers a run learns."""
    return sum(parameter.numel() for group in made.experiment.optimizer.param_groups for parameter in group["params"])


def way_to(metric: str, config: TrainingConfig) -> str:
    """The setting without which there is no such number."""
    return "--set test_share=0.3" if metric.startswith("test_") and getattr(config, "test_share", 1) == 0 else ""
