"""RunSpec: a run as data. All else about it can be computed again from this."""

from dataclasses import dataclass, replace
from typing import Any, Self

from core import experiments
from core.run.change import Change
from core.settings.config import TrainingConfig


@dataclass(frozen=True)
class RunSpec:
    """What a run began with, what was done to it, and how far it goes.

    Args:
        experiment: a name out of `core.experiments`.
        config: the settings that it began with.
        changes: what was changed while it ran, in the order of their steps.
        last: the row that it ends with, if it ended, or is to end, before its settings say.
        device: the torch device that it computes on, such as "cpu" or "cuda:0".
    """

    experiment: str
    config: TrainingConfig
    changes: tuple[Change, ...] = ()
    last: int | None = None
    device: str = "cpu"

    @property
    def first(self) -> int:
        """The label of its first row: 0 or 1."""
        return experiments.first_row(self.experiment)

    @property
    def end(self) -> int:
        """The label of its last row."""
        return self.config.epochs if self.last is None else min(max(self.last, self.first), self.config.epochs)

    def values(self, field: str) -> tuple[Any, ...]:
        """All values that a field takes, in their order; more than one if it was changed."""
        return getattr(self.config, field), *(change.new for change in self.changes if change.field == field)

    def varies(self, field: str) -> bool:
        """Whether a field was changed while it ran."""
        return len(self.values(field)) > 1

    def at(self, step: int) -> Self:
        """The run up to a row."""
        return replace(self, changes=tuple(change for change in self.changes if change.step < step), last=step)

    @property
    def last_config(self) -> TrainingConfig:
        """The settings that hold in the end."""
        return self.config.model_copy(update={change.field: change.new for change in self.changes})

    @property
    def settled(self) -> Self:
        """The run without what means nothing: changes that were taken back at the same row, or came after its last one.

        A change before the first row is as good as a setting.
        """
        begun = self.config
        merged: dict[tuple[int, str], Change] = {}
        for change in self.changes:
            if change.step < self.first:
                begun = begun.replace(**{change.field: change.new})
            elif change.step < self.end:
                old = merged.get((change.step, change.field), change).old
                merged[change.step, change.field] = change._replace(old=old)
        kept = sorted((change for change in merged.values() if change.old != change.new), key=lambda change: change.step)
        return replace(self, config=begun, changes=tuple(kept), last=self.end)

    def to_json(self) -> dict[str, Any]:
        """The run as JSON holds it: experiment, config, changes."""
        changes = [change._asdict() for change in self.changes]
        return {"experiment": self.experiment, "config": self.config.model_dump(mode="json"), "changes": changes}
