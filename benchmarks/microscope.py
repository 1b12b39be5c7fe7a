"""The microscope: how long it takes to open far from the beginning, and what it costs a run that nobody steps by statement."""

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
from core.engine.loop_view import LoopView
from core.program.microscope import Microscope
from core.program.pieces import whole
from core.program.trainer import Trainer
from core.run.messages import Open, Train
from core.run.spec import RunSpec
from core.run.status import Status

ROUNDS, STEPS = 9, 6000
FAR, OPENED_SECONDS = 100_000, 0.3
SLICE_SECONDS, REPORT_SECONDS = 0.01, 0.05  # as a worker gives turns and asks for reports


class NoLoopView:
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
    measures = [partial(_trained, kind) for kind in (LoopView, NoLoopView)]
    for measure in measures:
        measure()  # warm up
    ours, without = ([timing.cpu_rate for timing in found] for found in interleaved(ROUNDS, *measures))
    note = f"by processor time (rounds {spread(ours, without)}): {statistics.median(ours):,.0f} steps/s; the line watched 10 times a second"
    what = "steps/s of a run that is not stepped by statement"
    row = Row(what, "the same without the microscope", ratio(ours, without), "≥", 0.97, note)
    return Results([row, _opened_far_away()])


def _opened_far_away() -> Row:
    """From a checkpoint of the run to the pass of a row far from its beginning, and through its five statements."""
    say(f"microscope: at row {FAR:,} of iris")
    config = experiments.config_class("iris").checked({"epochs": FAR + 10})
    trainer = Trainer(experiments.watch("iris"), config, torch.device("cpu"))
    with trainer.stream():
        while trainer.step < FAR:
            next(trainer)
    took = []
    for row in range(FAR - ROUNDS + 1, FAR + 1):
        begun = time.perf_counter()
        microscope = Microscope(RunSpec("iris", config), start=trainer.checkpoints.before(row))
        microscope.at(row)
        whole(microscope.whole_pass())
        took.append(time.perf_counter() - begun)
    worst = max(took)
    note = (
        f"{worst * 1000:.0f} ms at most, {statistics.median(took) * 1000:.0f} ms in the middle, from {len(trainer.checkpoints)} checkpoints"
    )
    return Row(f"opening the microscope at row {FAR:,} of iris", f"{OPENED_SECONDS * 1000:.0f} ms", worst / OPENED_SECONDS, "≤", 1.0, note)


def _trained(loop_view: type[Any]) -> Timing:
    """The steps of a linear regression at full speed, in turns and reports as a worker would give them."""
    config = experiments.config_class("linear_regression")().replace(epochs=1_000_000)
    watched = frozenset({"line"})
    opening = Open("run", 0, 1, RunSpec("linear_regression", config), 0, -1, Status.PAUSED, None, watched)
    with patch("core.engine.hosted.LoopView", loop_view):
        hosted = Hosted(opening, time.perf_counter)
        hosted.build(experiments, torch.device("cpu"))
    hosted.obey(Train("run", 0, 2))
    wall, cpu, report_at = time.perf_counter(), time.process_time(), 0.0
    while hosted.step < STEPS:
        hosted.turn(SLICE_SECONDS)
        hosted.draw()
        if time.perf_counter() >= report_at:
            hosted.report()
            report_at = time.perf_counter() + REPORT_SECONDS
    return Timing(hosted.step, time.perf_counter() - wall, time.process_time() - cpu)
