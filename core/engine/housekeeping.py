"""What a pool does now and then: limits, runs that nobody watches, and runs whose worker died."""

import logging
import threading
from collections.abc import Callable, Sequence

from core.run.handle import Run
from core.run.status import Status
from core.settings.limits import Limits

logger = logging.getLogger(__name__)


class LimitReached(Exception):  # noqa: N818  # not an error of anybody's
    """No further run: `code` names the limit in `core.settings.limits`, `limit` is its value.

    Or it is `line`: so many wait before; or `rush`: so many have just come.
    """

    def __init__(self, code: str, limit: float) -> None:
        super().__init__(f"{code}: {limit}")
        self.code, self.limit = code, limit


def make_room(runs: Sequence[Run], code: str, limit: int, drop: Callable[[Run, str], None]) -> None:
    """Let one more run in beside `runs`; the one that nobody has watched for longest makes room if it must.

    Raises:
        LimitReached: all of them are watched.
    """
    if len(runs) < limit:
        return
    left = [(run.unwatched_since, run) for run in runs if run.unwatched_since is not None]
    if not left:
        raise LimitReached(code, limit)
    drop(min(left, key=lambda pair: pair[0])[1], code)


def tidy(runs: Sequence[Run], bounds: Limits, now: float, drop: Callable[[Run, str], None]) -> None:
    """Hold and later drop what nobody watches; stop what has trained for too long."""
    for run in runs:
        since = run.unwatched_since
        unwatched = now - since if since is not None else 0.0
        if run.trained_seconds(now) > 60 * bounds.run_minutes:
            run.stop("time_limit")
        if unwatched > bounds.unwatched_drop_seconds:
            drop(run, "unwatched")
        elif unwatched > bounds.unwatched_pause_seconds and run.status is Status.RUNNING:
            run.pause("unwatched")


def shown_again(run: Run) -> None:
    """Let it begin anew if it has ended and somebody looks at it; its earlier curves would all be the same."""
    if run.status.ended and run.unwatched_since is None:
        run.reset()
        run.forget_past(0)
        run.train()


class RecoveryQueue:
    """Runs whose worker died, brought back one after another, those first that somebody looks at.

    A run that kills its worker would take the others with it again and again, and nobody could tell which it was. So
    the next one comes back when the one before has made a row or is held; a run under which a worker dies three times has failed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Run] = []
        self._current: Run | None = None
        self._alive = False  # the current one has been heard of since it was reopened

    def add(self, runs: Sequence[Run]) -> None:
        """These have lost their worker."""
        with self._lock:
            self._waiting.extend(run for run in runs if run not in self._waiting)
            if self._current in runs:
                self._current = None
            idle = self._current is None
        if idle:
            self.go_on()

    def seen(self, run: Run) -> None:
        """There is news of a run: if it is the one that was awaited and it is well, the next may come."""
        if run is self._current:
            self._alive = True
            if run.recovered:
                self.go_on()

    def hurry(self) -> None:
        """Bring the next one back if the one before is built, though it may have a long way to replay, or is gone."""
        if self._current and (self._alive or self._current.recovered):
            self.go_on()

    def go_on(self) -> None:
        """Bring the next one back."""
        with self._lock:
            self._alive = False
            run = self._current = min(self._waiting, key=lambda run: run.unwatched_since is not None, default=None)
            self._waiting = [other for other in self._waiting if other is not run]
        if run:
            run.reopen()
