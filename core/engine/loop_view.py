"""LoopView: the view `loop` of a held run — one pass of its program, statement by statement; `loop:<mistake>` of a broken one.

It computes a run a second time, from the nearest checkpoint (a broken one from its beginning), so it does so only while somebody
looks, and a little at a time: its program is written in pieces, and until it has come to the pass of the run's present row, its picture
says how far it is.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial

from core import experiments
from core.engine.instruments import Clock
from core.program.experiment import View
from core.program.microscope import Microscope, Prepared, prepared
from core.program.microscope.autograd_graph import Json
from core.program.microscope.mistakes import MISTAKES
from core.program.pieces import Pieces, in_pieces
from core.program.trainer import Trainer
from core.run.checkpoints import Checkpoint, Checkpoints
from core.run.messages import Open
from core.run.spec import RunSpec

NAMES = {"loop": "", **{f"loop:{mistake}": mistake for mistake in MISTAKES}}
BROKEN_ROWS = 20_000  # that a broken program is run again, from its beginning: some mistakes keep the graph of every row
KEPT_NODES = 250_000  # of graphs that a broken program may keep: half a KiB each. A loop of mini-batches kept gigabytes after some rows
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
        self._programs: dict[str, Prepared] = {}
        self._microscopes: dict[str, Microscope] = {}
        self._pictures: dict[str, Json] = {}
        self._rows: dict[str, int] = {}  # that a broken program can be run, where it keeps too much to be run further
        self._seen = (-1, 0)  # the row and the number of changes that the pictures are of
        self._device, self._checkpoints = "cpu", Checkpoints()
        self.behind = False  # whether a picture that was asked for is not there yet

    def watch(self, views: Collection[str]) -> None:
        """Put away what nobody looks at any more."""
        for name in self._programs.keys() - set(views):
            for known in (self._programs, self._microscopes, self._pictures):
                known.pop(name, None)

    def beside(self, trainer: Trainer, held: bool) -> Mapping[str, View]:
        """The experiment's own views and, beside them, the loop at the present row; a run that is not held has no pass."""
        self.behind = False
        step, changes = trainer.step, len(self.changes)
        if changes != self._seen[1]:
            for known in (self._programs, self._microscopes, self._rows):
                known.clear()
        if (step, changes) != self._seen:
            self._pictures.clear()
        self._seen = step, changes
        self._device, self._checkpoints = str(trainer.experiment.device), trainer.checkpoints
        views = trainer.experiment.views
        return _Beside(views, self._look if held else _going) if self._spec.experiment in experiments.names() else views

    def _look(self, name: str) -> Json | Pieces[Json]:
        step, _ = self._seen
        rows = self._rows.get(name, BROKEN_ROWS)
        if NAMES[name] and step > rows:
            return {"step": step, "too_far": rows}
        return self._pictures[name] if name in self._pictures else self._drawn(name)

    def _drawn(self, name: str) -> Pieces[Json]:
        """The pass of the present row, or how far it has come to it. What the run has become meanwhile is looked at again."""
        seen = step, _ = self._seen
        start = None if NAMES[name] else self._checkpoints.before(step)
        if name not in self._programs:
            ready = yield from in_pieces(partial(prepared, self._run(), NAMES[name]))
            if seen != self._seen:
                return self._on_its_way(step, None)
            self._programs[name] = ready
        microscope = self._microscopes.get(name)
        if microscope is None or microscope.is_past(step) or microscope.is_before(start):
            microscope = self._microscopes[name] = self._new(name, start)
        if not self._come_to(microscope, step):
            if microscope.kept > KEPT_NODES:
                self._rows[name] = microscope.counter or 0
                del self._microscopes[name]
                return {"step": step, "too_far": self._rows[name]}
            return self._on_its_way(step, microscope.counter)
        if microscope.stopped and microscope.counter is not None:  # before this row: there it is looked at again
            last, microscope = microscope.counter, self._new(name, start)
            while not self._come_to(microscope, last):
                yield
        yield
        picture = {"step": step, **(yield from microscope.whole_pass())}
        if seen != self._seen:
            return self._on_its_way(step, None)
        self._pictures[name] = picture
        return picture

    def _come_to(self, microscope: Microscope, step: int) -> bool:
        """Let it run for LOOK_SECONDS, towards the pass of this row; whether it is there."""
        until = self._clock() + LOOK_SECONDS
        return microscope.at(step, enough=lambda: self._clock() >= until or microscope.kept > KEPT_NODES)

    def _on_its_way(self, step: int, row: int | None) -> Json:
        self.behind = True
        return {"step": step, "behind": row}

    def _run(self) -> RunSpec:
        return replace(self._spec, changes=tuple(self.changes), device=self._device)

    def _new(self, name: str, start: Checkpoint | None) -> Microscope:
        return Microscope(self._run(), NAMES[name], start, self._programs[name])


def _going(_name: str) -> Json:
    return {"going": True}


class _Beside(Mapping[str, View]):
    """The views of an experiment, and those of `NAMES`."""

    def __init__(self, views: Mapping[str, View], look: Callable[[str], Json | Pieces[Json]]) -> None:
        self._views, self._look = views, look

    def __getitem__(self, name: str) -> View:
        return partial(self._look, name) if name in NAMES else self._views[name]

    def __iter__(self) -> Iterator[str]:
        yield from NAMES
        yield from self._views

    def __len__(self) -> int:
        return len(NAMES) + len(self._views)
