"""What crosses the border between the web process and that of a search: wishes down, news up, all of it plain data."""

from dataclasses import dataclass, field
from typing import Any, Literal

from core.search.space import Dimension
from core.search.spec import Turn

Status = Literal["queued", "running", "paused", "finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the one who steers wants."""

    kind: Literal["pause", "go", "stop", "more", "narrow", "beside", "study", "quit"]
    trials: int = 0  # more
    over: tuple[Dimension, ...] = ()  # to choose from, from the next wave on

    @property
    def lasts(self) -> bool:
        """Whether a process that takes the place of another has to know of it."""
        return self.kind in ("more", "narrow", "beside")


@dataclass(frozen=True, slots=True)
class TrialNews:
    """All that is new about a trial; `points` are further ones of its curve, each (step, number)."""

    number: int
    state: str
    value: float
    held: float  # of the samples that nobody chooses by
    loss: float  # of its last row
    step: int
    points: tuple[tuple[int, float], ...]
    values: dict[str, float | int | str]
    link: dict[str, str]  # of the page of its experiment
    reason: str
    stacked: bool


@dataclass(frozen=True, slots=True)
class News:
    """What has happened since the last news.

    Args:
        budget: how many trials there are to be.
        importances: how much each field explains; empty while that cannot be told.
        saved: steps that cutting has saved.
        error: why a search cannot go on: code, field, value, allowed, instead, as those of a `SearchError`; or PyTorch's own words.
        study: the file that was asked for.
        turns: all that was changed of it while it ran.
        beside: whether random search with as many epochs is wished for, and what it has come to so far: (epochs spent, best).
        obeyed: how many wishes led to them.
        divides: whether more processes would be of use to it.
    """

    status: Status
    trials: tuple[TrialNews, ...] = ()
    budget: int = 0
    importances: dict[str, float] = field(default_factory=dict)
    saved: int = 0
    error: dict[str, Any] | None = None
    study: bytes | None = None
    turns: tuple[Turn, ...] = ()
    beside: bool = False
    random: tuple[tuple[int, float], ...] = ()
    obeyed: int = 0
    divides: bool = False
