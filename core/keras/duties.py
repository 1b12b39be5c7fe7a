"""Duties: the three steps of gradient descent, found in the lines of a PyTorch script and of its Keras counterpart."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

from core.script import Script, Section
from core.script.lines import Line, code

Duty = Literal["", "loss", "gradient", "update"]
DUTIES: tuple[Duty, ...] = ("loss", "gradient", "update")  # in the order in which they are done
_OF_MARK: Mapping[str, Duty] = {"loss": "loss", "zero_grad": "gradient", "backward": "gradient", "step": "update"}
_OPTIMIZER = re.compile(r"^(optimizer = |model\.compile\()", re.MULTILINE)


class DutyLine(NamedTuple):
    """A line of code without its comment, and the duty that is done or handed over there; "" for most."""

    text: str
    duty: Duty


def excerpt(script: Script) -> list[DutyLine]:
    """Model, optimizer and training: the lines of these sections of a script without comments, nowhere two empty ones."""
    sections = script.sections
    optimizer = next(place for place, section in enumerate(sections) if _OPTIMIZER.search(section.code))
    training = next(place for place, section in enumerate(sections) if any(mark == "backward" for _, mark in section.marked))
    found: list[DutyLine] = []
    for section in sections[optimizer - 1 : training + 1]:
        found += [*_lines(section), DutyLine("", "")]
    return [line for line, following in pairwise(found) if line.text or following.text]


def _lines(section: Section) -> Iterator[DutyLine]:
    for text, mark in section.marked:
        bare = code(Line(text))
        if bare or not text:  # not what was all comment
            yield DutyLine(bare, _duty(text, mark))


def _duty(text: str, mark: str) -> Duty:
    return "update" if text.startswith("optimizer = ") else _OF_MARK.get(mark, "")
