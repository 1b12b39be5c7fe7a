"""Replay: all that a link must hold, beside the settings, to do a run again and to know it when it is the same.

Written as `100:lr=0.05,200:lr=0.01,1000:loss=0.000158`: what was changed at which row, and the loss that it ended with. Of a table
the rows that came are written, `100:table=+1~2~0;3~4~1`, or all of them where some have gone: `100:table=1~2~0;3~4~1`.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple, Self

from core.run.change import Change
from core.run.handle import Run, Status
from core.run.spec import RunSpec
from core.settings.config import ConfigError, Problem, TrainingConfig, to_text

FIELD = "replay"  # what a Problem with such a text calls it
_PART = re.compile(r"(\d{1,9}):(\w+)=(\S+)")


class Replay(NamedTuple):
    """A run, and the loss that its last row is to have."""

    spec: RunSpec
    loss: float

    def __str__(self) -> str:
        changes = (f"{change.step}:{change.field}={_text(change)}" for change in self.spec.changes)
        return ",".join([*changes, f"{self.spec.last}:loss={self.loss}"])

    def is_reached_by(self, run: Run) -> bool:
        """Whether this row of a run has this very loss, bit for bit."""
        return str(_loss_at(run, self.spec.last or 0)) == str(self.loss)

    @classmethod
    def read(cls, text: str, experiment: str, config: TrainingConfig) -> Self:
        """The replay that `text` describes, of a run that begins with `config`.

        Raises:
            ConfigError: names what is no change, or the field whose value is out of bounds.
        """
        *changed, end = text.split(",")
        step, word, loss = _parsed(end)
        if word != "loss":
            raise _refused(text)
        spec = RunSpec(experiment, config, planned(changed, config), step)
        for part, change in zip(changed, spec.changes, strict=True):
            if not spec.first <= change.step < config.epochs:  # there is no update of this run after that row
                raise _refused(part)
        try:
            return cls(spec, float(loss))
        except ValueError as error:
            raise _refused(loss) from error


def planned(parts: Iterable[str], config: TrainingConfig) -> tuple[Change, ...]:
    """Changes of a run that begins with `config`, each written as `100:lr=0.05`, in the order of their steps.

    Raises:
        ConfigError: names what is no change of a live field, or the field whose value is out of bounds.
    """
    changes, current = list[Change](), config
    for part in parts:
        row, field, value = _parsed(part)
        setting = config.settings().get(field)
        if setting is None or not setting.changeable or (changes and row < changes[-1].step):
            raise _refused(part)
        if setting.kind == "table":
            value = _table(value, getattr(current, field))
        before, current = current, type(config).checked({**current.model_dump(), field: value})
        changes.append(Change(row, field, getattr(before, field), getattr(current, field)))
    return tuple(changes)


def _text(change: Change) -> str:
    """The new value."""
    old, new = change.old, change.new
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        return str(new)
    grown = bool(old) and len(new) > len(old) and new[: len(old)] == old
    return ("+" if grown else "") + to_text(new[len(old) :] if grown else new).replace(",", "~")


def _table(text: str, old: tuple[Any, ...]) -> str:
    """A table as a link writes it among the settings."""
    rows = text.replace("~", ",")
    return f"{to_text(old)};{rows[1:]}" if rows.startswith("+") else rows


def replay(run: Run) -> Replay:
    """What was done to a run so far; one that was stopped, or is held, ends at its last row by its settings."""
    last = run.history.last_step
    done = replace(run.spec(), last=last).settled
    if run.status in (Status.STOPPED, Status.PAUSED):
        done = replace(done, config=done.config.replace(epochs=max(last, 1)))
    return Replay(replace(done, last=last), float(run.history.column("loss")[-1]))


def _loss_at(run: Run, step: int) -> float | None:
    """The loss of a row; None where there is none, or it was not kept. The first and the last row always are."""
    steps, columns = run.history.since(step - 1)
    return float(columns["loss"][0]) if len(steps) and steps[0] == step else None


def _parsed(part: str) -> tuple[int, str, str]:
    found = _PART.fullmatch(part)
    if not found:
        raise _refused(part)
    return int(found[1]), found[2], found[3]


def _refused(part: str) -> ConfigError:
    return ConfigError([Problem(FIELD, part, "no_change", None)])
