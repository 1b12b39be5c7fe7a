"""`python -m core search EXPERIMENT`: a search without a browser."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

from core.jsonable import dumps
from core.search.space import SearchError
from core.search.spec import LATER, PARAMETERS, PRUNERS, SAMPLERS, SearchSpec
from core.settings.config import TrainingConfig
from core.settings.limits import limits

REFUSALS = {  # what is wrong, and what would be right
    "nothing_searched": "nothing is searched; say what, such as {instead}",
    "unknown_field": "{field} is no field; these can be searched: {allowed}",
    "not_searchable": "{field} cannot be searched; these can: {allowed}",
    "budget": "{field} is no hyperparameter of the model here: use {instead}; these can be searched: {allowed}",
    "range_empty": "{field}: “{value}” is an empty range; allowed: {allowed}; this does: {instead}",
    "range_reversed": "{field}: “{value}” ends before it begins; allowed: {allowed}; this does: {instead}",
    "log_of_zero": "{field}: “{value}” on a log scale has to begin above 0; this does: {instead}",
    "only_choices": "{field} has no range; choose among {allowed}; this does: {instead}",
    "not_whole": "{field}: “{value}” is no whole number; allowed: {allowed}; this does: {instead}",
    "unknown_scale": "{field}: “{value}” is no scale; allowed: {allowed}; this does: {instead}",
    "too_many_choices": "{field}: {value} choices are too many; allowed: {allowed}",
    "no_choices": "{field}: no choice is left of {allowed}",
    "searched_twice": "{field} is searched twice; say it once",
    "too_few_ranges": "CMA-ES needs two ranges of numbers at least; this does: --sampler {instead}",
    "grid_too_large": "a grid over {field} has {value} points; allowed: {allowed}; this does: {instead}, or fewer choices",
    "too_many_members": "{value} trials with so many seeds are too many runs; allowed: {allowed}",
    "too_many_parameters": "the networks side by side have {value} parameters; allowed: {allowed}; search smaller ones or fewer trials",
    "no_script": "this search has no script of its own: {value} of the program depends on what is searched",
    "turn_unreadable": "turns: {value} cannot be read; this does: {instead}",
    "not_one_of": "{field} = {value} is refused; allowed: {allowed}",
    "out_of_bounds": "{field} = {value} is refused; allowed: {allowed}",
    "held_out_unused": "by {value} no test sample chooses, so all of them are held out; goals that need it: {allowed}",
    "beside_itself": "this search is plain random search itself; to be compared with it: {instead}, or a pruner",
    "nothing_held_out": "too few test samples to hold out half of them; needed: {allowed}; {instead}",
    "no_such_goal": "{value} is no number of these runs; allowed: {allowed}; {instead}",
}


def refusal(error: SearchError) -> str:
    """What was wrong, and what would be right."""
    said = REFUSALS[error.code].format(field=error.field, value=error.value, allowed=error.allowed, instead=error.instead)
    return said.rstrip("; ")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is searched, and how."""
    parser.add_argument("--over", action="append", default=[], metavar="FIELD=RANGE", help="lr=1e-4..0.3:log, hidden=4|10; any number")
    parser.add_argument("--sampler", default="tpe", help=f"who chooses: {' | '.join(SAMPLERS)} (default: tpe)")
    parser.add_argument("--trials", default="64", metavar="N", help="how many at most (default: 64)")
    parser.add_argument("--epochs", metavar="N", help="how long each runs; the same as --set epochs=N")
    parser.add_argument("--goal", default="loss", help="loss, accuracy, test_loss … of the last row; best_loss … of all")
    parser.add_argument("--pruner", default="none", help=f"who is cut short: {' | '.join(PRUNERS)} (default: none)")
    parser.add_argument("--seeds", default="1", metavar="N", help="runs of each trial, of which the mean counts (default: 1)")
    parser.add_argument(
        "--held-out",
        action="store_const",
        const="1",
        default="0",
        help="choose by every second test sample, tell of the others",
    )
    parser.add_argument("--beside", action="store_const", const="1", default="0", help="then random search with as many epochs, to compare")
    parser.add_argument("--script", type=Path, metavar="FILE", help="write a plain script of this search instead; it finds the same best")
    parser.add_argument("--turns", default="", metavar="AT:TRIALS:RANGES~…", help="what was changed on the way, as a link has it")
    parser.add_argument("--search-seed", default="0", metavar="N", help="of the sampler (default: 0)")


def spec(options: argparse.Namespace, config: TrainingConfig) -> SearchSpec:
    """The search that is asked for.

    Raises:
        SearchError: names what is refused.
    """
    return SearchSpec.read(options.experiment, config, options.over, **{name: getattr(options, name) for name in (*PARAMETERS, *LATER)})


def go(asked: SearchSpec, as_json: bool, out: TextIO, stopped: Callable[[], bool]) -> bool:
    """Search to the end, or until Ctrl-C; each trial is written when it is over. Returns whether it came to the end."""
    import torch

    from core.engine.helpers import HelperProcesses, processes
    from core.search.beside import Beside, spent
    from core.search.remote import Helpers
    from core.search.search import Search, Trial

    torch.set_num_threads(1)
    write = _json if as_json else _text
    with closing(HelperProcesses(processes(limits()) - 1)) as others:
        helpers = Helpers(others.lines)
        search, written, stop = Search(asked, helpers=helpers), set[int](), False

        def helped(rounds: Iterator[None]) -> Iterator[None]:
            return others.kept(rounds, lambda: helpers.wanted)

        def news() -> None:
            for trial in search.trials:
                if trial.state != "running" and trial.number not in written:
                    written.add(trial.number)
                    write(asked, trial, out)

        def of(trial: Trial | None) -> dict[str, Any] | None:
            return None if trial is None else {**_described(asked, trial), "rank": search.rank(trial), "of": len(search.trials)}

        for _ in helped(search.rounds()):
            news()
            if stop := stopped():
                break
        news()
        end = {
            "best": of(search.best), "guess": of(search.guess), "trials": len(search.trials), "steps": spent(search),
            "saved_steps": search.saved,
        }  # fmt: skip
        if asked.beside and not stop:
            beside = Beside(search)
            stop = any(stopped() for _ in helped(beside.rounds()))
            best = beside.search.best
            end["random"] = {"value": best and best.value, "trials": len(beside.search.trials), "steps": spent(beside.search)}
    print(dumps(end) if as_json else _summary(end), file=out, flush=True)
    return not stop


def _described(asked: SearchSpec, trial: Any) -> dict[str, Any]:
    config = trial.config.model_dump(mode="json") if trial.config else trial.values
    held = {"held_out": trial.held} if asked.held_out else {}
    return {"trial": trial.number, "config": config, "value": trial.value, **held, "state": trial.state}


def _json(asked: SearchSpec, trial: Any, out: TextIO) -> None:
    print(dumps(_described(asked, trial)), file=out, flush=True)


def _text(_asked: SearchSpec, trial: Any, out: TextIO) -> None:
    values = "  ".join(f"{name} {value}" for name, value in trial.values.items())
    print(f"{trial.number:>5}  {trial.state:<8}  {trial.value:<12.6g}  step {trial.step:<8} {values}", file=out, flush=True)


def _summary(end: dict[str, Any]) -> str:
    best, guess = end["best"], end["guess"]
    said = [f"best: trial {best['trial']}, {best['value']!r}" if best else "best: none; no trial came to an end with a number"]
    said += [f"on test samples that nobody chose by: {best['held_out']!r}"] if best and "held_out" in best else []
    said += [f"your guess is number {guess['rank']} of {guess['of']}"] if guess else []
    if random := end.get("random"):
        said.append(f"random search: {random['value']!r} with {random['trials']} trials and {random['steps']} steps")
    return "\n".join([*said, f"{end['steps']} steps, {end['saved_steps']} saved by cutting"])
