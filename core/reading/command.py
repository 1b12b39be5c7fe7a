"""The command line's files, read as the page reads them, in the same words.

`--data-file F --x NAME --y NAME` for a line, `--data-file F --target NAME --x NAME --x NAME` for classes, `--text-file F` for a text.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.reading import words
from core.reading.classes import IN_THE_PLANE, Classified, classified, default_target, may_be_classes
from core.reading.dialect import SEPARATORS
from core.reading.encoding import ENCODINGS
from core.reading.errors import ReadingError
from core.reading.header import HEADERS
from core.reading.numbers import DECIMALS
from core.reading.table import ROW_NUMBER, Reading, Table, read
from core.reading.text import read_text
from core.settings.config import Setting

_READ_AS = "encoding, separator, decimal or header, where it was found out wrongly; any number"
_SEPARATORS = {"tab": "\t", "\\t": "\t", "spaces": " ", "none": ""}
_CHOICES = {
    "encoding": tuple(ENCODINGS),
    "separator": (*_SEPARATORS, *(separator for separator in SEPARATORS if separator.strip())),
    "decimal": DECIMALS,
    "header": HEADERS,
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of a command that takes the learner's own data."""
    parser.add_argument("--data-file", type=Path, metavar="FILE", help="a table (CSV, TSV, text) to learn, of an experiment that takes one")
    parser.add_argument(
        "--x", action="append", default=[], metavar="COLUMN",
        help="its column for x: a name, or a place from 1; 0 is the number of the row; with --target any number of them",
    )  # fmt: skip
    parser.add_argument("--y", metavar="COLUMN", help="its column for y")
    parser.add_argument("--target", metavar="COLUMN", help="its column of classes, of an experiment that tells classes apart")
    parser.add_argument("--text-file", type=Path, metavar="FILE", help="a text to learn, of an experiment that takes one")
    parser.add_argument("--read-as", action="append", default=[], metavar="WHAT=VALUE", help=_READ_AS)


def values(options: argparse.Namespace, settings: Mapping[str, Setting], say: Callable[[str], object]) -> dict[str, Any]:
    """The settings that the files give; `say` is told how they were read.

    Raises:
        ReadingError: a file, a column or a correction that cannot be used.
        OSError: a file that cannot be opened.
    """
    given: dict[str, Any] = {}
    if options.data_file is None and (options.x or options.y or options.target):
        raise ReadingError("columns_of_no_file")
    reading = _reading(options.read_as)
    if options.data_file is not None:
        place = _place_of(settings, "table")
        table = read(options.data_file.read_bytes(), reading)
        given |= {**_of_table(table, options, settings, place.name, say), **_chosen(place)}
    if options.text_file is not None:
        place = _place_of(settings, "text")
        text, encoding = read_text(options.text_file.read_bytes(), reading.encoding)
        say(words.text_understood(encoding, len(text)))
        given |= {place.name: text, **_chosen(place)}
    for name, value in options.set:
        if name in given and value != given[name]:
            raise ReadingError("given_twice", name=name)
    return given


def _place_of(settings: Mapping[str, Setting], kind: str) -> Setting:
    """The field of this kind that means something under one choice alone: it is the learner's own."""
    setting = next((setting for setting in settings.values() if setting.kind == kind and setting.when), None)
    if setting is None:
        raise ReadingError(f"no_place_for_{kind}")
    return setting


def _chosen(place: Setting) -> dict[str, Any]:
    """The choice under which a field means something."""
    return {name: choices[0] for name, choices in place.when.items()}


def _reading(corrections: list[str]) -> Reading:
    corrected: dict[str, Any] = {}
    for correction in corrections:
        name, _, value = correction.partition("=")
        if name not in _CHOICES:
            raise ReadingError("unknown_correction", value=correction, choices=", ".join(_CHOICES))
        found = next((choice for choice in _CHOICES[name] if choice.lower() == value.lower()), None)
        if found is None:
            raise ReadingError("unknown_reading", value=value, name=name, choices=", ".join(_CHOICES[name]))
        corrected[name] = _SEPARATORS.get(found, found) if name == "separator" else found
    return Reading(**corrected)


def _of_table(
    table: Table, options: argparse.Namespace, settings: Mapping[str, Setting], name: str, say: Callable[[str], object]
) -> Mapping[str, Any]:
    """The settings that a table gives, and everything about it that the page says too."""
    tells_classes = not settings.keys().isdisjoint(("class_names", "classes"))
    say(words.understood(table))
    for note in words.notes(table):
        say(note)
    target = _target(table, options) if tells_classes else None
    for column in table.columns:
        if not (column.usable or column.place == target or (tells_classes and may_be_classes(table, column))):
            say(words.unusable(column, table.columns))
    if not table.usable:
        raise ReadingError("no_numbers")
    if target is not None:
        found = _classified(table, target, options, say)
        if "class_names" not in settings and len(found.columns) != IN_THE_PLANE:
            raise ReadingError("not_in_the_plane", columns=len(found.columns))
        return found.settings(settings)
    if options.target is not None:
        raise ReadingError("no_target")
    if len(options.x) > 1:
        raise ReadingError("one_of_x")
    return {name: _points(table, next(iter(options.x), None), options.y, say)}


def _target(table: Table, options: argparse.Namespace) -> int:
    return default_target(table) if options.target is None else _place(table, options.target, of_classes=True)


def _classified(table: Table, target: int, options: argparse.Namespace, say: Callable[[str], object]) -> Classified:
    """The samples with their classes."""
    if options.y is not None:
        raise ReadingError("no_y")
    found = classified(table, target, [_place(table, name) for name in options.x] or None)
    say(words.classes_chosen(table, target, found))
    for said in (words.no_room(table, found), words.left_out(found.left_out)):
        if said:
            say(said)
    return found


def _points(table: Table, x: str | None, y: str | None, say: Callable[[str], object]) -> Any:
    """The points of two columns."""
    y_place = None if y is None else _place(table, y)
    x_place = table.x_beside(y_place) if x is None else _place(table, x)
    y_place = table.y_beside(x_place) if y_place is None else y_place
    pairs = table.points(x_place, y_place)
    say(words.chosen(table, x_place, y_place, len(pairs.points)))
    if pairs.left_out:
        say(words.left_out(pairs.left_out))
    if len({point[0] for point in pairs.points}) < 2:
        raise ReadingError("one_x")
    return pairs.points


def _place(table: Table, name: str, *, of_classes: bool = False) -> int:
    place = table.place(name)
    if place is None or (of_classes and place == ROW_NUMBER):
        raise ReadingError("no_column", name=name, columns=", ".join(words.named(table, column.place) for column in table.columns))
    if not of_classes and place and not table.columns[place - 1].usable:
        raise ReadingError("column_of_no_numbers", name=name, reason=words.reason(table.columns[place - 1]))
    return place
