"""Running: a program executed as it stands, with its loop as a generator that is held once in each pass."""

import ast
from abc import abstractmethod
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import numpy as np
import torch

from core.config import TrainingConfig
from core.experiment import Experiment, Row
from core.program.relief import unmarked, without_hooks

GIVEN = ("config", "device")  # what the run puts in the place of the text's own
LOOP = "_passes"
HELD = "_to_be_held"


class Code(NamedTuple):
    """What stands before the loop, and a generator function that is the loop."""

    setup: CodeType
    loop: CodeType


@cache
def compiled(path: Path) -> Code:
    """The program of a file. What stands below its loop is for people who run it as a script."""
    body = [statement for statement in ast.parse(path.read_text(encoding="utf-8")).body if not _given(statement)]
    at = next(number for number, statement in enumerate(body) if isinstance(statement, ast.For) and "record(" in ast.unparse(statement))
    loop = body[at]
    assigned = {node.id for node in ast.walk(loop) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    function = ast.parse(f"def {LOOP}():\n    global {', '.join(sorted(assigned))}\n    {HELD} = False")
    _hold(loop, after=False)
    function.body[0].body.append(loop)  # type: ignore[attr-defined]
    parts = (ast.Module(body[:at], []), function)
    return Code(*(compile(ast.fix_missing_locations(part), str(path), "exec") for part in parts))


def _given(statement: ast.stmt) -> bool:
    """Whether a run has something of its own in the place of this statement."""
    if isinstance(statement, ast.Assign):
        return isinstance(statement.targets[0], ast.Name) and statement.targets[0].id in GIVEN
    return isinstance(statement, ast.ImportFrom) and statement.module == "core.program"


def _hold(node: ast.AST, after: bool) -> None:
    """Put a `yield` where a run is held. `after`: whether a `backward()` is still to come when `node` is through."""
    for field in ("body", "orelse"):
        statements = getattr(node, field, None)
        if not isinstance(statements, list):
            continue
        made: list[ast.stmt] = []
        for number, statement in enumerate(statements):
            to_come = after or any("backward()" in ast.unparse(later) for later in statements[number + 1 :])
            _hold(statement, to_come)
            text = ast.unparse(statement)
            if text.startswith("record("):
                made += ast.parse(f"{HELD} = True" if to_come else "yield").body
            elif text.endswith(".backward()") and isinstance(statement, ast.Expr):
                made += [statement, *ast.parse(f"if {HELD}:\n    {HELD} = False\n    yield").body]
            else:
                made.append(statement)
        setattr(node, field, made)


class _Read:
    """A config whose every answer is kept: a loop asks for the same few things in each pass, and some take long to find out."""

    def __init__(self, config: TrainingConfig) -> None:
        self._config = config

    def __getattr__(self, name: str) -> Any:
        value = self.__dict__[name] = getattr(self._config, name)
        return value


class Programmed(Experiment):
    """An experiment whose text is executed. A subclass says what is recorded and drawn: it reads `names`, the program's own.

    `row()` is asked at each hold. Every name that the program assigns is there as it left it.
    """

    path: Path
    config: TrainingConfig

    def __init__(self, config: TrainingConfig, device: torch.device) -> None:
        super().__init__(config, device)
        code = compiled(self.path)
        self.names: dict[str, Any] = {"__name__": "program", "config": _Read(config), "device": device, "ever": lambda _: True}
        with np.errstate(all="ignore"):  # data may be beyond what a float can hold: that is said in words
            exec(code.setup, self.names)  # noqa: S102 - our own program
            exec(code.loop, self.names)  # noqa: S102 - our own program
        self.names["ever"] = lambda name: getattr(self.config, name)  # what is built is built: now only what holds matters
        self.optimizer = self.names["optimizer"]
        unmarked(self.optimizer)

    @abstractmethod
    def row(self) -> Row:
        """The numbers of the pass that is held."""

    def loop(self) -> Iterator[Row]:
        if "model" in self.names:
            without_hooks(self.names["model"])
        for _hold in self.names[LOOP]():
            yield self.row()

    def change(self, field: str, value: Any) -> None:
        """The program reads its settings from `config`; what it has built of one is assigned to as well."""
        self.config = self.config.replace(**{field: value})
        self.names["config"] = _Read(self.config)
        setting = self.config.settings()[field]
        built = setting.target.split(".")[0].split("[")[0]  # a network without hidden layers has no dropout
        if built in self.names and setting.applies(self.config):
            exec(f"{setting.target} = {getattr(self.config, field)!r}", self.names)  # noqa: S102 - declared beside the field
