"""The experiments, found by their folders: `config.py` says what can be set, `program.py` what is done.

Each folder holds `config.CONFIG` (no torch needed to import it), `program.py` (executed, shown, exported), `watch.WATCH`
(imported where the run lives), `findings.findings` (what the numbers say), and `keras_program.py` (the same in Keras; a text that
is read).
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.program.loop import first_pass
from core.program.text import text
from core.run.change import Change
from core.run.finding import Finding
from core.run.history import History
from core.settings.config import Config, TrainingConfig

if TYPE_CHECKING:
    from core.program.experiment import Experiment


@cache
def names() -> tuple[str, ...]:
    """Every experiment's name, as in `core/experiments/<name>/`."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def config_class(name: str) -> type[TrainingConfig]:
    """The Config of an experiment; imports no torch.

    Raises:
        KeyError: no experiment has this name.
    """
    return cast(type[TrainingConfig], _module(name, "config").CONFIG)


def watch(name: str) -> "type[Experiment]":
    """What is recorded and drawn of an experiment, beside its program; imports torch.

    Raises:
        KeyError: no experiment has this name.
    """
    return cast("type[Experiment]", _module(name, "watch").WATCH)


def findings(
    name: str, config: Config, status: str, history: History, facts: Mapping[str, Any], changes: Iterable[Change] = ()
) -> Sequence[Finding]:
    """What the numbers of a run say now, under `config` as its `changes` have made it; nothing before its facts are known."""
    settings = config.settings()
    since = max((change.step for change in changes if settings[change.field].liveness != "pictured"), default=-1)
    return cast(Sequence[Finding], _module(name, "findings").findings(config, status, history, facts, since)) if facts else ()


def program(name: str) -> Path:
    """The file of an experiment's program.

    Raises:
        KeyError: no experiment has this name.
    """
    return Path(_module(name, "config").__file__).with_name("program.py")


@cache
def first_row(name: str) -> int:
    """The label of the first row of an experiment's runs: 1 counts passes, 0 counts the updates made before the row."""
    return first_pass(text(program(name)).tree)


def keras_program(name: str) -> Path:
    """The Keras text of an experiment; it is read, and never imported.

    Raises:
        KeyError: no experiment has this name.
    """
    return Path(str(_module(name, "config").__file__)).with_name("keras_program.py")


def _module(name: str, part: str) -> Any:
    if name not in names():
        raise KeyError(f"No experiment is called {name!r}; there are {', '.join(names())}.")
    return importlib.import_module(f"{__name__}.{name}.{part}")
