"""PastRun: an earlier curve of the page, kept faint beside the new one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.change import Change
from core.config import Config
from core.history import Floats, History, Steps

PAST_ROWS = 500


@dataclass(frozen=True)
class PastRun:
    """What made the curve, and its rows thinned to about 500."""

    config: Config
    changes: tuple[Change, ...]
    steps: Steps  # (rows,)
    columns: Mapping[str, Floats]  # each (rows,)

    @classmethod
    def of(cls, config: Config, changes: tuple[Change, ...], history: History) -> "PastRun":
        """The record of a run that makes room for the next."""
        return cls(config, changes, *history.since(-1, PAST_ROWS))

    @property
    def last_config(self) -> Config:
        """The settings that it had in the end, live changes applied."""
        return self.config.replace(**{change.field: change.new for change in self.changes})

    def label(self, config: Config) -> dict[str, Any]:
        """What differed from `config`: each such field with its value, or with the list of values it went through."""
        label = self.config.differences(config)
        for change in self.changes:
            went = label.get(change.field, change.old)
            label[change.field] = [*(went if isinstance(went, list) else [went]), change.new]
        return label
