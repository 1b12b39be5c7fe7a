"""Iris: a small network learns to tell three kinds of iris apart by four lengths."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.experiments.iris.config import FEATURES, IrisConfig
from pages.iris import words as say
from ui.bench import classifier_panels as shown
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.stage import Confusion, Histograms, Network, Panel, Probe, Regions, notes

EXPERIMENT = "iris"
MAIN = ["hidden", "activation", "features", "optimizer", "epochs"]
DATA = ["test_share", "label_noise", "standardize", "patience", "seed", "device"]
KINDS = ("setosa", "versicolor", "virginica")


def panels(config: IrisConfig) -> list[Panel]:
    """What is watched; the first four stand together on one screen."""
    names = say.names()
    return [
        shown.numbers(config),
        shown.loss(config),
        Network("network", _("The network"), names),
        Regions("regions", _("Decision regions"), names, " (cm)"),
        shown.accuracy(config, shown.reached("accuracy", config, {"mlp": 1, "logistic_regression": 0.45})),
        Probe("probe", _("Try a flower"), "flower", "{value} cm", names),
        Confusion("confusion", _("Confusion matrix"), names=names),
        shown.gradient_norms(config),
        Histograms("histograms", _("How weights and gradients are spread")),
        shown.mistakes(_("Wrongly classified flowers"), KINDS, FEATURES, names),
        *notes(_("In words"), say.findings(), say.remedies(), say.messages(), shown.SEEN_AT),
    ]


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
