"""Measurement: how fast a model would train on a worker's device, without a run that anyone sees."""

import logging
import math

import torch

from core.engine.catalogue import Catalogue
from core.engine.instruments import Clock
from core.program.trainer import Trainer
from core.run.messages import Answer, Measure

logger = logging.getLogger(__name__)
WARM_UP_STEPS = 10  # first steps load kernels and fill caches


class Measurement:
    """Takes turns beside the runs and counts only its own time, so neighbours do not falsify it."""

    def __init__(self, order: Measure, catalogue: Catalogue, device: torch.device, clock: Clock) -> None:
        self.used = 0.0
        self.answer: Answer | None = None
        self._order, self._catalogue, self._device, self._clock = order, catalogue, device, clock
        self._trainer: Trainer | None = None
        self._steps, self._seconds = 0, 0.0

    @property
    def due(self) -> float:
        """Always at once."""
        return -math.inf

    def turn(self, seconds: float) -> None:
        """Build at the first turn, warm up at the second, count the steps of all further ones."""
        start = self._clock()
        try:
            if self._trainer is None:
                self._trainer = self._build()
            else:
                self._train(self._trainer, start + seconds)
        except Exception as error:
            logger.info("Measuring %s on %s failed.", self._order.spec.experiment, self._device, exc_info=True)
            self.answer = Answer(self._order.ticket, None, f"{type(error).__name__}: {error}")
        self.used += self._clock() - start

    def _build(self) -> Trainer:
        spec = self._order.spec
        trainer = Trainer(self._catalogue.watch(spec.experiment), spec.config, self._device)
        with trainer.stream():
            for _ in range(WARM_UP_STEPS):
                next(trainer, None)
        return trainer

    def _train(self, trainer: Trainer, until: float) -> None:
        start = now = self._clock()
        with trainer.stream():
            while now < until and not trainer.outcome:
                next(trainer)
                self._steps += 1
                now = self._clock()
        self._seconds += now - start
        if self._seconds >= self._order.seconds or trainer.outcome:
            rate = self._steps / self._seconds if self._steps else None
            self.answer = Answer(self._order.ticket, rate)
