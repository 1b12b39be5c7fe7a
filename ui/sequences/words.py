"""What the page "Sequences" says: in the drawing, and about what was typed."""

import streamlit as st

from core.labs.reading import ProgramError
from ui.lab import refusals
from ui.locale import N_, _

REFUSALS = {
    "empty": N_("Line {line}: there is no word yet. Write one word a line."),
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
        "free_mend": _("enforce_sorted=False"),
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
