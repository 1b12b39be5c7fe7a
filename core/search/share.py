"""Share: those members of a wave that one process trains, stacked where they can be, one by one where not."""

import time
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import torch

from core.search.member import Group, Member, Single
from core.search.space import SearchError
from core.search.spec import SearchSpec
from core.search.stacked import numbers, shape, stacks
from core.settings.limits import limits

PART = 25  # steps, and
TURN = 0.2  # seconds, after which whoever holds a search may stop it, however far the next point of its curves is
LEAST = 32  # members of a stack: two smaller ones take as long as the one of which they are halves, but for
MUCH = 50_000  # numbers that the units of a stack put out: a half with as many takes 0.5 to 0.7 of what the whole takes


class Share:
    """Members that are brought from stop to stop.

    Args:
        spec: of the search that they belong to.
        members: which, all of them at the beginning.
        device: where their tensors live.
        stack: whether members of one shape are trained as one.
    """

    def __init__(self, spec: SearchSpec, members: Sequence[Member], device: torch.device, *, stack: bool = True) -> None:
        self.members = list(members)
        self.parameters = 0  # of all of them together
        self._spec, self._device, self._stack = spec, device, stack
        self._groups = list[Group]()
        self._step, self._built = spec.first - 1, False
        self._counts: dict[int, int] = {}  # rows of each group that it makes in a turn, as it was before: each turn ends with a test

    def _build(self) -> Iterator[None]:
        """One group after another: to build hundreds of networks takes a while."""
        spec = self._spec
        made, alone = list[Group](), self.members
        if self._stack:
            stacked, alone = stacks(spec.experiment, self.members, spec.goal, self._device, hold_out=spec.held_out)
            self.parameters = sum(stack.parameters for stack in stacked)
            made += stacked
        for group in made:
            for member in group.members:
                member.stacked = True
        self._groups += made
        yield
        for member in alone:
            single = Single(spec.experiment, member, spec.goal, self._device, hold_out=spec.held_out)
            self.parameters += single.parameters
            bounded(self.parameters)
            self._groups.append(single)
            yield

    def advance(self, to: int) -> Iterator[None]:
        """Make rows up to this step.

        Raises:
            SearchError: they are too large, or have no such number.
        """
        if not self._built:
            self._built = True
            yield from self._build()
        for place, group in enumerate(self._groups):
            at = self._step
            while at < to:
                began, before, at = time.perf_counter(), at, min(to, at + self._counts.get(place, 1))
                group.advance(at)
                self._counts[place] = max(1, min(PART, int(TURN * (at - before) / max(1e-9, time.perf_counter() - began))))
                yield
        self._step = to

    def drop(self, members: Collection[Member]) -> None:
        """These go no further here."""
        gone = {id(member) for member in members}
        for group in self._groups:
            group.drop([member for member in group.members if id(member) in gone])
        self.members = [member for member in self.members if id(member) not in gone]


def bounded(parameters: int) -> None:
    """Refuse what is too large to be trained side by side.

    Raises:
        SearchError: more than a search may have.
    """
    if parameters > limits().search_parameters:
        raise SearchError("too_many_parameters", "trials", parameters, f"≤ {limits().search_parameters}")


def dealt(experiment: str, members: Sequence[Member], processes: int) -> list[list[Member]]:
    """As many shares, about as large as one another, the first one never smaller than the last.

    What cannot be stacked is dealt out one by one; a stack is divided only where each part is still worth one.
    """
    shares = [list[Member]() for _ in range(processes)]
    forms = [(shape(experiment, member), member) for member in members]
    for form, same in groupby(sorted(forms, key=itemgetter(0)), key=itemgetter(0)):
        group = [member for _, member in same]
        parts = min(processes, _worthwhile(group)) if form else processes
        for place, share in enumerate(sorted(shares, key=len)[:parts]):
            share.extend(group[place::parts])
    return sorted(shares, key=len, reverse=True)


def _worthwhile(group: Sequence[Member]) -> int:
    """Into how many stacks these are well divided."""
    count = len(group)
    return max(1, count // LEAST, min(count // 2, count * numbers(group[0].config) // MUCH))
