"""Listing: a program as it stands on the page, and the lines that are new in it since it last changed."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import NamedTuple


class Listing(NamedTuple):
    """A source, the language of its comments, and the numbers from 1 of the lines that its last change has touched."""

    source: str
    language: str
    lit: tuple[int, ...] = ()

    def followed_by(self, source: str, language: str) -> "Listing":
        """The listing that takes the place of this one; in another language every line is new, and none is lit."""
        if source == self.source:
            return self
        return Listing(source, language, touched(self.source, source) if language == self.language else ())

    @property
    def lit_spans(self) -> str:
        """The lit lines as a reader writes them: `3, 7–9`."""
        return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in _spans(self.lit))


def touched(before: str, after: str) -> tuple[int, ...]:
    """The lines of `after`, counted from 1, that `before` has not, or has otherwise."""
    compared = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    new = [range(start + 1, end + 1) for tag, _, _, start, end in compared.get_opcodes() if tag != "equal"]
    return tuple(line for lines in new for line in lines)


def _spans(numbers: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in numbers:
        follows = bool(found) and found[-1][1] == number - 1
        found = [*found[:-1], (found[-1][0], number)] if follows else [*found, (number, number)]
    return found
