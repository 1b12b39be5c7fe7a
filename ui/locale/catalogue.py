"""Keeps ko.po in step with the sentences in the code.

`update` adds what is new with an empty translation and keeps every translation there is; `problems` names what a reader of
Korean would stumble over. The file is sorted and carries no line numbers or dates, so two people's changes seldom collide.
"""

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from core.keras.counterpart import ABOUT
from core.program import function
from core.program.specialise import MESSAGES, OPTIMIZERS, messages
from core.program.text import text as text_of
from core.search import script

ROOT = Path(__file__).resolve().parents[2]
KOREAN = Path(__file__).with_name("ko.po")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
HEADER = (
    'msgid ""\n'
    'msgstr ""\n'
    '"Language: ko\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)
PLACEHOLDER = re.compile(r"\{(\w*)[^{}]*\}")


def sources() -> list[Path]:
    """The files whose sentences a visitor may read."""
    found = [ROOT / "streamlit_app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]
    core = ROOT / "core"  # what an exported program says, and what is said about files
    return sorted([*found, core / "reading" / "words.py", *(core / "labs").rglob("script.py")])


def programs() -> list[Path]:
    """The texts whose comments a visitor may read."""
    return sorted([*(ROOT / "core").glob("**/program.py"), *(ROOT / "core").glob("**/keras_program.py"), OPTIMIZERS])


def extract() -> Catalog:
    """Every sentence in the code, with the files that say it."""
    catalogue = Catalog(locale="ko")
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for _line, message, _comments, _context in extract_from_file("python", path, keywords=KEYWORDS):
            catalogue.add(message, locations=[(name, 0)])
    for path in programs():
        for message in messages(text_of(path)):
            catalogue.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    for message in (*function.MESSAGES, *script.MESSAGES):
        catalogue.add(message, locations=[("core/search/script.py", 0)])
    for message in (*MESSAGES, ABOUT):
        catalogue.add(message, locations=[("core/keras/counterpart.py" if message == ABOUT else "core/program/specialise.py", 0)])
    return catalogue


def read(path: Path = KOREAN) -> Catalog:
    """A catalogue from a file; an absent one is empty. Raises babel's PoFileError where it is malformed."""
    if not path.exists():
        return Catalog(locale="ko")
    with path.open("rb") as file:
        return read_po(file, locale="ko", abort_invalid=True)


def text(catalogue: Catalog) -> str:
    """The catalogue as a PO file: sorted, with file names, without line numbers and dates."""
    body = BytesIO()
    write_po(body, catalogue, width=120, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return HEADER + body.getvalue().decode("utf-8").strip() + "\n"


def updated(extracted: Catalog, translated: Catalog, prune: bool) -> Catalog:
    """The sentences of the code with the translations there are; unused translations go only when pruned."""
    result = Catalog(locale="ko")
    for message in entries(extracted):
        known = translated.get(message.id)
        result.add(message.id, known.string if known else None, locations=message.locations)
    if not prune:
        for message in entries(translated):
            if message.id not in extracted:
                result.add(message.id, message.string)
    return result


def write(catalogue: Catalog, path: Path = KOREAN) -> None:
    """Replaces the file atomically."""
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(text(catalogue), encoding="utf-8")
    draft.replace(path)


def merge(fragment: Catalog) -> None:
    """Takes the fragment's translations into ko.po."""
    known = read()
    for message in entries(fragment):
        known.delete(message.id)
        known.add(message.id, message.string)
    write(updated(extract(), known, prune=False))


def problems(extracted: Catalog, translated: Catalog) -> list[str]:
    """Each reason why this catalogue must not be shipped, in words; empty when there is none."""
    found = [f"not in ko.po: {message.id!r}" for message in entries(extracted) if message.id not in translated]
    for message in entries(translated):
        if message.id not in extracted:
            found.append(f"nothing says this any more: {message.id!r}")
        elif message.fuzzy:
            found.append(f"marked fuzzy: {message.id!r}")
        elif not all(_strings(message)):
            found.append(f"not translated: {message.id!r}")
        elif not _placeholders_agree(message):
            found.append(f"placeholders differ: {message.id!r} -> {message.string!r}")
    return found


def entries(catalogue: Catalog) -> Iterator[Message]:
    """The sentences of a catalogue, without its header."""
    return (message for message in catalogue if message.id)


def _strings(message: Message) -> tuple[str, ...]:
    string = message.string
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)


def _placeholders_agree(message: Message) -> bool:
    """A singular may leave out its number ("one run"), a translation may not lose or invent a placeholder."""
    source = message.id[-1] if isinstance(message.id, list | tuple) else message.id
    wanted = sorted(PLACEHOLDER.findall(source))
    return all(sorted(PLACEHOLDER.findall(string)) == wanted for string in _strings(message))
