"""What the page of classes in the plane says: its settings, its presets, and the lesson."""

import streamlit as st

from core.experiments.plane.config import FEATURES
from ui.bench import classifier_words as alike
from ui.bench.controls import FieldText
from ui.bench.workbench import Workbench
from ui.frame import shell
from ui.locale import _

FEATURE_NAMES = dict(zip(FEATURES, ("x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"), strict=True))


def names() -> dict[str, str]:
    """The names of what the network may be given, and of the units that its last layer is given."""
    return {
        **{str(feature): name for feature, name in FEATURE_NAMES.items()},
        "unit_1": _("unit 1 of the last hidden layer"),
        "unit_2": _("unit 2 of the last hidden layer"),
    }


def fields() -> dict[str, FieldText]:
    """The fields of this page."""
    kinds = {
        "moons": _("two moons"), "circles": _("a ring in a ring"), "blobs": _("clouds"), "xor": "XOR", "spiral": _("spiral"),
        "own": _("my own"),
    }  # fmt: skip
    return {
        **alike.fields(),
        "data": FieldText(_("Data"), choices=kinds),
        "points": FieldText(_("Points")),
        "noise": FieldText(_("Noise"), _("How far the points are scattered.")),
        "classes": FieldText(_("Classes")),
        "table": FieldText(_("My own points")),
        "features": FieldText(_("Inputs"), _("What the network is given of each point."), choices=FEATURE_NAMES),
        "output": FieldText(
            _("Output"), _("Sigmoid: one logit, for two classes. Softmax: a logit for each class."),
            choices={"softmax": "softmax", "sigmoid": "sigmoid"},
        ),
        "formulation": FieldText(_("Written"), choices={"module": "nn.Linear", "tensors": _("by hand: tensors W, b")}),
        "l1": FieldText("L1", _("Pulls every weight towards zero by the same amount; some of them get there.")),
    }  # fmt: skip


def remedies() -> dict[str, str]:
    """The presses that mend."""
    return {**alike.remedies(), "fewer_features": _("Only x₁ and x₂"), "plateau.hidden": _("Give it two hidden layers")}


def lesson(bench: Workbench) -> None:
    """Presets with a sentence each, and the lines of code that matter."""
    st.markdown(
        _(
            "**Three models on the same points.** Logistic regression gives one number z = xW + b, and `sigmoid(z)` is the probability of "
            "class 1. Softmax regression gives a number for each class, and their probabilities sum to 1. Both draw straight borders, the "
            "very ones that scikit-learn's LogisticRegression finds (dashed). A hidden layer bends them."
        )
    )
    shell.snippet(
        "h = torch.sigmoid(x.matmul(W) + b)          # logistic regression, by hand\n"
        "loss = F.binary_cross_entropy(h, y)\n"
        "loss = F.cross_entropy(x.matmul(W) + b, y)  # softmax regression: takes logits and class numbers"
    )
    st.markdown(
        _(
            "By hand, with tensors W and b, and with `nn.Linear` it is the same curve but for rounding, for both begin with the same "
            "weights. By hand the logarithm of a probability that has become 0 is −∞; `binary_cross_entropy_with_logits` never takes it."
        )
    )
    bench.press(_("Logistic regression by hand"), {"hidden": (), "output": "sigmoid", "formulation": "tensors", "lr": 0.1})
    bench.press(_("Logistic regression"), {"hidden": (), "output": "sigmoid", "lr": 0.1})
    bench.press(_("Softmax regression"), {"hidden": (), "lr": 0.1})
    bench.press(_("A network"), {})
    st.markdown(_("**XOR.** No straight line parts these classes: a third of the points stays wrong. Four hidden units are enough."))
    bench.press(_("XOR without a hidden layer"), {"data": "xor", "hidden": ()})
    bench.press(_("XOR with four hidden units"), {"data": "xor", "hidden": (4,)})
    st.markdown(
        _(
            "**What a hidden layer is for.** It moves the points to where a straight line parts them. With two units in the last hidden "
            "layer that space can be seen whole: there the border is straight, and what it is in x₁ and x₂ is the same line, bent back."
        )
    )
    bench.press(_("A last hidden layer of two units"), {"data": "circles", "hidden": (8, 2)})
    st.markdown(_("**The right inputs.** Eight units do not get round the spiral; given sin x₁ and sin x₂ as well, they do."))
    spiral = {"data": "spiral", "classes": 2, "hidden": (8,)}
    bench.press(_("Spiral from x₁ and x₂"), spiral)
    bench.press(_("Spiral with sines"), {**spiral, "features": ("x1", "x2", "sin_x1", "sin_x2")})
    st.markdown(_("**A learning rate that breaks.** With lr 3 every step overshoots: the border jumps about, and the loss never settles."))
    bench.press(_("Learning rate 3"), {"lr": 3.0})
    st.markdown(_("**Dead ReLU.** One step that is too long can push a unit to where its ReLU is 0 for every point, and there it stays."))
    bench.press(_("ReLU with learning rate 1"), {"activation": "relu", "lr": 1.0})
