"""Work in pieces: what takes long is computed a little at a time, between the turns of other runs.

Such work is a generator that yields between two pieces and returns what it has come to.
"""

import gc
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar, cast

LOCKING = ("importlib._bootstrap", "logging")
PIECE_SECONDS = 0.01  # of such work between two turns; the other runs wait as long
T = TypeVar("T")
Pieces = Generator[None, None, T]


def whole(work: Any, between: Callable[[], object] = lambda: None) -> Any:
    """What the work comes to, in one go, or with something else between its pieces; what is not in pieces is that already."""
    if not isinstance(work, Generator):
        return work
    try:
        while True:
            next(work)
            between()
    except StopIteration as end:
        return end.value


def some(work: Pieces[T], until: float, clock: Callable[[], float]) -> Pieces[T] | T:
    """Pieces of the work until the clock says so, at least one; what it has come to, or itself if there is more to do."""
    try:
        while True:
            next(work)
            if clock() >= until:
                return work
    except StopIteration as end:
        return cast(T, end.value)


def in_pieces(function: Callable[[], T], clock: Callable[[], float] = time.perf_counter) -> Pieces[T]:
    """A function of somebody else, which knows nothing of pieces: held after PIECE_SECONDS where it calls something written in Python.

    It has a thread of its own, of which and of the caller one runs while the other waits: so it takes nothing from what is done
    meanwhile, not even the interpreter's lock. What a library computes without calling anything written in Python is one piece, and so
    is an import: held within one it would keep a lock that the work of another run may wait for. Nor is garbage collected by it: what is
    found there may be another run's, whose last words would be held, or ended, with it.
    """
    held = _Held(function, clock)
    try:
        while not held.go_on():
            yield
    finally:
        held.give_up()
    if held.error:
        raise held.error
    return cast(T, held.found)


def _locked(frame: FrameType | None) -> bool:
    """Whether a frame or one that has called it belongs to a module that holds a lock of the whole process."""
    while frame and frame.f_globals.get("__name__") not in LOCKING:
        frame = frame.f_back
    return frame is not None


@contextmanager
def _without_collection() -> Iterator[None]:
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class _GivenUpError(BaseException):
    """Nobody waits for what the function computes. No library is to catch it."""


class _Held:
    """The function and its thread."""

    def __init__(self, function: Callable[[], Any], clock: Callable[[], float]) -> None:
        self._function, self._clock = function, clock
        self._mine, self._theirs = threading.Semaphore(0), threading.Semaphore(0)
        self._until = 0.0
        self._over = self._given_up = False
        self.found: Any = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="in-pieces", daemon=True)

    def go_on(self) -> bool:
        """One piece; whether that was the last."""
        self._until = self._clock() + PIECE_SECONDS
        with _without_collection():
            if self._thread.ident is None:
                self._thread.start()
            else:
                self._mine.release()
            self._theirs.acquire()
        return self._over

    def give_up(self) -> None:
        """End the thread where it is held."""
        self._given_up = True
        if self._thread.ident is not None and not self._over:
            with _without_collection():
                self._mine.release()
                self._thread.join()

    def _run(self) -> None:
        sys.setprofile(self._look)
        try:
            self.found = self._function()
        except _GivenUpError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised where the pieces are asked for
            self.error = error
        finally:
            sys.setprofile(None)
            self._over = True
            self._theirs.release()

    def _look(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and not self._over and self._clock() >= self._until and not _locked(frame):
            self._theirs.release()
            self._mine.acquire()
            if self._given_up:
                raise _GivenUpError
