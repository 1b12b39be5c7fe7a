"""Script: a search as one plain program to take home, which trains, asks and tells as the search did and so finds the same best.

It needs torch and Optuna and nothing of ours. The trials train one after another in it: what the search did side by side has the same bits.
"""

import random
import sys
from collections.abc import Iterator
from itertools import groupby
from textwrap import indent

from core.program.expressions import literal
from core.program.function import SETTING, CannotBeWrittenError, Function, Measured, function
from core.program.script import Translate
from core.program.source_text import comment, lines, wrapped
from core.run.spec import RunSpec
from core.search.halving import THIRD, bracket, rungs
from core.search.sampler import CHANCE, parameter, planned
from core.search.space import Dimension, SearchError, Value
from core.search.spec import SearchSpec, Turn
from core.settings.config import ConfigError, TrainingConfig

VALUES = 33  # of a range: enough to see which branches of a program it takes
WAYS = 400

TITLE = "{experiment}: a search for the best of {trials} trials"
ABOUT = (
    "Made with Stepwise; it needs torch, Optuna (CMA-ES: the package cmaes too) and what else it imports. On a CPU it finds the same best"
    " as the search that it was made from, down to the last digit; only it takes longer, for it trains one trial after another."
)
TRAIN = "Training: the program of one run, as a function of what is searched."
TRAIN_UNTIL = "Training: the program of one run, as a function of what is searched; it ends at the pass `until`."
MEAN = "Seeds: each trial is several runs that differ in the seed; their mean counts."
CHOICE = "Choice: what is searched, and over what."
NARROWED = "Choice: narrower from here on."
STUDY = "Study: who chooses. What the sampler is told of and when decides what it chooses next."
GUESS = "your own guess"
GRID = "Grid: all that is tried."
CUT = "Cutting: of all who ever came to a rung only the best third goes on; `brackets` says how many rungs a trial passes unseen."
SEARCH = "Search: in waves; a wave is told of when all of it is over, so the order in which its trials end does not matter."
ANEW = "Trained anew up to each rung: all draw from one stream of random numbers, so none can wait inside its training."
BEST = "Result: with all digits, to be compared."
MESSAGES = (TITLE, ABOUT, TRAIN, TRAIN_UNTIL, MEAN, CHOICE, NARROWED, STUDY, GUESS, GRID, CUT, SEARCH, ANEW, BEST)


def script(spec: SearchSpec, translate: Translate = str, trials: int | None = None) -> str:
    """The text of a Python file.

    Args:
        spec: what is searched.
        translate: into the reader's language.
        trials: where the search was stopped: how many came to an end.

    Raises:
        SearchError: names what of the experiment's program depends on what is searched in a way that cannot be written so.
    """
    try:
        return _Script(spec, translate, spec.most if trials is None else trials).source
    except CannotBeWrittenError as error:
        raise SearchError("no_script", "over", error.code) from error


def waves(spec: SearchSpec, most: int) -> Iterator[Turn]:
    """The waves of a search, each from where it begins: how many trials, and over what."""
    begin = 0
    while (count := min(spec.wave, spec.holding(begin).trials - begin, most - begin)) > 0:
        yield Turn(begin, count, spec.holding(begin).over)
        begin += count


class _Script:
    def __init__(self, spec: SearchSpec, translate: Translate, most: int) -> None:
        self._spec, self._ = spec, translate
        laid = len(planned(spec)) if spec.sampler == "grid" else most
        self._waves = list(waves(spec, min(most, laid)))
        self._cuts = spec.pruner != "none"
        self._found = "value, held" if spec.held_out else "value"  # what a training returns

    @property
    def source(self) -> str:
        """All of it."""
        spec, made = self._spec, self._function()
        title = self._(TITLE).format(experiment=spec.experiment, trials=sum(wave.trials for wave in self._waves))
        ordered = sorted({"import math", "import optuna", "import torch", *made.imports}, key=lambda line: (line.startswith("from"), line))
        own = [line for line in ordered if line.split()[1].split(".")[0] in sys.stdlib_module_names]
        others = [line for line in ordered if line not in own]
        head = f'"""{title}\n\n{wrapped(self._(ABOUT))}\n"""\n\n' + "\n".join([*own, "", *others])
        parameters = ", ".join(["settings", *(["seed"] if spec.seeds > 1 else []), *(["until"] if self._cuts else [])])
        train = self._part(TRAIN_UNTIL if self._cuts else TRAIN, f"def train({parameters}):\n{indent(made.body, '    ')}")
        choices = [self._part(NARROWED if place else CHOICE, self._choose(place, over)) for place, over in enumerate(self._overs)]
        cut = self._part(CUT, self._cutting()) if self._cuts else ""
        functions = "\n\n\n".join(filter(None, (head, train, self._mean(), *choices, cut)))
        return functions + "\n\n\n" + "\n\n".join((self._study(), self._search(), self._best())) + "\n"

    def _part(self, heading: str, code: str) -> str:
        return f"{comment(self._(heading))}\n{code}"

    @property
    def _overs(self) -> list[tuple[Dimension, ...]]:
        """What is searched, and each narrower one that follows."""
        return list(dict.fromkeys([self._spec.over, *(wave.over for wave in self._waves)]))

    # --- one training -----------------------------------------------------------------------------------------------

    def _function(self) -> Function:
        spec = self._spec
        given = {one.field: SETTING.format(one.field) for one in spec.over} | ({"seed": "seed"} if spec.seeds > 1 else {})
        measured = Measured(spec.goal.metric, spec.goal.best, spec.goal.greatest, self._cuts, spec.held_out)
        try:
            ways = _ways(spec)
        except ConfigError as error:
            raise CannotBeWrittenError(error.problems[0].field) from error
        made = function(RunSpec(spec.experiment, spec.config.used()), given, ways, measured, self._)
        if self._cuts and any(line.strip() == "break" for line in made.body.split("\n")):
            raise CannotBeWrittenError("break")
        return made

    def _mean(self) -> str:
        spec = self._spec
        if spec.seeds == 1:
            return ""
        until = ", until" if self._cuts else ""
        seeds = f"range({spec.config.seed}, {spec.config.seed + spec.seeds})"
        values = f"[train(settings, seed{until}) for seed in {seeds}]"
        code = f"values = {values}\n    return sum(values) / len(values)"
        if spec.held_out:
            code = f"values, held = zip(*{values})\n    return sum(values) / len(values), sum(held) / len(held)"
        return self._part(MEAN, f"def mean(settings{until}):\n    {code}")

    # --- what is chosen ---------------------------------------------------------------------------------------------

    def _choose(self, place: int, over: tuple[Dimension, ...]) -> str:
        settings = lines(*(f'        "{one.field}": {self._suggested(one)},' for one in over))
        return f"def {_chooser(place)}(trial):\n    return {{\n{settings}\n    }}"

    def _suggested(self, one: Dimension) -> str:
        name = literal(parameter(one, self._spec))
        if one.choices:
            held = {choice: getattr(self._spec.config.replace(**{one.field: choice}), one.field) for choice in one.choices}
            asked = f"trial.suggest_categorical({name}, {literal(list(one.choices))})"
            if all(choice == value for choice, value in held.items()):
                return asked
            return "{" + ", ".join(f"{literal(choice)}: {literal(value)}" for choice, value in held.items()) + f"}}[{asked}]"
        kind = "int" if one.whole else "float"
        return f"trial.suggest_{kind}({name}, {one.low!r}, {one.high!r}{', log=True' if one.log else ''})"

    # --- who chooses ------------------------------------------------------------------------------------------------

    def _study(self) -> str:
        spec, certain = self._spec, [dict(values) for values in planned(self._spec)]
        samplers = {
            "tpe": f"optuna.samplers.TPESampler(seed={spec.seed}, n_startup_trials={CHANCE})",
            "cmaes": f"optuna.samplers.CmaEsSampler(\n    seed={spec.seed}, popsize={spec.wave}, independent_sampler="
            f"optuna.samplers.RandomSampler(seed={spec.seed}), warn_independent_sampling=False\n)",
        }
        made = samplers.get(spec.sampler, f"optuna.samplers.RandomSampler(seed={spec.seed})")
        code = (
            f"optuna.logging.set_verbosity(optuna.logging.ERROR)\nsampler = {made}\n"
            f'study = optuna.create_study(direction="{"maximize" if spec.goal.greatest else "minimize"}", sampler=sampler)'
        )
        if spec.sampler == "grid":
            rows = lines(*(f"    {_table(values)}," for values in certain))
            return f"{self._part(STUDY, code)}\n\n{comment(self._(GRID))}\nfor values in [\n{rows}\n]:\n    study.enqueue_trial(values)"
        return self._part(STUDY, code + "".join(f"\nstudy.enqueue_trial({_table(values)})  # {self._(GUESS)}" for values in certain))

    # --- the search -------------------------------------------------------------------------------------------------

    def _search(self) -> str:
        sizes = [
            f"[({count}, {_chooser(self._overs.index(over))})]" + (f" * {times}" if times > 1 else "")
            for (count, over), each in groupby(self._waves, lambda wave: (wave.trials, wave.over))
            for times in [len(list(each))]
        ]
        asked = (
            f"waves = {' + '.join(sizes)}\nended = []\nfor count, choice in waves:\n    wave = []\n    for _ in range(count):\n"
            "        trial = study.ask()\n        wave.append((trial, choice(trial)))\n"
        )
        value = "mean" if self._spec.seeds > 1 else "train"
        body = self._raced(value) if self._cuts else self._all(value)
        return self._part(SEARCH, asked + indent(body, "    "))

    def _all(self, value: str) -> str:
        each = f"({self._found})" if self._spec.held_out else self._found
        return (
            f"values = [{value}(settings) for _, settings in wave]\n"
            f"for (trial, _), {each} in zip(wave, values, strict=True):\n"
            "    if math.isnan(value):\n"
            "        study.tell(trial, state=optuna.trial.TrialState.FAIL)\n"
            f"    else:\n{self._kept()}"
            "        study.tell(trial, value)\n"
            "        ended.append((value, trial))\n"
            f"    print(trial.number, {self._found}, trial.params)"
        )

    def _raced(self, value: str) -> str:
        number = "values[trial.number][0]" if self._spec.held_out else "values[trial.number]"
        return (
            "values, cuts = {}, {}\n"
            "running = wave\n"
            f"{comment(self._(ANEW))}\nfor until in [*rungs, last]:\n"
            f"    values |= {{trial.number: {value}(settings, until) for trial, settings in running}}\n"
            f"    running = [(trial, settings) for trial, settings in running if not math.isnan({number})]\n"
            "    if until != last:\n"
            f"        gone = cut(until, {{trial.number: {number} for trial, _ in running}})\n"
            "        cuts |= dict.fromkeys(gone, until)\n"
            "        running = [(trial, settings) for trial, settings in running if trial.number not in gone]\n"
            "for trial, _ in wave:\n"
            f"    {self._found} = values[trial.number]\n"
            "    if math.isnan(value):\n"
            "        study.tell(trial, state=optuna.trial.TrialState.FAIL)\n"
            "    elif trial.number in cuts:\n"
            "        trial.report(value, cuts[trial.number])\n"
            "        study.tell(trial, state=optuna.trial.TrialState.PRUNED)\n"
            f"    else:\n{self._kept()}"
            "        study.tell(trial, value)\n"
            "        ended.append((value, trial))\n"
            f'    print(trial.number, {self._found}, f"cut at {{cuts[trial.number]}}" if trial.number in cuts else "", trial.params)'
        )

    def _kept(self) -> str:
        """The number of samples that nobody chooses by goes with the trial; Optuna's dashboard shows it."""
        return '        trial.set_user_attr("held_out", held)\n' if self._spec.held_out else ""

    def _cutting(self) -> str:
        spec, epochs = self._spec, self._spec.config.epochs
        count = sum(wave.trials for wave in self._waves)
        dealt = [bracket(number, epochs, spec.pruner) for number in range(count)]
        brackets = f"[0] * {count}" if not any(dealt) else wrapped(repr(dealt)).replace("\n", "\n    ")
        order = "-value" if spec.goal.greatest else "value"
        return (
            f"rungs, last = {list(rungs(epochs))}, {epochs}\nbrackets = {brackets}\nseen = {{}}\n\n\n"
            "def cut(rung, came):\n"
            "    for number, value in sorted(came.items()):\n"
            f"        seen.setdefault((brackets[number], rung), []).append(({order}, number))\n"
            "    gone = set()\n"
            "    for number in came:\n"
            "        here = sorted(seen[brackets[number], rung])\n"
            f"        good = [other for _, other in here[: max(1, len(here) // {THIRD})]]\n"
            "        if rungs.index(rung) >= brackets[number] and number not in good:\n"
            "            gone.add(number)\n"
            "    return gone"
        )

    def _best(self) -> str:
        order = "-one[0]" if self._spec.goal.greatest else "one[0]"
        held = '\n    print("held out:", trial.user_attrs["held_out"])' if self._spec.held_out else ""
        return self._part(
            BEST,
            "if ended:\n"
            f"    value, trial = min(ended, key=lambda one: ({order}, one[1].number))\n"
            f'    print("best:", trial.number, value, trial.params){held}',
        )


def _chooser(place: int) -> str:
    return f"choose_{place + 1}" if place else "choose"


def _table(values: dict[str, Value]) -> str:
    return "{" + ", ".join(f"{literal(name)}: {literal(value)}" for name, value in values.items()) + "}"


def _ways(spec: SearchSpec) -> list[TrainingConfig]:
    """Settings of trials, spread over all that is searched: each choice, and as much of each range as decides a branch."""
    drawn, columns = random.Random(0), {one.field: one.grid(VALUES) for one in spec.over}  # noqa: S311 - no secret
    picked = [{name: drawn.choice(values) for name, values in columns.items()} for _ in range(WAYS)]
    picked += [{**picked[0], name: value} for name, values in columns.items() for value in values]
    made = [spec.configured(values) for values in picked]
    return made + ([made[0].replace(seed=made[0].seed + 1)] if spec.seeds > 1 else [])
