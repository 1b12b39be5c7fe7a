"""Running: a program executed as it stands, with its loop as a generator that is held once in each pass."""

import ast
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch

from core.program.experiment import HELD_OUT, Experiment, Row
from core.program.loop import BEGINS, LATER, PASSES, Loop, cut
from core.program.overheads import unmarked, without_hooks
from core.program.state import State, captured, put_back
from core.settings.config import Setting, TrainingConfig

GIVEN = ("config", "device")  # what the run puts in the place of the text's own
HELD = "_to_be_held"


@cache
def compiled(path: Path) -> Loop:
    """The program of a file. What stands below its loop is for people who run it as a script."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [statement for statement in tree.body if not _given(statement)]
    return cut(tree, str(path), _held)


def _given(statement: ast.stmt) -> bool:
    """Whether a run has something of its own in the place of this statement."""
    if isinstance(statement, ast.Assign):
        return isinstance(statement.targets[0], ast.Name) and statement.targets[0].id in GIVEN
    return isinstance(statement, ast.ImportFrom) and statement.module == "core.program"


def _held(statement: ast.stmt, to_come: bool) -> list[ast.stmt]:
    """`record(…)` holds the run; if a `backward()` is still to come in the pass, the first one after it does."""
    match statement:
        case ast.Expr(ast.Call(ast.Name("record"))):
            return ast.parse(f"{HELD} = True" if to_come else "yield").body
        case ast.Expr(ast.Call(ast.Attribute(attr="backward"))):
            return [statement, *ast.parse(f"if {HELD}:\n    {HELD} = False\n    yield").body]
    return [statement]


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
    tested: ClassVar[tuple[str, str]] = ("x_test", "y_test")  # the program's names of what it is tested on, and of what is right there
    cuts_batches: ClassVar[bool] = False  # whether it shuffles all samples and cuts them into batches; else it picks those of each batch

    def __init__(self, config: TrainingConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self.names: dict[str, Any] = {"__name__": "program", "config": _Read(config), "device": device, "ever": lambda _: True, HELD: False}
        with np.errstate(all="ignore"):  # data may be beyond what a float can hold: that is said in words
            compiled(self.path).begin(self.names)
        self.names["ever"] = lambda name: getattr(self.config, name)  # what is built is built: now only what holds matters
        self.held_out: tuple[torch.Tensor, torch.Tensor] | None = None  # what `hold_out` has taken from `tested`
        self.optimizer = self.names["optimizer"]
        unmarked(self.optimizer)

    @abstractmethod
    def row(self) -> Row:
        """The numbers of the pass that is held."""

    def loop(self) -> Iterator[Row]:
        if "model" in self.names:
            without_hooks(self.names["model"])
        self.names[BEGINS] = self.begins
        for _hold in self.names[PASSES]():
            row = self.row()
            if self.held_out:
                row |= {f"{HELD_OUT}{name}": number for name, number in self.measured(*self.held_out).items()}
            yield row

    def learned(self) -> tuple[torch.Tensor, torch.Tensor]:
        """What its model is given (N, F) and what is right there; of a program that `stacks`."""
        return self.names["x"], self.names["y"]

    def hold_out(self) -> bool:
        """By changing what the program's names of its test samples stand for; copies, as sums over every second row may round otherwise."""
        x, y = (self.names.get(name) for name in self.tested)
        if x is None or y is None or len(y) < 2:
            return False
        self.names.update(zip(self.tested, (x[::2].clone(), y[::2].clone()), strict=True))
        self.held_out = x[1::2].clone(), y[1::2].clone()
        return True

    def measured(self, x: torch.Tensor, y: torch.Tensor) -> Row:
        """A row's test numbers, of these samples instead; only where the program is tested."""
        raise NotImplementedError

    def change(self, field: str, value: Any) -> None:
        """The program reads its settings from `config`; what it has built of one is assigned to as well."""
        super().change(field, value)
        self.names["config"] = _Read(self.config)
        assign(self.names, self.config.settings()[field], self.config)

    def captured(self) -> State:
        """The state at the beginning of a pass."""
        return captured(self.names, compiled(self.path).carried)

    def restore(self, row: int, state: State) -> None:
        """Let the loop begin with the pass of `row`, in the state that it was in there."""
        put_back(state, self.names)
        self.names[LATER] = partial(from_row, row)


def assign(names: dict[str, Any], setting: Setting, config: TrainingConfig) -> None:
    """Let what a program has built of a setting take its new value."""
    if setting.built in names and setting.applies(config):  # a network without hidden layers has no dropout
        exec(setting.assignment(repr(getattr(config, setting.name))), names)  # noqa: S102 - declared beside the field


def from_row(row: int, passes: Sequence[int]) -> Sequence[int]:
    """The passes of a loop, that of `row` the first."""
    return passes[passes.index(row) :]
