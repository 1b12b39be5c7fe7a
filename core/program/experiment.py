"""Experiment: one training program as it runs — its loop, what is recorded of it, and what can be drawn."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import torch

from core.program.pieces import Pieces

if TYPE_CHECKING:
    from core.program.state import State

HELD_OUT = "held_out_"  # before the name of a number: that of the samples which are held out
Row = dict[str, float]  # the numbers of one step, all of the same moment
View = Callable[[], Any]  # the latest picture of something larger, as JSON-able data; a dear one in `Pieces`


class Experiment(ABC):
    """What one training program is made of.

    `loop()` is a generator that goes on until it is `done`. It runs forward, loss, zero_grad and backward, yields a Row, and
    runs `optimizer.step()` when it is asked to go on: a run that is held is held between `backward()` and `step()`, where
    every `.grad` is filled and not yet used.
    """

    first_step: ClassVar[int] = 1  # label of the first row: 1 counts passes, 0 counts the updates made before the row
    done: bool = False  # no row is wanted after this one: early stopping says so, and the Trainer at the last row
    behind: bool = False  # a picture is not ready yet: it is to be drawn again, even while no step is made
    optimizer: torch.optim.Optimizer
    begins: Callable[[int], None] = staticmethod(lambda _row: None)  # called at the beginning of each pass with its row

    def __init__(self, config: Any, device: torch.device) -> None:
        self.config = config
        self.device = device

    @abstractmethod
    def loop(self) -> Iterator[Row]:
        """The training loop: one Row a step, which has a finite or non-finite `loss` among its numbers."""

    @classmethod
    def stacks(cls, config: Any) -> bool:
        """Whether runs of such settings are linear layers in a row, of which many can be trained as one (`core.search.stacked`)."""
        return False

    def captured(self) -> "State | None":
        """All that the run has come to, while it `begins` a pass; None where it cannot be told."""
        return None

    def restore(self, row: int, state: "State") -> None:
        """Before the loop is begun: let it begin with the pass of `row`, in a state that was captured there."""
        raise NotImplementedError

    def facts(self) -> Mapping[str, Any]:
        """What does not change while the run goes on (data, reference values), JSON-able."""
        return {}

    def hold_out(self) -> bool:
        """Before the loop is begun: every second test sample is held out. Rows are tested on the others alone, and hold the numbers
        of those that are held out as well, of the same moment, such as `held_out_test_loss`.

        Returns:
            Whether there is something to hold out: not where too few samples are tested, or none.
        """
        return False

    @property
    def views(self) -> Mapping[str, View]:
        """The pictures that can be asked for by name, each computed only when somebody looks."""
        return {}

    def remember(self, step: int) -> Pieces[None] | None:
        """Keep what a picture of the past will show. Called now and then while somebody looks at the run; `step` is its row's."""
        return None

    def change(self, field: str, value: Any) -> None:
        """Apply a live field between two steps; the optimizer keeps its state."""
        self.config = self.config.replace(**{field: value})
