"""Helper: a process that trains a share of a wave for a search in another process. What it cannot do it leaves by going away."""

import contextlib
import os
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Literal, NamedTuple

import torch

from core.search.member import Known, Member
from core.search.share import Share
from core.search.space import Value
from core.search.spec import SearchSpec
from core.settings.config import TrainingConfig

IDLE_SECONDS = 60.0  # without a share; a search that goes on later is helped by others

Word = Literal["hold", "go", "end"]  # what may come at any time


class Chosen(NamedTuple):
    """What a member is made of: the values of its trial, and which of its seeds it has. A config may hold a table of thousands of rows."""

    values: Mapping[str, Value]
    more: int


@dataclass(frozen=True, slots=True)
class Begin:
    """Train these, up to a step.

    Args:
        share: its number.
        spec: of the search.
        chosen: what is to be trained.
        stack: whether members of one shape are trained as one.
        to: the step.
    """

    share: int
    spec: SearchSpec
    chosen: tuple[Chosen, ...]
    stack: bool
    to: int


@dataclass(frozen=True, slots=True)
class Advance:
    """Train those that there are but for these, in the order of `Begin`, up to a step."""

    to: int
    dropped: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """What was asked for is done.

    Args:
        share: its number.
        parameters: of all its members together.
        known: of each that was still under way: its place in `Begin`, and what is known of it.
    """

    share: int
    parameters: int
    known: tuple[tuple[int, Known], ...]


class Helper:
    """Obeys what comes over `wire`."""

    def __init__(self, wire: Connection) -> None:
        self._wire, self._held = wire, False
        self._share: Share | None = None
        self._number = 0
        self._members: dict[int, Member] = {}  # those of it that are under way, by their places in `Begin`

    def serve(self) -> None:
        """Until nobody wants anything any more."""
        self._wire.send("ready")
        while self._share or self._wire.poll(IDLE_SECONDS):
            self._obey(self._wire.recv())

    def _obey(self, order: Begin | Advance | Word) -> None:
        match order:
            case Begin():
                self._members = dict(enumerate(member_of(order.spec, order.spec.configured(one.values), one.more) for one in order.chosen))
                self._number = order.share
                self._share = share = Share(order.spec, list(self._members.values()), torch.device("cpu"), stack=order.stack)
                self._go(share, share.advance(order.to))
            case Advance() if self._share:
                self._share.drop([self._members.pop(place) for place in order.dropped])
                self._go(self._share, self._share.advance(order.to))
            case "hold" | "go":
                self._held = order == "hold"
            case "end":
                self._share, self._members, self._held = None, {}, False

    def _go(self, share: Share, steps: Iterable[None]) -> None:
        """To the end of them, or held or left where it is if that is wished for meanwhile."""
        for _ in steps:
            while self._share is share and (self._held or self._wire.poll()):
                self._obey(self._wire.recv())
            if self._share is not share:
                return
        self._wire.send(Reached(self._number, share.parameters, tuple((place, one.known) for place, one in self._members.items())))
        self._members = {place: one for place, one in self._members.items() if not one.outcome}


def member_of(spec: SearchSpec, config: TrainingConfig, more: int) -> Member:
    """One run of a trial of these settings; `more` says by how much its seed is greater."""
    return Member(config.replace(seed=config.seed + more) if more else config, spec.goal, spec.first)


def main(wire: Connection, niceness: int) -> None:
    """What the process runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    os.nice(niceness)
    with contextlib.suppress(EOFError, ConnectionError):  # nobody listens any more
        Helper(wire).serve()
