"""A run whose worker is the test: real History, real record, and rows of gradient descent written in numpy."""

from typing import Any

import numpy as np

from core.experiments import config_class
from core.run.change import Change
from core.run.handle import Run
from core.run.messages import Command, Rows, Update
from core.run.spec import RunSpec
from core.run.status import Status

NAMES = ("loss", "W", "b", "dW", "db")
X = Y = np.array([1.0, 2.0, 3.0])
FACTS: dict[str, Any] = {
    "points": {"x": X.tolist(), "y": Y.tolist()},
    "best": {"W": 1.0, "b": 0.0, "loss": 0.0},
    "best_line": {"x": [1.0, 3.0], "y": [1.0, 3.0]},
    "curvature": {"low": 0.2404, "high": 11.0929, "one_sample": 20.0, "one_sample_standardized": 5.0},
    "largest": {"x": 3.0, "y": 3.0},
    "misfits": {},
}


class ScriptedRun(Run):
    """A run whose worker is the test: `descend` records rows of gradient descent on three points."""

    def __init__(self, **settings: Any) -> None:
        self.sent: list[Command] = []
        super().__init__(RunSpec("linear_regression", config_class("linear_regression").checked(settings)), self._hear)
        self.begin()

    def _hear(self, command: Command) -> None:
        with self._news:
            self.sent.append(command)
            self._news.notify_all()

    def begin(self) -> None:
        """What a worker says when it has built the run."""
        self._W, self._b, self._at = 0.0, 0.0, 0
        self.tell(Status.PAUSED, facts=FACTS)

    def tell(self, status: Status, unheard: int = 0, **news: Any) -> None:
        """One update from the worker, to which the last `unheard` commands have not come yet."""
        self.receive(Update(self.id, self.generation, self._order - unheard, status, max(0, self._at - 1), 60.0, **news))

    def descend(self, rows: int, status: Status = Status.RUNNING, unheard: int = 0) -> None:
        """Record `rows` more rows, the line of the last one, and the status."""
        lr = getattr(self.current_config, "lr")  # noqa: B009 - the base class knows no lr
        table = np.array([self._row(lr) for _ in range(rows)])
        steps = np.arange(self._at, self._at + rows)
        self._at += rows
        _, W, b, *_ = table[-1]
        line = {"x": [1.0, 3.0], "y": [W + b, 3 * W + b]}
        self.tell(status, unheard, rows=Rows(NAMES, steps, table), views={"line": line})

    def _row(self, lr: float) -> tuple[float, ...]:
        error = X * self._W + self._b - Y
        row = (float((error**2).mean()), self._W, self._b, float((2 * error * X).mean()), float((2 * error).mean()))
        self._W, self._b = self._W - lr * row[3], self._b - lr * row[4]
        return row

    def bend(self, name: str, value: float) -> None:
        """A live change, as the worker reports it."""
        change = Change(self._at - 1, name, getattr(self.current_config, name), value)
        self.tell(self.status, changes=(change,))
