"""What the page "Sequences" says: in the drawing, and about what was typed."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.labs.reading import ProgramError
from ui.lab import refusals
from ui.locale import N_, _

REFUSALS = {
    "empty": N_("Line {line}: there is no word yet. Write one word a line."),
    "too_long": N_("Line {line}: these are {written} characters; at most {allowed} are read. Take empty lines and spaces away."),
    "too_many_words": N_("Line {line}: {written} is one word too many; at most {allowed} are allowed. Take a line away."),
    "long_word": N_("Line {line}: {written} is too long; at most {allowed} characters are allowed. Shorten it or write it in two lines."),
    "character": N_("Line {line}: {written} is a character that cannot be seen. Take it away."),
    "too_many_characters": N_(
        "Line {line}: with {written} there are more than {allowed} distinct characters, which is the most that can be drawn. "
        "Use fewer distinct ones."
    ),
}


def refusal(error: ProgramError) -> str:
    """Why something that was typed is refused."""
    return refusals.refusal(error, REFUSALS)


def examples() -> dict[str, str]:
    """The words to choose from."""
    return {
        "lengths": _("Five of different lengths"),
        "hello": _("Three of one length"),
        "sorted": _("The longest first"),
        "extreme": _("One very long one"),
        "korean": _("Korean words"),
        "own": _("my own words"),
    }


def cells() -> dict[str, str]:
    """The cells to choose from."""
    return {"rnn": "nn.RNN", "lstm": "nn.LSTM", "gru": "nn.GRU"}


def orders() -> dict[str, str]:
    """The orders to choose from."""
    return {
        "free": _("as typed, enforce_sorted=False"),
        "sorted": _("sorted by length beforehand"),
        "enforced": _("as typed, enforce_sorted=True"),
    }


def drawing() -> dict[str, str]:
    """Everything that the drawing says."""
    return {
        "stage": _("Sequences"),
        **_batch(),
        **_unrolled(),
        **_compared(),
        **_tried(),
    }


def _batch() -> dict[str, str]:
    return {
        "batch": _("The batch, padded and packed"),
        "ragged": _("ragged"),
        "padded": _("padded"),
        "mask": _("mask"),
        "view": _("How the words are shown"),
        "words_table": _("Words: {words} rows, {time} positions"),
        "shape": _("({batch}, {time}, {features}) = (batch, time, feature)"),
        "ragged_about": _("Rows of different lengths are no tensor."),
        "padded_about": _("pad_sequence(…, batch_first=True): {wasted} of {cells} cells are padding, {share:%}."),
        "none_wasted": _("pad_sequence(…, batch_first=True): all words are equally long, so nothing is padded."),
        "mask_about": _("True where there is a character: {characters} of {cells}."),
        "packed_table": _("PackedSequence: {steps} steps, {rows} rows"),
        "packed_about": _("data has {rows} rows and no padding. One column is one step: the words that are still alive."),
        "refused": _("pack_padded_sequence was refused:"),
        "free_mend": "enforce_sorted=False",
        "sort_mend": _("sort the words beforehand"),
        "point": _("Point at a character: it lights up in both. Press it: it is read below."),
        "said": _("“{character}”, word {word}, position {time}: class {number} of {classes}; padded[{word}, {time}], packed.data[{row}]."),
        "said_padding": _("Word {word}, position {time}: padding, a row of zeros. It is nowhere in packed.data."),
        "onehot": _("One-hot: x[{word}], “{text}”"),
        "onehot_about": _("Each character is a row with a single 1: ({time}, {features})."),
        "onehot_table": _("“{text}”: {time} × {features}"),
    }


def _unrolled() -> dict[str, str]:
    return {
        "unrolled": _("Unrolled: by hand and by torch"),
        "word": _("Word"),
        "step": _("Step t"),
        "steps_table": _("States after each step, by hand and by torch"),
        "reads": _("reads"),
        "hand": _("by hand"),
        "verdict": _("compared"),
        "same": _("equal in bits"),
        "close": _("equal up to rounding"),
        "different": _("different"),
        "one_step": _("Step {time} reads “{character}”, class {number}: of W_ih only column {number} counts."),
        "weights": _("The same {shapes} at every step; only x and h change. The last column is h_n."),
        "arithmetic": _("The arithmetic of step {time}"),
        "formula": _("with numbers"),
    }


def _compared() -> dict[str, str]:
    return {
        "ways": _("The same words alone, padded, masked, packed"),
        "ways_about": _("Each output compared with that of the word alone. Point at a mark for the numbers."),
        "forward": _("one direction"),
        "bidirectional": _("bidirectional"),
        "packed": _("packed"),
        "masked": _("masked"),
        "alone": _("alone"),
        "ways_table": _("{way}, {direction}: {count} of {all} positions equal"),
        "ways_said": _("“{character}” alone {alone}; {way} {found}"),
        "none_packed": _("not packed: torch refused"),
        "last": _("The last state"),
        "last_about": _("Which of them is the state after the word's own last character?"),
        "last_table": _("{direction}: last states of {words} words"),
        "taken": _("taken as"),
        "forgotten": _("batch_first, and forgetting it"),
        "with_batch_first": _("batch_first=True: from character to character"),
        "without_batch_first": _("forgotten: from word to word"),
        "forgotten_about": _(
            "No error and the same shape of output, {output}. {different} of {all} outputs are different. What gives it away is h_n: "
            "{right} becomes {wrong}."
        ),
        "forgotten_same": _(
            "No error and the same shape of output, {output}. {different} of {all} outputs are different. Here h_n has the same shape, "
            "too, {right}: there are as many words as positions. Only a word read alone gives it away."
        ),
        "forgotten_table": _("{title}: {words} words, {time} positions"),
        "losses": _("The loss: who counts the padding?"),
        "losses_about": _("At each character the next one is predicted, and after the last one the end. Which mean is it?"),
        "code": _("written"),
        "count": _("mean over"),
        "loss": _("loss"),
        "gradient": _("gradient"),
        "loss_packed": _("the characters alone"),
        "loss_ignored": _("ignored"),
        "loss_masked": _("masked"),
        "loss_unmasked": _("not masked: padding counts as class 0"),
        "loss_divided": _("masked, but divided by all cells"),
        "loss_nothing": _("everything ignored"),
    }


def lesson() -> None:
    """What there is to know about sequences of different lengths, in four short paragraphs."""
    st.markdown(
        _(
            "**A batch is a box.** A recurrent layer takes (batch, time, feature) with batch_first=True. Words of different lengths do not "
            "fill a box: `pad_sequence` fills it with zeros, `pack_padded_sequence` leaves them out again."
        )
    )
    st.markdown(
        _(
            "**Must I sort?** No. With `enforce_sorted=False` PyTorch sorts by itself and gives everything back in your order. Only an "
            "export to ONNX needs it sorted."
        )
    )
    st.markdown(
        _(
            "**batch_sizes** are no lengths: they say how many words are still alive at each step. Their sum is the number of rows of "
            "`data`."
        )
    )
    st.markdown(
        _(
            "**What padding changes.** In one direction no output before it. But what comes last is the state after the padding, and "
            "backwards the layer walks through the padding first. A row of zeros is no mask: the biases and W_hh go on."
        )
    )


MISTAKES = {
    "last_of_padded": (
        N_("output[:, -1] of a padded batch"),
        N_("The last column of the box is padding for all but the longest word: a state that has gone on through rows of zeros."),
    ),
    "state_of_padded": (
        N_("h_n of a padded batch"),
        N_("The layer does not know where a word ends: h_n is the state after the padding."),
    ),
    "last_of_unpacked": (
        N_("output[:, -1] after unpacking"),
        N_("`pad_packed_sequence` fills up with zeros: the last column of a short word is a row of zeros. h_n would be right."),
    ),
    "both_directions": (
        N_("both directions over padding"),
        N_("The way back begins in the padding, so even the outputs at real characters are different."),
    ),
    "layer_first": (
        N_("batch_first forgotten in the layer"),
        N_("The layer goes from word to word in place of from character to character. The shape of the output is the same."),
    ),
    "pack_first": (
        N_("batch_first forgotten in the pack"),
        N_(
            "Words and positions change places, and most characters are lost. PyTorch takes it as long as there are no more words than "
            "positions."
        ),
    ),
    "too_long": (
        N_("lengths larger than the box"),
        N_("batch_sizes go on where there is no data any more. Only unpacking fails, somewhere else in the program."),
    ),
    "too_short": (
        N_("lengths too small by one"),
        N_("The last character of each word is cut off, and nobody says so."),
    ),
    "float_lengths": (
        N_("lengths that are no whole numbers"),
        N_("They are cut off to whole numbers: 7.2 becomes 7, and characters are lost."),
    ),
    "fewer_lengths": (
        N_("one length too few"),
        N_("The last word is left out of the batch."),
    ),
    "sorted_back": (
        N_("sorted by hand and not sorted back"),
        N_("The states stand in the order of the lengths: each word is compared with the label of another one."),
    ),
    "zero_row": (
        N_("padding_idx taken for a mask"),
        N_("`padding_idx` gives a row of zeros without a gradient, no mask: biases and W_hh change the state all the same."),
    ),
    "padded_loss": (
        N_("padding in the loss"),
        N_("The mean is over all cells: the network is praised and blamed for what it says about the padding."),
    ),
    "unsorted": (
        N_("not sorted, with enforce_sorted=True"),
        N_("You need not sort: `enforce_sorted=False` does it, and gives everything back in your order."),
    ),
    "length_zero": (
        N_("a word without characters"),
        N_("There is nothing to read in it. Leave it out before packing, and its label, too."),
    ),
    "function": (
        N_("a function of a PackedSequence"),
        N_("A PackedSequence is no tensor. Work on its `data`, and make a new one of it."),
    ),
}


def mistake(code: str) -> tuple[str, str]:
    """What a mistake is called, and what happens."""
    title, about = MISTAKES[code]
    return _(title), _(about)


def break_even(even: float | None, points: Sequence[Mapping[str, Any]]) -> str:
    """From which waste on packing is faster, as it was measured."""
    most = f"{max(point['waste'] for point in points):.0%}"
    if even is None:
        return _("Packing was slower, also at {most} of waste.", most=most)
    if not even:
        return _("Packing was faster everywhere.")
    return _("Packing was faster from about {even} of waste on.", even=f"{even:.0%}")


def _tried() -> dict[str, str]:
    return {
        "mistakes": _("Break it: what PyTorch does not say"),
        "mistakes_about": _("Each press makes one mistake on your words. What would have caught it?"),
        "loud": _("refused aloud:"),
        "silent": _("without a word:"),
        "says_nothing": _("PyTorch says nothing."),
        "says": _("PyTorch says:"),
        "meant": _("meant"),
        "made": _("made"),
        "numbers": _("{shape}, {count} numbers"),
        "no_difference": _("On these words it makes no difference: take words of other lengths."),
        "check": _("The check that catches it:"),
        "caught": _("It stops here: {text}"),
        "not_caught": _("It passes, for nothing is wrong here."),
        "no_refusal": _("On these words there is nothing to refuse."),
        "timing": _("What packing saves and costs on this machine"),
        "timing_about": _(
            "Forward and backward of {batch} sequences of at most {time} steps, {features} features, {units} units, for more and more "
            "waste: milliseconds (on a CPU of its own work alone), the median of at least {least} passes."
        ),
        "measure": _("Measure"),
        "again": _("Measure again"),
        "measuring": _("{done} of {planned} points…"),
        "waste": _("waste"),
        "timing_table": _("{cell}: milliseconds padded and packed"),
        "timing_chart": _("{cell} on {device}"),
    }
