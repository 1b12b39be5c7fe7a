"""Phases: the three phases of a step of gradient descent, found in the lines of a PyTorch script and of its Keras counterpart."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

from core.program.lines import Line, code
from core.program.script import Script, Section

Phase = Literal["", "loss", "gradient", "update"]
PHASES: tuple[Phase, ...] = ("loss", "gradient", "update")  # in their order
_OF_MARK: Mapping[str, Phase] = {"loss": "loss", "zero_grad": "gradient", "backward": "gradient", "step": "update"}
_OPTIMIZER = re.compile(r"^(optimizer = |model\.compile\()", re.MULTILINE)


class PhaseLine(NamedTuple):
    """A line of code without its comment, and the phase that is done or handed over there; "" for most."""

    text: str
    phase: Phase


def excerpt(script: Script) -> list[PhaseLine]:
    """Model, optimizer and training: the lines of these sections of a script without comments, nowhere two empty ones."""
    sections = script.sections
    optimizer = next(place for place, section in enumerate(sections) if _OPTIMIZER.search(section.code))
    training = next(place for place, section in enumerate(sections) if any(mark == "backward" for _, mark in section.marked))
    found: list[PhaseLine] = []
    for section in sections[optimizer - 1 : training + 1]:
        found += [*_lines(section), PhaseLine("", "")]
    return [line for line, following in pairwise(found) if line.text or following.text]


def _lines(section: Section) -> Iterator[PhaseLine]:
    for text, mark in section.marked:
        bare = code(Line(text))
        if bare or not text:  # not what was all comment
            yield PhaseLine(bare, _phase(text, mark))


def _phase(text: str, mark: str) -> Phase:
    return "update" if text.startswith("optimizer = ") else _OF_MARK.get(mark, "")
