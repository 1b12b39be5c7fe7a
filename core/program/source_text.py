"""Writing Python as text: lines, blocks, comments, literals."""

import unicodedata
from collections.abc import Iterable
from textwrap import indent
from typing import Any

CHUNK = 80  # characters of a text in one line
WIDTH = 100  # columns of a comment; a Hangul syllable takes two


def lines(*parts: str) -> str:
    """Parts of a program under each other; empty ones fall out."""
    return "\n".join(part for part in parts if part)


def block(head: str, *body: str) -> str:
    """A head such as `for … :` and what belongs under it."""
    return f"{head}\n{indent(lines(*body), '    ')}"


def noted(code: str, note: str, mark: str = "") -> str:
    """A line with a comment at its end."""
    return f"{code}  # {note}" + (f"  #:{mark}" if mark else "")


def comment(text: str, like: str = "") -> str:
    """Whole lines of comment; as many as `like` would take, so that a program has the same lines in every language."""
    return indent(wrapped_like(text, like or text, WIDTH - 2), "# ", lambda _line: True)


def wrapped_like(text: str, like: str, width: int = WIDTH) -> str:
    """Text in as many lines as `like` takes at this width: wider or narrower ones where the two differ in length."""
    count = wrapped(like, width).count("\n")
    widths = sorted(range(1, _columns(text) + 1), key=lambda columns: (abs(columns - width), columns))
    return next((found for found in (wrapped(text, columns) for columns in widths) if found.count("\n") == count), text + "\n" * count)


def wrapped(text: str, width: int = WIDTH) -> str:
    """Text in lines of at most `width` columns."""
    done = [""]
    for word in text.split(" "):
        if done[-1] and _columns(done[-1]) + 1 + _columns(word) > width:
            done.append(word)
        else:
            done[-1] = f"{done[-1]} {word}".lstrip(" ")
    return "\n".join(done)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def literal(value: Any) -> str:
    """A number or text as Python writes it, text in double quotes with what cannot be printed escaped."""
    if not isinstance(value, str):
        return repr(value)
    return '"' + "".join(_escaped(character) for character in value) + '"'


def quoted(text: str) -> str:
    """A short text in one line, a longer one in lines of its own."""
    if len(text) <= CHUNK and "\n" not in text[:-1]:
        return literal(text)
    chunks = [line[at : at + CHUNK] for line in text.splitlines(keepends=True) for at in range(0, len(line), CHUNK)]
    return "(\n" + "".join(f"    {literal(chunk)}\n" for chunk in chunks) + ")"


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else repr(character)[1:-1]


def rows_of(items: Iterable[str], width: int = WIDTH - 4) -> str:
    """Items with commas between, in as many lines as they need, set in by one level."""
    return indent(wrapped(", ".join(item.replace(" ", "\0") for item in items), width).replace("\0", " "), "    ") + ","
