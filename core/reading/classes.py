"""A table as samples with a class: which column says the class, which ones are learned from, and what is left out."""

from collections import Counter
from collections.abc import Container, Sequence
from typing import Any, NamedTuple

from core.reading.errors import ReadingError
from core.reading.numbers import is_missing
from core.reading.table import NUMBERS, ROW_NUMBER, Cell, Column, Table
from core.settings.limits import limits

SHOWN = 40  # characters of a name
NO_NAME = "?"
IN_THE_PLANE = 2  # columns


class Classified(NamedTuple):
    """What is learned of a table: `rows` hold a number for each of `columns`, then the place of their class in `classes`.

    `left_out` are the cells for which a row was left out, the first of each row. `beyond` are the places of columns of numbers that
    nobody has left out, and for which there was no room.
    """

    columns: tuple[str, ...]
    classes: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    left_out: tuple[Cell, ...]
    beyond: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """The rows of each class."""
        found = Counter(int(row[-1]) for row in self.rows)
        return tuple(found[kind] for kind in range(len(self.classes)))

    def settings(self, known: Container[str]) -> dict[str, Any]:
        """As a config holds it, in those of these fields that it has."""
        found = {"column_names": self.columns, "class_names": self.classes, "used_columns": (), "classes": len(self.classes)}
        return {field: value for field, value in {**found, "table": self.rows}.items() if field in known}


def default_target(table: Table) -> int:
    """The place of the column that says the class where nobody chose one: the last of words that may, else the last one that may."""
    fit = [column for column in table.columns if may_be_classes(table, column)]
    words = [column for column in fit if column.kind not in NUMBERS]
    return (words or fit or table.columns)[-1].place


def may_be_classes(table: Table, column: Column) -> bool:
    """Whether a column tells a few classes apart, most of which have several rows."""
    counted = Counter(label for label in _labels(table, column.place) if label)
    return 2 <= sum(count > 1 for count in counted.values()) <= limits().table_classes and len(counted) <= sum(counted.values()) / 2


def default_features(table: Table, target: int) -> tuple[int, ...]:
    """The places of the columns of numbers that are learned from where nobody chose any."""
    return tuple(column.place for column in table.usable if column.place != target)[: limits().table_features]


def classified(table: Table, target: int, features: Sequence[int] | None = None) -> Classified:
    """The samples of a table: the column at the place `target` says the class.

    Raises:
        ReadingError: the column has too few or too many classes, there is nothing to learn from, or there are too many rows.
    """
    chosen = default_features(table, target) if features is None else tuple(sorted(set(features) - {target, ROW_NUMBER}))
    if not chosen:
        raise ReadingError("no_features")
    if len(chosen) > limits().table_features:
        raise ReadingError("too_many_features", features=len(chosen), limit=limits().table_features)
    labelled, left_out = _complete(table, target, chosen)
    counted = Counter(label for _, label, _ in labelled)
    for line, label, _ in labelled:
        if counted[label] < 2:
            left_out.append(Cell(line, target, label, "alone"))
    classes = _in_order([label for label, count in counted.items() if count > 1])
    if not 2 <= len(classes) <= limits().table_classes:
        code = "too_many_classes" if len(classes) > 1 else "too_few_classes"
        raise ReadingError(code, classes=len(classes), limit=limits().table_classes, name=_called(table.columns[target - 1]))
    rows = tuple((*numbers, classes.index(label)) for _, label, numbers in labelled if counted[label] > 1)
    if len(rows) > limits().table_samples:
        raise ReadingError("too_many_samples", rows=len(rows), limit=limits().table_samples)
    beyond = [] if features is not None else [column.place for column in table.usable if column.place not in (target, *chosen)]
    names = _distinct([_called(table.columns[place - 1]) for place in chosen], chosen)
    return Classified(names, _distinct(classes, range(1, len(classes) + 1)), rows, tuple(sorted(left_out)), tuple(beyond))


def _complete(table: Table, target: int, features: Sequence[int]) -> tuple[list[tuple[int, str, tuple[float, ...]]], list[Cell]]:
    """The line, label and numbers of each row that has all of them; the cells for which others are left out."""
    blamed = [{cell.line: cell for cell in table.columns[place - 1].blamed} for place in features]
    whole: list[tuple[int, str, tuple[float, ...]]] = []
    left_out = list(table.odd)
    for number, (row, label) in enumerate(zip(table.rows, _labels(table, target), strict=True)):
        values = [table.columns[place - 1].values[number] for place in features]
        missing = next((cells[row.line] for cells, value in zip(blamed, values, strict=True) if value is None), None)
        if missing:
            left_out.append(missing)
        elif not label:
            left_out.append(Cell(row.line, target, row.cells[target - 1], "missing"))
        else:
            whole.append((row.line, label, tuple(value for value in values if value is not None)))
    return whole, left_out


def _labels(table: Table, place: int) -> list[str]:
    """The class of each row; "" where none is said. Numbers are told apart as numbers: 1 and 1.0 are one class."""
    column, cells = table.columns[place - 1], [row.cells[place - 1] for row in table.rows]
    if column.kind in NUMBERS:
        return ["" if value is None else f"{value:.12g}" for value in column.values]
    return ["" if is_missing(cell) else _one_line(cell) for cell in cells]


def _in_order(labels: Sequence[str]) -> list[str]:
    """By their size where all are numbers, else by the alphabet."""
    try:
        return sorted(labels, key=float)
    except ValueError:
        return sorted(labels)


def _called(column: Column) -> str:
    return _one_line(column.name) or f"{NO_NAME}{column.place}"


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _distinct(names: Sequence[str], places: Sequence[int]) -> tuple[str, ...]:
    """Names cut to what has room; those that are not alone then carry their place."""
    cut = [name if len(name) <= SHOWN else f"{name[: SHOWN - 1]}…" for name in names]
    return tuple(name if cut.count(name) == 1 else f"{name[: SHOWN - 8]} ({place})" for name, place in zip(cut, places, strict=True))
