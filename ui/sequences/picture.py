"""Picture: what a worker reports of a list of words, and every sentence about it, as plain data for the browser."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.labs.sequences.timing_plan import BATCH, FEATURES, LEAST, TIME, UNITS
from ui.sequences import words
from ui.sequences.settings import Chosen

Json = Mapping[str, Any]
OF = {"batch": BATCH, "time": TIME, "features": FEATURES, "units": UNITS, "least": LEAST}  # what is timed


def picture(chosen: Chosen, report: Json | None, mistakes: Json | None, timing: Mapping[str, Any], waiting: str) -> dict[str, Any]:
    """Everything that is drawn.

    Args:
        report: as `core.labs.sequences.report.report` gives it; None as long as there is none.
        mistakes: as `core.labs.sequences.mistakes.mistakes` gives them; None as long as there are none.
        timing: `points` as `core.labs.sequences.timing.timed` gives them, and how many are `planned`, 0 where nobody has asked for them.
        waiting: what is said in the place of what is not there yet.
    """
    return {
        "cell": chosen.cell, "order": chosen.order, "report": report, "waiting": waiting,
        "mistakes": mistakes and _told(mistakes), "timing": {**timing, "said": said(timing["points"]), "of": OF},
    }  # fmt: skip


def _told(mistakes: Json) -> dict[str, Any]:
    """The mistakes with their codes in words."""
    return {
        kind: [{**one, "title": words.mistake(one["code"])[0], "about": words.mistake(one["code"])[1]} for one in mistakes[kind]]
        for kind in ("silent", "loud")
    }


def said(points: Sequence[Json]) -> list[dict[str, Any]]:
    """For each cell and device that has been measured, from which waste on packing is faster."""
    found: list[dict[str, Any]] = []
    for cell, device in dict.fromkeys((point["cell"], point["device"]) for point in points):
        own = [point for point in points if (point["cell"], point["device"]) == (cell, device)]
        even = break_even(own)
        found.append({"cell": cell, "device": device, "even": even, "text": words.break_even(even, own)})
    return found


def break_even(points: Sequence[Json]) -> float | None:
    """The waste from which on packing is faster up to the last point, between two points on a straight line; None if it never is."""
    gains = [(point["waste"], point["padded"] - point["packed"]) for point in points]
    if not gains or gains[-1][1] <= 0:
        return None
    for (waste, gain), (more, better) in zip(reversed(gains[:-1]), reversed(gains[1:]), strict=True):
        if gain <= 0:
            return float(waste + (more - waste) * -gain / (better - gain))
    return 0.0
