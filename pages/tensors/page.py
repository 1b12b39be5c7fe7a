"""Tensors: a small program line by line, its tensors as cells, the memory behind them, and what PyTorch says of each line."""

from core.labs.tensors import grammar
from core.labs.tensors.script import script
from ui.bench import workplace
from ui.frame import widgets
from ui.lab import asking, page
from ui.locale import _
from ui.tensors import settings, tensors, words
from ui.tensors.picture import picture

place, side, reading = workplace.places()
with side:
    chosen = settings.editor()
with place:
    page.heading(_("Tensors"), _("A tensor is one row of numbers in memory, and a way to walk through it."))
    answer = asking.answer("tensors", program=chosen.text)
    grown = answer and any(note["code"] == "grown" for line in answer["lines"] for note in line["notes"])
    lines = asking.answer("wrong_line") if grown else None
    questions = asking.answer("tensor_questions", seed=settings.round_of_questions()) if answer else None
    tensors(picture(chosen, answer, questions, lines), words.drawing(), on_program=settings.PROGRAMS.write, on_more=settings.more)
what_you_see, program = widgets.tabs(reading, [_("What you see"), _("Code")], f"{settings.PAGE}:tabs")
with what_you_see:
    words.lesson()
with program:
    if program.open:
        page.script(
            script(grammar.program(chosen.text), _),
            "tensors.py",
            _("The same in plain PyTorch. It prints of each line what is shown above."),
            _("Script (.py)"),
        )
