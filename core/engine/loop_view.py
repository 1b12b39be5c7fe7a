"""LoopView: the view `loop` of a held run — one pass of its program, statement by statement; `loop:<mistake>` of a broken one.

It computes a run a second time, from the nearest checkpoint (a broken one from its beginning), so it does so only while somebody
looks, and a little at a time: until it has come to the pass of the run's present row, its picture says how far it is.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial

from core import experiments
from core.engine.instruments import Clock
from core.program.experiment import View
from core.program.microscope import Microscope
from core.program.microscope.autograd_graph import Json
from core.program.microscope.mistakes import MISTAKES
from core.program.trainer import Trainer
from core.run.checkpoints import Checkpoint, Checkpoints
from core.run.messages import Open

NAMES = {"loop": "", **{f"loop:{mistake}": mistake for mistake in MISTAKES}}
BROKEN_ROWS = 20_000  # that a broken program is run again, from its beginning: some mistakes keep the graph of every row
LOOK_SECONDS = 0.03  # at one go; the other runs of the worker wait as long


class LoopView:
    """What is known of the passes that somebody looks at.

    Args:
        command: the run as it began; its changes so far are in `changes`.
        clock: seconds that only go forward.
    """

    def __init__(self, command: Open, clock: Clock) -> None:
        self._spec, self._clock = command.spec, clock
        self.changes = [*command.spec.changes]
        self._microscopes: dict[str, Microscope] = {}
        self._pictures: dict[str, Json] = {}
        self._seen = (-1, 0)  # the row and the number of changes that the pictures are of
        self._device, self._checkpoints = "cpu", Checkpoints()
        self.behind = False  # whether a picture that was asked for is not there yet

    def watch(self, views: Collection[str]) -> None:
        """Put away what nobody looks at any more."""
        for name in self._microscopes.keys() - set(views):
            del self._microscopes[name]
            self._pictures.pop(name, None)

    def beside(self, trainer: Trainer, held: bool) -> Mapping[str, View]:
        """The experiment's own views and, beside them, the loop at the present row; a run that is not held has no pass."""
        self.behind = False
        step, changes = trainer.step, len(self.changes)
        if changes != self._seen[1]:
            self._microscopes.clear()
        if (step, changes) != self._seen:
            self._pictures.clear()
        self._seen = step, changes
        self._device, self._checkpoints = str(trainer.experiment.device), trainer.checkpoints
        views = trainer.experiment.views
        return _Beside(views, self._look if held else _going) if self._spec.experiment in experiments.names() else views

    def _look(self, name: str) -> Json:
        step, _ = self._seen
        if NAMES[name] and step > BROKEN_ROWS:
            return {"step": step, "too_far": BROKEN_ROWS}
        if name not in self._pictures:
            microscope = self._microscopes.get(name)
            start = None if NAMES[name] else self._checkpoints.before(step)
            if microscope is None or microscope.is_past(step) or microscope.is_before(start):
                microscope = self._microscopes[name] = self._new(name, start)
            until = self._clock() + LOOK_SECONDS
            if not microscope.at(step, enough=lambda: self._clock() >= until):
                self.behind = True
                return {"step": step, "behind": microscope.counter}
            if microscope.stopped and microscope.counter is not None:  # before this row: there it is looked at again
                last, microscope = microscope.counter, self._new(name, start)
                microscope.at(last)
            self._pictures[name] = {"step": step, **microscope.whole_pass()}
        return self._pictures[name]

    def _new(self, name: str, start: Checkpoint | None) -> Microscope:
        spec = replace(self._spec, changes=tuple(self.changes), device=self._device)
        return Microscope(spec, NAMES[name], start)


def _going(_name: str) -> Json:
    return {"going": True}


class _Beside(Mapping[str, View]):
    """The views of an experiment, and those of `NAMES`."""

    def __init__(self, views: Mapping[str, View], look: Callable[[str], Json]) -> None:
        self._views, self._look = views, look

    def __getitem__(self, name: str) -> View:
        return partial(self._look, name) if name in NAMES else self._views[name]

    def __iter__(self) -> Iterator[str]:
        yield from NAMES
        yield from self._views

    def __len__(self) -> int:
        return len(NAMES) + len(self._views)
