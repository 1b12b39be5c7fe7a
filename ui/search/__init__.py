"""A search for the eye: every curve on one axis, its choices as parallel coordinates, who leads; fed by the event stream of the search."""

from collections.abc import Mapping
from typing import Any

from core import experiments
from core.search.halving import rungs
from core.search.spec import SearchSpec
from ui import lab
from ui.bench.controls import FieldText
from ui.frame import shell
from ui.search import words
from ui.search.settings import PAGE, Chosen

_component = lab.drawing("search", "search.js")


def drawing(chosen: Chosen) -> None:
    """Mount it, or hand new data to what is there."""
    lab.drawn(_component, PAGE, _picture(chosen), words.drawing())


def _picture(chosen: Chosen) -> dict[str, Any]:
    run = chosen.run
    if run is None:
        return {"search": None}
    spec = run.spec
    return {
        "search": run.id,
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
    }


def _fields(spec: SearchSpec, known: Mapping[str, FieldText]) -> list[dict[str, Any]]:
    settings = experiments.config_class(spec.experiment).settings()
    return [
        {"name": one.field, "label": known[one.field].short or known[one.field].label if one.field in known else one.field,
         "float": settings[one.field].kind == "float"}
        for one in spec.over
    ]  # fmt: skip
