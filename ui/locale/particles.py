"""Korean particles after what is filled into a sentence: 은 or 는, by how the word before it ends.

The catalogue writes `{name}은(는)`; `fitted` chooses once the name is known. `tossi` knows the final consonants of Hangul and
of numbers; names out of programs end in Latin letters, which are read out one by one.
"""

import re

import tossi

# 은(는), 이(가), 을(를), 와(과), (으)로 after a word and whatever closes it: a backtick, a quotation mark, a bracket.
_AFTER_A_WORD = re.compile(r"([\w.²³]*\w)([^\w\s]*)(은\(는\)|이\(가\)|을\(를\)|와\(과\)|과\(와\)|\(으\)로)")
_CLOSED = {"l": "엘", "m": "엠", "n": "엔", "r": "알"}  # the letters whose names end in a consonant


def fitted(text: str) -> str:
    """A Korean text whose particles go with the words before them: `a1은(는)` → `a1은`, `Adam을(를)` → `Adam을`."""
    return _AFTER_A_WORD.sub(lambda found: found[1] + found[2] + tossi.pick(_read(found[1]), found[3]), text)


def _read(word: str) -> str:
    """The end of a word as it is spoken, in Hangul or as a number."""
    last = word[-1].lower()
    return _CLOSED.get(last, "에이") if last.isascii() and last.isalpha() else word
