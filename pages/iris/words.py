"""What the iris page says: its settings, the sentences that its findings make, and the lesson."""

import streamlit as st

from core.experiments.iris.config import FEATURES, OVERFITTING, IrisConfig
from ui.bench import classifier_words as alike
from ui.bench import workbench as run_panel
from ui.bench.controls import FieldText
from ui.bench.workbench import Workbench
from ui.frame import shell
from ui.locale import _


def names_of(config: IrisConfig) -> dict[str, str]:
    """What the pictures' names stand for: the words of a learner's table are its own."""
    known, classes = config.shown_names
    own = dict(zip((*known, *classes), (*config.known, *config.classes), strict=True)) if config.data == "own" else {}
    return {**names(), **own}


def names() -> dict[str, str]:
    """The flowers' own names. The kinds keep their Latin ones in every language."""
    return {
        "sepal_length": _("sepal length"),
        "sepal_width": _("sepal width"),
        "petal_length": _("petal length"),
        "petal_width": _("petal width"),
        "setosa": "setosa",
        "versicolor": "versicolor",
        "virginica": "virginica",
        "pc1": _("first principal component"),
        "pc2": _("second principal component"),
    }


def fields() -> dict[str, FieldText]:
    """The fields of this page."""
    return {
        **alike.fields(),
        "data": FieldText(_("Data"), choices={"flowers": _("150 iris flowers"), "own": _("my own table")}),
        "table": FieldText(_("My own table")),
        "column_names": FieldText(_("Columns")),
        "class_names": FieldText(_("Classes")),
        "used_columns": FieldText(_("Features")),
        "features": FieldText(_("Features"), choices={feature: names()[feature] for feature in FEATURES}),
        "standardize": FieldText(_("Standardize"), _("Every feature gets mean 0 and variance 1, by the training samples.")),
    }


def findings() -> dict[str, str]:
    """What the numbers can say."""
    unscaled = _(
        "The numbers of {column} go up to {largest}. Networks learn best from numbers near 1; standardized, "
        "every column has mean 0 and variance 1."
    )
    return {**alike.findings(), "unscaled": unscaled}


def remedies() -> dict[str, str]:
    """The presses that mend."""
    return {
        **alike.remedies(),
        "fewer_features": _("Only the petals"),
        "plateau.features": _("Give it all four features"),
        "plateau.used_columns": _("Give it all columns"),
        "unscaled": _("Start again, standardized"),
    }


def messages() -> dict[str, str]:
    """What can befall a run."""
    return run_panel.messages()


def lesson(bench: Workbench, config: IrisConfig) -> None:
    """What is to be seen, in short paragraphs and the lines of code that matter."""
    rows, features, classes = config.rows, len(config.chosen), config.kinds
    st.markdown(
        _(
            "**Three calls.** The loss compares the network's three logits with the label; `loss.backward()` fills every "
            "weight's `.grad`; `optimizer.step()` moves every weight. The optimizer is never given the loss; it has the weights."
        )
    )
    shell.snippet(
        f"logits = model(x)                        # ({rows}, {features}) -> ({rows}, {classes})\n"
        "loss = F.cross_entropy(logits, y)        # takes logits and int64 labels\n"
        "optimizer.zero_grad()\nloss.backward()\noptimizer.step()"
    )
    st.markdown(
        _(
            "**The picture.** A line is a weight: the thicker, the larger; blue adds, dashed orange takes away. Press "
            "“gradients” to see where the next step will push. The regions show what the network would call a sample there."
        )
    )
    st.markdown(
        _(
            "**Overfitting.** Test on three tenths of the flowers, make a fifth of the labels wrong, standardize, and give it two hidden "
            "layers of 64 units: it comes to learn even the wrong labels by heart, and the two loss curves part. True labels, fewer "
            "features and regularization bring them together again."
        )
    )
    bench.press(_("Show me overfitting"), OVERFITTING)
