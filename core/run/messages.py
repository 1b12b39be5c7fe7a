"""What crosses the border between the web process and a worker: commands down, reports up, all of it plain data.

Nothing in here knows a pipe or a process, so the same messages could be the calls of an actor on another machine.

A command carries the run's `generation` (a reset makes the next one; commands for an older one mean nothing) and its
`order` among the commands to that run. A report echoes the last order that was carried out (a `Step` is when its rows are
there), so the handle in the web process knows whether a status was true before or after what it asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.typing import NDArray

from core.run.change import Change
from core.run.history import Floats, Steps
from core.run.spec import RunSpec
from core.run.status import Status


@dataclass(frozen=True, slots=True)
class Command:
    """A wish about one run."""

    run: str
    generation: int
    order: int


@dataclass(frozen=True, slots=True)
class Open(Command):
    """Build a run; it takes the place of an older generation.

    `replay_to` brings back a run that was lost: it is replayed without a word up to this row, then it takes `status` again. For a
    new run it is -1. The first `known` changes of the spec were made before; the others are still to come, and are reported
    when they are made.
    """

    spec: RunSpec
    known: int
    replay_to: int
    status: Status
    speed: float | None  # steps/s; None is full speed
    watched: frozenset[str]
    checkpoint: bytes | None = None  # of the run that was lost: where the replay begins


@dataclass(frozen=True, slots=True)
class Train(Command):
    """Go on from here."""


@dataclass(frozen=True, slots=True)
class Pause(Command):
    """Hold between two steps."""


@dataclass(frozen=True, slots=True)
class Step(Command):
    """Record `count` more rows, then hold."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class SetField(Command):
    """Change a live field where the run is now."""

    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class SetSpeed(Command):
    """Steps a second; None is full speed."""

    speed: float | None


@dataclass(frozen=True, slots=True)
class Watch(Command):
    """The views that somebody looks at now."""

    views: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stop(Command):
    """End the run; what it has learned can still be looked at."""


@dataclass(frozen=True, slots=True)
class Drop(Command):
    """Forget the run."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How many steps a second this very model makes on the worker's device, counting only its own time."""

    ticket: str
    spec: RunSpec
    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that is answered in one go; `question` is one of `core.engine.answers`. It is about `run`, or about none."""

    ticket: str
    question: str
    arguments: Mapping[str, Any]
    run: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a run was at row `step`, and these pictures of it there; the answer's value is a `Past`."""

    ticket: str
    run: str
    step: int
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """A run as it was at the row `step`.

    Args:
        row: its numbers.
        config: its settings then.
        parameters: copies in the order of the optimizer.
        views: the pictures that were asked for; one that is not known is left out.
    """

    step: int
    row: Mapping[str, float]
    config: Mapping[str, Any]
    parameters: tuple[NDArray[Any], ...]
    views: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave; the runs go with the worker."""


class Rows(NamedTuple):
    """Rows of metrics: `steps` (rows,), `table` (rows, metrics)."""

    names: tuple[str, ...]
    steps: Steps
    table: Floats


class Update(NamedTuple):
    """All that is new about a run since the last update, of one moment. A tuple: of what crosses the border it comes most often, and
    a dataclass takes three times as long to unpack."""

    run: str
    generation: int
    order: int
    status: Status
    step: int
    rate: float | None  # measured steps/s
    slowed: bool = False  # pictures come less often than wanted: the worker is busy
    rows: Rows | None = None
    views: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] | None = None
    changes: tuple[Change, ...] = ()
    message: Mapping[str, Any] | None = None
    checkpoint: bytes | None = None  # of a row that is told here or was before: a run that is lost goes on from it


@dataclass(frozen=True, slots=True)
class Ready:
    """The first word of a worker: the devices it sees, each as (name, title)."""

    devices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to Measure (steps/s), Visit or Ask, or a `refusal` in words."""

    ticket: str
    value: Any
    refusal: str = ""


Order = Command | Measure | Visit | Ask | Quit
Report = Update | Ready | Answer
