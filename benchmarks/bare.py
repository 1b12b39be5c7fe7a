"""A bare loop in a process of its own, so that neither side disturbs the other: they share no memory and no GIL."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Self

from benchmarks.measure import Timing, Trained


class Bare(AbstractContextManager["Bare"]):
    """The process; `train` runs a loop in it, by default one out of `benchmarks.loops`."""

    def __enter__(self) -> Self:
        context = get_context("spawn")
        self._wire, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.send(None)
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()

    def train(self, steps: int, name: str, module: str = "benchmarks.loops", **settings: Any) -> Trained:
        """So many steps of a loop built anew; what they took, and the last loss."""
        self.begin(steps, name, module, **settings)
        return self.result()

    def begin(self, steps: int, name: str, module: str = "benchmarks.loops", **settings: Any) -> None:
        """The same in the background; `result` waits for it."""
        self._wire.send((module, name, settings, steps))

    def result(self) -> Trained:
        """What the steps took, and the last loss."""
        trained: Trained = self._wire.recv()
        return trained


def _serve(wire: Connection) -> None:
    import importlib

    import torch

    torch.set_num_threads(1)
    while order := wire.recv():
        module, name, settings, steps = order
        loop: Callable[[int], float] = getattr(importlib.import_module(module), name)(**settings)
        wall, cpu = time.perf_counter(), time.process_time()
        loss = loop(steps)
        timing = Timing(steps, time.perf_counter() - wall, time.process_time() - cpu)
        wire.send(Trained(timing, loss))
