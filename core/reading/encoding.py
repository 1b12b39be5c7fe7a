"""Bytes → text. A byte order mark, and bytes that are valid UTF-8, are taken as proof; for all else the text that looks most
like words decides.

Every legacy encoding reads nearly every file, only as other letters: `today’s` of Windows-1252 is `today뭩` in CP949. So each
candidate's letters are counted that stand where no writing puts them: a Hanja inside of a Latin word, a sign between two letters,
a capital after a small letter, a syllable that hardly any word has, an accent that the language of the others does not know. The
fewest wins. (charset-normalizer reads a Spanish or Danish page as Windows-1250, and `Temperatur °C` as Big5.)
"""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from core.reading.errors import ReadingError
from core.settings.limits import limits

# The names that are shown, and those of Python's codecs. Among equals the first wins: this is taught in Korea.
ENCODINGS = {
    "UTF-8": "utf-8-sig",
    "UTF-16": "utf-16",
    "UTF-16 LE": "utf-16-le",
    "UTF-16 BE": "utf-16-be",
    "UTF-32": "utf-32",
    "CP949": "cp949",
    "Windows-1252": "cp1252",
    "Windows-1250": "cp1250",
    "Windows-1251": "cp1251",
    "KOI8-R": "koi8_r",
    "Windows-1253": "cp1253",
    "Windows-1254": "cp1254",
    "GB 18030": "gb18030",
    "Big5": "cp950",
    "Shift JIS": "cp932",
    "EUC-JP": "euc_jp",
    "CP850": "cp850",
    "Mac Roman": "mac_roman",
}
_LEGACY = tuple(ENCODINGS)[tuple(ENCODINGS).index("CP949") :]
_MARKS = (  # that of UTF-32 begins like that of UTF-16
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .ods and other zips; .xls
_SAMPLE = 30_000  # bytes that the letters are counted in, a fifth of a second's work; a hundred lines are plenty
_STRANGEST = 0.35


class Decoded(NamedTuple):
    """A text and the encoding that it was read by, a name of ENCODINGS."""

    text: str
    encoding: str


def decoded(data: bytes, encoding: str = "") -> Decoded:
    """The text of a file; its line ends become `\\n`. `encoding` is a name of ENCODINGS, or "" to find it out.

    Raises:
        ReadingError: "upload_too_long", "text_empty", "text_binary", "text_workbook", "text_encoding" or "text_not_encoded".
    """
    if len(data) > limits().upload_bytes:
        raise ReadingError("upload_too_long", length=len(data), limit=limits().upload_bytes)
    if data.startswith(_WORKBOOKS):
        raise ReadingError("text_workbook")
    chosen = encoding or _found(data)
    try:
        text = data.decode(ENCODINGS[chosen])
    except UnicodeDecodeError as error:
        raise ReadingError("text_not_encoded", encoding=chosen, line=_line(data, error.start)) from error
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ReadingError("text_empty")
    if _is_binary(text):
        raise ReadingError("text_binary")
    return Decoded(text, chosen)


def _line(data: bytes, place: int) -> int:
    """The line, from 1, of a byte."""
    before = data[:place]
    return 1 + max(before.count(b"\n"), before.count(b"\r"))


def _is_binary(text: str) -> bool:
    return re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", text) is not None


def _found(data: bytes) -> str:
    """The name of the encoding."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if b"\0" in data:
        return _wide(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = ReadingError("text_encoding", line=_line(data, error.start))
        return _legacy(data, broken)
    return "CP949" if _hides_korean(data) else "UTF-8"


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: in a text some character, at least each line's end, has a zero byte on the same side."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    name = "UTF-16 LE" if odd >= even else "UTF-16 BE"
    try:
        text = data.decode(ENCODINGS[name])
    except UnicodeDecodeError:
        raise ReadingError("text_binary") from None
    if _is_binary(text) or any(unicodedata.category(character) in ("Cn", "Co") for character in set(text)):
        raise ReadingError("text_binary")
    return name


def _hides_korean(data: bytes) -> bool:
    """Whether a file that happens to be good UTF-8 is Korean: `키` in CP949 is `Ű` in UTF-8, but no word is a lone `Ű`."""
    sample = _sample(data)
    words = {word for word in _words(sample.decode("utf-8")) if not word.isascii()}
    alone = all(len(word) == 1 and "\x7f" < word < "\u0800" and word not in _ALONE for word in words)
    if not (words and alone):
        return False
    korean = sample.decode("cp949", errors="replace")
    return all(_kind(character)[0] == "hangul" for character in korean if character > "\x7f") and not _strangeness(korean, "CP949")


_ALONE = "àáèéêìíòóôùúýåäöæøÀÁÈÉÊÌÍÒÓÔÙÚÝÅÄÖÆØ¡¢£¤¥§©ª«®°±²³´µ·º»¼½¾¿×÷"  # words of one letter, and signs


def _legacy(data: bytes, broken: ReadingError) -> str:
    """The encoding of the 8-bit times whose letters stand most nearly where a writing puts them.

    Raises:
        ReadingError: `broken`, if it looks most like UTF-8 with a few bytes damaged, or like no text in any encoding.
    """
    sample = _sample(data)
    texts = {name: sample.decode(ENCODINGS[name], errors="replace") for name in _LEGACY}
    costs = {name: _strangeness(text, name) for name, text in texts.items()}
    least = min(costs.values())
    if least > _STRANGEST or _is_damaged_utf8(sample, least):
        raise broken
    return min(_LEGACY, key=lambda name: costs[name])  # the first of equals


def _is_damaged_utf8(sample: bytes, strangest: float) -> bool:
    """Whether most bytes beyond ASCII are good UTF-8, and the text of them is no stranger than so."""
    text = sample.decode("utf-8", errors="ignore")
    beyond, good = (sum(byte > 127 for byte in data) for data in (sample, text.encode()))
    return 2 * good > beyond and _strangeness(text, "UTF-8") <= strangest


def _sample(data: bytes) -> bytes:
    """Whole lines with bytes beyond ASCII, as many as are needed."""
    lines, size = [], 0
    for line in re.split(rb"[\r\n]+", data):
        if not line.isascii():
            lines.append(line[:_SAMPLE])
            size += len(lines[-1])
            if size > _SAMPLE:
                break
    return b"\n".join(lines)


# --- how strange a text looks ------------------------------------------------------------------------------------


def _strangeness(text: str, name: str) -> float:
    """The share of the characters beyond ASCII that no writing would put there, and how rare an encoding is itself."""
    rarity = _RARITY_IN.get(name, _of_any)
    beyond, strange = 0, 0.0
    for word in _words(text):
        outside = sum(character > "\x7f" for character in word)
        if outside:
            beyond += outside
            each = sum(1.0 if _kind(character)[0] == "odd" else rarity(character) for character in word if character > "\x7f")
            strange += min(outside, each + _of_neighbours(word)) + word.count("\ufffd")
    return strange / max(1, beyond) + _FOREIGN * _foreign(text) + _HANDICAPS.get(name, 0.03)


_HANDICAPS = {"UTF-8": 0.0, "CP949": 0.0, "Windows-1252": 0.0, "KOI8-R": 0.06, "CP850": 0.12, "Mac Roman": 0.09}


def _foreign(text: str) -> float:
    """The share of the accented Latin letters that the language of most of them does not have."""
    letters = Counter(character for character in text.lower() if character > "\x7f" and _kind(character)[0] == "latin")
    known = max(sum(letters[letter] for letter in alphabet) for alphabet in _ALPHABETS)
    return 1.0 - known / letters.total() if letters else 0.0


_FOREIGN = 0.5
_ALPHABETS = (  # the letters beyond a … z of French, German, Spanish and Catalan, Portuguese, Italian, the North, Icelandic, Dutch;
    "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíóúüñàèòïç", "áâãàçéêíóôõú", "àèéìòù", "åäöæøé", "áðéíóúýþæö", "ëïéèöü",
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž",  # Polish, Czech, Slovak, Hungarian, …
    "çğıöşüâîû", "äõöüšž",  # Turkish, Estonian
)  # fmt: skip


def _words(text: str) -> Iterator[str]:
    """What stands between spaces, digits and ASCII's own signs."""
    return (word for word in re.split(r"[\x00-@\[-`{-\x7f]+", text) if word)


def _of_neighbours(word: str) -> float:
    """What a word costs by the pairs of neighbouring characters that no writing would put together."""
    strange = 0.0
    for one, other in pairwise(word):
        if one > "\x7f" or other > "\x7f":
            strange += _beside(one, other)
    for run in re.finditer(_SIGNS, word):
        around = word[run.start() - 1 : run.start()], word[run.end() : run.end() + 1]
        if all(character and _kind(character)[0] in _CASED for character in around):
            strange += len(run[0])
        elif run[0][0] == "°" and around[0]:
            strange += 0.5
    return strange


def _beside(one: str, other: str) -> float:
    (left, case), (right, next_case) = _kind(one), _kind(other)
    if left != right:
        return 0.0 if "sign" in (left, right) else _MEETING.get((left, right), 1.0)
    if left in _CASED and (case, next_case) == ("Ll", "Lu"):
        return 1.0
    # Two accents in a row, as in `créée`, are rare in Latin writing; a word full of them was written in another alphabet.
    return 0.25 if left == "latin" and one > "\x7f" and other > "\x7f" and "ß" not in one + other else 0.0


_CASED = ("latin", "cyrillic", "greek")
_SIGNS = r"[^\w’‘\u00ad–—/…\u200b-\u200d]+"  # those that do not stand between two letters
_MEETING = {  # PyTorch는 is written, 무게kg too; a Korean sentence may hold Hanja, but it seldom glues them on
    ("latin", "hangul"): 0.0,
    ("hangul", "latin"): 0.3,
    ("latin", "han"): 0.5,
    ("latin", "kana"): 0.0,
    ("kana", "latin"): 0.0,
    ("kana", "han"): 0.0,
    ("han", "kana"): 0.0,
    ("han", "hangul"): 0.5,
    ("hangul", "han"): 0.5,
    ("hangul", "jamo"): 0.0,
    ("jamo", "hangul"): 0.0,
}
_RARE_SIGNS = "¤¦¬¯¨¸´¶¹"  # Windows-1252 has them, hardly any text does; boxes come from the terminals of old


@lru_cache(maxsize=50_000)
def _kind(character: str) -> tuple[str, str]:
    """(writing, Unicode's category): "latin", "hangul", … "sign" for what is no letter, "odd" for what hardly any text has."""
    category = unicodedata.category(character)
    if category in ("Cn", "Co", "Cc") or character in _RARE_SIGNS or "\u2500" <= character <= "\u2593":
        return "odd", category
    if category[0] not in "LM":
        return "sign", category
    name = unicodedata.name(character, "")
    for start, kind in _WRITINGS:
        if name.startswith(start):
            return kind, category
    return "other", category


_WRITINGS = (
    ("LATIN", "latin"),
    ("FEMININE ORDINAL", "sign"),
    ("MASCULINE ORDINAL", "sign"),
    ("MICRO SIGN", "sign"),
    ("HANGUL SYLLABLE", "hangul"),
    ("HANGUL", "jamo"),
    ("CJK", "han"),
    ("HIRAGANA", "kana"),
    ("KATAKANA", "kana"),
    ("CYRILLIC", "cyrillic"),
    ("GREEK", "greek"),
)


def _lead(character: str, codec: str) -> int:
    """The first byte of a character of two bytes; 0 for others."""
    try:
        encoded = character.encode(codec)
    except UnicodeEncodeError:
        return 0
    return encoded[0] if len(encoded) == 2 else 0


def _of_any(_character: str) -> float:
    return 0.0


def _of_korean(character: str) -> float:
    """Nearly all Korean is written with the 2,350 syllables of KS X 1001; Hanja are seldom."""
    kind, lead = _kind(character)[0], _lead(character, "euc_kr")
    if kind == "han":
        return 0.2 if lead else 0.5
    return 0.4 if kind in ("cyrillic", "greek") or (kind == "hangul" and not 0xB0 <= lead <= 0xC8) else 0.0


def _of_chinese(character: str) -> float:
    return 0.0 if _kind(character)[0] == "sign" or 0xB0 <= _lead(character, "gb2312") <= 0xD7 else 0.5


def _of_taiwanese(character: str) -> float:
    return 0.0 if _kind(character)[0] == "sign" or 0xA4 <= _lead(character, "big5") <= 0xC6 else 0.5


def _of_japanese(character: str) -> float:
    return 0.0 if _kind(character)[0] in ("sign", "kana") or 0xB0 <= _lead(character, "euc_jp") <= 0xCF else 0.5


def _of_cyrillic(character: str) -> float:
    return 0.0 if _kind(character)[0] == "sign" or character in _CYRILLIC else 0.5


_CYRILLIC = "".join(map(chr, range(0x410, 0x450))) + "ЁёІіЇїЄєҐґЎў"  # Russian, Bulgarian, Ukrainian, Belarusian
_RARITY_IN: dict[str, Callable[[str], float]] = {
    "CP949": _of_korean,
    "GB 18030": _of_chinese,
    "Big5": _of_taiwanese,
    "Shift JIS": _of_japanese,
    "EUC-JP": _of_japanese,
    "Windows-1251": _of_cyrillic,
    "KOI8-R": _of_cyrillic,
}
