"""A visit to a row of a run's past: led there from the nearest checkpoint."""

from typing import Any

from core.engine.drawing import Drawing
from core.engine.inquiry import Inquiry
from core.engine.instruments import Clock
from core.program.trainer import Trainer
from core.run.messages import Answer, Past, Visit


class PastVisit(Inquiry):
    """The run a second time, until it has come to the row that was asked for. The run itself stays where it is.

    Args:
        order: what was asked.
        trainer: that of the run; None if there is none.
        clock: seconds that only go forward.
    """

    def __init__(self, order: Visit, trainer: Trainer | None, clock: Clock) -> None:
        super().__init__(order.ticket, clock)
        self._order, self._of = order, trainer
        self._trainer: Trainer | None = None
        self._row: dict[str, float] = {}
        self._views: dict[str, Any] = {}
        self._drawing: Drawing | None = None

    def go_on(self, until: float) -> None:
        """Build at the first turn, train at the further ones, then draw."""
        if self._of is None or not self._of.experiment.first_step <= self._order.step <= self._of.step:
            self.answer = Answer(self.ticket, None, "The run has no such row.")
        elif self._trainer is None:
            self._trainer = self._of.at(self._order.step)
        else:
            self._train(self._trainer, until)

    def _train(self, trainer: Trainer, until: float) -> None:
        with trainer.stream():
            while trainer.step < self._order.step:
                _, self._row = next(trainer)
                if self.clock() >= until:
                    return
            self._draw(trainer, until)

    def _draw(self, trainer: Trainer, until: float) -> None:
        views = trainer.experiment.views
        for name in self._order.views:
            if name in views and name not in self._views:
                self._drawing = self._drawing or Drawing(views[name], self.clock)
                while not self._drawing.go_on():
                    if self.clock() >= until:
                        return
                self._views[name], self._drawing = self._drawing.picture, None
        self.answer = Answer(self.ticket, self._found(trainer))

    def _found(self, trainer: Trainer) -> Past:
        experiment = trainer.experiment
        groups = experiment.optimizer.param_groups
        parameters = tuple(parameter.numpy(force=True).copy() for group in groups for parameter in group["params"])
        return Past(trainer.step, self._row, experiment.config.model_dump(), parameters, self._views)
