"""What the page of searches says."""

import streamlit as st

from core.search.space import SearchError
from core.settings.config import ConfigError
from ui.bench import classifier_words
from ui.bench.controls import FieldText, shared_words
from ui.frame import refusals, shell
from ui.lab.refusals import code
from ui.locale import N_, _

NO_SCRIPT = N_("This search has no script of its own: {value} of the program depends on what is searched.")
REFUSALS = {
    "nothing_searched": N_("Choose at least one field that is searched."),
    "unknown_field": N_("{field} is no field of this experiment. These can be searched: {allowed}."),
    "not_searchable": N_("{field} cannot be searched. These can: {allowed}."),
    "budget": N_("{field} says how the search is made, not what is searched. These can be searched: {allowed}."),
    "range_empty": N_("{field}: {value} is an empty range. Allowed: {allowed}."),
    "range_reversed": N_("{field}: {value} ends before it begins. Write {instead}."),
    "log_of_zero": N_("{field}: on a log scale a range begins above 0. Write {instead}."),
    "only_choices": N_("{field} has no range. Choose among {allowed}."),
    "not_whole": N_("{field}: {value} is no whole number. Allowed: {allowed}."),
    "unknown_scale": N_("{field}: {value} is no scale. Allowed: {allowed}."),
    "too_many_choices": N_("{field}: {value} choices are too many. Allowed: {allowed}."),
    "no_choices": N_("{field}: none of the choices {allowed} is left."),
    "searched_twice": N_("{field} is searched twice."),
    "too_few_ranges": N_("CMA-ES needs at least two ranges of numbers. Add one, or take TPE."),
    "grid_too_large": N_("A grid over {field} has {value} points. Allowed: {allowed}. Allow more trials, or fewer choices."),
    "too_many_members": N_("{value} trials with so many seeds are too many runs. Allowed: {allowed}."),
    "no_script": NO_SCRIPT,
    "turn_unreadable": N_("The changes in the link cannot be read: {value}. Write {instead}."),
    "beside_itself": N_("This search is plain random search itself. To be compared with it, another has to choose: {allowed}."),
    "held_out_unused": N_("No test sample chooses by {value}. Allowed: {allowed}."),
    "not_one_of": N_("{field}: {value} is not one of {allowed}."),
    "out_of_bounds": N_("{field}: {value} is out of bounds. Allowed: {allowed}."),
}


def refused(error: SearchError | ConfigError) -> str:
    """Why a search is refused, and what would do."""
    if isinstance(error, ConfigError):
        problem = error.problems[0]
        known = fields().get(problem.field, FieldText(problem.field))
        return refusals.sentence(problem, known.label, known.choices)
    named = fields()[error.field].label if error.field in fields() else error.field
    return _(REFUSALS[error.code], field=named, value=code(error.value), allowed=error.allowed, instead=code(error.instead))


def fields() -> dict[str, FieldText]:
    """The fields of experiments in words."""
    return {**shared_words(), **classifier_words.fields()}


def goals() -> dict[str, str]:
    """The numbers by which trials are compared."""
    last = {
        "loss": _("training loss"),
        "accuracy": _("training accuracy"),
        "train_loss": _("training loss"),
        "train_accuracy": _("training accuracy"),
        "test_loss": _("test loss"),
        "test_accuracy": _("test accuracy"),
    }
    return {**last, **{f"best_{name}": _("best {number} of all epochs", number=said) for name, said in last.items()}}


def samplers() -> dict[str, str]:
    """Who chooses."""
    return {"grid": _("Grid"), "random": _("Chance"), "tpe": "TPE", "cmaes": "CMA-ES"}


def pruners() -> dict[str, str]:
    """Who is cut short."""
    return {"none": _("Nobody"), "halving": _("Successive halving"), "hyperband": "Hyperband"}


def to_come() -> dict[str, str]:
    """What each panel will show, said while nothing has been searched."""
    return {
        "curves": _("A line for each trial while it trains; all of them move at once."),
        "parallel": _("A line for each trial: from what was chosen for it to what came of it."),
        "board": _("The best trials, each to be opened as a run of its own."),
        "map": _("Where in these ranges it goes well."),
        "matters": _("How much of the differences each field explains."),
        "history": _("What came of each trial, and the best so far."),
    }


def drawing() -> dict[str, str | dict[str, str]]:
    """Everything that the drawing says."""
    return {
        "to_come": to_come(),
        "stage": _("The search"),
        "invitation": _("Choose what is searched, guess a value for each field, and start: every trial is a whole run."),
        "start": _("Start with these settings"),
        "queued": _("waits for another search to end"),
        "running": _("searching"),
        "paused": _("paused"),
        "finished": _("finished"),
        "stopped": _("stopped"),
        "failed": _("cannot go on"),
        "gone": _("This search is not there any more. Start it again."),
        "lost": _("no connection; trying again"),
        "pause": _("Pause"),
        "go": _("Go on"),
        "stop": _("Stop"),
        "more": _("{trials} more trials"),
        "beside": _("Compare with random search"),
        "narrow": _("Search only what is brushed"),
        "curves": _("Every trial's curve"),
        "curves_axis": _("epoch"),
        "diverged": _("no number any more: {count}"),
        "parallel": _("What was chosen, and what came of it"),
        "brush_hint": _("Drag along an axis to brush it."),
        "brush_low": _("{field}: brushed from"),
        "brush_high": _("{field}: brushed to"),
        "top": _("best {count}"),
        "top_all": _("all trials"),
        "map": _("Map"),
        "map_across": _("Field to the right"),
        "map_up": _("Field upwards"),
        "map_hint": _("The darker, the better."),
        "board": _("Leaderboard"),
        "rank": _("Place"),
        "trial": _("Trial"),
        "state": _("State"),
        "run": _("Run"),
        "open": _("Open"),
        "open_trial": _("Open trial {number} as a run"),
        "complete": _("complete"),
        "pruned": _("cut at {step}"),
        "failed_trial": _("no number"),
        "stopped_trial": _("stopped"),
        "running_trial": _("running"),
        "history": _("Best so far"),
        "history_axis": _("trial"),
        "spent_axis": _("epochs spent"),
        "beside_here": _("━ this search: {value} after {spent} epochs"),
        "beside_random": _("┅ random search: {value} after {spent} epochs"),
        "beside_begins": _("┅ random search: no trial has come to its end yet"),
        "importances": _("What matters"),
        "importances_none": _("Told when a few trials are complete."),
        "rungs": _("Where was cut"),
        "rung": _("{step}: {came} came, {went} went on"),
        "saved": _("Cutting has saved {saved} of {all} steps."),
        "progress": _("{over} of {budget} trials"),
        "best": _("best {goal}: {value}"),
        "held": _("on samples that nobody chose by: {held}"),
        "held_title": _("held out"),
        "held_average": _("All {count} complete trials on average: {value}, and {held} on samples that nobody chose by."),
        "held_run": _("Opened as a run, a trial is tested on both halves together."),
        "nothing_held_out": _("Too few samples are tested to hold out half of them. Raise the test share."),
        "guess": _("your guess: rank {rank} of {of}"),
        "guess_waits": _("your guess is on its way"),
        "none_left": _("Every trial diverged: no learning rate of this range works here. Begin lower."),
        "stacked": _("Trained as one: {count} trials; each has the bits of a run by itself."),
        "alone": _("Trained one by one: {count} trials."),
        "csv": _("Trials (.csv)"),
        "db": _("Optuna study (.db)"),
        "py": _("Best trial (.py)"),
        "search": _("This search (.py)"),
        "no_script": _(NO_SCRIPT),
        "exception": _("PyTorch says: {text}"),
        "no_such_goal": _("These runs have no {value}. Allowed: {allowed}."),
        "too_many_parameters": _("The networks side by side have {value} parameters. Allowed: {allowed}."),
        "search_minutes": _("A search may take {allowed} minutes; what it has found stays."),
        "worker_died": _("The process that searched died twice. Start it again."),
        "range_empty": _("What is brushed leaves nothing to search."),
    }


def lesson() -> None:
    """What is to be seen, in short paragraphs."""
    st.markdown(
        _(
            "**Hyperparameters** are what the training does not learn: the learning rate, the number of layers, the units of each. "
            "Somebody has to choose them, a person or a search. A search does what a person does, only more often: it trains once "
            "with each choice and compares."
        )
    )
    shell.snippet(
        "trial = study.ask()                                   # Optuna proposes\n"
        'lr = trial.suggest_float("lr", 1e-4, 0.3, log=True)   # values to try\n'
        "study.tell(trial, train(lr))                          # what came of it"
    )
    st.markdown(
        _(
            "**Why a log scale for the learning rate.** From 0.0001 to 0.001 is as large a change as from 0.1 to 1: each multiplies by "
            "ten. On a linear scale nine of ten trials would lie above 0.03, and hardly any where small rates work."
        )
    )
    st.markdown(
        _(
            "**Who chooses.** A grid tries all combinations; chance tries as many different values of each field as there are trials, "
            "so it finds what matters sooner. TPE and CMA-ES look at what came of earlier trials and try more often where it was good."
        )
    )
    st.markdown(
        _(
            "**Who is cut short.** A curve that is bad early is seldom the best at the end. Successive halving lets only the best third "
            "go on at each rung; Hyperband also keeps some that begin slowly. The steps that are saved are counted."
        )
    )
    st.markdown(
        _(
            "**Why the test set must not choose.** The best of a hundred test losses is partly luck: with so many tries one of them fits "
            "these very samples. Who reports that number reports the luck as well. Choose by a second share of the samples (validation), "
            "and look at the test set once, at the end."
        )
    )
    st.markdown(
        _(
            "**Seen here.** Hold out half of the test samples: the other half chooses. What the best trial reaches on the samples that "
            "nobody chose by stands beside the number it was chosen by. For the average trial the two differ by what the split happens "
            "to give; for the best one they differ by the luck as well, the more so the more trials there are."
        )
    )
