"""A view of a run at once, for what a hand moves: the event stream brings one when it is due."""

from collections.abc import Generator
from typing import Any

import torch

from core.program.trainer import Trainer


class TooLongError(Exception):
    """The picture takes too long to be drawn at once."""


def view(trainer: Trainer, name: str) -> Any:
    """The picture of this name as it is now. What it draws at random is not drawn from the run's numbers: looking changes nothing.

    Raises:
        KeyError: there is no such view.
        TooLongError: it is drawn in pieces.
    """
    with torch.random.fork_rng():
        picture = trainer.experiment.views[name]()
    if isinstance(picture, Generator):
        raise TooLongError(name)
    return picture
