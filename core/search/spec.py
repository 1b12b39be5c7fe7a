"""SearchSpec: a search as data. All else about it can be computed again from this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, get_args

from core import experiments
from core.search.goal import Goal
from core.search.halving import Pruner
from core.search.space import Dimension, SearchError, Value, grid, read
from core.settings.config import TrainingConfig
from core.settings.limits import limits

SamplerName = Literal["grid", "random", "tpe", "cmaes"]
SAMPLERS: tuple[SamplerName, ...] = get_args(SamplerName)
PRUNERS: tuple[Pruner, ...] = get_args(Pruner)
SEEDS = 10
BETWEEN_TURNS = "~"  # in a link
WAVE: Mapping[SamplerName, int] = {
    "grid": 256,
    "random": 256,
    "tpe": 16,
    "cmaes": 16,
}  # those that learn are told of a wave before the next
# Of a link, beside `over` and the experiment's fields.
LATER = ("turns", "beside")  # what is wished for while it runs, or afterwards
PARAMETERS = ("sampler", "trials", "goal", "pruner", "seeds", "search_seed", "held_out")


@dataclass(frozen=True)
class Turn:
    """What its visitor changed of a search while it ran: more trials, or narrower ranges.

    It is data of the search as all else is. A wave that is asked for before a turn and one that is asked for after it have other sizes
    and other ranges, and a sampler that learns of whole waves then chooses otherwise.

    Args:
        at: so many trials had been asked for when it was made; the next wave is the first of which it holds.
        trials: how many there are to be in all.
        over: what is searched from there on.
    """

    at: int
    trials: int
    over: tuple[Dimension, ...]

    def __str__(self) -> str:
        return f"{self.at}:{self.trials}:{';'.join(map(str, self.over))}"


@dataclass(frozen=True)
class SearchSpec:
    """What is searched, how, and by which number.

    Args:
        experiment: a name out of `core.experiments`.
        config: the settings of every trial but for what is searched; its values of the searched fields are the learner's own guess.
        over: the fields that are searched.
        sampler: who chooses.
        trials: how many at most.
        goal: the number by which they are compared.
        pruner: whether those that do badly are cut short.
        seeds: each trial is so many runs, with as many seeds from the config's on; their mean counts.
        seed: of the sampler.
        held_out: whether every second test sample is seen by nobody who chooses; the goal is then a number of the others.
        beside: whether plain random search follows, with as many epochs (`core.search.beside`).
        turns: what was changed of it while it ran, in the order of their `at`.
    """

    experiment: str
    config: TrainingConfig
    over: tuple[Dimension, ...]
    sampler: SamplerName = "tpe"
    trials: int = 64
    goal: Goal = field(default_factory=lambda: Goal("loss"))
    pruner: Pruner = "none"
    seeds: int = 1
    seed: int = 0
    held_out: bool = False
    beside: bool = False
    turns: tuple[Turn, ...] = ()

    @classmethod
    def read(cls, experiment: str, config: TrainingConfig, over: Sequence[str], **given: str) -> Self:
        """The search that texts describe, checked.

        Raises:
            SearchError: names what is refused, with its bounds.
            ConfigError: a value that a field does not take.
        """
        sampler: Any = _one_of("sampler", given.get("sampler", "tpe"), SAMPLERS)
        pruner: Any = _one_of("pruner", given.get("pruner", "none"), PRUNERS)
        dimensions = tuple(read(text, config) for text in over if text.strip())
        spec = cls(
            experiment,
            config,
            dimensions,
            sampler,
            _count("trials", given.get("trials", "64"), limits().search_trials),
            Goal.read(given.get("goal", "loss")),
            pruner,
            _count("seeds", given.get("seeds", "1"), SEEDS),
            _count("search_seed", given.get("search_seed", "0"), 2**31 - 1, least=0),
            bool(_count("held_out", given.get("held_out") or "0", 1, least=0)),
            bool(_count("beside", given.get("beside") or "0", 1, least=0)),
        )
        for text in filter(None, (given.get("turns") or "").split(BETWEEN_TURNS)):
            spec = spec.turned(*_turn(text, spec))
        spec.check()
        return spec

    def check(self) -> None:
        """Refuse what makes no search.

        Raises:
            SearchError: names it, with its bounds.
        """
        fields = [dimension.field for dimension in self.over]
        if not fields:
            raise SearchError("nothing_searched", "over", "", "", "--over lr=1e-4..0.3:log")
        if double := next((field for field in fields if fields.count(field) > 1), None):
            raise SearchError("searched_twice", double)
        if self.sampler == "cmaes" and sum(dimension.numbers for dimension in self.over) < 2:
            raise SearchError("too_few_ranges", "sampler", "cmaes", " | ".join(SAMPLERS), "tpe")
        if self.held_out and not self.goal.tested:
            raise SearchError("held_out_unused", "held_out", self.goal, "test_loss | test_accuracy | best_test_loss | best_test_accuracy")
        if self.beside and not self.clever:
            raise SearchError("beside_itself", "beside", self.sampler, "grid | tpe | cmaes", "--sampler tpe")
        if self.sampler == "grid":
            grid(self.over, self.trials)
        if self.trials * self.seeds > limits().search_members:
            most = limits().search_members // self.seeds
            raise SearchError("too_many_members", "trials", self.trials, f"1 … {most}", f"--trials {most}")

    def turned(self, at: int, trials: int, over: tuple[Dimension, ...]) -> Self:
        """This search, changed when so many trials had been asked for; a replay has to come as far as it was changed before."""
        at = max([at, *(turn.at for turn in self.turns)])
        earlier = tuple(turn for turn in self.turns if turn.at < at)
        return replace(self, turns=(*earlier, Turn(at, trials, over)))

    @property
    def last(self) -> Turn:
        """What holds in the end."""
        return self.holding(self.most)

    def holding(self, asked: int) -> Turn:
        """What holds of the next wave when so many trials have been asked for."""
        return [Turn(0, self.trials, self.over), *(turn for turn in self.turns if turn.at <= asked)][-1]

    @property
    def most(self) -> int:
        """How many trials a search may have in the end."""
        return min(limits().search_trials, limits().search_members // self.seeds)

    @property
    def wave(self) -> int:
        """How many trials are made side by side."""
        return WAVE[self.sampler]

    @property
    def clever(self) -> bool:
        """Whether it is something else than plain random search."""
        return self.sampler != "random" or self.pruner != "none"

    @property
    def first(self) -> int:
        """The label of the first row of each run."""
        return experiments.first_row(self.experiment)

    @property
    def guess(self) -> Mapping[str, Value] | None:
        """The learner's own choice, where it lies within what is searched."""
        values = {one.field: one.value(self.config) for one in self.over}
        return values if all(one.holds(values[one.field]) for one in self.over) else None

    def configured(self, values: Mapping[str, Value]) -> TrainingConfig:
        """The settings of a trial.

        Raises:
            ConfigError: these values do not go together.
        """
        return self.config.replace(**values).used()

    def to_link(self) -> dict[str, str]:
        """The search and the fixed settings, as query parameters; what is as usual is left out."""
        usual = SearchSpec(self.experiment, self.config, ())
        own = {
            "over": ";".join(map(str, self.over)),
            "sampler": self.sampler,
            "trials": str(self.trials),
            "goal": str(self.goal) if self.goal != usual.goal else "",
            "pruner": self.pruner if self.pruner != usual.pruner else "",
            "seeds": str(self.seeds) if self.seeds != usual.seeds else "",
            "search_seed": str(self.seed) if self.seed != usual.seed else "",
            "held_out": "1" if self.held_out else "",
            "beside": "1" if self.beside else "",
            "turns": BETWEEN_TURNS.join(map(str, self.turns)),
        }
        return {"of": self.experiment, **{name: text for name, text in own.items() if text}, **self.config.to_link()}


def _turn(text: str, spec: SearchSpec) -> tuple[int, int, tuple[Dimension, ...]]:
    """A turn as a link writes it; each begins after the one before, with as many trials at least, over the same fields."""
    at, _, rest = text.partition(":")
    trials, _, over = rest.partition(":")
    before = spec.last
    dimensions = tuple(read(one, spec.config) for one in over.split(";") if one.strip())
    if [one.field for one in dimensions] != [one.field for one in spec.over]:
        raise SearchError("turn_unreadable", "turns", text, "", str(replace(before, at=spec.trials, trials=before.trials + 64)))
    least = before.at + 1 if spec.turns else 0
    return _count("turns", at, spec.most, least), _count("turns", trials, spec.most, before.trials), dimensions


def _one_of(field: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise SearchError("not_one_of", field, value, " | ".join(allowed))
    return value


def _count(field: str, text: str, most: int, least: int = 1) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SearchError("out_of_bounds", field, text, f"{least} … {most}")
    return int(text)
