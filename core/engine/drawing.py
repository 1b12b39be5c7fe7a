"""Drawing: a picture on its way. One that takes long is drawn in pieces, between the turns of all runs."""

import logging
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from core.engine.instruments import Clock
from core.program.pieces import PIECE_SECONDS, some

logger = logging.getLogger(__name__)


class Drawing:
    """In place of a picture that cannot be drawn stands `{"broken": why}`.

    Args:
        view: makes the picture, or the pieces of it.
        clock: seconds that only go forward.
    """

    def __init__(self, view: Callable[[], Any], clock: Clock) -> None:
        self._clock = clock
        self.picture: Any = None
        self.seconds = 0.0  # that it has taken so far
        self.outdated = False  # something has happened since it was begun
        self._pieces: Generator[None, None, Any] | None = None
        self._take(self._timed(view))

    @property
    def done(self) -> bool:
        """Whether the picture is there."""
        return self._pieces is None

    def go_on(self) -> bool:
        """Draw for about PIECE_SECONDS; whether the picture is there."""
        if self._pieces is not None:
            self._take(self._timed(partial(some, self._pieces, self._clock() + PIECE_SECONDS, self._clock)))
        return self.done

    def _take(self, made: Any) -> None:
        self._pieces, self.picture = (made, None) if isinstance(made, Generator) else (None, made)

    def _timed(self, work: Callable[[], Any]) -> Any:
        begun = self._clock()
        try:
            return work()
        except Exception as error:
            logger.info("A picture could not be drawn.", exc_info=True)
            return {"broken": f"{type(error).__name__}: {error}"}
        finally:
            self.seconds += self._clock() - begun
