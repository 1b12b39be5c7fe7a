"""The processes that help a search, as it sees them, and the shares of its waves that they train."""

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any, Literal

from core.search.helper import Advance, Begin, Chosen, Reached, Word
from core.search.member import Member
from core.search.spec import SearchSpec

LOOK_SECONDS = 0.02  # for so long a search waits for another process before it looks for what is wished for
GONE = (EOFError, OSError)  # what a line to a process that is no more raises


class Helpers:
    """Those that may come, and those that have.

    Args:
        wires: a line for each; who comes says so.
    """

    def __init__(self, wires: Sequence[Connection] = ()) -> None:
        self._lines: dict[Connection, Literal["expected", "free", "busy"]] = dict.fromkeys(wires, "expected")
        self.shares = 0  # so many have been lent
        self.wanted = False  # there is something that can be divided

    def free(self) -> list[Connection]:
        """Those that have come and have no share; those that have gone away are forgotten."""
        for wire in [wire for wire, state in self._lines.items() if state != "busy" and wire.poll()]:
            try:
                wire.recv()  # that it is there, or the end of an order that is of no interest any more
                self._lines[wire] = "free"
            except GONE:
                self.gone(wire)
        return [wire for wire, state in self._lines.items() if state == "free"]

    def gone(self, wire: Connection) -> None:
        """One is no more."""
        del self._lines[wire]
        wire.close()

    def lend(self, wire: Connection, spec: SearchSpec, members: Sequence[tuple[Member, Chosen]], *, stack: bool) -> "RemoteShare":
        """Give one that is free a share."""
        self._lines[wire] = "busy"
        self.shares += 1
        begin = Begin(self.shares, spec, tuple(chosen for _, chosen in members), stack, 0)
        return RemoteShare(wire, begin, [member for member, _ in members])

    def end(self, share: "RemoteShare") -> None:
        """A share is wanted no longer."""
        self._lines[share.wire] = "free"
        _send(share.wire, "end")

    def say(self, word: Word) -> None:
        """To all that have a share."""
        for wire, state in self._lines.items():
            if state == "busy":
                _send(wire, word)


class RemoteShare:
    """Members that another process trains. What they have come to is known here at each stop.

    Args:
        wire: the line to the process.
        begin: what it is to be told first.
        members: in the same order.
    """

    def __init__(self, wire: Connection, begin: Begin, members: Sequence[Member]) -> None:
        self.wire, self.parameters = wire, 0
        self._begin, self._sent = begin, -1  # the step up to which it has been told to go
        self._members = dict(enumerate(members))  # those that are under way
        self._dropped = list[int]()

    @property
    def members(self) -> list[Member]:
        """Those that are under way."""
        return list(self._members.values())

    def drop(self, members: Collection[Member]) -> None:
        """These go no further."""
        gone = {id(member) for member in members}
        self._dropped += [place for place, member in self._members.items() if id(member) in gone]
        for place in self._dropped:
            self._members.pop(place, None)

    def send(self, to: int) -> None:
        """Have rows made up to this step, if that has not been said before."""
        if to > self._sent:
            dropped, self._dropped = tuple(self._dropped), []
            _send(self.wire, Advance(to, dropped) if self._sent >= 0 else replace(self._begin, to=to))
            self._sent = to

    def reached(self) -> bool:
        """Whether that is done; waits a moment for it.

        Raises:
            EOFError, OSError: the process is no more.
        """
        if not self.wire.poll(LOOK_SECONDS):
            return False
        came: Reached = self.wire.recv()
        if came.share != self._begin.share:  # of one that was left
            return False
        self.parameters = came.parameters
        for place, known in came.known:
            self._members[place].known = known
        self._members = {place: member for place, member in self._members.items() if not member.outcome}
        return True


def _send(wire: Connection, order: Any) -> None:
    """That nobody listens any more is noticed when something is to be read."""
    with contextlib.suppress(OSError):
        wire.send(order)
