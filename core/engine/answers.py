"""Errands: questions that a worker answers in one go, or in pieces, each by a function found by its name."""

import importlib
import logging
from collections.abc import Generator, Mapping
from typing import Any

from core.engine.inquiry import Inquiry
from core.engine.instruments import Clock
from core.program.pieces import Pieces, some
from core.program.trainer import Trainer
from core.run.messages import Answer, Ask

logger = logging.getLogger(__name__)

OF_A_RUN: Mapping[str, str] = {  # called with the run's trainer first
    "parameters": "core.run.parameters:file",
    "view": "core.run.view:view",
    "modules": "core.labs.modules.anatomy:anatomy",
}
OF_NONE: Mapping[str, str] = {
    "autograd": "core.labs.by_hand.pytorch:differentiate",
    "chain": "core.labs.modules.chain:run",
    "broken": "core.labs.modules.broken:broken",
    "tensors": "core.labs.tensors.report:report",
    "tensor_questions": "core.labs.tensors.questions:questions",
    "wrong_line": "core.labs.tensors.wrong_line:wrong_line",
    "sequences": "core.labs.sequences.report:report",
    "sequence_timing": "core.labs.sequences.timing:timed",
    "sequence_mistakes": "core.labs.sequences.mistakes:mistakes",
    "tensorboard": "core.run.tensorboard:event_file",
}


class Errand(Inquiry):
    """The answer to a question in pieces."""

    def __init__(self, ticket: str, pieces: Pieces[Any], clock: Clock) -> None:
        super().__init__(ticket, clock)
        self._pieces = pieces

    def go_on(self, until: float) -> None:
        """Some more of it."""
        found = some(self._pieces, until, self.clock)
        if found is not self._pieces:
            self.answer = Answer(self.ticket, found)


def answer(ask: Ask, trainer: Trainer | None, clock: Clock) -> Answer | Errand:
    """The answer to `ask`, or what will give it; `trainer` is that of the run it is about. Whatever goes wrong is its refusal."""
    try:
        if ask.question in OF_NONE:
            found = _function(OF_NONE[ask.question])(**ask.arguments)
            return Errand(ask.ticket, found, clock) if isinstance(found, Generator) else Answer(ask.ticket, found)
        if trainer is None:
            return Answer(ask.ticket, None, "The run is not there.")
        with trainer.stream():
            return Answer(ask.ticket, _function(OF_A_RUN[ask.question])(trainer, **ask.arguments))
    except Exception as error:
        logger.info("The question %s was not answered.", ask.question, exc_info=True)
        return Answer(ask.ticket, None, f"{type(error).__name__}: {error}")


def _function(place: str) -> Any:
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)
