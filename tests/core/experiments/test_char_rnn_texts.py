"""Texts: uploads in every encoding and every error, Hangul both ways, and alphabets nobody thought of."""

import contextlib
import json
import unicodedata
from collections import Counter
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.facts import counted, facts
from core.experiments.char_rnn.hangul import join_jamo, label, split_syllables
from core.experiments.char_rnn.texts import BUILT_IN, DESCRIBED, KOREAN, corpus, source
from core.experiments.char_rnn.watch import CharRNN
from core.program.pieces import whole
from core.program.trainer import Trainer
from core.reading.errors import ReadingError
from core.reading.text import read_text
from core.settings.limits import limits

CPU = torch.device("cpu")
ANY_LETTER = st.characters(codec="utf-8")
HANGUL = st.characters(min_codepoint=0x1100, max_codepoint=0x11FF) | st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
SENTENCE = "값이 싼 꽃을 샀다. 향기가 좋다!\nOK"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp949"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_readable_uploads(encoding: str, newline: str) -> None:
    assert read_text(SENTENCE.replace("\n", newline).encode(encoding)).text == SENTENCE


def test_every_syllable_survives_cp949() -> None:
    syllables = "".join(chr(code) for code in range(0xAC00, 0xD7A4))
    assert read_text(syllables.encode("cp949")).text == syllables


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "text_empty"),
        (b" \n\t", "text_empty"),
        (b"\xef\xbb\xbf", "text_empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text_binary"),
        (b"abc\x07def", "text_binary"),
        ("안녕".encode("utf-16")[:-1], "text_not_encoded"),  # cut within a character
        (b"PK\x03\x04", "text_workbook"),
        (SENTENCE.encode()[1:], "text_encoding"),  # cut within a character
        ("가나다".encode()[:-1], "text_encoding"),
        (b"a" * (limits().upload_bytes + 1), "upload_too_long"),
        (b"a" * (limits().text_characters + 1), "text_too_long"),
    ],
)
def test_unreadable_uploads_say_why(data: bytes, code: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read_text(data)
    assert refused.value.code == code


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_no_upload_crashes(data: bytes) -> None:
    with contextlib.suppress(ReadingError):
        assert read_text(data).text.strip()


@given(st.text(ANY_LETTER | HANGUL))
def test_syllables_split_and_join_exactly(text: str) -> None:
    joined = join_jamo(text)
    assert join_jamo(split_syllables(joined)) == joined
    assert join_jamo(joined) == joined


@given(st.text(ANY_LETTER | HANGUL, min_size=2))
def test_characters_are_counted_by_either_alphabet(text: str) -> None:
    assert counted(text) == Counter(text)
    config = CharRNNConfig(text="own", own_text=text)
    for alphabet, size in facts(config)["alphabets"].items():
        read = corpus("own", text, alphabet)
        assert size == {"length": len(read.symbols), "classes": len(read.alphabet)}


def test_jamo_of_every_syllable() -> None:
    for code in range(0xAC00, 0xD7A4):
        jamo = split_syllables(chr(code))
        assert jamo == unicodedata.normalize("NFD", chr(code))
        assert join_jamo(jamo) == chr(code)
    assert split_syllables("é🙂ㅋ") == "é🙂ㅋ"


def test_stored_jamo_count_as_syllables() -> None:
    assert corpus("own", unicodedata.normalize("NFD", "한글"), "characters").symbols == "한글"


@pytest.mark.parametrize(
    ("character", "shown"),
    [(" ", "␣"), ("\n", "⏎"), ("\x0b", "␋"), ("ᄒ", "ㅎ"), ("ᅡ", "ㅏ"), ("ᆫ", "-ㄴ"), ("ᆹ", "-ㅄ"), ("\u0301", "◌\u0301"),
     ("\u200f", "U+200F"), ("한", "한"), ("<", "<"), ("🙂", "🙂")],
)  # fmt: skip
def test_labels_can_be_read(character: str, shown: str) -> None:
    assert label(character) == shown


def test_built_in_texts_can_be_learned() -> None:
    for name in (*BUILT_IN, *DESCRIBED):
        assert len(source(name, "")) >= 5
        config = CharRNNConfig.checked({"text": name, "head": "linear"})
        assert set(config.corpus.symbols) == set(config.corpus.alphabet)
    assert len(corpus("korean", "", "jamo").alphabet) < len(corpus("korean", "", "characters").alphabet)
    assert join_jamo(corpus("korean", "", "jamo").symbols) == KOREAN


@pytest.mark.parametrize(
    "text",
    [
        "aaaa",
        "ab",
        "🙂🙃🙂👩\u200d👩\u200d👧",
        "e\u0301e\u0300e\u0302",
        "שלום עולם",
        "مرحبا بالعالم",
        "<script>alert(1)</script>",
        "a\u202eb\u202c",
        "나는 배운다",
        "ㅋㅋㅋ 하하",
        "\ufeffab",
        "x" + "y" * 300,
    ],
)
@pytest.mark.parametrize("alphabet", ["characters", "jamo"])
def test_any_text_can_be_learned_and_seen(text: str, alphabet: Any) -> None:
    config = CharRNNConfig(text="own", own_text=text, alphabet=alphabet, epochs=6, sample_length=10)
    trainer = Trainer(CharRNN, config, CPU)
    with trainer.stream():
        rows = list(trainer)
    assert (len(rows), trainer.outcome) == (6, "finished")
    views = trainer.experiment.views
    for name in views:
        json.dumps(whole(views[name]()), allow_nan=False)
    assert views["text"]()["true_text"] == join_jamo(config.corpus.symbols[1 : 1 + 96])
    json.dumps(dict(trainer.experiment.facts()), allow_nan=False)


def test_a_megabyte_trains_and_is_looked_at_anywhere() -> None:
    text = (KOREAN * 10_000)[:1_000_000]
    config = CharRNNConfig(text="own", own_text=text, head="linear", batch_size=16, sequence_length=32, epochs=3)
    trainer = Trainer(CharRNN, config, CPU)
    with trainer.stream():
        assert len(list(trainer)) == 3
    views = trainer.experiment.views
    assert views["text:999999999"]()["offset"] == 1_000_000 - 1 - 240
    assert views["unrolled:500000"]()["position"] == 500_000
