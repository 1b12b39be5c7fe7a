"""Search: trials in waves, side by side, the badly doing ones cut, until the budget is used up or nobody wants to go on."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch

from core.search.halving import Halving
from core.search.remote import Helpers
from core.search.sampler import Sampler
from core.search.space import Dimension, Value
from core.search.spec import SearchSpec
from core.search.wave import Wave
from core.settings.config import ConfigError, TrainingConfig

POINTS = 60  # of a curve that is drawn


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
        helpers: other processes that train for it, on the CPU.
    """

    def __init__(self, spec: SearchSpec, device: torch.device | None = None, *, stack: bool = True, helpers: Helpers | None = None) -> None:
        self.spec = spec
        self.trials: list[Trial] = []
        self.sampler = Sampler(spec)
        self._halving = Halving(spec.goal, spec.config.epochs, spec.pruner)
        self.device, self.stack, self.helpers = device or torch.device("cpu"), stack, helpers or Helpers()
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
            yield from Wave(self, wave).rounds(self._stops)

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


def stops(first: int, epochs: int, rungs: Sequence[int]) -> list[int]:
    """The steps at which a wave is looked at: evenly spread, at each rung, and the last."""
    evenly = {first + round((epochs - first) * place / (POINTS - 1)) for place in range(POINTS)} if epochs > first else {first}
    return sorted({step for step in evenly | set(rungs) if step >= first} | {epochs})
