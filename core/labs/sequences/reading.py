"""Reading: a list of words as somebody typed it, one a line; what is refused is named with its line and the bound."""

import unicodedata

from core.labs.reading import LONGEST_PROGRAM, ProgramError

MOST_WORDS = 8
LONGEST_WORD = 20  # characters
MOST_CHARACTERS = 40  # distinct ones: the features of a one-hot vector


def words(text: str) -> tuple[str, ...]:
    """The words, spaces inside them kept, empty lines passed over; Hangul by syllables, however it was typed.

    Raises:
        ProgramError: `too_long`, `empty`, `too_many_words`, `long_word`, `character` (nothing that can be seen), `too_many_characters`.
    """
    if len(text) > LONGEST_PROGRAM:
        raise ProgramError("too_long", text.count("\n") + 1, str(len(text)), str(LONGEST_PROGRAM))
    found: list[str] = []
    known: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not (word := unicodedata.normalize("NFC", line).strip()):
            continue
        if len(found) == MOST_WORDS:
            raise ProgramError("too_many_words", number, word, str(MOST_WORDS))
        if len(word) > LONGEST_WORD:
            raise ProgramError("long_word", number, word, str(LONGEST_WORD))
        for character in word:
            if not character.isprintable():
                raise ProgramError("character", number, f"U+{ord(character):04X}")
            known.setdefault(character)
            if len(known) > MOST_CHARACTERS:
                raise ProgramError("too_many_characters", number, character, str(MOST_CHARACTERS))
        found.append(word)
    if not found:
        raise ProgramError("empty", 1, text.strip())
    return tuple(found)


def alphabet(listed: tuple[str, ...]) -> list[str]:
    """The distinct characters in order: class k is the k-th."""
    return sorted(set("".join(listed)))
