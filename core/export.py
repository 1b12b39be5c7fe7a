"""Export: what a learner takes home from a run — a script or notebook, and the history. No torch is needed for it."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from core import experiments
from core.change import Change
from core.history import History
from core.jsonable import dumps, jsonable
from core.program import specialise
from core.script import Script, Translate
from core.spec import RunSpec


def script(run: RunSpec, translate: Translate = str) -> Script:
    """The run as one plain program; `.source` is the text of a Python file, `.notebook` that of a Jupyter notebook.

    Run on a CPU, it prints the run's last loss with all digits in its last line, `loss: …`. `translate` puts the English
    sentences of its prose and comments into the reader's language.
    """
    program, settled = experiments.program(run.experiment), run.settled
    return replace(specialise.script(program, settled, translate), original=specialise.script(program, settled, str))


# --- history ---------------------------------------------------------------------------------------------------


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
