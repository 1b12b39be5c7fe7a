"""Translations for what core writes into files, read from the catalogue beside the pages as data: nothing is imported."""

import ast
from functools import cache
from pathlib import Path

from core.script import Translate

CATALOGUES = Path(__file__).parents[2] / "ui" / "locale"
SOURCE_LANGUAGE = "en"


def languages() -> tuple[str, ...]:
    """The languages that a script can be written in."""
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in CATALOGUES.glob("*.po")))


def translation(language: str) -> Translate:
    """Puts an English sentence into `language`; one that is not in the catalogue stays English.

    Raises:
        FileNotFoundError: there is no catalogue of this language.
    """
    if language == SOURCE_LANGUAGE:
        return str
    known = sentences(CATALOGUES / f"{language}.po")
    return lambda message: known.get(message) or message


@cache
def sentences(path: Path) -> dict[str, str]:
    """Sentence → translation of a PO file: its singular entries without context, which is all that scripts need."""
    found: dict[str, str] = {}
    for entry in path.read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        word = ""
        for line in entry.splitlines():
            if line.startswith(("msgid", "msgstr", "msgctxt")):
                word = line.split(" ", 1)[0]
            if line.endswith('"'):
                parts[word] = parts.get(word, "") + str(ast.literal_eval(line.removeprefix(word).strip()))
        if parts.keys() == {"msgid", "msgstr"}:
            found[parts["msgid"]] = parts["msgstr"]
    return found
