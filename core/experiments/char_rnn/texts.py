"""The texts that can be learned: built in, described by scikit-learn, or the learner's own. No torch here."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from core.experiments.char_rnn.hangul import join_jamo, split_syllables

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
