"""Wave: trials side by side, all of them brought to a step before any goes on to the next, by as many processes as there are.

Which process trains a member changes none of its numbers, and all are waited for at each stop; so what a search finds, in which order,
and what its sampler is told do not depend on who came to help, or went away.
"""

import math
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from core.search.helper import Chosen, member_of
from core.search.member import Member
from core.search.remote import GONE, RemoteShare
from core.search.share import Share, bounded, dealt

if TYPE_CHECKING:
    from core.search.search import Search, Trial


class Wave:
    """One wave.

    Args:
        search: to which it belongs.
        trials: which.
    """

    def __init__(self, search: "Search", trials: Sequence["Trial"]) -> None:
        self._search, self._trials = search, trials
        self._members: dict[int, list[Member]] = {}
        self._chosen: dict[int, Chosen] = {}  # of each member, by its id
        for trial in trials:
            if trial.config:
                chosen = [Chosen(trial.values, more) for more in range(search.spec.seeds)]
                self._members[trial.number] = [member_of(search.spec, trial.config, one.more) for one in chosen]
                self._chosen |= {id(made): one for made, one in zip(self._members[trial.number], chosen, strict=True)}
        self._own, self._lent = list[Share](), list[RemoteShare]()
        self._asked = set[Connection]()  # those who were free once: what was left of the wave was divided with them in mind

    def rounds(self, stops: Sequence[int]) -> Iterator[None]:
        """All of it; whoever holds it may stop between any two."""
        last, rungs = stops[-1], self._search.rungs
        try:
            members = [one for each in self._members.values() for one in each]
            self._own = [self._share(self._divided(members, self._newcomers()))]
            for place, stop in enumerate(stops):
                yield from self._advance(stop)
                if not place:
                    bounded(sum(share.parameters for share in self._shares))
                if stop != last and stop not in rungs:
                    self._send(stops[place + 1])  # nobody waits until all of this one has been told
                self._read()
                if stop in rungs:
                    self._cut(stop)
                if place < len(stops) // 2:  # who comes later would still be at what has been trained here when all of it is done
                    self._divide_again()
                yield
        finally:
            for lent in self._lent:
                self._search.helpers.end(lent)
        self._tell()

    def _share(self, members: Sequence[Member]) -> Share:
        return Share(self._search.spec, members, self._search.device, stack=self._search.stack)

    @property
    def _shares(self) -> list[Share | RemoteShare]:
        return [*self._own, *self._lent]

    def _newcomers(self) -> list[Connection]:
        """Those who are free for the first time."""
        free = [wire for wire in self._search.helpers.free() if wire not in self._asked]
        self._asked |= set(free)
        return free

    def _divided(self, members: Sequence[Member], free: Sequence[Connection]) -> list[Member]:
        """Lend a share to each that is free; those that are left are trained here."""
        search = self._search
        kept, *others = dealt(search.spec.experiment, members, 1 + max(1, len(free)))
        search.helpers.wanted = search.helpers.wanted or bool(others[0])
        for wire, given in zip(free, others, strict=False):
            if given:
                chosen = [(one, self._chosen[id(one)]) for one in given]
                self._lent.append(search.helpers.lend(wire, search.spec, chosen, stack=search.stack))
        return kept if free else list(members)

    def _divide_again(self) -> None:
        """Who has come meanwhile trains a part of what is trained here once more from its beginning, while it goes on here without them."""
        if free := self._newcomers():
            under_way = [one for share in self._own for one in share.members if not one.outcome]
            kept = {id(one) for one in self._divided(under_way, free)}
            for share in self._own:
                share.drop([one for one in under_way if id(one) not in kept])

    def _send(self, stop: int) -> None:
        for lent in self._lent:
            lent.send(stop)

    def _advance(self, stop: int) -> Iterator[None]:
        self._send(stop)
        for share in self._own:
            yield from share.advance(stop)
        for lent in list(self._lent):
            try:
                while not lent.reached():
                    yield
            except GONE:
                yield from self._replace(lent, stop)

    def _replace(self, lent: RemoteShare, stop: int) -> Iterator[None]:
        """Train here, from their beginning, the members of a process that is no more."""
        self._lent.remove(lent)
        self._search.helpers.gone(lent.wire)
        for one in lent.members:
            one.begin()
        self._own.append(self._share(lent.members))
        yield from self._own[-1].advance(stop)

    def _read(self) -> None:
        """What the members have come to."""
        for trial in self._running():
            members = self._members[trial.number]
            first = members[0]
            trial.step, trial.value, trial.held, last = _of_all(members)
            trial.loss, trial.stacked = first.loss, first.stacked
            trial.curve.append((trial.step, last))
            if not any(one.outcome for one in members):
                continue
            ended = {one.outcome for one in members}
            if ended & {"diverged", "failed"}:
                trial.reason = next((one.reason for one in members if one.reason), "")
                trial.value = trial.held = math.nan
                trial.state = "failed"
            elif ended == {"finished"}:
                trial.state = "complete"

    def _running(self) -> list["Trial"]:
        return [trial for trial in self._trials if trial.state == "running"]

    def _cut(self, rung: int) -> None:
        gone = self._search.cut(rung, self._running())
        for trial in gone:
            trial.state = "pruned"
        members = [one for trial in gone for one in self._members[trial.number]]
        for share in self._shares:
            share.drop(members)

    def _tell(self) -> None:
        """In the order of their numbers, whoever ended first: so the same search finds the same."""
        for trial in sorted(self._trials, key=lambda one: one.number):
            self._search.sampler.tell(trial.number, trial.value, trial.state, trial.step, trial.held)


def _of_all(members: Sequence[Member]) -> tuple[int, float, float, float]:
    """How far the furthest is, and the means of their numbers."""
    if len(members) == 1:
        one = members[0]
        return one.step, one.value, one.held, one.last
    value, held, last = (sum(column) / len(members) for column in zip(*((one.value, one.held, one.last) for one in members), strict=True))
    return max(one.step for one in members), value, held, last
