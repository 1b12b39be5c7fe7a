"""Microscope: one pass of a run's training loop, statement by statement, on the very lines that its export writes.

The program is ours from its first line to its last (`core.program.export` writes it), so Python may be given it. It runs in a
namespace and a random stream of its own, from the nearest checkpoint of the run up to the pass in question; there it is held
before and after each of the five statements.
"""

import ast
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from core.jsonable import jsonable
from core.program import export
from core.program.lines import Line, Program, code, listing, program, source, updates
from core.program.loop import LATER, PASSES, Loop, cut
from core.program.microscope.autograd_graph import Graph, Json, held, shown, walk
from core.program.microscope.mistakes import MISTAKES
from core.program.pieces import Pieces
from core.program.randomness import RandomStream, draw_from
from core.program.running import assign, from_row
from core.program.state import named_parameters, put_back
from core.run.checkpoints import Checkpoint
from core.run.spec import RunSpec

logger = logging.getLogger(__name__)

CURVE_POINTS = 200
Place = tuple[int, bool]  # (which statement, whether it has been executed)


def _never() -> bool:
    return False


class Prepared(NamedTuple):
    """A run's program, ready to be held. To write and cut one with a long text or table in it takes a second."""

    lines: Program
    loop: Loop


def prepared(run: RunSpec, mistake: str = "") -> Prepared:
    """The program of a run, as in `core.program.export.script`, broken where a mistake is named."""
    script = export.script(run)
    lines = program(script.source, script.marks)
    lines = MISTAKES[mistake](lines) if mistake else lines
    return Prepared(lines, _cut(lines, [number for update in updates(lines) for number, _ in update]))


class Microscope:
    """A run's program, held inside of one pass.

    Args:
        run: as in `core.program.export.script`.
        mistake: a name out of `core.program.microscope.mistakes.MISTAKES`, to break the program on purpose from its beginning.
        start: of the same run, where to begin instead of at the beginning; a program that is broken begins there.
        ready: its program, where it is there already.
    """

    def __init__(self, run: RunSpec, mistake: str = "", start: Checkpoint | None = None, ready: Prepared | None = None) -> None:
        self.mistake = mistake
        self._lines, self._loop = ready or prepared(run, mistake)
        self._updates = updates(self._lines)
        self.statements = self._updates[0]  # those of the update that is made in this pass
        self._first_pass = run.first
        self._run, self._start = run, start
        self._device = torch.device(run.device)
        self._random = RandomStream(run.config.seed, self._device)
        self._namespace: dict[str, Any] = {"__name__": "program", "print": _silence}
        self._setup = self._loop.begun(self._namespace)
        self._passes: Iterator[Place] | None = None
        self._place: Place | None = None
        self.executed = 0
        self.error: Json | None = None
        self.ended = False
        self._graph: Graph | None = None
        self._before: dict[str, Tensor] = {}
        self._losses: list[tuple[int, float]] = []
        self._nodes_of_a_loss = 0

    @property
    def kept(self) -> int:
        """The nodes of all graphs that a list of losses keeps alive: as many for each of them as for the first."""
        losses: Sequence[Tensor] = self._namespace.get("losses", ())
        if losses and not self._nodes_of_a_loss:
            self._nodes_of_a_loss = len(walk(losses[0].grad_fn))
        return len(losses) * self._nodes_of_a_loss

    @property
    def counter(self) -> int | None:
        """The row that the pass belongs to; None before the first one."""
        return self._namespace.get(self._loop.counter)

    @property
    def stopped(self) -> bool:
        """Whether there is nothing more to execute: the loop came to its end, or a statement raised."""
        return self.ended or self.error is not None

    def is_past(self, step: int) -> bool:
        """Whether statements of the pass of row `step`, or of a later one, have been executed one by one."""
        return self.executed > 0 and self.counter is not None and self.counter >= max(step, self._first_pass)

    def is_before(self, start: Checkpoint | None) -> bool:
        """Whether a checkpoint is nearer to what comes after it."""
        begun = self._start.row if self._start else -1  # before it has set up it has no row yet
        return start is not None and (begun if self.counter is None else self.counter) < start.row

    def at(self, step: int, enough: Callable[[], bool] = _never) -> bool:
        """Come to the beginning of the pass of row `step`; passes before it run through. It never goes back.

        Returns:
            Whether it is there (or the program ended, or failed, before): False if `enough()` said to stop on the way.
        """
        step = max(step, self._first_pass)
        self._forget()
        with self._random.current():
            while not self.stopped and not (self.counter == step and self._place == (0, False)):
                self._further()
                if enough():
                    return self.counter == step and self._place == (0, False)
        return True

    def execute(self, count: int = 1) -> int:
        """Run the next statements of this pass; stops early at its end, or at an error. Returns how many have run."""
        before = self.executed
        for _ in range(count):
            if self.stopped or self.executed == len(self.statements):
                break
            with self._random.current():
                self._execute_one()
        return self.executed - before

    def _execute_one(self) -> None:
        if self._place != (self.executed, False):
            self._next()
        if self.stopped:
            return
        name = self.statements[self.executed][1].statement
        if name == "step":
            self._before = {name: parameter.detach().clone() for name, parameter in self.parameters.items()}
        self._next()
        if not self.error:
            self.executed += 1
            if name == "loss":
                self._graph = Graph(self.loss, self.parameters)

    # --- running ---------------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Go on to the next place where the program is held."""
        while self._passes is None and not self.stopped:
            self._further()
        if not self.stopped:
            self._further()

    def _further(self) -> None:
        """Execute one of the statements before the loop, or go on to the next place in it."""
        try:
            if self._passes is None:
                self._passes = self._begun()
            else:
                self._come_to(*next(self._passes))
                self._record()
        except StopIteration:
            self.ended = True
        except Exception as error:  # whatever the program says is what the learner is to read
            logger.debug("The program raised.", exc_info=True)
            self.error = {"type": type(error).__name__, "text": str(error), "pass": self.counter}

    def _begun(self) -> Iterator[Place] | None:
        """The loop, once all that stands before it has been executed; a statement of that before."""
        if next(self._setup, self) is None:
            return None
        if self._start:
            self._go_to(self._start)
        passes: Iterator[Place] = self._namespace.pop(PASSES)()
        return passes

    def _go_to(self, start: Checkpoint) -> None:
        """Let the program, which has been set up, begin there; a setting that was changed is held by a variable, or was built in."""
        names, before = self._namespace, self._run.at(start.row)
        for change in before.changes:
            setting = before.config.settings()[change.field]
            if setting.target:
                assign(names, setting, before.last_config)
            elif change.field in names:
                names[change.field] = change.new
        put_back(start.state, names)
        draw_from(self._device, start.random)
        names[LATER] = partial(from_row, start.row)

    def _come_to(self, number: int, done: bool) -> None:
        """A place among all statements is one among those of its update."""
        for update in self._updates:
            if number < len(update):
                self.statements, self._place = update, (number, done)
                return
            number -= len(update)

    def _record(self) -> None:
        number, done = cast(Place, self._place)
        if done and self.mistake and self.statements[number][1].statement == "loss":
            self._losses.append((cast(int, self.counter), self.loss.item()))

    def _forget(self) -> None:
        """What was seen of the pass before."""
        self.executed = 0
        self._before = {}
        if self._graph:
            self._graph.close()
        self._graph = None

    # --- what there is to see ----------------------------------------------------------------------------------------

    @property
    def parameters(self) -> dict[str, Tensor]:
        """The parameters of the program's model, by name."""
        return named_parameters(self._namespace)

    @property
    def loss(self) -> Tensor:
        """The loss that backward starts from."""
        return cast(Tensor, self._variable("loss"))

    def _variable(self, statement: str) -> Any:
        """What the statement of this name assigns to first."""
        text = next(line.text for _, line in self.statements if line.statement == statement)
        return self._namespace[text.split("=")[0].split(",")[0].strip()]

    def _has(self, statement: str) -> bool:
        """Whether a statement has been executed in this pass."""
        return statement in [line.statement for _, line in self.statements[: self.executed]]

    def listing(self) -> Json:
        """The loop's lines without comments, the statements among them, and the mistake."""
        first = next(number for number, line in enumerate(self._lines, start=1) if line.text.startswith("for "))
        lines = listing(self._lines, first)
        statements = [{"name": line.statement, "line": number, "source": code(line)} for number, line in self.statements]
        return {"lines": lines, "statements": statements, "mistake": self.mistake}

    def picture(self) -> Json:
        """What is there now: after `executed` statements of the pass, before the next."""
        over = self.stopped or self.executed == len(self.statements)
        optimizer = self._namespace.get("optimizer")
        return {
            "executed": self.executed,
            "next": None if over else self.executed,
            "error": self.error,
            "prediction": shown(self._variable("forward")) if self._has("forward") else None,
            "loss": {"value": jsonable(self.loss.item(), infinities=True), "grad_fn": _name(self.loss)} if self._has("loss") else None,
            "parameters": [self._parameter(name, parameter, optimizer) for name, parameter in self.parameters.items()],
            "arrived": self._graph.arrived() if self._graph else [],
            "kept": held(self._namespace["losses"]) if "losses" in self._namespace else None,
        }

    def _parameter(self, name: str, parameter: Tensor, optimizer: Any) -> Json:
        gradient, before = parameter.grad, self._before.get(name)
        lr = optimizer.param_groups[0]["lr"] if optimizer else math.nan
        return {
            "name": name,
            "value": shown(parameter),
            "grad": None if gradient is None else shown(gradient),
            "before": None if before is None else shown(before),
            "difference": None if before is None else shown(parameter.detach() - before),
            "descent": None if before is None or gradient is None else shown(-lr * gradient),
        }

    def whole_pass(self) -> Pieces[Json]:
        """All pictures of the pass it stands at the beginning of, from before its first statement to after its last; one by one."""
        pictures = [self.picture()]
        yield
        while self.execute():
            pictures.append(self.picture())
            yield
        if self.error and pictures[-1]["error"] is None:
            pictures.append(self.picture())
        return {
            **self.listing(),
            "pass": self.counter,
            "ended": self.ended,
            "pictures": pictures,
            "graph": self._graph.picture() if self._graph else None,
            "optimizer": _optimizer(self._namespace.get("optimizer")),
            "losses": _thinned(self._losses),
        }


def _cut(lines: Sequence[Line], held_at: list[int]) -> Loop:
    """The program, held before and after each statement of an update: it yields which it is, and whether it has been executed."""

    def held(statement: ast.stmt, _to_come: bool) -> list[ast.stmt]:
        if statement.lineno not in held_at:
            return [statement]
        before, after = (ast.parse(f"yield {held_at.index(statement.lineno)}, {done}").body[0] for done in (False, True))
        return [before, statement, after]

    return cut(ast.parse(source(lines)), "<program>", held)


def _silence(*_values: Any, **_options: Any) -> None:
    """The program's `print`: what it says is on the screen already."""


def _name(tensor: Tensor) -> str | None:
    return tensor.grad_fn.name() if tensor.grad_fn is not None else None


def _optimizer(optimizer: Any) -> Json | None:
    """Its name, its learning rate, and whether it is plain gradient descent: then the update is −lr·grad, no more."""
    if optimizer is None:
        return None
    group = optimizer.param_groups[0]
    plain = type(optimizer) is torch.optim.SGD and not group["momentum"] and not group["weight_decay"]
    return {"name": type(optimizer).__name__, "lr": group["lr"], "plain": plain}


def _thinned(losses: list[tuple[int, float]]) -> list[list[Any]]:
    """At most CURVE_POINTS of the losses, the last one among them."""
    every = -(-len(losses) // CURVE_POINTS) or 1
    thinned: list[list[Any]] = jsonable(losses[::-1][::every][::-1], infinities=True)
    return thinned
