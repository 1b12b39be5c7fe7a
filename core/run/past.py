"""PastRun: an earlier curve of the page, kept faint beside the new one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.run.history import Floats, History, Steps
from core.run.spec import RunSpec
from core.settings.config import Config

PAST_RUN_ROWS = 500  # that an earlier curve keeps
WHOLE_ROWS = 100  # at the beginning, where most of the descent is


@dataclass(frozen=True)
class PastRun:
    """What made the curve, and its rows: the first hundred whole, at most 500 in all."""

    spec: RunSpec
    steps: Steps  # (rows,)
    columns: Mapping[str, Floats]  # each (rows,)

    @classmethod
    def of(cls, spec: RunSpec, history: History) -> "PastRun":
        """The record of a run that makes room for the next."""
        steps, columns = history.since(-1)
        rest, _ = history.since(int(steps[:WHOLE_ROWS][-1]), PAST_RUN_ROWS - WHOLE_ROWS - 2)
        kept = np.concatenate([steps[:WHOLE_ROWS], rest])
        rows = np.searchsorted(steps, kept)
        return cls(spec, kept, {name: column[rows] for name, column in columns.items()})

    def label(self, config: Config) -> dict[str, Any]:
        """What differed from `config`: each such field with its value, or with the list of values it went through.

        A field that had no effect here is not named: of another's table nothing is to be said.
        """
        begun, settings = self.spec.config, config.settings()
        label = {name: value for name, value in begun.differences(config).items() if settings[name].applies(begun)}
        for change in self.spec.changes:
            went = label.get(change.field, change.old)
            label[change.field] = [*(went if isinstance(went, list) else [went]), change.new]
        return label
