"""Measurement: how fast a model would train on a worker's device, without a run that anyone sees."""

import torch

from core.engine.catalogue import Catalogue
from core.engine.inquiry import Inquiry
from core.engine.instruments import Clock
from core.program.trainer import Trainer
from core.run.messages import Answer, Measure

WARM_UP_STEPS = 10  # first steps load kernels and fill caches


class Measurement(Inquiry):
    """Counts only its own time, so neighbours do not falsify it."""

    def __init__(self, order: Measure, catalogue: Catalogue, device: torch.device, clock: Clock) -> None:
        super().__init__(order.ticket, clock)
        self._order, self._catalogue, self._device = order, catalogue, device
        self._trainer: Trainer | None = None
        self._steps, self._seconds = 0, 0.0

    def go_on(self, until: float) -> None:
        """Build and warm up at the first turn, count the steps of all further ones."""
        if self._trainer is None:
            self._trainer = self._build()
        else:
            self._train(self._trainer, until)

    def _build(self) -> Trainer:
        spec = self._order.spec
        trainer = Trainer(self._catalogue.watch(spec.experiment), spec.config, self._device)
        with trainer.stream():
            for _ in range(WARM_UP_STEPS):
                next(trainer, None)
        return trainer

    def _train(self, trainer: Trainer, until: float) -> None:
        start = now = self.clock()
        with trainer.stream():
            while now < until and not trainer.outcome:
                next(trainer)
                self._steps += 1
                now = self.clock()
        self._seconds += now - start
        if self._seconds >= self._order.seconds or trainer.outcome:
            rate = self._steps / self._seconds if self._steps else None
            self.answer = Answer(self.ticket, rate, "" if rate else "No step was made.")
