"""Panels of a network that reads digits: one on its way through it, those that are read wrongly, and a drawing of one's own."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from ui.locale import _
from ui.stage.panels import Declared

Texts = Mapping[str, str]


def _layers_words() -> Texts:
    return {
        "digit": _("Digit"),
        "row": _("{digit}, No. {row}"),
        "drawn": _("what I have drawn"),
        "gradients": _("gradients"),
        "input": _("input"),
        "kernels": _("kernels"),
        "weights": _("weights"),
        "probabilities": _("probability"),
        "positive": _("positive"),
        "negative": _("negative"),
        "most_weight": _("largest weight {value}"),
        "most_gradient": _("largest gradient {value}"),
        "no_gradients": _("no gradients before the first step"),
        "kernel": _("from {input} to {output}"),
        "map": _("{layer}: map {map} of {maps}, {height} × {width}, at most {most}"),
        "unit": _("{layer}: unit {map} of {maps}"),
        "chance": _("{digit}: {share:%}"),
        "alt": _("The network reads this digit as {digit} with {share:%}. {most}."),
    }


@dataclass(frozen=True)
class Layers(Declared):
    """The view `layers:<ink>` of one digit: kernels or their gradients, the maps they make, and the probabilities in the end.

    Which digit is chosen in its head, among the fact `digits`, or in another panel.
    """

    kind: ClassVar[str] = "layers"
    id: str
    title: str
    words: Texts = dataclasses.field(default_factory=_layers_words)
    span: Literal[1, 2] = 1


def _gallery_words() -> Texts:
    return {
        "count": _("{total}, {tested} of them test digits"),
        "tested": _("Test digits"),
        "trained": _("Training digits"),
        "one": _("No. {row}: a {label}, read as {predicted} with {sure:%}"),
        "empty": _("Every digit is read rightly now."),
    }


@dataclass(frozen=True)
class Gallery(Declared):
    """The digits of the view `mistakes`, those that test first. One that is pressed is the chosen digit."""

    kind: ClassVar[str] = "gallery"
    id: str
    title: str
    words: Texts = dataclasses.field(default_factory=_gallery_words)
    span: Literal[1, 2] = 1


def _drawing_words() -> dict[str, Any]:
    return {
        "pad": _("Draw a digit: arrow keys move the pen, Enter puts it down or lifts it, Backspace takes a stroke away"),
        "hint": _("Draw a digit here,\nof any size, at any place"),
        "alt": _("What is drawn is read as {digit}."),
        "clear": _("Wipe the drawing"),
        "add": _("This is a {digit}: add it to the training digits"),
        "added": _("A {digit} was added: {count} digits of your own are trained on from the next epoch."),
        "take": _("A {digit} of your own: take it away"),
        "taken": _("{count} digits of your own"),
        "lost": _("This could not be sent. The digits are as they were."),
        "drawn": _("cropped"),
        "stretched": _("stretched"),
        "width": _("stroke width"),
        "thickness": {
            "-2": _("thinned twice"), "-1": _("thinned"), "0": _("width as it was"), "1": _("thickened"), "2": _("thickened twice"),
        },
        "upright": _("set upright"),
        "squares": _("8 × 8"),
    }  # fmt: skip


@dataclass(frozen=True)
class Drawing(Declared):
    """A pad to draw a digit on, the steps that make 8 × 8 squares of it, and the views `reads:<ink>` and `own`.

    `field` is that of the config which holds own digits; who steers the run can add to them.
    """

    kind: ClassVar[str] = "drawing"
    id: str
    title: str
    field: str
    words: Mapping[str, Any] = dataclasses.field(default_factory=_drawing_words)
    span: Literal[1, 2] = 1
