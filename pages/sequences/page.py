"""Sequences: words of different lengths as one batch, padded, masked and packed, and what a recurrent layer makes of each."""

from core.labs.sequences.script import script
from ui.bench import workplace
from ui.frame import widgets
from ui.lab import asking, page
from ui.locale import _
from ui.sequences import sequences, settings, words
from ui.sequences.picture import picture

place, side, reading = workplace.places()
with side:
    chosen = settings.editor()
with place:
    page.heading(_("Sequences"), _("A batch is a box, and words have different lengths: pad them, mask them, or pack them."))
    answer = asking.answer("sequences", words=chosen.text, cell=chosen.cell, order=chosen.order)
    sequences(picture(chosen, answer, asking.waiting()), words.drawing(), on_order=settings.reorder)
what_you_see, program = widgets.tabs(reading, [_("What you see"), _("Code")], f"{settings.PAGE}:tabs")
with what_you_see:
    words.lesson()
with program:
    if program.open:
        page.script(
            script(chosen.text, chosen.cell, chosen.order, _),
            "sequences.py",
            _("The same in plain PyTorch. It prints the numbers that are shown above."),
            _("Script (.py)"),
        )
