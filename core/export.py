"""Export: what a learner takes home from a run — a script or notebook, and the history. No torch is needed for it."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import numpy as np

from core import experiments
from core.change import Change
from core.config import Config, TrainingConfig
from core.history import History
from core.jsonable import dumps, jsonable
from core.script import Recorded, Script, Translate


def script(
    experiment: str,
    config: Config,
    changes: Iterable[Change] = (),
    last: int | None = None,
    translate: Translate = str,
    device: str = "cpu",
) -> Script:
    """The run as one plain program; `.source` is the text of a Python file, `.notebook` that of a Jupyter notebook.

    Run on a CPU, it prints the run's last loss with all digits in its last line, `loss: …`.

    Args:
        experiment: a name out of `core.experiments`.
        config: the settings that the run began with.
        changes: what was changed while it ran.
        last: the last row, if it was stopped before `config.epochs`.
        translate: puts the English sentences of its prose and comments into the reader's language.
        device: where the run computed, as `Device.name` says it.
    """
    exporter, run = experiments.script(experiment), recorded(experiment, config, changes, last, device)
    return replace(exporter.script(run, translate), original=exporter.script(run, str))


def recorded(
    experiment: str, config: Config, changes: Iterable[Change] = (), last: int | None = None, device: str = "cpu"
) -> Recorded[TrainingConfig]:
    """The run without what means nothing: changes that were taken back at the same row, or came after its last one.

    A change before the first row is as good as a setting.
    """
    first = experiments.script(experiment).FIRST_STEP
    begun = cast(TrainingConfig, config)
    end = begun.epochs if last is None else min(max(last, first), begun.epochs)
    merged: dict[tuple[int, str], Change] = {}
    for change in changes:
        if change.step < first:
            begun = begun.replace(**{change.field: change.new})
        elif change.step < end:
            old = merged.get((change.step, change.field), change).old
            merged[change.step, change.field] = change._replace(old=old)
    kept = sorted((change for change in merged.values() if change.old != change.new), key=lambda change: change.step)
    return Recorded(begun, tuple(kept), end, device)


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


def history_json(experiment: str, config: Config, history: History, changes: Iterable[Change] = ()) -> str:
    """The run with its numbers by column; a number that is not finite is null."""
    steps, columns = history.since(-1)
    run = {
        "experiment": experiment,
        "config": config.model_dump(mode="json"),
        "changes": [change._asdict() for change in changes],
        "columns": {"step": steps, **columns},
    }
    return dumps(jsonable(run))
