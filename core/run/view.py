"""A view of a run at once, for what a hand moves: the event stream brings one when it is due."""

from typing import Any

import torch

from core.program.trainer import Trainer


def view(trainer: Trainer, name: str) -> Any:
    """The picture of this name as it is now. What it draws at random is not drawn from the run's numbers: looking changes nothing.

    Raises:
        KeyError: there is no such view.
    """
    with torch.random.fork_rng():
        return trainer.experiment.views[name]()
