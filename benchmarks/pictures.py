"""What each picture costs: worker time of one drawing, and how long it is as it is sent. Trainers stand alone, with their defaults."""

import time

import torch

from benchmarks.load import VIEWS
from benchmarks.table import Figure, Results
from core import experiments
from core.jsonable import dumps
from core.program.pieces import whole
from core.program.trainer import Trainer

STEPS = 30  # made before: what comes once is not counted
ROUNDS = 30


def run() -> Results:
    """The part `pictures`."""
    torch.set_num_threads(1)  # as in a worker
    return Results(figures=[figure for experiment in VIEWS for figure in _of(experiment)])


def _of(experiment: str) -> list[Figure]:
    config = experiments.config_class(experiment).checked({"device": "cpu", "epochs": 1_000_000})
    trainer = Trainer(experiments.watch(experiment), config, torch.device("cpu"))
    seconds: dict[str, list[float]] = {name: [] for name in ("remember", *VIEWS[experiment])}
    sizes = dict.fromkeys(seconds, 0)
    with trainer.stream():
        for _ in range(STEPS):
            next(trainer)
        for _ in range(ROUNDS):
            next(trainer)
            views = {
                "remember": lambda: trainer.experiment.remember(trainer.step),
                **{name: trainer.experiment.views[name] for name in VIEWS[experiment]},
            }
            for name, view in views.items():
                start = time.thread_time()
                picture = whole(view())
                seconds[name].append(time.thread_time() - start)
                sizes[name] = len(dumps(picture))
    least = {name: 1000 * min(times) for name, times in seconds.items()}  # what it takes where nothing else disturbs
    every = f"{sum(least.values()):.2f} ms, {sum(sizes.values()):,} bytes"
    each = [Figure(f"{experiment}: {name.partition(':')[0]}", f"{least[name]:.2f} ms, {sizes[name]:,} bytes") for name in seconds]
    return [Figure(f"{experiment}: all pictures once", every), *each]
