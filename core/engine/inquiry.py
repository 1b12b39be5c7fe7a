"""An inquiry: a question that is answered in many turns, beside the runs that go on."""

import logging
import math
from abc import ABC, abstractmethod

from core.engine.instruments import Clock
from core.run.messages import Answer

logger = logging.getLogger(__name__)


class Inquiry(ABC):
    """Takes turns as a run does, always at once, until it has its `answer`; whatever goes wrong is its refusal.

    Args:
        ticket: by which the answer finds who has asked.
        clock: seconds that only go forward.
    """

    def __init__(self, ticket: str, clock: Clock) -> None:
        self.used = 0.0
        self.answer: Answer | None = None
        self.ticket, self.clock = ticket, clock

    @property
    def due(self) -> float:
        """Always at once."""
        return -math.inf

    def turn(self, seconds: float) -> None:
        """Go on for about this long."""
        try:
            self.go_on(self.clock() + seconds)
        except Exception as error:
            logger.info("%s was not answered.", self, exc_info=True)
            self.answer = Answer(self.ticket, None, f"{type(error).__name__}: {error}")

    @abstractmethod
    def go_on(self, until: float) -> None:
        """One turn: build something, or work until the clock says `until`; then perhaps there is an answer."""
