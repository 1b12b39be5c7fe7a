"""Search: hundreds of runs with other hyperparameters, seen while they happen."""

import importlib
from collections.abc import Mapping
from importlib.util import find_spec

from pages import PAGES
from ui.bench import workplace
from ui.bench.controls import FieldText
from ui.frame import widgets
from ui.lab import page
from ui.locale import _
from ui.search import drawing, settings, words


def fields(of: str) -> Mapping[str, FieldText]:
    """An experiment's fields in the words of its own page, where they stand by themselves."""
    module = f"pages.{of}.words"
    own = getattr(importlib.import_module(module), "fields", dict) if of in titles and find_spec(module) else dict
    return {**words.fields(), **own()}


titles = {one.name: _(one.title) for one in PAGES}
place, side, reading = workplace.places()
with side:
    chosen = settings.editor(titles, fields)
with place:
    page.heading(_("Tuning"), _("Hundreds of runs of one experiment, each with other hyperparameters: which do best?"))
    drawing(chosen)
what_you_see, program = widgets.tabs(reading, [_("What you see"), _("Code")], f"{settings.PAGE}:tabs")
with what_you_see:
    words.lesson()
with program:
    if program.open:
        page.script(
            settings.guess(),
            "guess.py",
            _("The program of your guess in plain PyTorch; that of the best trial stands above. Only the searched values differ."),
            _("Script (.py)"),
        )
