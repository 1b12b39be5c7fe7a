"""A visit to a row of a run's past: led there from the nearest checkpoint, in turns beside the runs that go on."""

import logging
import math
from typing import Any

from core.engine.instruments import Clock
from core.program.trainer import Trainer
from core.run.messages import Answer, Past, Visit

logger = logging.getLogger(__name__)


class PastVisit:
    """The run a second time, until it has come to the row that was asked for. The run itself stays where it is.

    Args:
        order: what was asked.
        trainer: that of the run; None if there is none.
        clock: seconds that only go forward.
    """

    def __init__(self, order: Visit, trainer: Trainer | None, clock: Clock) -> None:
        self.used = 0.0
        self.answer: Answer | None = None
        self._order, self._of, self._clock = order, trainer, clock
        self._trainer: Trainer | None = None
        self._row: dict[str, float] = {}

    @property
    def due(self) -> float:
        """Always at once."""
        return -math.inf

    def turn(self, seconds: float) -> None:
        """Build at the first turn, go on at the further ones."""
        start = self._clock()
        try:
            if self._of is None or not self._of.experiment.first_step <= self._order.step <= self._of.step:
                self.answer = Answer(self._order.ticket, None, "The run has no such row.")
            elif self._trainer is None:
                self._trainer = self._of.at(self._order.step)
            else:
                self._go_on(self._trainer, start + seconds)
        except Exception as error:
            logger.info("Row %d of run %s was not come to.", self._order.step, self._order.run, exc_info=True)
            self.answer = Answer(self._order.ticket, None, f"{type(error).__name__}: {error}")
        self.used += self._clock() - start

    def _go_on(self, trainer: Trainer, until: float) -> None:
        with trainer.stream():
            while trainer.step < self._order.step:
                _, self._row = next(trainer)
                if self._clock() >= until:
                    return
        self.answer = Answer(self._order.ticket, self._found(trainer))

    def _found(self, trainer: Trainer) -> Past:
        experiment = trainer.experiment
        views: dict[str, Any] = {name: experiment.views[name]() for name in self._order.views if name in experiment.views}
        groups = experiment.optimizer.param_groups
        parameters = tuple(parameter.numpy(force=True).copy() for group in groups for parameter in group["params"])
        return Past(trainer.step, self._row, experiment.config.model_dump(), parameters, views)
