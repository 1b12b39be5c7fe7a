"""What a Keras text may say: `core/experiments/<name>/keras_program.py` is a Keras script as a person would write it.

It reads `config` and branches on it, and is written out for a run as `core.program` says. Beyond that it may hold:

| in the text            | in the script of a run                                                                    |
| ---------------------- | ----------------------------------------------------------------------------------------- |
| `run = KerasRun(…)`    | nothing; what is read from it is a value, as with `config`                                |
| `section("Data")`      | that section of the PyTorch script of the same run, or of what all Keras programs share   |
| `code("Model")`        | the same without its heading                                                              |
| `differs("…")`         | nothing; it is said beside the program: the curves may part                               |
| `impossible("…")`      | there is none, and this is why                                                            |

What all share is in `keras_program`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core.change import Change
from core.config import TrainingConfig

KEPT = ("lr", "momentum", "weight_decay", "clip", "dropout")  # settings that can change while `fit` goes on


def section(_name: str) -> Any:
    """A section that stands elsewhere; what it makes."""
    raise NotImplementedError


code = section


def differs(_what: str) -> None:
    """Keras does something in another way than PyTorch."""


def impossible(_why: str) -> None:
    """There is no Keras program that does the same."""


@dataclass(frozen=True)
class KerasRun:
    """A run as its Keras program reads it.

    Args:
        given: the changes made while it ran.
        first_step: the label of its first row. Keras counts epochs from 0.
    """

    config: TrainingConfig
    given: tuple[Change, ...] = ()
    first_step: int = 0

    @property
    def changes(self) -> list[tuple[int, list[tuple[str, Any, Any]]]]:
        """Epochs, and what was changed at their beginning: field, old and new value; without what has no effect."""
        settings = self.config.settings()
        kept = [change for change in self.given if change.field in KEPT and settings[change.field].applies(self.config)]
        epochs = groupby(kept, lambda change: change.step - self.first_step)
        return [(epoch, [change[1:] for change in changes]) for epoch, changes in epochs]

    @property
    def clip(self) -> float | None:
        """The gradient's largest norm, where a config has one."""
        return getattr(self.config, "clip", None) or None

    @property
    def in_one_batch(self) -> bool:
        """Whether each epoch is one update, all rows at once. Where a config has no rows, its batches are something else."""
        return not any(0 < size < getattr(self.config, "rows", 0) for size in self.values("batch_size"))

    @property
    def penalised(self) -> bool:
        """Whether weight decay is put on as an L2 penalty. Keras' own is that of AdamW: it is scaled by the learning rate alone."""
        return self.config.optimizer not in ("SGD", "AdamW") and bool(self.first_used("weight_decay"))

    @property
    def reported(self) -> str:
        """What `fit` calls the loss without the penalty."""
        return "data_loss" if self.penalised else "loss"

    def first_used(self, field: str) -> Any:
        """The first value that is not 0: what Keras builds with 0 cannot be changed later. 0 if there is none."""
        return next(filter(None, self.values(field)), 0.0)

    def begins_with_0(self, field: str) -> bool:
        """Whether a setting is 0 and will be changed."""
        return not getattr(self.config, field, 1) and any(field == changed for _, changes in self.changes for changed, *_ in changes)

    def values(self, field: str) -> Sequence[Any]:
        """All values that a setting takes."""
        return getattr(self.config, field, 0.0), *(change.new for change in self.given if change.field == field)
