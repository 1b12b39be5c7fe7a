"""A run that really trains, with the worker in a thread of the test: no process is started, and no page asks for it."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch

from core import experiments
from core.engine.catalogue import Catalogue
from core.engine.worker import Worker
from core.run.handle import Run
from core.run.messages import Quit, Update
from core.run.spec import RunSpec


@contextmanager
def trained_run(experiment: str, **settings: Any) -> Iterator[Run]:
    """A run of this experiment at full speed, held at its beginning."""
    ours, theirs = multiprocessing.Pipe()
    run = Run(RunSpec(experiment, experiments.config_class(experiment).checked(settings)), ours.send, speed=None)
    worker = Worker(theirs, cast(Catalogue, experiments), torch.device("cpu"))

    def serve() -> None:
        worker.serve()
        theirs.send(None)

    def hear() -> None:
        while (reports := ours.recv()) is not None:
            for report in reports:
                if isinstance(report, Update):
                    run.receive(report)

    threads = [threading.Thread(target=work, daemon=True) for work in (serve, hear)]
    for thread in threads:
        thread.start()
    run.open()
    try:
        yield run
    finally:
        ours.send(Quit())
        for thread in threads:
            thread.join(30)
