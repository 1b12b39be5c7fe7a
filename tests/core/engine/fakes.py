"""Experiments without a model, for tests of the machinery; the module is a catalogue that workers can import."""

import os
import signal
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from core.program.experiment import Experiment, Row, View
from core.settings.config import TrainingConfig, structural


class FakeConfig(TrainingConfig):
    """`fault` happens when row `at` is made."""

    at: int = structural(-1, ge=-1)
    fault: str = structural("")
    parameters: int = structural(1, ge=1)


class Fake(Experiment):
    """Its loss falls by lr a step; `noise` is drawn from the run's random stream."""

    first_step = 0

    def __init__(self, config: FakeConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self.weight = torch.zeros(config.parameters, requires_grad=True)
        self.optimizer = torch.optim.SGD([self.weight], lr=config.lr)
        self.steps, self.loss = 0, 100.0
        if config.fault == "build":
            raise RuntimeError("no such data")

    def loop(self) -> Iterator[Row]:
        while not self.done:
            if self.steps == self.config.at:
                self._fail()
            yield {"loss": self.loss, "lr": self.config.lr, "noise": torch.rand(()).item()}
            self.steps += 1
            self.loss -= self.config.lr

    def _fail(self) -> None:
        match self.config.fault:
            case "exception":
                raise RuntimeError("mat1 and mat2 must have the same dtype")
            case "memory":
                raise MemoryError
            case "nan":
                self.loss = float("nan")
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)

    def facts(self) -> Mapping[str, Any]:
        return {"best": 0.0}

    @property
    def views(self) -> Mapping[str, View]:
        return {"picture": lambda: {"step": self.steps}, "broken": lambda: 1 / 0}


class Counting(Fake):
    """Its rows are counted from 1."""

    first_step = 1


RECIPES: dict[str, type[Experiment]] = {"fake": Fake, "counting": Counting}


def config_class(name: str) -> type[FakeConfig]:
    """The config of a fake."""
    return FakeConfig


def watch(name: str) -> type[Experiment]:
    """A fake by name."""
    return RECIPES[name]
