"""What `python -m core train` writes while it trains: lines for a person, or strict JSON for a program."""

import math
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from core.jsonable import dumps

Row = Mapping[str, float]


class Terminal(ABC):
    """Rows go in; every `every`-th and the last one come out."""

    def __init__(self, every: int, out: TextIO | None = None) -> None:
        self._every, self._out = every, out or sys.stdout

    def row(self, step: int, row: Row, is_last: bool) -> None:
        """One recorded step."""
        if is_last or step % self._every == 0:
            self._write(step, row)

    @abstractmethod
    def _write(self, step: int, row: Row) -> None: ...

    @abstractmethod
    def end(self, summary: Mapping[str, Any]) -> None:
        """How it ended: `status`, `run`, and `message` if it failed."""


class JsonTerminal(Terminal):
    """One object a line; what is not a finite number is null."""

    def _write(self, step: int, row: Row) -> None:
        self._print({"step": step, "metrics": row})

    def end(self, summary: Mapping[str, Any]) -> None:
        self._print(summary)

    def _print(self, value: Mapping[str, Any]) -> None:
        print(dumps(value), file=self._out, flush=True)


class TextTerminal(Terminal):
    """A line for a recorded step, and on a terminal a progress line that moves."""

    def __init__(
        self,
        every: int,
        last: int,
        out: TextIO | None = None,
        progress: TextIO | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(every, out)
        self._last, self._clock = last, clock
        self._progress = progress or sys.stderr
        self._moving = self._progress.isatty()
        self._began, self._shown = clock(), -math.inf
        self._steps = 0

    def row(self, step: int, row: Row, is_last: bool) -> None:
        self._steps += 1
        super().row(step, row, is_last)
        if self._moving and (is_last or self._clock() - self._shown >= 0.1):
            self._shown = self._clock()
            rate = self._steps / max(self._shown - self._began, 1e-9)
            self._progress.write(f"\r\x1b[K{step}/{self._last}  {100 * step // self._last} %  loss {row['loss']:.6g}  {rate:.0f} steps/s")
            self._progress.flush()

    def _write(self, step: int, row: Row) -> None:
        self._clear()
        numbers = "  ".join(f"{name} {value:.6f}" for name, value in row.items())
        print(f"{step:>8}  {numbers}", file=self._out, flush=True)

    def end(self, summary: Mapping[str, Any]) -> None:
        self._clear()
        print(f"{summary['status']} after {self._steps} rows", file=self._out, flush=True)
        if message := summary.get("message"):
            print(f"{message['type']}: {message['text']}", file=self._progress)

    def _clear(self) -> None:
        if self._moving:
            self._progress.write("\r\x1b[K")
            self._progress.flush()
