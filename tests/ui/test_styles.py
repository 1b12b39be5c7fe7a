"""Stylesheets stay in the document once a page has loaded them: none of them may reach what another one dresses."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "ui"
SHEETS = {path.name: re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in UI.rglob("*.css")}
MODULES = {path.name: path.read_text(encoding="utf-8") for path in UI.rglob("*.js")}
LOADED_FIRST = [name for name in MODULES if name.startswith("panel_") or name in ("stage.js", "by_hand.js", "tensors.js")]
BASE = {"stage.css", "pictures.css"}  # loaded wherever there is a stage


def selectors(sheet: str) -> Iterator[set[str]]:
    """The classes of each selector of a stylesheet."""
    for group in re.findall(r"([^{}]+)\{", sheet):
        for one in re.split(r",(?![^(]*\))", group):
            yield set(re.findall(r"\.(-?[a-zA-Z][\w-]*)", one))


KNOWN = {name: set().union(*selectors(sheet)) for name, sheet in SHEETS.items()}


def unscoped(name: str) -> set[str]:
    """The classes that a stylesheet dresses wherever they are, not only inside something of its own."""
    own = KNOWN[name].difference(*(known for other, known in KNOWN.items() if other != name))
    return set().union(*(classes for classes in selectors(SHEETS[name]) if not classes & own))


@pytest.mark.parametrize(("one", "other"), [*combinations(SHEETS, 2)])
def test_no_two_stylesheets_dress_the_same_class(one: str, other: str) -> None:
    assert not unscoped(one) & unscoped(other)


def reached(module: str, seen: set[str]) -> set[str]:
    """A module and all that it imports."""
    seen.add(module)
    for other in re.findall(r'(?:from|import) "\./(\w+\.js)"', MODULES[module]):
        if other not in seen:
            reached(other, seen)
    return seen


@pytest.mark.parametrize("module", LOADED_FIRST)
def test_what_is_drawn_is_dressed_by_a_stylesheet_that_is_loaded_with_it(module: str) -> None:
    text = "".join(MODULES[one] for one in reached(module, set()))
    dressed = set().union(*(KNOWN[sheet] for sheet in BASE | set(re.findall(r"\w+\.css", text))))
    drawn = set(re.findall(r"(?<!-)\b((?:sw|bh|tn)-[a-z][\w-]*)", text))
    assert not drawn & set().union(*KNOWN.values()) - dressed


COLOURLESS = {"opacity", "fill-opacity", "stroke-opacity", "transform", "stroke-dashoffset"}


@pytest.mark.parametrize("name", SHEETS)
def test_nothing_goes_from_one_colour_to_another(name: str) -> None:
    """Between two colours of `color-mix` lie some outside the screen's gamut: a box that fades in flashed pure yellow and red."""
    moving = re.findall(r"transition:\s*([\w-]+)", SHEETS[name])
    for frames in re.findall(r"@keyframes[^{]*\{((?:[^{}]*\{[^{}]*\})*)", SHEETS[name]):
        moving += re.findall(r"([\w-]+)\s*:", frames)
    assert set(moving) <= COLOURLESS
    assert ("@keyframes" in SHEETS[name]) <= bool(moving)
