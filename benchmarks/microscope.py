"""A run while nobody steps it statement by statement: with the microscope built in against without it, in one process."""

import statistics
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.measure import Timing, interleaved, ratio, say, spread
from benchmarks.table import Results, Row
from core import experiments
from core.engine.hosted import Hosted
from core.engine.loupe import Loupe
from core.messages import Open, Train
from core.status import Status

ROUNDS, STEPS = 9, 6000
SLICE_SECONDS, REPORT_SECONDS = 0.01, 0.05  # as a worker gives turns and asks for reports


class NoLoupe:
    """What a hosted run would have in the microscope's place, were there none."""

    behind = False

    def __init__(self, *_: Any) -> None:
        self.changes: list[Any] = []

    def watch(self, views: Collection[str]) -> None:
        """Nobody looks."""

    def beside(self, trainer: Any, held: bool) -> Mapping[str, Callable[[], Any]]:
        """The experiment's own views."""
        views: Mapping[str, Callable[[], Any]] = trainer.experiment.views
        return views


def run() -> Results:
    """The part `microscope`."""
    torch.set_num_threads(1)
    say("microscope: a run with it and without it")
    measures = [partial(_trained, kind) for kind in (Loupe, NoLoupe)]
    for measure in measures:
        measure()  # warm up
    ours, without = ([timing.cpu_rate for timing in found] for found in interleaved(ROUNDS, *measures))
    note = f"by processor time (rounds {spread(ours, without)}): {statistics.median(ours):,.0f} steps/s; the line watched 10 times a second"
    what = "steps/s of a run that is not stepped by statement"
    return Results([Row(what, "the same without the microscope", ratio(ours, without), "≥", 0.97, note)])


def _trained(loupe: type[Any]) -> Timing:
    """The steps of a linear regression at full speed, in turns and reports as a worker would give them."""
    config = experiments.config_class("linear_regression")().replace(epochs=1_000_000)
    watched = frozenset({"line"})
    opening = Open("run", 0, 1, "linear_regression", config.model_dump(), (), 0, -1, Status.PAUSED, None, watched)
    with patch("core.engine.hosted.Loupe", loupe):
        hosted = Hosted(opening, time.perf_counter)
        hosted.build(experiments, torch.device("cpu"))
    hosted.obey(Train("run", 0, 2))
    wall, cpu, report_at = time.perf_counter(), time.process_time(), 0.0
    while hosted.step < STEPS:
        hosted.turn(SLICE_SECONDS)
        if time.perf_counter() >= report_at:
            hosted.report()
            report_at = time.perf_counter() + REPORT_SECONDS
    return Timing(hosted.step, time.perf_counter() - wall, time.process_time() - cpu)
