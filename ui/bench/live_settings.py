"""The settings that bend a run while it goes on: one component, which sends a change straight to the run while it is dragged.

A value that has been sent comes to the page with its next script run (`Desk.follow`); none has to run for the curve to bend.
On a phone they are a sheet at the lower edge of the screen, and on a projector a strip; both open at a press.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st

from core.run.handle import Run
from core.settings.config import Setting
from ui import locale
from ui.locale import _
from ui.stage.assets import loader, whereabouts

KINDS = ("float", "int")  # of fields that it can show
MOST_WHOLE = 100  # of a slider that stops at every whole number

_component = st.components.v2.component(
    "stepwise_live_settings", html='<div class="stepwise-live"></div>', js=loader("live_settings.js"), isolate_styles=False
)


def live_settings(experiment: str, run: Run, rows: Sequence[Mapping[str, Any]], *, steers: bool, projector: bool) -> None:
    """Mount them, or hand new data to those that are there.

    Args:
        experiment: the page.
        run: whose settings they are.
        rows: one `row` for each field.
        steers: whether the visitor may change them; who only watches reads them.
    """
    data = {
        **whereabouts(experiment),
        "run": run.watch_id,
        "held": run.id if steers else "",
        "lang": locale.language(),
        "rows": list(rows),
        "labels": _labels(steers),
        "projector": projector,
    }
    _component(data=data, key=f"{experiment}:live")


def row(setting: Setting, value: Any, label: str, help: str | None, zero: str) -> dict[str, Any]:  # noqa: A002 - Streamlit's own name for it
    """One field: a number, and a slider over its stops where it has any."""
    return {
        "name": setting.name,
        "label": label,
        "help": help or "",
        "zero": zero,
        "whole": setting.kind == "int",
        "low": setting.low,
        "high": setting.high,
        "stops": stops(setting),
        "value": value,
        "default": setting.default,
    }


def stops(setting: Setting) -> list[float]:
    """Where a slider for this field stops; none where a field has no slider.

    On a logarithmic scale 1.0, 1.1, … 9.9 in every decade between the bounds; for a share every fiftieth; for a few whole numbers each.
    """
    if setting.kind not in KINDS or setting.low is None or setting.high is None:
        return []
    return list(_stops(setting.low, setting.high, setting.scale == "log", setting.kind == "int"))


@cache
def _stops(low: float, high: float, log: bool, whole: bool) -> Sequence[float]:
    """The same, asked for at each run of a page's script."""
    if log:
        figures = (float(f"{tenths / 10}e{decade}") for decade in range(-12, 7) for tenths in range(10, 100))
        return [figure for figure in figures if low <= figure <= high and not (whole and figure % 1)]
    if whole:
        return [float(number) for number in range(int(low), int(high) + 1)] if high <= MOST_WHOLE else []
    if low == 0 and high <= 1:
        return [place / 50 for place in range(round(50 * high) + 1)]
    return []


def _labels(steers: bool) -> dict[str, str]:
    return {
        "title": _("Live settings"),
        "about": _("⚡ Live: bends the run while it goes on") if steers else _("The settings of this run, to be read"),
        "default": _("default {value}"),
        "back": _("Back to the default"),
        "help": _("What is this?"),
        "gone": _("This run is no longer there."),
        "unsent": _("That did not reach the server. Press again."),
    }
