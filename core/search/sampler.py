"""Sampler: who chooses the settings of the next trials. Optuna's ask and tell, imported when a search begins and not before."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.search.space import Dimension, Value, grid
from core.search.spec import SearchSpec

if TYPE_CHECKING:
    import optuna

CHANCE = 10  # trials that TPE chooses by chance before it learns


class Sampler:
    """Asks for settings and tells what came of them; `study` is all of it, as Optuna keeps it."""

    def __init__(self, spec: SearchSpec) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._spec = spec
        self.storage = optuna.storages.InMemoryStorage()
        self.study = optuna.create_study(
            storage=self.storage,
            study_name=f"stepwise-{spec.experiment}",
            direction="maximize" if spec.goal.greatest else "minimize",
            sampler=_optunas(spec),
        )
        self._asked: dict[int, optuna.Trial] = {}
        self._fields: dict[str, str] = {}  # by the names that Optuna knows them by
        self._named: dict[str, str] = {}  # the same, with the names that they had before a narrowing
        self._narrowed = False
        self.over(spec.over)
        certain = planned(spec)
        self.planned = len(certain)
        for values in certain:
            self.study.enqueue_trial(dict(values))

    def over(self, dimensions: Sequence[Dimension]) -> None:
        """What is chosen from now on; a grid was laid once and for all."""
        if self._spec.sampler != "grid" or not self._fields:
            self._fields = {parameter(one, self._spec): one.field for one in dimensions}
            self._named |= self._fields
            self._narrowed |= tuple(dimensions) != self._spec.over
            self._distributions = {parameter(one, self._spec): _distribution(one) for one in dimensions}

    def ask(self) -> tuple[int, dict[str, Value]]:
        """The number of the next trial, and its values."""
        trial = self.study.ask(self._distributions)
        self._asked[trial.number] = trial
        return trial.number, {self._fields[name]: value for name, value in trial.params.items()}

    def tell(self, number: int, value: float, state: str, step: int, held: float = math.nan) -> None:
        """What came of it: complete, pruned at a step, or failed; `held`, of samples that nobody chooses by, is only kept."""
        from optuna.trial import TrialState

        trial = self._asked.pop(number)
        if state == "failed":
            self.study.tell(trial, state=TrialState.FAIL)
            return
        if math.isfinite(held):
            trial.set_user_attr("held_out", held)
        trial.report(value, step)
        if state == "pruned":
            self.study.tell(trial, state=TrialState.PRUNED)
        else:
            self.study.tell(trial, value)

    def importances(self) -> dict[str, float]:
        """How much of the differences each field explains, by Optuna; empty while too few are complete.

        Optuna leaves out what was not chosen over the same range in all trials, so after a narrowing it is given all of them anew, as
        chosen over the ranges of the beginning: 0.05 ms a trial.
        """
        import optuna

        try:
            return optuna.importance.get_param_importances(self._widened() if self._narrowed else self.study)
        except (RuntimeError, ValueError):  # fewer than two are complete, or all are alike
            return {}

    def _widened(self) -> "optuna.Study":
        """The complete trials, under the ranges and names of the beginning."""
        import optuna

        study = optuna.create_study(direction=self.study.direction)
        over = {one.field: _distribution(one) for one in self._spec.over}
        for trial in self.study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,)):
            values = {self._named[name]: value for name, value in trial.params.items()}
            study.add_trial(optuna.trial.create_trial(value=trial.value, params=values, distributions=over))
        return study


def parameter(dimension: Dimension, spec: SearchSpec) -> str:
    """What Optuna calls a field. It takes no other choices under the same name, so what is chosen among some of them has one of its own."""
    whole = next(one for one in spec.over if one.field == dimension.field)
    return dimension.field if dimension.choices == whole.choices else f"{dimension.field} ({'|'.join(dimension.choices)})"


def planned(spec: SearchSpec) -> list[Mapping[str, Value]]:
    """What is tried in any case: the learner's own guess first; on a grid all that is on it."""
    guess = [spec.guess] if spec.guess else []
    if spec.sampler != "grid":
        return guess
    others = [values for values in grid(spec.over, spec.trials) if values != spec.guess]
    return [*guess, *others][: spec.trials]


def _optunas(spec: SearchSpec) -> "optuna.samplers.BaseSampler":
    import optuna

    chance = optuna.samplers.RandomSampler(seed=spec.seed)
    if spec.sampler == "tpe":
        return optuna.samplers.TPESampler(seed=spec.seed, n_startup_trials=CHANCE)
    if spec.sampler == "cmaes":
        return optuna.samplers.CmaEsSampler(seed=spec.seed, popsize=spec.wave, independent_sampler=chance, warn_independent_sampling=False)
    return chance


def _distribution(dimension: Dimension) -> "optuna.distributions.BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if dimension.choices:
        return CategoricalDistribution(dimension.choices)
    if dimension.whole:
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)
