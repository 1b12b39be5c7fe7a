"""SearchSpec: a search as data. All else about it can be computed again from this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
WAVE: Mapping[SamplerName, int] = {
    "grid": 256,
    "random": 256,
    "tpe": 16,
    "cmaes": 16,
}  # those that learn are told of a wave before the next
PARAMETERS = ("sampler", "trials", "goal", "pruner", "seeds", "search_seed")  # of a link, beside `over` and the experiment's fields


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
        )
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
        if self.sampler == "grid":
            grid(self.over, self.trials)
        if self.trials * self.seeds > limits().search_members:
            most = limits().search_members // self.seeds
            raise SearchError("too_many_members", "trials", self.trials, f"1 … {most}", f"--trials {most}")

    @property
    def wave(self) -> int:
        """How many trials are made side by side."""
        return WAVE[self.sampler]

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
        }
        return {"of": self.experiment, **{name: text for name, text in own.items() if text}, **self.config.to_link()}


def _one_of(field: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise SearchError("not_one_of", field, value, " | ".join(allowed))
    return value


def _count(field: str, text: str, most: int, least: int = 1) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SearchError("out_of_bounds", field, text, f"{least} … {most}")
    return int(text)
