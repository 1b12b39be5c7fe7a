"""Search: trials in waves, side by side, the badly doing ones cut, until the budget is used up or nobody wants to go on."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch

from core.search.halving import Halving
from core.search.member import Group, Member, Single
from core.search.sampler import Sampler
from core.search.space import Dimension, SearchError, Value
from core.search.spec import SearchSpec
from core.search.stacked import stacks
from core.settings.config import ConfigError, TrainingConfig
from core.settings.limits import limits

POINTS = 60  # of a curve that is drawn
PART = 25  # steps after which whoever holds a search may stop it, however far the next point of its curves is


@dataclass
class Trial:
    """One choice of settings, and what came of it.

    Args:
        number: from 0.
        values: what was chosen of each searched field.
        config: all its settings; None where these values do not go together.
        state: running, complete, pruned, failed or stopped.
        value: by which it is compared; of a pruned one where it was cut.
        held: the same number of samples that nobody chooses by; NaN where none are held out.
        step: its last row.
        loss: the training loss of that row; of several runs that of the first.
        curve: the goal's number at the steps that the search draws.
    """

    number: int
    values: dict[str, Value]
    config: TrainingConfig | None
    state: str = "running"
    value: float = math.nan
    held: float = math.nan
    step: int = 0
    loss: float = math.nan
    reason: str = ""
    stacked: bool = False
    curve: list[tuple[int, float]] = field(default_factory=list)


class Search:
    """What `spec` says, made step by step: each turn of `rounds()` brings every trial of a wave a little further.

    Args:
        device: where its tensors live.
        stack: whether members of one shape are trained as one.
    """

    def __init__(self, spec: SearchSpec, device: torch.device | None = None, *, stack: bool = True) -> None:
        self.spec = spec
        self.trials: list[Trial] = []
        self.sampler = Sampler(spec)
        self._halving = Halving(spec.goal, spec.config.epochs, spec.pruner)
        self.device, self._stack = device or torch.device("cpu"), stack
        self._stops = stops(spec.first, spec.config.epochs, self._halving.rungs)

    @property
    def rungs(self) -> tuple[int, ...]:
        """The steps at which trials are cut."""
        return self._halving.rungs

    @property
    def budget(self) -> int:
        """How many trials there are to be."""
        return self.spec.last.trials

    def extend(self, trials: int) -> None:
        """So many more, from the next wave on."""
        self.turn(min(self.budget + trials, self.spec.most), self.spec.last.over)

    def narrow(self, over: Sequence[Dimension]) -> None:
        """Choose from these from the next wave on."""
        self.turn(self.budget, tuple(over))

    def turn(self, trials: int, over: tuple[Dimension, ...]) -> None:
        """What holds from the next wave on; kept in the spec, which so finds the same again."""
        if (trials, over) != (self.budget, self.spec.last.over):
            self.spec = self.spec.turned(len(self.trials), trials, over)

    def stop(self) -> None:
        """Nobody wants to go on: what is under way stays where it is."""
        for trial in self.trials:
            if trial.state == "running":
                trial.state = "stopped"

    def rounds(self) -> Iterator[None]:
        """The whole search; whoever holds it may stop between any two."""
        while room := self._room():
            wave = [self._ask() for _ in range(room)]
            yield from _Wave(self, wave, self.device, self._stack).rounds(self._stops)

    def _room(self) -> int:
        """The trials of the next wave; it chooses from the ranges that hold of it."""
        holding = self.spec.holding(len(self.trials))
        self.sampler.over(holding.over)
        most = self.sampler.planned if self.spec.sampler == "grid" else holding.trials
        return max(0, min(self.spec.wave, holding.trials - len(self.trials), most - len(self.trials)))

    def _ask(self) -> Trial:
        number, values = self.sampler.ask()
        try:
            trial = Trial(number, values, self.spec.configured(values))
        except ConfigError as error:
            trial = Trial(number, values, None, "failed", reason=str(error))
        self.trials.append(trial)
        return trial

    def cut(self, rung: int, came: Sequence[Trial]) -> list[Trial]:
        """Those that end at a rung."""
        numbers = self._halving.cut(rung, {trial.number: trial.value for trial in came})
        return [trial for trial in came if trial.number in numbers]

    @property
    def order(self) -> list[Trial]:
        """The trials that have a value, the best first: those that came further stand before those that were cut."""
        return sorted((trial for trial in self.trials if trial.state in ("complete", "pruned")), key=self._key)

    def _key(self, trial: Trial) -> tuple[bool, int, float, int]:
        cut = trial.state == "pruned"
        return cut, -trial.step if cut else 0, self.spec.goal.order(trial.value), trial.number

    @property
    def best(self) -> Trial | None:
        """The best of the complete trials."""
        first = next(iter(self.order), None)
        return first if first and first.state == "complete" else None

    @property
    def guess(self) -> Trial | None:
        """The trial with the learner's own settings."""
        return self.trials[0] if self.trials and self.spec.guess else None

    def rank(self, trial: Trial) -> int:
        """Its place, from 1; of one that has no value the last."""
        return next((place for place, one in enumerate(self.order, start=1) if one is trial), len(self.trials))

    @property
    def saved(self) -> int:
        """The steps that cutting has saved."""
        last = self.spec.config.epochs
        return sum(last - trial.step for trial in self.trials if trial.state == "pruned") * self.spec.seeds


class _Wave:
    """Trials side by side: all are brought to a step before any goes on to the next."""

    def __init__(self, search: Search, trials: Sequence[Trial], device: torch.device, stack: bool) -> None:
        self._search, self._trials = search, trials
        spec = search.spec
        self._members: dict[int, list[Member]] = {}
        for trial in trials:
            if trial.config:
                seeds = [trial.config.replace(seed=trial.config.seed + more) for more in range(spec.seeds)]
                self._members[trial.number] = [Member(config, spec.goal, spec.first) for config in seeds]
        self._device, self._stack = device, stack

    def rounds(self, at: Sequence[int]) -> Iterator[None]:
        groups = list[Group]()
        for group in self._built():
            groups.append(group)
            yield
        before = self._search.spec.first - 1
        for stop in at:
            for group in groups:
                for part in [*range(before + PART, stop, PART), stop]:
                    group.advance(part)
                    yield
            before = stop
            self._read(stop)
            if stop in self._search.rungs:
                gone = self._cut(stop)
                for group in groups:
                    group.drop([member for member in group.members if member in gone])
            yield
        self._tell()

    def _built(self) -> Iterator[Group]:
        """One group after another: to build hundreds of networks takes a while."""
        spec = self._search.spec
        members = [member for each in self._members.values() for member in each]
        stacked, alone = stacks(spec.experiment, members, spec.goal, self._device, hold_out=spec.held_out) if self._stack else ([], members)
        inside = {id(member) for stack in stacked for member in stack.members}
        for trial in self._trials:
            trial.stacked = any(id(member) in inside for member in self._members.get(trial.number, ()))
        yield from stacked
        numbers = sum(stack.parameters for stack in stacked)
        for member in alone:
            single = Single(spec.experiment, member, spec.goal, self._device, hold_out=spec.held_out)
            numbers += single.parameters
            if numbers > limits().search_parameters:
                raise SearchError("too_many_parameters", "trials", numbers, f"≤ {limits().search_parameters}")
            yield single

    def _read(self, stop: int) -> None:
        """What the members have come to."""
        for trial in self._running():
            members = self._members[trial.number]
            ended = {member.outcome for member in members}
            trial.step = max(member.step for member in members)
            trial.value = _mean([member.value for member in members])
            trial.held = _mean([member.held for member in members])
            trial.loss = members[0].loss
            trial.curve.append((trial.step, _mean([member.last for member in members])))
            if ended & {"diverged", "failed"}:
                trial.reason = next((member.reason for member in members if member.reason), "")
                trial.value = trial.held = math.nan
                trial.state = "failed"
            elif ended == {"finished"}:
                trial.state = "complete"

    def _running(self) -> list[Trial]:
        return [trial for trial in self._trials if trial.state == "running"]

    def _cut(self, rung: int) -> list[Member]:
        gone = self._search.cut(rung, self._running())
        for trial in gone:
            trial.state = "pruned"
        return [member for trial in gone for member in self._members[trial.number]]

    def _tell(self) -> None:
        """In the order of their numbers, whoever ended first: so the same search finds the same."""
        for trial in sorted(self._trials, key=lambda one: one.number):
            self._search.sampler.tell(trial.number, trial.value, trial.state, trial.step, trial.held)


def stops(first: int, epochs: int, rungs: Sequence[int]) -> list[int]:
    """The steps at which a wave is looked at: evenly spread, at each rung, and the last."""
    evenly = {first + round((epochs - first) * place / (POINTS - 1)) for place in range(POINTS)} if epochs > first else {first}
    return sorted({step for step in evenly | set(rungs) if step >= first} | {epochs})


def _mean(values: Sequence[float]) -> float:
    return values[0] if len(values) == 1 else sum(values) / len(values)
