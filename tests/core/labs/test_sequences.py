"""Sequences: the words that are read, and every number of the picture against plain torch; drawn lists of words, each cell."""

import contextlib
import io
import re
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence, pad_sequence

from core.labs.reading import ProgramError
from core.labs.sequences import reading, timing_plan
from core.labs.sequences.examples import EXAMPLES
from core.labs.sequences.mistakes import SILENT, mistakes
from core.labs.sequences.report import report
from core.labs.sequences.script import script
from core.labs.sequences.timing import lengths, timed

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
Json = dict[str, Any]
WORDS = st.lists(st.text("abcd 가", min_size=1, max_size=7).filter(lambda word: bool(word.strip())), min_size=1, max_size=5)


def refused(text: str) -> tuple[str, int, str, str]:
    with pytest.raises(ProgramError) as caught:
        reading.words(text)
    return caught.value.code, caught.value.line, caught.value.written, caught.value.allowed


def near(found: torch.Tensor, wanted: torch.Tensor) -> None:
    """The picture has six digits of float32."""
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-4)


def one_hot(words: list[str]) -> list[torch.Tensor]:
    alphabet = sorted(set("".join(words)))
    return [F.one_hot(torch.tensor([alphabet.index(one) for one in word]), len(alphabet)).float() for word in words]


def plain(cell: str, words: list[str], *, both: bool = False) -> nn.RNNBase:
    torch.manual_seed(0)
    made: nn.RNNBase = CELLS[cell](len(set("".join(words))), 2, batch_first=True, bidirectional=both)
    return made


def hidden(cell: str, state: Any) -> torch.Tensor:
    return torch.cat(list(state[0] if cell == "lstm" else state), dim=-1)


# --- what is typed -------------------------------------------------------------------------------------------------


def test_words_are_read_line_by_line() -> None:
    assert reading.words(" hello world \n\n\npath\n") == ("hello world", "path")
    assert reading.words("하늘") == ("하늘",)
    assert reading.words("\n".join(["x" * reading.LONGEST_WORD] * reading.MOST_WORDS))


def test_what_is_too_much_is_refused_with_its_line_its_bound_and_what_was_written() -> None:
    assert refused(" \n") == ("empty", 1, "", "")
    assert refused("\n".join("abcdefghi")) == ("too_many_words", 9, "i", "8")
    assert refused("a\n" + "b" * 21) == ("long_word", 2, "b" * 21, "20")
    assert refused("a\nb\u200bc") == ("character", 2, "U+200B", "")
    assert refused("a" + "\n" * 1000) == ("too_long", 1001, "1001", "1000")
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 41)))
    assert refused("\n".join([many[:20], many[20:40], many[40:]])) == ("too_many_characters", 3, many[40], "40")


@given(st.text("ab \t\n가\u200b\x00é", max_size=80) | st.text(max_size=8))
@settings(max_examples=50)
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        words = reading.words(text)
    except ProgramError:
        return
    assert 1 <= len(words) <= reading.MOST_WORDS
    assert all(1 <= len(word) <= reading.LONGEST_WORD for word in words)


# --- the figures that the page teaches -----------------------------------------------------------------------------


def test_three_words_of_one_length_make_the_box_of_the_lesson() -> None:
    found = report(EXAMPLES["hello"], "rnn", "free")
    assert (found["alphabet"], found["shape"], found["wasted"]) == (["e", "h", "l", "o"], [3, 5, 4], 0)
    assert [len(step["torch"]) for step in found["unrolled"]["words"][0]] == [2] * 5


def test_five_words_of_different_lengths_waste_eighteen_of_sixty_five_cells() -> None:
    found = report(EXAMPLES["lengths"], "rnn", "free")
    assert (found["lengths"], found["shape"][:2], found["cells"], found["wasted"]) == ([11, 8, 11, 4, 13], [5, 13], 65, 18)
    assert found["packed"]["batch_sizes"] == [5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 1, 1]
    assert (found["packed"]["sorted_indices"], found["packed"]["unsorted_indices"]) == ([4, 0, 2, 1, 3], [1, 3, 2, 4, 0])
    assert len(found["packed"]["rows"]) == 47


def test_sorted_beforehand_needs_no_indices_and_unsorted_is_refused_where_it_is_enforced() -> None:
    found = report(EXAMPLES["lengths"], "gru", "sorted")
    assert (found["lengths"], found["packed"]["sorted_indices"]) == ([13, 11, 11, 8, 4], None)
    refused = report(EXAMPLES["lengths"], "gru", "enforced")
    assert "must be sorted in decreasing order" in refused["packed"]["error"]
    assert "packed" not in refused["forward"]["read"]
    assert report(EXAMPLES["sorted"], "gru", "enforced")["packed"]["error"] is None


# --- drawn words ---------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(WORDS, st.sampled_from(list(CELLS)), st.sampled_from(["free", "sorted"]))
def test_the_blocks_and_every_output_are_torchs(drawn: list[str], cell: str, order: str) -> None:
    found = report("\n".join(drawn), cell, order)
    words = list(found["words"])
    assert sorted(words) == sorted(reading.words("\n".join(drawn)))
    sequences = one_hot(words)
    packed = pack_sequence(sequences, enforce_sorted=False)
    assert found["packed"]["batch_sizes"] == packed.batch_sizes.tolist()
    assert torch.equal(torch.stack([sequences[word][time] for word, time in found["packed"]["rows"]]), packed.data)
    for direction in ("forward", "bidirectional"):
        made = plain(cell, words, both=direction == "bidirectional")
        with torch.no_grad():
            _compare(cell, found[direction], made, sequences, packed)


def _compare(cell: str, found: Json, made: nn.RNNBase, sequences: list[torch.Tensor], packed: PackedSequence) -> None:
    """The four ways and the last states against torch's own; a mask lets nothing of the padding through: it is as the words alone."""
    alone = [made(sequence[None]) for sequence in sequences]
    padded, state = made(pad_sequence(sequences, batch_first=True))
    given, packed_state = made(packed)
    unpacked, lengths = pad_packed_sequence(given, batch_first=True)
    for i, length in enumerate(lengths.tolist()):
        wanted = {"alone": alone[i][0][0], "padded": padded[i], "packed": unpacked[i], "masked": alone[i][0][0]}
        for way, output in wanted.items():
            shown = torch.tensor(found["read"][way]["outputs"][i])
            near(shown, output[:length])
            far = [float((a - b).abs().max()) > 1e-4 for a, b in zip(output[:length], alone[i][0][0], strict=True)]
            told = found["read"][way]["verdicts"][i]
            assert all(one == "different" for one, differs in zip(told, far, strict=True) if differs)
    ends = torch.cat([hidden(cell, one) for _, one in alone])
    taken = {(one["way"], one["code"]): torch.tensor(one["states"]) for one in found["last"]}
    near(taken["alone", "h_n"], ends)
    near(taken["masked", "h"], ends)
    near(taken["packed", "h_n"], hidden(cell, packed_state))
    near(taken["padded", "h_n"], hidden(cell, state))
    near(taken["padded", "output[:, -1]"], padded[:, -1])
    near(taken["packed", "output[:, -1]"], unpacked[:, -1])


@settings(max_examples=8, deadline=None)
@given(WORDS, st.sampled_from(list(CELLS)))
def test_by_hand_is_as_by_torch_and_each_step_goes_on_from_the_one_before(drawn: list[str], cell: str) -> None:
    found = report("\n".join(drawn), cell, "free")["unrolled"]
    for steps in found["words"]:
        assert all(step["verdict"] in ("same", "close") for step in steps)
        assert [step["before"] for step in steps[1:]] == [step["hand"] for step in steps[:-1]]
        assert all(list(step["gates"]) == list(found["gates"]) for step in steps)


@settings(max_examples=8, deadline=None)
@given(WORDS, st.sampled_from(list(CELLS)))
def test_the_losses_of_characters_alone_agree_and_the_others_are_what_they_say(drawn: list[str], cell: str) -> None:
    found = report("\n".join(drawn), cell, "free")
    losses = {one["way"]: one for one in found["losses"]}
    characters = sum(found["lengths"])
    assert all(losses[way]["verdict"] in ("same", "close") for way in ("packed", "ignored", "masked"))
    assert all(losses[way]["gradient"] in ("same", "close") for way in ("packed", "ignored", "masked"))
    assert losses["divided"]["loss"] == pytest.approx(losses["masked"]["loss"] * characters / found["cells"], rel=1e-4)
    assert (losses["unmasked"]["count"], losses["ignored"]["count"]) == (found["cells"], characters)
    assert (losses["nothing"]["loss"], losses["nothing"]["verdict"]) == (None, "different")  # nan


def test_forgetting_batch_first_is_given_away_by_the_last_state_unless_there_are_as_many_words_as_positions() -> None:
    found = report(EXAMPLES["lengths"], "lstm", "free")["forgotten"]
    assert found["output"] == [[5, 13, 2], [5, 13, 2]]
    assert found["state"] == [[1, 5, 2], [1, 13, 2]]
    assert found["different"] > 40
    square = report("abc\nbca\ncab", "lstm", "free")["forgotten"]
    assert square["state"] == [[1, 3, 2], [1, 3, 2]]
    assert square["different"] > 0


# --- mistakes and times --------------------------------------------------------------------------------------------


def test_every_silent_mistake_is_made_without_a_word_and_caught_on_words_of_different_lengths() -> None:
    found = mistakes(EXAMPLES["lengths"], "lstm", "free")
    assert [(one["code"], one["error"], one["differs"], bool(one["caught"])) for one in found["silent"]] == [
        (code, None, True, True) for code in SILENT
    ]
    assert all(one["error"] for one in found["loud"])
    lost = {one["code"]: sum(one["found"]["numbers"]) for one in found["silent"] if one["result"] == "packed.batch_sizes"}
    assert lost == {"too_long": 57, "too_short": 42, "float_lengths": 39, "fewer_lengths": 34}


def test_where_all_words_are_equally_long_most_mistakes_do_no_harm_and_what_does_is_caught() -> None:
    found = mistakes(EXAMPLES["hello"], "rnn", "free")
    harmful = {"layer_first", "pack_first", "too_long", "too_short", "float_lengths", "fewer_lengths"}
    assert {one["code"] for one in found["silent"] if one["differs"]} == harmful
    assert [one["error"] is None for one in found["loud"]] == [True, False, False]


@settings(max_examples=5, deadline=None)
@given(WORDS, st.sampled_from(list(CELLS)), st.sampled_from(["free", "sorted"]))
def test_a_mistake_that_changes_a_number_is_refused_by_torch_or_caught_by_its_check(drawn: list[str], cell: str, order: str) -> None:
    for one in mistakes("\n".join(drawn), cell, order)["silent"]:
        assert one["error"] or one["caught"] or not one["differs"], one


def test_a_point_of_the_times_has_nearly_the_waste_that_was_asked_for() -> None:
    for share in timing_plan.SHARES:
        assert 1 - float(lengths(share).sum()) / (timing_plan.BATCH * timing_plan.TIME) == pytest.approx(share, abs=0.04)
        assert int(lengths(share).max()) == timing_plan.TIME
    point = timed("gru", 0.5)
    assert (point["cell"], point["device"]) == ("gru", "cpu")
    assert timing_plan.LEAST <= point["passes"] <= timing_plan.MOST
    assert min(point["padded"], point["packed"]) > 0
    assert not timing_plan.plan(0, ["cpu"])
    assert [one["device"] for one in timing_plan.plan(1, ["cpu", "cuda:0", "cuda:1"])] == ["cpu"] * 15 + ["cuda:0"] * 15


# --- taken home ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CELLS))
def test_the_script_prints_the_numbers_of_the_page(cell: str) -> None:
    found = report(EXAMPLES["lengths"], cell, "free")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(script(EXAMPLES["lengths"], cell, "free", lambda text, **_: text), {})  # noqa: S102 - our own text
    text = printed.getvalue()
    assert f"padded: (5, 13, 18) padding: {found['wasted']}" in text
    assert f"batch_sizes: {found['packed']['batch_sizes']}" in text
    assert f"sorted_indices: {found['packed']['sorted_indices']}" in text
    far = [float(one) for one in re.findall(r"bidirectional=True, padded ([\d.]+)", text)]
    assert max(far) == pytest.approx(found["bidirectional"]["read"]["padded"]["largest"], abs=1e-5)
    states = [[float(one) for one in row.split(",")] for row in re.findall(r"last state: \[(.*)\]", text)][:5]
    near(torch.tensor(states), torch.tensor(found["forward"]["last"][0]["states"]))
    losses = {one["way"]: one["loss"] for one in found["losses"]}
    assert [float(one) for one in re.findall(r"is class -?\d+: ([\d.]+)", text)] == pytest.approx(
        [losses["ignored"], losses["unmasked"]], abs=1e-4
    )
