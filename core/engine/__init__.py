"""Where runs live. A page asks `pool()` for a run and sees nothing else of all this; nothing in here imports torch."""

from functools import cache

from core.engine.housekeeping import LimitReached
from core.engine.local import LocalPool
from core.engine.questions import NoAnswerError

__all__ = ["LimitReached", "LocalPool", "NoAnswerError", "pool"]


@cache
def pool() -> LocalPool:
    """The pool of this process; `start()` and `close()` belong to the life of the app."""
    return LocalPool()
