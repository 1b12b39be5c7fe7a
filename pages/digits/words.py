"""What the page of digits says: its settings, the sentences that its findings make, and the lesson."""

import streamlit as st

from ui.bench import classifier_words as alike
from ui.bench.controls import FieldText
from ui.bench.workbench import Workbench
from ui.frame import shell
from ui.locale import _


def fields() -> dict[str, FieldText]:
    """The fields of this page."""
    known = alike.fields()
    return {
        **{name: known[name] for name in ("hidden", "activation", "dropout", "test_share")},
        "batch_size": FieldText(_("Batch size"), _("Digits in one update.")),
        "epochs": FieldText(_("Updates"), _("Each learns from one batch; 21 batches of 64 go over all training digits once.")),
        "network": FieldText(_("Network"), choices={"cnn": _("convolutions"), "mlp": _("linear layers")}),
        "channels": FieldText(
            _("Convolutions"), _("How many, and how many kernels each has: the channels that it gives."), items=_("Layer {place}"),
            short=_("channels"),
            refusals={
                "image_too_small": _(
                    "The image gets smaller with each layer, and here no square of it is left: take fewer layers, smaller kernels, "
                    "padding, or no pooling."
                )
            },
        ),
        "kernel": FieldText(_("Kernel size"), _("The side of a kernel: 3 is a square of 3 × 3 weights.")),
        "padding": FieldText(
            _("Padding"), _("Zeros round the image, so that a map is as large as what it was made of."),
            choices={"same": _("as large as before"), "none": _("none")},
        ),
        "pooling": FieldText(
            _("Pooling"), _("Four neighbours become one: the greatest, or their mean."),
            choices={"max": _("greatest"), "average": _("mean"), "none": _("none")},
        ),
        "split": FieldText(
            _("Test digits"), _("Drawn at random, they are by hands that the network knows. Or whole writers are held out."),
            choices={"random": _("drawn at random"), "writer": _("whole writers")},
        ),
        "own": FieldText(
            _("My own digits"), refusals={"table_row": _("My own digits: number {row} is no digit of 64 squares with what it is.")}
        ),
    }  # fmt: skip


def findings() -> dict[str, str]:
    """What the numbers can say."""
    return {
        "diverged": _("The loss has left the numbers at update {step}: with a learning rate of {lr} each step landed further away."),
        "unlearned": _("The loss is {loss}. Whoever guesses among ten digits has {chance}: nothing has been learned yet."),
        "gap": _("It reads {train_accuracy:%} of the digits it learned from and {test_accuracy:%} of the others. Dropout narrows the gap."),
        "known_hands": _(
            "{test_accuracy:%} of the test digits are read rightly. But their writers are also among those that train: for a digit of "
            "your own expect the number that whole writers held out give."
        ),
        "other_hands": _(
            "{test_accuracy:%} of the digits of {writers} stretches by other hands are read rightly. That is what a digit of your own can "
            "hope for: you are the fourteenth writer."
        ),
        "linear": _("Without an activation the layers in a row are one linear layer."),
    }


def remedies() -> dict[str, str]:
    """The presses that mend."""
    return {
        "diverged": _("Start again with a learning rate of {lr}"),
        "unlearned": _("Set the learning rate to {lr}"),
        "gap": _("Set dropout to {dropout}"),
        "known_hands": _("Hold out whole writers"),
        "linear": _("Start again with ReLU"),
    }


def lesson(bench: Workbench) -> None:
    """What is to be seen, in short paragraphs and the lines of code that matter."""
    st.markdown(
        _(
            "**A kernel** is a 3 × 3 square of weights that slides over the image; where the image looks like it, its map lights up. The "
            "first layer has 8 kernels for one channel of ink, the second 16 for the 8 maps of the first: 16 · 8 · 3 · 3 weights and 16 "
            "biases, 1,168 parameters."
        )
    )
    shell.snippet(
        "nn.Conv2d(1, 8, 3, padding=1)    # (N, 1, 8, 8) -> (N, 8, 8, 8)\n"
        "nn.MaxPool2d(2)                  # (N, 8, 8, 8) -> (N, 8, 4, 4)\n"
        "nn.Conv2d(8, 16, 3, padding=1)   # (N, 8, 4, 4) -> (N, 16, 4, 4)\n"
        "nn.Linear(64, 10)                # (N, 64) -> (N, 10)"
    )
    bench.press(_("Train the convolutions"), {})
    st.markdown(
        _(
            "**Without convolutions** every unit weighs all 64 squares; the weights of a hidden unit are an image of what it looks for. "
            "It has 2,410 parameters and knows nothing of neighbours."
        )
    )
    bench.press(_("Train linear layers"), {"network": "mlp"})
    st.markdown(
        _(
            "**Whose hand?** 13 people wrote these digits, one after the other. Drawn at random, the test digits are by hands that the "
            "network has seen: merely to take the digit most like it reads 98.8 % then. With whole writers held out it is 96.4 %. Your "
            "hand is a fourteenth: the second number is yours."
        )
    )
    bench.press(_("Hold out whole writers"), {"split": "writer"})
    st.markdown(
        _(
            "**Draw your own.** Your strokes go the way by which these digits were made of forms that people had filled in: cropped, "
            "stretched to 20 × 32 whatever their shape, made about equally thick, set upright, and counted in blocks of 4 × 4. So place "
            "and size do not matter. Of 260 drawings by one hand, turned and shaken, this network reads 94 %, and of digits by writers "
            "that it has not seen as many; with 32 kernels in each layer it is 99 % and 97 %. Press what it is, and your digit joins those "
            "that train with the next epoch. A 7 that was called a 1 is a 7 one to seven epochs later."
        )
    )
    bench.press(_("32 kernels in each layer"), {"channels": (32, 32)})
    st.markdown(_("**What padding does.** Without it each 3 × 3 kernel takes a border of one square off: 8 × 8, 6 × 6, 4 × 4."))
    bench.press(_("No padding"), {"padding": "none", "pooling": "none"})
