"""Panels for a network that reads a sequence: its text, heat maps over positions, the network unrolled, what it writes.

Their views take an argument, such as `text:120`. What is chosen in one panel (a position, the window's `offset`, a unit)
is known to all of them: `panel_<kind>.js` asks for the view of the place that is chosen now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ui.stage.panels import Declared

Chosen = Literal["", "offset", "position", "unit"]


@dataclass(frozen=True)
class Text(Declared):
    """Each position's true next character, the predicted one below it, a sign and the probability as shade.

    Args:
        words: what the panel says, by name: `legend`, `predicted`, `window`, `alt`, `cell`.
    """

    kind: ClassVar[str] = "text"
    id: str
    title: str
    words: Mapping[str, str]
    span: Literal[1, 2] = 1


@dataclass(frozen=True)
class HeatMap(Declared):
    """Rows × positions of one view, drawn on a canvas.

    Args:
        view: the view's name; the window's offset follows it after a colon.
        values: the view's entry with the numbers, (rows, positions).
        rows: the view's entry with the rows' labels; "" numbers them.
        heads: lines of labels above the columns: (entry of the view, what it is called).
        scale: `share` for 0 … 1, `signed` for numbers of both signs.
        marks: the entry with the row to be framed in each column, "" for none.
        chooses: what pointing at a row chooses, "" for nothing; the driving characters are then said on hovering.
        words: `cell` (the hover, with {row}, {column}, {value}), `window`, `alt`, and `drives` where rows are chosen.
    """

    kind: ClassVar[str] = "heatmap"
    id: str
    title: str
    view: str
    values: str
    words: Mapping[str, str]
    rows: str = ""
    heads: Sequence[tuple[str, str]] = ()
    scale: Literal["share", "signed"] = "share"
    marks: str = ""
    chooses: Chosen = ""
    span: Literal[1, 2] = 1


@dataclass(frozen=True)
class Bars(Declared):
    """One bar for each label of a view, such as the mean of a unit after each character.

    Args:
        view, at: the view's name, and the choice that follows it after a colon.
        labels: the entry with the labels. series: (entry, what it is called, colour); dots reach into the view.
        scale: `signed` around zero, or `log` by decades.
        words: `note` (with the view's {values}), `cell` ({label}, {value}), `alt`.
    """

    kind: ClassVar[str] = "bars"
    id: str
    title: str
    view: str
    at: Chosen
    labels: str
    series: Sequence[tuple[str, str, str]]
    words: Mapping[str, str]
    scale: Literal["signed", "log"] = "signed"
    span: Literal[1, 2] = 1


@dataclass(frozen=True)
class Unrolled(Declared):
    """The network at one position: what goes in, the state before and after, the scores; and the weights, always the same.

    Args:
        words: `slider`, `given`, `before`, `after`, `scores`, `weights`, `alt`, `cell`.
        formulas: the update of each cell, by the Config's name of the cell.
    """

    kind: ClassVar[str] = "unrolled"
    id: str
    title: str
    words: Mapping[str, str]
    formulas: Mapping[str, str] = field(default_factory=dict)
    span: Literal[1, 2] = 2


@dataclass(frozen=True)
class Samples(Declared):
    """What the network writes while it learns, the newest first, each with its iteration. `words`: `iteration`, `none`."""

    kind: ClassVar[str] = "samples"
    id: str
    title: str
    words: Mapping[str, str]
    span: Literal[1, 2] = 1


@dataclass(frozen=True)
class Prompt(Declared):
    """A line to type into, which the network continues with its weights of that moment.

    Args:
        words: `prompt`, `placeholder`, `way`, `greedy`, `temperature`, `top_k`, `length`, `write`, `writing`, `unknown`,
            `candidates`, `moment`, `empty`.
        longest: the most characters of a prompt.
    """

    kind: ClassVar[str] = "prompt"
    id: str
    title: str
    words: Mapping[str, str]
    longest: int = 200
    span: Literal[1, 2] = 1


@dataclass(frozen=True)
class Shapes(Declared):
    """The tensors of one iteration with their sizes.

    Args:
        names: how each tensor of the view is written in code. dims: what each dimension is called.
        words: `note` (with {batch}, {sequence}, {classes}, {rows}).
    """

    kind: ClassVar[str] = "shapes"
    id: str
    title: str
    names: Mapping[str, str]
    dims: Mapping[str, str]
    words: Mapping[str, str]
    span: Literal[1, 2] = 2
