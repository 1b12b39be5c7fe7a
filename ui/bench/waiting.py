"""What a visitor reads who waits for a place: why, where they stand, and what they see meanwhile."""

import streamlit as st

from core.engine import LimitReached
from ui.locale import N_, _
from ui.stage.assets import loader, whereabouts

REASONS = {
    "least_speed": N_("Too many people train here now: most of their runs get fewer than {limit} steps a second."),
    "runs_at_once": N_("All places are taken: {limit} runs at once is the most."),
    "rush": N_("{limit} people have just come: how fast their runs are is measured before others come in."),
    "line": N_("Others wait for a place here."),
}

_component = st.components.v2.component(
    "stepwise_waiting", html='<div class="stepwise-waiting"></div>', js=loader("waiting.js"), isolate_styles=False
)


def _nothing() -> None: ...


def waiting(experiment: str, ticket: str, reached: LimitReached) -> None:
    """The notice above the stage. It follows the line, and has the page run again as soon as there is a place."""
    data = {
        **whereabouts(experiment),
        "ticket": ticket,
        "why": _(REASONS[reached.code], limit=f"{reached.limit:,.10g}"),
        "place": _("You are number {place} in the line."),
        "free": _("A place is free."),
        "meanwhile": _(
            "As soon as a place is free this page becomes yours by itself, with the settings that you came with. Until then it shows a "
            "demonstration with the default settings."
        ),
    }
    _component(data=data, key=f"{experiment}:waiting", on_free_change=_nothing)


def watching() -> str:
    """What the stage's bar says beside a demonstration."""
    return _("A demonstration, which all who wait watch together.")
