"""Sequences: words of different lengths as one batch, padded, masked and packed, and what a recurrent layer makes of each."""

import streamlit as st

from core.engine import pool
from core.labs.sequences import timing_plan as timing
from core.labs.sequences.script import script
from ui.bench import workplace
from ui.frame import shell, widgets
from ui.lab import asking, page
from ui.locale import _
from ui.sequences import sequences, settings, words
from ui.sequences.picture import picture

place, side, reading = workplace.places()
with side:
    chosen = settings.editor()
with place:
    page.heading(_("Sequences"), _("A batch is a box, and words have different lengths: pad them, mask them, or pack them."))
    asked = {"words": chosen.text, "cell": chosen.cell, "order": chosen.order}
    answer = asking.answer("sequences", **asked)
    mistakes = asking.answer("sequence_mistakes", **asked) if answer else None
    plan = timing.plan(settings.round_of_timing(), [name for name, _title in pool().devices])
    times = {"points": asking.answers("sequence_timing", plan), "planned": len(plan)}
    sequences(
        picture(chosen, answer, mistakes, times, asking.waiting()), words.drawing(), on_order=settings.reorder, on_measure=settings.measure
    )
what_you_see, program = widgets.tabs(reading, [_("What you see"), _("Code")], f"{settings.PAGE}:tabs")
with what_you_see:
    words.lesson()
    st.page_link(
        "pages/words/page.py", label=_("Train on words, padded or packed"), query_params=shell.link_parameters(), icon=":material/school:"
    )
with program:
    if program.open:
        page.script(
            script(chosen.text, chosen.cell, chosen.order, _),
            "sequences.py",
            _("The same in plain PyTorch. It prints the numbers that are shown above."),
            _("Script (.py)"),
        )
