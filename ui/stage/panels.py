"""Panels: what a learner watches, declared as plain frozen data and drawn in the browser by `panel_<kind>.js`.

A trace is bound to exactly one source: two *metrics* (columns that grow by a row each step), a *view* (replaced whole),
or a *fact* (fixed for the run). A view or fact is a mapping of plotly trace properties such as `{"x": […], "y": […]}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Protocol

Spec = dict[str, Any]


class Panel(Protocol):
    """Anything the stage can draw: a kind (`panel_<kind>.js`), an id unique on its page, and its JSON-able form."""

    kind: ClassVar[str]

    @property
    def id(self) -> str:
        """Names the panel on its page; zoom and other choices are remembered under it."""

    def spec(self) -> Spec:
        """The panel as JSON-able data."""


class Declared:
    """A panel whose JSON-able form is its kind and its fields."""

    kind: ClassVar[str]

    def spec(self) -> Spec:
        """The panel as JSON-able data."""
        return {"kind": self.kind, **asdict(self)}  # type: ignore[call-overload]  # every subclass is a dataclass


@dataclass(frozen=True)
class Trace:
    """One plotly trace and the source it is bound to.

    Args:
        metrics: (x, y), names of metrics; `step` is one. view, fact: a name; dots reach into a fact (`best.line`).
        name: what the legend and the hover call it.
        color: a role of `ui.frame.palette`, or any CSS colour.
        style: further plotly properties of the trace. A colour in it may be a role too.

    Raises:
        ValueError: not exactly one of `metrics`, `view`, `fact` is given.
    """

    name: str = ""
    metrics: tuple[str, str] | None = None
    view: str | None = None
    fact: str | None = None
    color: str = ""
    style: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if sum(source is not None for source in (self.metrics, self.view, self.fact)) != 1:
            raise ValueError(f"Trace {self.name!r} needs exactly one of metrics, view, fact.")

    def spec(self) -> Spec:
        """The trace as JSON-able data."""
        source: Spec = {"metrics": list(self.metrics)} if self.metrics else {}
        if self.view:
            source["view"] = self.view
        if self.fact:
            source["fact"] = self.fact
        trace = {"type": "scatter", "mode": "lines", "name": self.name, **self.style}
        return {"trace": trace, "color": self.color, **source}


@dataclass(frozen=True)
class Reference:
    """A dashed grey line across the chart at a fact's number, with a label such as `least squares W 0.9856`.

    `fact` is a path into the facts (`best.loss`), or into the view `view` (`mlp.accuracy`); `{value}` in `label` is
    filled with the number. `at`: where along the line the label stands, 0 to 1.
    """

    fact: str
    label: str
    axis: Literal["x", "y"] = "y"
    view: str = ""
    at: float = 1.0

    def spec(self) -> Spec:
        """The line as JSON-able data."""
        place = {"axis": self.axis, "at": self.at}
        return {"fact": self.fact, "view": self.view, "label": self.label, **place}


@dataclass(frozen=True)
class Extent:
    """The axes stay on the stretch that the `x` and `y` of some facts take up, plus a share of it as a margin on each side."""

    facts: Sequence[str]
    margin: float = 0.0

    def spec(self) -> Spec:
        """The stretch as JSON-able data."""
        return {"facts": list(self.facts), "margin": self.margin}


@dataclass(frozen=True)
class Chart:
    """A plotly chart.

    Args:
        past: (x, y) metrics of earlier runs, drawn faint. lists_past: whether this chart lists them, to be hidden or taken away.
        marks: whether live changes are drawn as labelled vertical lines at their step.
        moments: finding code → label of a vertical line at the finding's `step`, drawn while the finding holds.
        log_toggle: the axis ("x" or "y") with a linear/log switch.
        extent: where the axes stay whatever the numbers do; None lets them follow.
        alt: a sentence with `{metric}` placeholders that says the current numbers to those who cannot see the chart.
        layout: further plotly layout. span: columns taken.
    """

    kind: ClassVar[str] = "chart"
    id: str
    title: str
    traces: Sequence[Trace]
    alt: str
    x_title: str = ""
    y_title: str = ""
    references: Sequence[Reference] = ()
    past: tuple[str, str] | None = None
    lists_past: bool = True
    marks: bool = False
    moments: Mapping[str, str] = field(default_factory=dict)
    log_toggle: Literal["", "x", "y"] = ""
    extent: Extent | None = None
    layout: Mapping[str, Any] = field(default_factory=dict)
    span: Literal[1, 2] = 1

    def spec(self) -> Spec:
        """The panel as JSON-able data."""
        return {
            "kind": self.kind,
            "id": self.id,
            "title": self.title,
            "traces": [trace.spec() for trace in self.traces],
            "alt": self.alt,
            "x_title": self.x_title,
            "y_title": self.y_title,
            "references": [reference.spec() for reference in self.references],
            "past": list(self.past) if self.past else None,
            "lists_past": self.lists_past,
            "marks": self.marks,
            "moments": dict(self.moments),
            "log_toggle": self.log_toggle,
            "extent": self.extent.spec() if self.extent else None,
            "layout": dict(self.layout),
            "span": self.span,
        }


@dataclass(frozen=True)
class Readout:
    """One number: a metric's newest value with `digits` decimals. `color` is a role of `ui.frame.palette`.

    With `per_second`, two facts, it is instead the run's measured speed × the first ÷ the second: what one pass over the
    data takes in, and the steps of a pass.
    """

    label: str
    metric: str
    digits: int = 4
    color: str = ""
    per_second: tuple[str, str] | None = None

    def spec(self) -> Spec:
        """The number as JSON-able data."""
        per_second = list(self.per_second) if self.per_second else None
        number = {"label": self.label, "metric": self.metric, "digits": self.digits}
        return {**number, "color": self.color, "per_second": per_second}


@dataclass(frozen=True)
class Readouts:
    """A strip of numbers above the panels; none of them changes its size."""

    kind: ClassVar[str] = "readouts"
    id: str
    title: str
    items: Sequence[Readout]

    def spec(self) -> Spec:
        """The panel as JSON-able data."""
        items = [item.spec() for item in self.items]
        return {"kind": self.kind, "id": self.id, "title": self.title, "items": items}


@dataclass(frozen=True)
class Sentences:
    """What the numbers say, in sentences: a note on the panel `at`, there while it has something to say.

    Args:
        findings: finding code → sentence with the finding's `{values}`.
        remedies: finding code → label of the button that applies its remedy, with the remedy's `{fields}`; a code with
            remedies of several kinds has a label for each: `plateau.lr`. Whatever the code, a remedy of these very fields,
            in the order of the alphabet, may have one: `lr+standardize`.
        messages: message code → sentence that stands above an error's own text.
    """

    kind: ClassVar[str] = "words"
    id: str
    title: str
    findings: Mapping[str, str]
    remedies: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    at: str = "loss"

    def spec(self) -> Spec:
        """The panel as JSON-able data."""
        return {
            "kind": self.kind,
            "id": self.id,
            "title": self.title,
            "findings": dict(self.findings),
            "remedies": dict(self.remedies),
            "messages": dict(self.messages),
            "at": self.at,
        }


def notes(
    title: str,
    findings: Mapping[str, str],
    remedies: Mapping[str, str],
    messages: Mapping[str, str],
    elsewhere: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> list[Panel]:
    """What the numbers say, each where it is seen: on the loss, but the findings in `elsewhere` (panel → codes) on their panel."""
    away = {code for codes in elsewhere.values() for code in codes}
    main = {code: sentence for code, sentence in findings.items() if code not in away}
    others = [
        Sentences(f"words_{panel}", title, {code: findings[code] for code in codes}, remedies, at=panel)
        for panel, codes in elsewhere.items()
    ]
    return [Sentences("words", title, main, remedies, messages), *others]


@dataclass(frozen=True)
class Column:
    """One column of a log: a metric (or `step`) under a heading, with `digits` decimals."""

    metric: str
    label: str
    digits: int = 4


@dataclass(frozen=True)
class Log:
    """A row every `every` steps, exactly as recorded, to read and to download as CSV under the name `download`.

    Beyond a thousand rows the distance between rows doubles, trebles and so on: a log stays something to read.

    Args:
        aside: it stands not among the panels but in a place of its own (`ui.bench.aside`), while there is one.
    """

    kind: ClassVar[str] = "log"
    id: str
    title: str
    columns: Sequence[Column]
    every: int = 100
    download: str = "log.csv"
    span: Literal[1, 2] = 1
    aside: bool = False

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"A log takes a row every 1 or more steps, not {self.every}.")

    def spec(self) -> Spec:
        """The panel as JSON-able data."""
        return {
            "kind": self.kind,
            "id": self.id,
            "title": self.title,
            "columns": [[column.metric, column.label, column.digits] for column in self.columns],
            "every": self.every,
            "download": self.download,
            "span": self.span,
            "aside": self.aside,
        }


def specs(panels: Sequence[Panel]) -> list[Spec]:
    """The panels of one page as JSON-able data.

    Raises:
        ValueError: two panels share an id.
    """
    ids = [panel.id for panel in panels]
    if len(set(ids)) < len(ids):
        raise ValueError(f"Panel ids must differ: {ids}.")
    return [panel.spec() for panel in panels]
