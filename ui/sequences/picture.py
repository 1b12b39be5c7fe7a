"""Picture: what a worker reports of a list of words, and every sentence about it, as plain data for the browser."""

from collections.abc import Mapping
from typing import Any

from ui.sequences.settings import Chosen


def picture(chosen: Chosen, report: Mapping[str, Any] | None, waiting: str) -> dict[str, Any]:
    """Everything that is drawn.

    Args:
        report: as `core.labs.sequences.report.report` gives it; None as long as there is none.
        waiting: what is said in its place.
    """
    return {"cell": chosen.cell, "order": chosen.order, "report": report, "waiting": waiting}
