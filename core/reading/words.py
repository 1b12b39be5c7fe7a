"""What is said about a file, on the page and on the command line alike: English, as keys of the translation catalogue."""

from collections.abc import Callable, Sequence
from typing import Any

from core.reading.classes import Classified
from core.reading.errors import ReadingError
from core.reading.table import FIRST, NUMBERS, ROW_NUMBER, Cell, Column, Table
from core.settings.limits import limits

Translate = Callable[[str], str]
Quote = Callable[[str], str]


def N_(message: str, /) -> str:  # noqa: N802 - gettext's own name for it
    """Marks a sentence for the catalogue; it is translated where it is said."""
    return message


ERRORS = {
    "upload_too_long": N_("The file has {length} bytes; at most {limit} are taken. Keep a part of it."),
    "text_empty": N_("The file holds no text."),
    "text_too_long": N_("The text has {length} characters; at most {limit} can be learned. Keep a part of it."),
    "text_binary": N_("The file is no text file: it holds bytes that no text has."),
    "text_workbook": N_("The file is a workbook or an archive. Open it in its own program, and save it as CSV or as text."),
    "text_encoding": N_(
        "Line {line} holds bytes that make no letters in any known encoding. Save the file as UTF-8, or choose the encoding."
    ),
    "text_not_encoded": N_("Line {line} cannot be read as {encoding}. Choose another encoding, or save the file as UTF-8."),
    "table_empty": N_("The file holds no rows."),
    "table_too_long": N_("The file has {rows} rows; at most {limit} can be used. Keep a part of it."),
    "table_too_wide": N_("A row has more than {limit} cells. Choose another separator, or keep fewer columns."),
    "cell_too_long": N_("A cell has more than {limit} characters. Choose another separator, or look for a quote that is never closed."),
}
ERRORS |= {
    "no_column": N_("There is no column {name}; there are: {columns}."),
    "column_of_no_numbers": N_("The column {name} cannot be used. {reason}"),
    "no_numbers": N_("The file has no column of numbers."),
    "no_place_for_table": N_("This experiment takes no table."),
    "no_place_for_text": N_("This experiment takes no text."),
    "one_x": N_("A line needs points at two different x at least: choose another column for x."),
    "no_features": N_("There is no column of numbers to learn from beside the classes: choose another column for the classes."),
    "too_many_features": N_("{features} columns are chosen; at most {limit} can be learned from. Leave some out."),
    "too_few_classes": N_("The column {name} tells no two classes apart that have two rows each: choose another column for the classes."),
    "too_many_classes": N_(
        "The column {name} holds {classes} classes; at most {limit} can be told apart. Choose another column for the classes."
    ),
    "too_many_samples": N_("{rows} rows can be learned from; at most {limit} are taken. Keep a part of the file."),
    "no_target": N_("--target names the column of the classes, for an experiment that tells classes apart; this one takes --x and --y."),
    "no_y": N_("This experiment tells classes apart: name their column by --target, and the columns to learn from by --x, any number."),
    "not_in_the_plane": N_("A point in the plane has two columns to learn from; these are {columns}. Choose two."),
    "one_of_x": N_("A line has one x: give --x once."),
    "given_twice": N_("{name} is given twice: by a file, and by --set."),
    "columns_of_no_file": N_("--x, --y and --target choose columns of a table: say which file by --data-file."),
    "unknown_correction": N_("{value} is no correction; write WHAT=VALUE, and for WHAT one of: {choices}."),
    "unknown_reading": N_("{value} is no way to read the {name} of a file; there are: {choices}."),
}
SEPARATORS = {
    ",": N_("comma ,"), ";": N_("semicolon ;"), "\t": N_("tab"), "|": N_("bar |"), " ": N_("spaces"), "": N_("none: one column"),
}  # fmt: skip
DECIMALS = {".": N_("point 1.5"), ",": N_("comma 1,5")}
HEADERS = {
    "names": N_("names of the columns"),
    "row names": N_("names of the columns; rows begin with theirs"),
    "none": N_("values: there are no names"),
}
KINDS = {
    "whole numbers": N_("whole numbers"), "numbers": N_("numbers"), "dates": N_("dates"), "text": N_("text"), "empty": N_("no values"),
}  # fmt: skip
UNDERSTOOD = N_("Encoding {encoding} · separator: {separator} · decimal sign: {decimal} · first row: {header}")
_CELLS = {
    "missing": N_("line {line}: {cell} (no value)"),
    "no_number": N_("line {line}: {cell} (no number)"),
    "too_large": N_("line {line}: {cell} (beyond float32)"),
    "too_many_cells": N_("line {line}: {cell} cells"),
    "alone": N_("line {line}: {cell} (the only row of its class)"),
}


def error(refused: ReadingError, translate: Translate = str) -> str:
    """Why a file is refused, and the way out."""
    values = {name: f"{value:,}" if isinstance(value, int) else value for name, value in refused.values.items()}
    return translate(ERRORS[refused.code]).format(**values)


def understood(table: Table, translate: Translate = str) -> str:
    """How a file was read."""
    return translate(UNDERSTOOD).format(
        encoding=table.encoding, separator=translate(SEPARATORS.get(table.separator, table.separator)),
        decimal=translate(DECIMALS[table.decimal]), header=translate(HEADERS[table.header]),
    )  # fmt: skip


def text_understood(encoding: str, length: int, translate: Translate = str) -> str:
    """How a text was read."""
    return translate(N_("Encoding {encoding} · {length} characters")).format(encoding=encoding, length=f"{length:,}")


def chosen(table: Table, x: int, y: int, points: int, translate: Translate = str) -> str:
    """What is learned from a table."""
    names = {"x": named(table, x, translate), "y": named(table, y, translate)}
    return translate(N_("x: {x} · y: {y} · points: {n}")).format(**names, n=f"{points:,}")


def classes_chosen(table: Table, target: int, found: Classified, translate: Translate = str) -> str:
    """What is learned from a table whose rows have classes."""
    counts = ", ".join(f"{name} {count:,}" for name, count in zip(found.classes, found.counts, strict=True))
    values = {"target": named(table, target, translate), "columns": ", ".join(found.columns), "n": f"{len(found.rows):,}", "counts": counts}
    return translate(N_("classes: {target} · from: {columns} · rows: {n} ({counts})")).format(**values)


def no_room(table: Table, found: Classified, translate: Translate = str) -> str:
    """Which columns of numbers are not learned from, though nobody left them out; "" where there are none."""
    if not found.beyond:
        return ""
    names_of = ", ".join(named(table, place, translate) for place in found.beyond)
    return translate(N_("At most {limit} columns are learned from; left out: {columns}")).format(
        limit=limits().table_features, columns=names_of
    )


def notes(table: Table, translate: Translate = str, quote: Quote = str) -> list[str]:
    """What a reader should look at before it is used."""
    said = []
    if table.above:
        said.append(translate(N_("Lines above the table that are passed over: {n}.")).format(n=table.above))
    if table.surplus:
        said.append(translate(N_("The header has more names than the rows have cells: see whether they stand over the right columns.")))
    if table.doubtful:
        said.append(translate(N_("With the other decimal sign the same cells would be other numbers: see whether it is right.")))
    for column in table.columns:
        if column.unit:
            called = quote(name(column, table.columns, translate))
            said.append(translate(N_("The numbers of {column} are read without {unit}.")).format(column=called, unit=quote(column.unit)))
    return said


def name(column: Column, columns: Sequence[Column], translate: Translate = str) -> str:
    """How a column is called: by its place where it has no name, and besides where another one has the same."""
    if not column.name:
        return translate(N_("column {n}")).format(n=column.place)
    if sum(other.name == column.name for other in columns) > 1:
        return translate(N_("{name} (column {n})")).format(name=column.name, n=column.place)
    return column.name


def named(table: Table, place: int, translate: Translate = str) -> str:
    """How the column at a place is called."""
    if place == ROW_NUMBER:
        return translate(N_("number of the row: 1, 2, 3 …"))
    return name(table.columns[place - 1], table.columns, translate)


def reason(column: Column, translate: Translate = str, quote: Quote = "“{}”".format) -> str:
    """Why a column cannot be used, or which of its cells cannot; "" where all can."""
    if not column.to_blame and column.usable:
        return ""
    if column.kind in NUMBERS and not column.usable:
        sentence = N_("Too few numbers: {count}. Cells without one: {n}")
    else:
        sentence = _REASONS[column.kind]
    said = translate(sentence).format(n=f"{column.to_blame:,}", count=column.numbers)
    return f"{said} – {cells(column.blamed, column.to_blame, translate, quote)}" if column.blamed else said


def unusable(column: Column, columns: Sequence[Column], translate: Translate = str, quote: Quote = "“{}”".format) -> str:
    """That a column cannot be used, and why."""
    called = quote(name(column, columns, translate))
    return translate(ERRORS["column_of_no_numbers"]).format(name=called, reason=reason(column, translate, quote))


_REASONS = {
    "whole numbers": N_("Cells left out: {n}"),
    "numbers": N_("Cells left out: {n}"),
    "dates": N_("Dates are no numbers. Cells: {n}"),
    "text": N_("Cells that are no numbers: {n}"),
    "empty": N_("Cells without a value: {n}"),
}


def left_out(rows: Sequence[Cell], translate: Translate = str, quote: Quote = "“{}”".format) -> str:
    """How many rows are left out, and the first ones with the reason; "" where there are none."""
    if not rows:
        return ""
    count = translate(N_("Rows left out: {n}")).format(n=f"{len(rows):,}")
    return f"{count} – {cells(rows, len(rows), translate, quote)}"


def cells(blamed: Sequence[Cell], count: int, translate: Translate, quote: Quote) -> str:
    """The first of `count` cells to blame, each with its line and what is wrong with it."""
    said = [_cell(one, translate, quote) for one in blamed[:FIRST]]
    return "; ".join(said) + ("; …" if count > len(said) else "")


def _cell(one: Cell, translate: Translate, quote: Quote) -> str:
    text = one.text if len(one.text) <= _SHOWN else f"{one.text[: _SHOWN - 1]}…"
    if one.why == "missing" and not text:
        return translate(N_("line {line}: empty")).format(line=one.line)
    values: dict[str, Any] = {"line": one.line, "cell": text if one.why == "too_many_cells" else quote(text)}
    return translate(_CELLS[one.why]).format(**values)


_SHOWN = 24  # characters of a cell
