"""Tables: the numbers of a run as CSV and as JSON."""

import csv
import io
from collections.abc import Iterable

import numpy as np

from core.jsonable import dumps, jsonable
from core.run.change import Change
from core.run.history import History
from core.run.spec import RunSpec


def history_csv(history: History, changes: Iterable[Change] = ()) -> str:
    """A table with a line for each kept step: step, metrics with all digits, and what was changed at that step.

    A change at a step that was not kept stands with the next one that was.
    """
    steps, columns = history.since(-1)
    noted: dict[int, list[str]] = {}
    for step, field, _old, new in changes:
        row = int(steps[min(int(np.searchsorted(steps, step)), len(steps) - 1)]) if len(steps) else step
        noted.setdefault(row, []).append(f"{field}={new}" if row == step else f"{field}={new} at {step}")
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["step", *columns, "changes"])
    for row, step in enumerate(steps.tolist()):
        numbers = [float(column[row]) for column in columns.values()]
        writer.writerow([step, *map(repr, numbers), "; ".join(noted.get(step, []))])
    return table.getvalue()


def history_json(run: RunSpec, history: History) -> str:
    """The run with its numbers by column; a number that is not finite is null."""
    steps, columns = history.since(-1)
    return dumps(jsonable({**run.to_json(), "columns": {"step": steps, **columns}}))
