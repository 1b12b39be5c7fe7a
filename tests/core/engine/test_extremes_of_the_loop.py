"""The training loop, statement by statement, at the extremes of what it is of: it is computed beside other runs, and each piece is bounded.

`--hypothesis-profile=search` takes what every experiment has at its dearest, in minutes; the suite a table that is written in pieces.
"""

import time
from typing import Any

import pytest

from core import experiments
from core.engine.loop_view import NAMES, LoopView
from core.program.trainer import Trainer
from core.run.messages import Open
from core.run.spec import RunSpec
from core.run.status import Status
from tests.core.engine.meter import Bound, Meter, in_pieces
from tests.core.engine.test_extremes import CPU, FEW, dearest, settled

BOUNDS = {"piece": Bound(10 if FEW else 25, 250)}  # Python's reading of ten thousand rows, or a pass of the largest network, is one piece
ROWS = 2  # of the run that is looked at
LOOKED_AT = ["loop:float64"] if FEW else list(NAMES)


def fields_of(experiment: str) -> dict[str, Any]:
    """The dearest that is known; in the suite less of it, with no mini-batches to go through."""
    fields = dearest(experiment)
    return {**fields, "table": fields["table"][:4000], "batch_size": 0} if FEW else fields


@pytest.mark.parametrize("experiment", ["linear_regression"] if FEW else experiments.names())
def test_each_piece_of_the_loop_is_bounded(experiment: str) -> None:
    config = settled(experiment, {"device": "cpu", **fields_of(experiment)})
    trainer = Trainer(experiments.watch(experiment), config, CPU)
    with trainer.stream():
        for _ in range(ROWS):
            next(trainer)
    meter = Meter(BOUNDS)
    for name in LOOKED_AT:
        command = Open("run", 0, 1, RunSpec(experiment, config), 0, -1, Status.PAUSED, None, frozenset())
        loop_view, looks = LoopView(command, time.perf_counter), 0
        while loop_view.behind or not looks:
            in_pieces(meter, f"{experiment} {name}", loop_view.beside(trainer, held=True)[name])
            looks += 1
