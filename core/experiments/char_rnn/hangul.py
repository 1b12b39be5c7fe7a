"""Korean by syllable or by jamo, and characters as a reader can see them.

Unicode's own normalisation splits a syllable into its conjoining jamo and joins them again exactly (한 ⇄ ᄒ ᅡ ᆫ); it is
applied to Hangul only, so that accents and emoji of the same text stay as they were typed.
"""

import re
import unicodedata

_SYLLABLES = re.compile("[가-힣]+")
_JAMO = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[가-힣][\u11a8-\u11c2]")
_LEADING = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_TRAILING = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_NAMED = {" ": "␣", "\n": "⏎", "\t": "⇥", "\u3000": "␣", "\xa0": "␣"}


def split_syllables(text: str) -> str:
    """Every Hangul syllable as its two or three conjoining jamo; all else as it is."""
    return _SYLLABLES.sub(lambda match: unicodedata.normalize("NFD", match[0]), text)


def join_jamo(text: str) -> str:
    """Conjoining jamo that make a syllable as that syllable; jamo that make none stay. Undoes `split_syllables`."""
    return _JAMO.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def label(character: str) -> str:
    """One character so that it can be read on an axis: `␣` for a space, `ㅎ` and `-ㄴ` for leading and trailing jamo.

    Labels are for the eye and need not differ: a leading ᄒ and the letter ㅎ look the same.
    """
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    if 0x1100 <= code <= 0x1112:
        return _LEADING[code - 0x1100]
    if 0x1161 <= code <= 0x1175:
        return chr(0x314F + code - 0x1161)
    if 0x11A8 <= code <= 0x11C2:
        return "-" + _TRAILING[code - 0x11A8]
    return _invisible(character, code)


def _invisible(character: str, code: int) -> str:
    category = unicodedata.category(character)
    if code < 0x20:
        return chr(0x2400 + code)  # control pictures: ␍
    if category.startswith("M"):
        return "◌" + character  # a mark that joins the letter before it
    if category.startswith(("C", "Z")):
        return f"U+{code:04X}"  # joiners, direction marks, odd spaces
    return character
