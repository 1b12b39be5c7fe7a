"""Iris: a small network learns to tell three kinds of iris apart by four lengths."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.experiments.iris.config import IrisConfig
from pages.iris import words as say
from ui.bench.workbench import Workbench
from ui.frame import shell
from ui.locale import _
from ui.stage import (
    Chart,
    Confusion,
    Field,
    Histograms,
    Network,
    Panel,
    Probe,
    Readout,
    Readouts,
    Reference,
    Regions,
    Sentences,
    Table,
    Trace,
)

EXPERIMENT = "iris"
MAIN = ["hidden", "activation", "features", "optimizer", "epochs"]
DATA = ["test_share", "label_noise", "standardize", "patience", "seed", "device"]
LINES = {"mlp": "MLPClassifier", "logistic_regression": "LogisticRegression"}  # scikit-learn's names, not ours
SHADES = ("loss", "validation", "W", "b", "gradient")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def panels(config: IrisConfig) -> list[Panel]:
    """What is watched; the first four stand together on one screen."""
    names = say.names()
    height = 215 if shell.projecting() else 280
    first: list[Panel] = [
        Chart(
            "loss", _("Loss"), curves("loss", say.losses(), config), x_title=_("epoch"), alt=_("Loss {loss} at epoch {step}."),
            past=("step", "loss"), marks=True, moments={"overfitting": _("test loss turns up")}, log_toggle="y",
            height=height - 16,
        ),
        Network("network", _("The network"), names, height=height),
        Regions("regions", _("Decision regions"), names, height=height),
        Chart(
            "accuracy", _("Accuracy"), curves("accuracy", say.accuracies(), config), x_title=_("epoch"), marks=True,
            alt=_("Accuracy {accuracy} at epoch {step}."), references=list(references(config)), height=height + 22,
            layout={"yaxis": {"range": [0.2, 1.1]}},
        ),
    ]  # fmt: skip
    rest: list[Panel] = [
        Sentences("words", _("In words"), say.findings(), say.remedies(), say.messages(), height=150),
        Probe("probe", _("Try a flower"), "flower", "{value} cm", names),
        Confusion("confusion", _("Confusion matrix"), names=names),
        gradient_norms(config),
        mistakes(),
        Histograms("histograms", _("How weights and gradients are spread"), span=2),
    ]
    return [*first, numbers(config), *rest] if shell.projecting() else [numbers(config), *first, *rest]


def numbers(config: IrisConfig) -> Readouts:
    """The newest numbers; those of the test data and of ReLU only where there are any."""
    items = [
        Readout(_("epoch"), "step", 0), Readout(_("loss"), "loss", 6, "loss"), Readout(_("accuracy"), "accuracy", 4, "loss"),
    ]  # fmt: skip
    if config.test_share:
        items += [
            Readout(_("test loss"), "test_loss", 6, "validation"), Readout(_("test accuracy"), "test_accuracy", 4, "validation"),
        ]  # fmt: skip
    if config.activation == "relu" and config.hidden:
        items.append(Readout(_("dead units"), "dead_units", 0, "bad"))
    return Readouts("numbers", _("Numbers now"), items)


def curves(metric: str, titles: tuple[str, str], config: IrisConfig) -> list[Trace]:
    """The curve of the training data and, dashed, that of the test data."""
    train = Trace(titles[0], ("step", metric), color="loss")
    test = Trace(titles[1], ("step", f"test_{metric}"), color="validation", style={"line": {"dash": "dash"}})
    return [train, test] if config.test_share else [train]


def references(config: IrisConfig) -> Sequence[Reference]:
    """What scikit-learn's classifiers reach on the same flowers: on the test ones, where there are any."""
    metric = "test_accuracy" if config.test_share else "accuracy"
    return [
        Reference(f"{model}.{metric}", f"{name} {{value}}", view="references", at=1 if model == "mlp" else 0.45)
        for model, name in LINES.items()
    ]


def gradient_norms(config: IrisConfig) -> Chart:
    """The length of each layer's gradient: where gradients vanish, the first layers' lie far below the last one's."""
    traces = [
        Trace(_("layer {layer}", layer=layer), ("step", f"grad_norm_{layer}"), color=shade, style={"line": {"dash": dash}})
        for layer, shade, dash in zip(range(1, len(config.hidden) + 2), SHADES, DASHES, strict=False)
    ]
    return Chart(
        "gradients", _("Length of each layer's gradient"), traces, x_title=_("epoch"), marks=True, log_toggle="y", height=220,
        alt=_("The gradient of the first layer is {grad_norm_1} long at epoch {step}."),
    )  # fmt: skip


def mistakes() -> Table:
    """The flowers that the network calls by another name than their label."""
    names = say.names()
    lengths = [
        Field(f"measured.{place}", names[feature])
        for place, feature in enumerate(("sepal_length", "sepal_width", "petal_length", "petal_width"))
    ]
    chances = [Field(f"probabilities.{place}", names[kind], share=True) for place, kind in enumerate(("setosa", "versicolor", "virginica"))]
    words = [Field("flower", _("flower"), 0), Field("label", _("label")), Field("predicted", _("predicted"))]
    return Table(
        "mistakes", _("Wrongly classified flowers"), "mistakes", [*words, *chances, *lengths], names=names,
        count=_("{shown} of {total} shown"), empty=_("No flower is classified wrongly now."),
    )  # fmt: skip


def flowers(facts: Mapping[str, Any]) -> None:
    """The measured flowers."""
    columns = {say.names()[feature]: lengths for feature, lengths in facts.get("measured", {}).items()}
    kinds = [facts["classes"][kind] for kind in facts.get("species", [])]
    st.dataframe({**columns, _("kind"): kinds}, height=300)


bench = Workbench(EXPERIMENT, say.fields())
with bench.settings() as controls:
    controls.live(["lr", "momentum", "weight_decay", "dropout", "batch_size"])
    controls.structural(MAIN)
    controls.more(DATA)
agreed = bench.desk.agreed
bench.stage(
    _("Iris"),
    _("A network learns to tell three kinds of iris apart by four lengths measured on each flower."),
    panels(agreed) if isinstance(agreed, IrisConfig) else [],
)
what_you_see, data = bench.tabs(_("What you see"), _("Data"))
with what_you_see:
    say.lesson(bench)
with data:
    if data.open:
        flowers(bench.facts)
