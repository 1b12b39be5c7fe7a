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

from itertools import groupby
from operator import itemgetter
from typing import Any

from core.run.spec import RunSpec

KEPT = ("lr", "momentum", "weight_decay", "clip", "dropout")  # settings that can change while `fit` goes on


def section(_name: str) -> Any:
    """A section that stands elsewhere; what it makes."""
    raise NotImplementedError


code = section


def differs(_what: str) -> None:
    """Keras does something in another way than PyTorch."""


def impossible(_why: str) -> None:
    """There is no Keras program that does the same."""


class KerasRun(RunSpec):
    """A run as its Keras program reads it."""

    @property
    def changed(self) -> list[tuple[int, list[tuple[str, Any, Any]]]]:
        """Epochs, counted from 0, and what was changed at their beginning: field, old and new value; without what has no effect.

        A run is held between backward and update, so its change is for the update of the same epoch; but dropout is for the next
        forward, and where an epoch is one update, that is the next epoch's.
        """
        settings, fields = self.config.settings(), set(KEPT)
        if not getattr(self.config, "hidden", True):
            fields.remove("dropout")  # it is dropped out of hidden layers
        kept = [change for change in self.changes if change.field in fields and settings[change.field].applies(self.config)]
        dated = [(change.step - self.first + (change.field == "dropout" and self.in_one_batch), change[1:]) for change in kept]
        epochs = groupby(sorted(dated, key=itemgetter(0)), itemgetter(0))
        return [(epoch, [change for _, change in changes]) for epoch, changes in epochs]

    @property
    def clip(self) -> float | None:
        """The gradient's largest norm, where a config has one."""
        return getattr(self.config, "clip", None) or None

    @property
    def in_one_batch(self) -> bool:
        """Whether each epoch is one update, all rows at once. Where a config has no rows, its batches are something else."""
        return not any(0 < size < getattr(self.config, "rows", 0) for size in self.values("batch_size"))

    @property
    def stops_early(self) -> bool:
        """Whether a test loss that does not get lower ends it, and its best weights are put back."""
        return bool(getattr(self.config, "stops_early", False))

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
        return next(filter(None, self.values(field)), 0.0) if hasattr(self.config, field) else 0.0

    def begins_with_0(self, field: str) -> bool:
        """Whether a setting is 0 and will be changed."""
        return not getattr(self.config, field, 1) and any(field == name for _, changes in self.changed for name, *_ in changes)
