"""Autograd by hand: the chain rule multiplied out along a path of a small graph, beside what PyTorch finds."""

from core.labs.by_hand.graph import Graph
from core.labs.by_hand.script import script
from ui.bench import workplace
from ui.by_hand import by_hand, settings, words
from ui.by_hand.picture import picture
from ui.frame import widgets
from ui.lab import asking, page
from ui.locale import _

place, side, reading = workplace.places()
with side:
    chosen = settings.editor()
with place:
    page.heading(
        _("Autograd by hand"),
        _("Every step from x to y has a slope. Multiply them along the way back, and you have what backward() finds."),
    )
    answer = asking.answer("autograd", program=chosen.text, x=list(chosen.x), backwards=2 if chosen.twice else 1)
    by_hand(picture(Graph(chosen.program, chosen.x), answer, asking.waiting()), words.drawing(), on_mend=settings.mend)
what_you_see, program = widgets.tabs(reading, [_("What you see"), _("Code")], f"{settings.PAGE}:tabs")
with what_you_see:
    words.lesson()
with program:
    if program.open:
        page.script(
            script(chosen.program, chosen.x, chosen.twice, _),
            "autograd_by_hand.py",
            _("The same in plain PyTorch. Its last line prints x.grad."),
            _("Script (.py)"),
        )
