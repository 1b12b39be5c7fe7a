"""What the page of words says: its settings, what the numbers mean, and the lesson."""

import streamlit as st

from ui.bench.controls import FieldText
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.sequences.words import examples


def fields() -> dict[str, FieldText]:
    """The fields of this page."""
    listed = {name: title for name, title in examples().items() if name != "own"}
    return {
        "words": FieldText(_("Words"), choices=listed),
        "padding": FieldText(
            _("Padding"),
            _("What becomes of the cells behind a word."),
            choices={
                "packed": _("packed: left out of the layer"),
                "ignored": _("padded: ignored in the loss"),
                "counted": _("padded: counted in the loss"),
            },
        ),
        "cell": FieldText(_("Cell"), choices={"rnn": "nn.RNN", "lstm": "nn.LSTM", "gru": "nn.GRU"}),
        "hidden": FieldText(_("Hidden size")),
    }


def findings() -> dict[str, str]:
    """What the numbers can say."""
    return {
        "diverged": _("The loss has left the numbers at epoch {step}: with a learning rate of {lr} each step landed further away."),
        "packed": _(
            "The layer reads {characters} characters and none of the {wasted} cells of padding. The loss is that of ignored padding."
        ),
        "ignored": _(
            "The layer reads all {cells} cells, {wasted} of them in vain, and the loss passes over those. It is the loss of packed words."
        ),
        "counted": _(
            "The loss {loss} is the mean over all {cells} cells, {wasted} of them padding, which is easy to predict. Of characters alone "
            "it is {characters_loss}."
        ),
        "equally_long": _("All words are equally long: nothing is padded, and packing leaves nothing out."),
    }


def remedies() -> dict[str, str]:
    """The presses that mend."""
    return {
        "diverged": _("Start again with a learning rate of {lr}"),
        "packed": _("The same, padded and ignored"),
        "ignored": _("The same, packed"),
        "counted": _("The same, packed"),
        "equally_long": _("Words of different lengths"),
    }


def lesson(bench: Workbench) -> None:
    """What is to be seen, and presets with a sentence each."""
    st.markdown(
        _(
            "**Packed or ignored: the same curve.** Train, then press the other one and train again: the curve before stays, and the new "
            "one lies on it. Packing leaves the padding out of the layer; `ignore_index` leaves it out of the loss. In one direction that "
            "is the same, up to rounding."
        )
    )
    bench.press(_("Packed"), {"padding": "packed"})
    bench.press(_("Padded and ignored"), {"padding": "ignored"})
    st.markdown(
        _(
            "**Counted: another curve.** The padding is scored as if it were the first character of the alphabet. The network learns that "
            "behind the end it always comes, and the mean looks better than what it knows of the words: watch the dashed line."
        )
    )
    bench.press(_("Padded and counted"), {"padding": "counted"})
    st.markdown(
        _(
            "**The longer the longest word**, the more is padding. With one very long word more than half of the box is empty: "
            "see “Sequences”."
        )
    )
    bench.press(_("One very long word, counted"), {"words": "extreme", "padding": "counted"})
