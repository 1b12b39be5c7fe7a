"""The command line's files: `--data-file F --x NAME --y NAME` and `--text-file F`, read as the page reads them, in the same words."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.reading import words
from core.reading.dialect import SEPARATORS
from core.reading.encoding import ENCODINGS
from core.reading.errors import ReadingError
from core.reading.header import HEADERS
from core.reading.numbers import DECIMALS
from core.reading.table import Reading, Table, read
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
    parser.add_argument("--x", metavar="COLUMN", help="its column for x: a name, or a place from 1; 0 is the number of the row")
    parser.add_argument("--y", metavar="COLUMN", help="its column for y")
    parser.add_argument("--text-file", type=Path, metavar="FILE", help="a text to learn, of an experiment that takes one")
    parser.add_argument("--read-as", action="append", default=[], metavar="WHAT=VALUE", help=_READ_AS)


def values(options: argparse.Namespace, settings: Mapping[str, Setting], say: Callable[[str], object]) -> dict[str, Any]:
    """The settings that the files give; `say` is told how they were read.

    Raises:
        ReadingError: a file, a column or a correction that cannot be used.
        OSError: a file that cannot be opened.
    """
    given: dict[str, Any] = {}
    if options.data_file is None and (options.x, options.y) != (None, None):
        raise ReadingError("columns_of_no_file")
    reading = _reading(options.read_as)
    if options.data_file is not None:
        place = _place_of(settings, "table")
        table = read(options.data_file.read_bytes(), reading)
        given |= {place.name: _points(table, options.x, options.y, say), **_chosen(place)}
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


def _points(table: Table, x: str | None, y: str | None, say: Callable[[str], object]) -> Any:
    """The points of two columns, and everything about them that the page says too."""
    say(words.understood(table))
    for note in words.notes(table):
        say(note)
    for column in table.columns:
        if not column.usable:
            say(words.unusable(column, table.columns))
    if not table.usable:
        raise ReadingError("no_numbers")
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


def _place(table: Table, name: str) -> int:
    place = table.place(name)
    if place is None:
        raise ReadingError("no_column", name=name, columns=", ".join(words.named(table, column.place) for column in table.columns))
    if place and not table.columns[place - 1].usable:
        raise ReadingError("column_of_no_numbers", name=name, reason=words.reason(table.columns[place - 1]))
    return place
