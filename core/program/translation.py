"""Translations for what core writes into files, read from the catalogue beside the pages as data: nothing is imported."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from core.program.script import Translate

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
    known = _sentences(CATALOGUES / f"{language}.po")
    return lambda message: known.get(message) or message


@cache
def _sentences(path: Path) -> dict[str, str]:
    """Sentence → translation of a PO file: its singular entries without context, which is all that scripts need."""
    with path.open("rb") as file:
        singular = [entry for entry in read_po(file) if not entry.context]
    return {entry.id: entry.string for entry in singular if isinstance(entry.id, str) and isinstance(entry.string, str)}
