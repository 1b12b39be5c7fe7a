"""Status: what a run is doing. These words and no others, from the worker to the page."""

from enum import StrEnum


class Status(StrEnum):
    """`queued` → `paused` ⇄ `running` → one of the four ends."""

    QUEUED = "queued"  # waits for a worker, is being built, or is being replayed
    RUNNING = "running"
    PAUSED = "paused"  # held between backward() and step()
    FINISHED = "finished"  # the last row is recorded
    STOPPED = "stopped"  # ended by a person or a limit
    DIVERGED = "diverged"  # its loss is no longer a number
    FAILED = "failed"  # an exception, or a worker that keeps dying

    @property
    def ended(self) -> bool:
        """Whether only a reset leads on from here."""
        return self in _ENDS


_ENDS = frozenset({Status.FINISHED, Status.STOPPED, Status.DIVERGED, Status.FAILED})
