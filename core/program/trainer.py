"""Trainer: the loop of any Experiment as an iterator. It knows no process, no clock and no page.

| the iterator ends because              | `outcome`    | updates made            |
| -------------------------------------- | ------------ | ----------------------- |
| the last row was recorded              | `"finished"` | `config.epochs`         |
| the experiment is `done`               | `"finished"` | as many as rows         |
| the loss of the last row is not finite | `"diverged"` | as many as rows before  |
"""

import math
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Literal, Self

import torch

from core.program.experiment import Experiment, Row
from core.program.randomness import RandomStream, drawn
from core.run.change import Change
from core.run.checkpoints import Checkpoint, Checkpoints
from core.settings.config import TrainingConfig


class Trainer:
    """One execution of an experiment: `next(trainer)` goes once round the loop and returns `(step, row)`.

    Work with it inside `with trainer.stream():`, so that it draws its own random numbers.

    Args:
        watch: the Experiment class.
        config: the settings it starts with.
        device: where its tensors live, such as `torch.device("cpu")`.
        plan: changes to make again at their steps, when a run is replayed.
        start: where to begin instead of at the beginning; of the same run, that is of the same settings and changes.
    """

    def __init__(
        self,
        watch: type[Experiment],
        config: TrainingConfig,
        device: torch.device,
        plan: Iterable[Change] = (),
        start: Checkpoint | None = None,
    ) -> None:
        self.begun = config  # the settings before any change
        self._random = RandomStream(config.seed, device)
        self._plan = sorted(plan, key=lambda change: change.step)  # what is still to come of it
        with self.stream():
            self.experiment = watch(config, device)
        self.changes: list[Change] = []  # made so far, planned or not
        self.checkpoints = Checkpoints()
        self.experiment.begins = self._pass_begins
        self.step = watch.first_step - 1  # label of the last row
        self.last = config.epochs
        self.outcome: Literal["finished", "diverged"] | None = None
        if start:
            self.step = start.row - 1
        self._make_planned()
        if start:
            self.experiment.restore(start.row, start.state)
            self._random.restart(start.random)
        self._loop = self.experiment.loop()

    def at(self, step: int) -> "Trainer":
        """The same run a second time, on its way to a row of its past, from the nearest checkpoint before it."""
        start = self.checkpoints.before(step)
        return Trainer(type(self.experiment), self.begun, self.experiment.device, self.changes, start)

    def stream(self) -> AbstractContextManager[None]:
        """This run's random numbers, for as long as the context lasts."""
        return self._random.current()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[int, Row]:
        if self.outcome:
            raise StopIteration
        row = next(self._loop)
        self.step += 1
        if not math.isfinite(row["loss"]):
            self.outcome = "diverged"
        elif self.step >= self.last or self.experiment.done:
            self._finish()
        elif self._plan:
            self._make_planned()
        return self.step, row

    def _pass_begins(self, row: int) -> None:
        if self.checkpoints.due(row) and (state := self.experiment.captured()):
            self.checkpoints.keep(Checkpoint(row, state, drawn(self.experiment.device)))

    def _make_planned(self) -> None:
        """The changes that were made while the loop was held here, or at a row before it."""
        while self._plan and self._plan[0].step <= self.step:
            change = self._plan.pop(0)
            old = getattr(self.experiment.config, change.field)  # a learner may have changed it on the way here
            self.experiment.change(change.field, change.new)
            self.changes.append(change._replace(old=old))

    def _finish(self) -> None:
        """A loop that counts passes still owes the update of its last pass."""
        self.experiment.done = True
        if self.experiment.first_step == 1:
            next(self._loop, None)
        self.outcome = "finished"

    def change(self, field: str, value: Any) -> Change | None:
        """Change a live field at the row where the loop is held; None if it already has that value.

        Raises:
            ConfigError: the value is out of bounds; nothing has changed.
        """
        old = getattr(self.experiment.config, field)
        self.experiment.change(field, value)
        new = getattr(self.experiment.config, field)
        if new == old:
            return None
        self.changes.append(Change(self.step, field, old, new))
        return self.changes[-1]
