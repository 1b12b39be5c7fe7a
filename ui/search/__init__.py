"""A search for the eye: every curve on one axis, its choices as parallel coordinates, who leads; fed by the event stream of the search."""

from collections.abc import Mapping
from typing import Any

from core import experiments
from core.search.halving import rungs
from core.search.spec import SearchSpec
from ui import lab
from ui.bench.controls import FieldText
from ui.frame import shell
from ui.locale import _
from ui.search import settings, words
from ui.search.settings import PAGE, Chosen
from ui.stream.searches import range_of

_component = lab.drawing("search", "search.js")


def drawing(chosen: Chosen) -> None:
    """Mount it, or hand new data to what is there."""
    lab.drawn(_component, PAGE, _picture(chosen), words.drawing(), start=settings.start)


def _picture(chosen: Chosen) -> dict[str, Any]:
    run, spec = chosen.run, chosen.run.spec if chosen.run else chosen.spec
    if spec is None:
        return {"search": None}
    return {
        "search": run.id if run else None,
        "of": spec.experiment,
        "opened": shell.link_parameters(),
        "goal": words.goals()[str(spec.goal)],
        "greatest": spec.goal.greatest,
        "first": spec.first,
        "epochs": spec.config.epochs,
        "seeds": spec.seeds,
        "held_out": spec.held_out,
        "clever": spec.clever,
        "guess": spec.guess is not None,
        "rungs": rungs(spec.config.epochs) if spec.pruner != "none" else [],
        "fields": _fields(spec, chosen.known),
        "grid": spec.sampler == "grid",
        "addressed": chosen.addressed,
        "replayed": spec.seeds == 1,
        **({} if run else _ready(spec)),
    }


def _ready(spec: SearchSpec) -> dict[str, Any]:
    """What is known of a search before it is started: its axes, and where on them the learner's own guess stands."""
    guess = [_("dashed: your guess")] if spec.guess else []
    said = {"trials": spec.trials, "epochs": spec.config.epochs, "sampler": words.samplers()[spec.sampler]}
    return {
        "over": {one.field: range_of(one) for one in spec.over},
        "budget": spec.trials,
        "guessed": spec.guess and dict(spec.guess),
        "ready": " · ".join([_("Ready: {trials} trials of {epochs} epochs each · who chooses: {sampler}", **said), *guess]),
    }


def _fields(spec: SearchSpec, known: Mapping[str, FieldText]) -> list[dict[str, Any]]:
    settings = experiments.config_class(spec.experiment).settings()
    return [
        {"name": one.field, "label": known[one.field].short or known[one.field].label if one.field in known else one.field,
         "float": settings[one.field].kind == "float"}
        for one in spec.over
    ]  # fmt: skip
