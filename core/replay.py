"""Replay: all that a link must hold, beside the settings, to do a run again and to know it when it is the same.

Written as `100:lr=0.05,200:lr=0.01,1000:loss=0.000158`: what was changed at which row, and the loss that it ended with.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple, Self

from core import experiments
from core.change import Change
from core.config import Config, ConfigError, Problem
from core.export import recorded
from core.run import Run, Status

FIELD = "replay"  # what a Problem with such a text calls it
_PART = re.compile(r"(\d{1,9}):(\w+)=(\S+)")


class Replay(NamedTuple):
    """The changes in their order, and what is to come of them: row `step` has this `loss`."""

    changes: tuple[Change, ...]
    step: int
    loss: float

    def __str__(self) -> str:
        return ",".join([*(f"{step}:{field}={new}" for step, field, _old, new in self.changes), f"{self.step}:loss={self.loss}"])

    def is_reached_by(self, run: Run) -> bool:
        """Whether the last row of a run has this very loss, bit for bit."""
        return str(_loss_at(run, self.step)) == str(self.loss)

    @classmethod
    def read(cls, text: str, experiment: str, config: Config) -> Self:
        """The replay that `text` describes, of a run that begins with `config`.

        Raises:
            ConfigError: names what is no change, or the field whose value is out of bounds.
        """
        *changed, end = text.split(",")
        step, word, loss = _parsed(end)
        if word != "loss":
            raise _refused(text)
        changes = planned(changed, config)
        first, epochs = experiments.script(experiment).FIRST_STEP, config.model_dump()["epochs"]
        for part, change in zip(changed, changes, strict=True):
            if not first <= change.step < epochs:  # there is no update of this run after that row
                raise _refused(part)
        try:
            return cls(changes, step, float(loss))
        except ValueError as error:
            raise _refused(loss) from error


def planned(parts: Iterable[str], config: Config) -> tuple[Change, ...]:
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
        before, current = current, type(config).checked({**current.model_dump(), field: value})
        changes.append(Change(row, field, getattr(before, field), getattr(current, field)))
    return tuple(changes)


def replay(run: Run) -> tuple[Config, Replay]:
    """The settings that a run began with, and what was done to it since; one that was stopped, or is held, ends at its last row."""
    last = run.history.last_step
    done = recorded(run.experiment, run.config, run.changes, last)
    cut_short = run.status in (Status.STOPPED, Status.PAUSED)
    config = done.config.replace(epochs=max(last, 1)) if cut_short else done.config
    return config, Replay(done.changes, last, float(run.history.column("loss")[-1]))


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
