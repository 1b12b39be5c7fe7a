"""Pictures: panels drawn by hand from views — the network, decision regions, confusion, tables, histograms, a probe.

Each is bound to views by name and says what it says in the visitor's language. `names` gives the words for the data's own
names, such as `{"petal_length": "petal length"}`; what is not in it is shown as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ui.locale import _
from ui.stage.panels import Declared

Texts = Mapping[str, str]


def _network_words() -> Texts:
    return {
        "gradients": _("gradients"),
        "positive": _("positive"),
        "negative": _("negative"),
        "most_weight": _("largest weight {value}"),
        "most_gradient": _("largest gradient {value}"),
        "no_gradients": _("no gradients before the first step"),
        "unit": _("unit {unit} of hidden layer {layer}"),
        "weight": _("weight {value}"),
        "bias": _("bias {value}"),
        "gradient": _("gradient {value}"),
        "dead": _("dead: its ReLU is 0 for every training sample"),
        "alt": _("A network of {sizes} units; {most}; dead units: {dead}."),
        "layers": _("Hidden layers"),
        "add_layer": _("Add a hidden layer"),
        "take_layer": _("Take the last hidden layer away"),
        "units": _("Units of hidden layer {layer}"),
        "add_unit": _("One unit more in hidden layer {layer}"),
        "take_unit": _("One unit less in hidden layer {layer}"),
    }


@dataclass(frozen=True)
class Network(Declared):
    """The network of the view `network` and of the facts `features`, `classes`, `shapes`: units joined by their weights.

    Beyond 300 weights a heat map for each layer. A switch shows gradients in the place of weights. With `units` the view of that name
    is what each unit puts out over the plane of its inputs: it is drawn inside the unit, where there is room. `grows` says how many hidden
    `layers` the field `hidden` may have at most, and `units` each of them: then both can be changed at the picture, by who steers.
    """

    kind: ClassVar[str] = "network"
    id: str
    title: str
    names: Texts = field(default_factory=dict)
    units: str = ""
    grows: Mapping[str, int] = field(default_factory=dict)
    words: Texts = field(default_factory=_network_words)
    span: Literal[1, 2] = 1


def _regions_words() -> Texts:
    return {
        "plane": _("Plane"),
        "pca": _("principal components (PCA)"),
        "wrong": _("wrong"),
        "here": _("{class}, {percent} %"),
        "reference": "LogisticRegression",
        "put": _("Put points of class {class}"),
        "erase": _("Take points off"),
        "draw": _("Draw on it"),
        "draw_first": _("Draw on the first {most} points"),
        "full": _("{most} points are the most. Take some off to make room."),
        "two": _("Points of two classes are needed before anything can be learned."),
        "points": _("{count} points"),
        "lost": _("This could not be sent. The points are as they were."),
        "sample": _("No. {number}: {class}"),
        "alt": _("Decision regions. Of {all} samples {wrong} are classified wrongly."),
    }


@dataclass(frozen=True)
class Regions(Declared):
    """The views `<view>:<plane>` for the planes that the fact `planes` names; which, is chosen in the panel's head.

    `unit` stands behind the name of an axis: ` (cm)`. `reference` is a view with the regions of another classifier on the same
    grid; its borders are dashed, and `words["reference"]` says whose they are. `draws` is a field of the config that holds points with
    their class: where the fact `own` is true they can be drawn, else made one's own.
    """

    kind: ClassVar[str] = "regions"
    id: str
    title: str
    names: Texts = field(default_factory=dict)
    unit: str = ""
    reference: str = ""
    draws: str = ""
    view: str = "regions"
    planes: str = "planes"
    words: Texts = field(default_factory=_regions_words)
    span: Literal[1, 2] = 1


def _confusion_words() -> Texts:
    return {
        "train": _("Training data"),
        "test": _("Test data"),
        "corner": _("label ↓  prediction →"),
        "cell": _("{count} with the label {label} are classified as {said}."),
    }


@dataclass(frozen=True)
class Confusion(Declared):
    """Counts by label and prediction, of the training data and, where there are any, of the test data."""

    kind: ClassVar[str] = "confusion"
    id: str
    title: str
    view: str = "confusion"
    names: Texts = field(default_factory=dict)
    words: Texts = field(default_factory=_confusion_words)
    span: Literal[1, 2] = 1


@dataclass(frozen=True)
class Field:
    """One column of a table: `path` reaches into a row (`probabilities.0`); a `share` is written in percent, with a bar."""

    path: str
    label: str
    digits: int = 1
    share: bool = False


@dataclass(frozen=True)
class Table(Declared):
    """The rows that stand at `rows` in a view; `total` is where the view says how many there are in all.

    `count` says so in words with `{shown}` and `{total}`, `empty` what stands there when there are none.
    """

    kind: ClassVar[str] = "table"
    id: str
    title: str
    view: str
    columns: Sequence[Field]
    count: str
    empty: str
    rows: str = "rows"
    total: str = "total"
    names: Texts = field(default_factory=dict)
    span: Literal[1, 2] = 2


def _histograms_words() -> Texts:
    return {
        "weights": _("layer {layer}: weights"),
        "gradients": _("layer {layer}: gradients"),
        "alt": _("The weights of the first layer lie between {low} and {high}."),
    }


@dataclass(frozen=True)
class Histograms(Declared):
    """How each layer's weights and gradients are spread, and how that has moved."""

    kind: ClassVar[str] = "histograms"
    id: str
    title: str
    view: str = "histograms"
    words: Texts = field(default_factory=_histograms_words)
    span: Literal[1, 2] = 1


@dataclass(frozen=True)
class Probe(Declared):
    """A slider for each feature, and the probabilities in the view `<view>:<values>` for an input of one's own.

    `unit` is how a value is written: `{value} cm`. The facts `measured`, `features` and `classes` say what there is.
    """

    kind: ClassVar[str] = "probe"
    id: str
    title: str
    view: str
    unit: str = "{value}"
    names: Texts = field(default_factory=dict)
    span: Literal[1, 2] = 1
