"""The texts that can be learned: built in, described by scikit-learn, or the learner's own. No torch here."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from core.experiments.char_rnn.hangul import join_jamo, split_syllables
from core.limits import limits

KOREAN = (
    "작은 강이 밤새 걸었다. 돌을 만나면 돌아서 걷고, 벽을 만나면 모여서 넘었다.\n"
    "아침에 바다가 물었다. 너는 어디서 왔니?\n"
    "강이 웃었다. 나는 산에서 왔고, 산은 비에서 왔고, 비는 너에게서 왔지.\n"
)
ENGLISH = (
    "A small brown bear went out to fish. He had no net, he had a wish.\n"
    "He sat so still, he sat so long, the river taught the bear a song.\n"
    "And when the moon came up to see, the bear had caught a melody.\n"
)
BUILT_IN: Mapping[str, str] = {
    "if_you_want_you": " if you want you",
    "hello": "hello",
    "korean": KOREAN,
    "english": ENGLISH,
}
DESCRIBED = ("iris", "wine", "breast_cancer", "digits", "diabetes", "linnerud")  # texts that come with scikit-learn
_LINE_ENDS = {"\r\n": "\n", "\r": "\n"}
_UTF_16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


class TextError(ValueError):
    """An upload that is no text we can read: `code` says why, `values` holds the numbers of the sentence."""

    def __init__(self, code: str, **values: int) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = values


class Corpus(NamedTuple):
    """A text as the network reads it."""

    symbols: str  # the text, character by character (or jamo by jamo)
    alphabet: str  # the distinct ones, sorted: class k of the network is alphabet[k]

    def indices(self) -> list[int]:
        """The text as class numbers."""
        number = {symbol: k for k, symbol in enumerate(self.alphabet)}
        return [number[symbol] for symbol in self.symbols]


def source(name: str, own: str) -> str:
    """The text called `name`; `own` if it is the learner's."""
    if name in DESCRIBED:
        from sklearn import datasets  # takes a second, and only these texts need it

        return str(getattr(datasets, f"load_{name}")().DESCR)
    return own if name == "own" else BUILT_IN[name]


@lru_cache(maxsize=8)
def corpus(name: str, own: str, alphabet: str) -> Corpus:
    """The text called `name` by `alphabet`: "characters" (Korean by syllable) or "jamo"."""
    symbols = spelled(source(name, own), alphabet)
    return Corpus(symbols, "".join(sorted(set(symbols))))


def spelled(text: str, alphabet: str) -> str:
    """`text` as the symbols of `alphabet`, whichever way its Hangul is stored."""
    joined = join_jamo(text)
    return split_syllables(joined) if alphabet == "jamo" else joined


def decoded(data: bytes) -> str:
    """The text of an uploaded file: UTF-8 with or without a byte order mark, or CP949; line ends become `\\n`.

    Raises:
        TextError: "upload_too_long", "text_too_long", "text_empty", "text_binary" or "text_encoding".
    """
    if len(data) > limits().upload_bytes:
        raise TextError("upload_too_long", length=len(data), limit=limits().upload_bytes)
    if data.startswith(_UTF_16_OR_32):
        raise TextError("text_encoding")
    if b"\0" in data:
        raise TextError("text_binary")
    text = _unicode(data)
    for end, newline in _LINE_ENDS.items():
        text = text.replace(end, newline)
    return _checked(text)


def _unicode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if _damaged_utf8(data):
            raise TextError("text_encoding") from None
    try:
        return data.decode("cp949")
    except UnicodeDecodeError as error:
        raise TextError("text_encoding") from error


def _damaged_utf8(data: bytes) -> bool:
    """Whether most bytes beyond ASCII are good UTF-8: then CP949 would read them as other, wrong letters."""
    beyond = sum(byte > 127 for byte in data)
    good = sum(byte > 127 for byte in data.decode("utf-8", errors="ignore").encode())
    return 2 * good > beyond


def _checked(text: str) -> str:
    if not text.strip():
        raise TextError("text_empty")
    if any((ord(character) < 32 and character not in "\t\n\v\f") or character == "\x7f" for character in text):
        raise TextError("text_binary")
    if len(text) > limits().text_characters:
        raise TextError("text_too_long", length=len(text), limit=limits().text_characters)
    return text
