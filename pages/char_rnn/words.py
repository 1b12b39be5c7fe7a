"""The words of the char-RNN page: its fields, its texts, what the numbers can say, and the lesson."""

import streamlit as st

from ui.bench.controls import FieldText
from ui.frame import shell
from ui.locale import _


def words() -> dict[str, FieldText]:
    """The fields of this page."""
    return {
        "text": FieldText(_("Text"), choices=texts()),
        "alphabet": FieldText(_("Korean is read"), choices={"characters": _("by syllable"), "jamo": _("by jamo")}),
        "cell": FieldText(_("Cell"), choices={"rnn_tanh": "RNN (tanh)", "rnn_relu": "RNN (ReLU)", "lstm": "LSTM", "gru": "GRU"}),
        "layers": FieldText(_("Layers")),
        "head": FieldText(
            _("Logits"),
            _("CrossEntropyLoss wants one score for each character: the outputs themselves, or a linear layer on them."),
            choices={"none": _("the outputs themselves"), "linear": _("a linear layer on top")},
        ),
        "hidden": FieldText(_("Hidden size")),
        "encoding": FieldText(_("Encoding"), choices={"one_hot": "one-hot", "embedding": "nn.Embedding"}),
        "embedding_size": FieldText(_("Embedding size")),
        "sequence_length": FieldText(
            _("Sequence length"),
            _("Characters of one update. A longer text goes on in the next iteration; the state is carried on."),
        ),
        "batch_size": FieldText(_("Batch size"), _("Places in the text that are read side by side.")),
        "clip": FieldText(_("Gradient clipping"), _("The largest norm a gradient may have; 0 does not clip.")),
        "temperature": FieldText(
            _("Temperature"), _("Of the samples: below 1 the likeliest characters win more often, above 1 less often.")
        ),
        "sample_length": FieldText(_("Length of a sample")),
        "epochs": FieldText(_("Iterations"), _("Each reads one piece of the text and makes one update.")),
    }


def texts() -> dict[str, str]:
    """What can be learned."""
    described = {name: _("description of the data set: {name}", name=name) for name in ("iris", "wine", "digits", "diabetes")}
    return {
        "if_you_want_you": "“ if you want you”",
        "hello": "“hello”",
        "korean": _("a river (Korean)"),
        "english": _("a bear (English)"),
        **described,
        "breast_cancer": _("description of the data set: {name}", name="breast cancer"),
        "linnerud": _("description of the data set: {name}", name="linnerud"),
        "own": _("my own text"),
    }


def sentences() -> dict[str, str]:
    """What the numbers can say."""
    return {
        "diverged": _("The loss has left the numbers at iteration {step}: the learning rate of {lr} is too large."),
        "gradient_exploded": _("The gradient has jumped to a norm of {norm}: one step now undoes many. Clipping at {clip} "
                               "holds it."),
        "spelled": _("It spells the text without a mistake, with a loss of {loss}."),
        "outputs_bounded": _("The loss of {loss} is close to {floor}, the least it can reach: the outputs lie between −1 and 1, "
                             "and as logits they cannot say “certain”. A linear layer on top can."),
        "better_than_frequency": _("The loss of {loss} is below {guess}, that of guessing by letter frequency: it uses what "
                                   "came before."),
        "hardly_better_than_frequency": _("The loss of {loss} is below {guess}, that of guessing by letter frequency, but it is right for "
                                          "{accuracy:%} of the characters; always saying the commonest one would be for {common:%}. It "
                                          "hardly uses what came before."),
        "can_be_learned": _("It is right for {accuracy:%} of the characters. An LSTM with a linear layer on top learns a text of this "
                            "length in {epochs} iterations."),
        "no_better_than_frequency": _("The loss of {loss} is not below {guess}: guessing by letter frequency would do as "
                                      "well."),
    }  # fmt: skip


def remedies() -> dict[str, str]:
    """The presses that mend."""
    return {
        "diverged": _("Start again with a learning rate of {lr} and clipping at {clip}"),
        "gradient_exploded": _("Clip the gradient at {clip}"),
        "outputs_bounded": _("Put a linear layer on top"),
        "can_be_learned": _("Start again with an LSTM, a linear layer, {epochs} iterations and a learning rate of {lr}"),
    }


def lesson() -> None:
    """What is to be seen, in a few paragraphs and the lines of code that matter."""
    st.markdown(
        _(
            "**One letter at a time.** The input is the text without its last character, the target the text without its first: "
            "after each character the network has to say which one comes next. The same cell with the same weights reads "
            "every character; all that it knows of those before is its hidden state, a few numbers that it passes on."
        )
    )
    shell.snippet("x, y = text[:-1], text[1:]\noutputs, state = rnn(one_hot(x))  # (batch, sequence, hidden)")
    st.markdown(
        _(
            "**The view.** CrossEntropyLoss wants one row of scores for each prediction, so the positions of all sequences are "
            "laid one below the other:"
        )
    )
    shell.snippet("loss = criterion(outputs.view(-1, classes), y.view(-1))")
    st.markdown(
        _(
            "**Through time.** The gradient walks back through every step. In a plain RNN it shrinks at each one, until the "
            "characters of long ago teach nothing any more; an LSTM has a second state, c, along which it passes almost whole. "
            "Change the cell and compare the bars."
        )
    )
