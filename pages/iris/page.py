"""Iris: a small network learns to tell three kinds of iris apart by four lengths, or the classes of a learner's own table."""

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st

from core.experiments.iris.config import IrisConfig
from pages.iris import words as say
from ui.bench import classifier_panels as shown
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.stage import Confusion, Histograms, Network, Panel, Probe, Regions, notes

EXPERIMENT = "iris"
MAIN = ["hidden", "activation", "features", "optimizer", "epochs"]
DATA = ["test_share", "label_noise", "standardize", "patience", "seed", "device"]


def panels(config: IrisConfig) -> list[Panel]:
    """What is watched; the first four stand together on one screen."""
    names, (features, classes) = say.names_of(config), config.shown_names
    own = config.data == "own"
    return [
        shown.numbers(config),
        shown.loss(config),
        Network("network", _("The network"), names),
        Regions("regions", _("Decision regions"), names, "" if own else " (cm)"),
        shown.accuracy(config, shown.reached("accuracy", config, {"mlp": 1, "logistic_regression": 0.45}), 0.0 if own else 0.2),
        Probe("probe", _("Try a sample") if own else _("Try a flower"), "sample", "{value}" if own else "{value} cm", names),
        Confusion("confusion", _("Confusion matrix"), names=names),
        shown.gradient_norms(config),
        Histograms("histograms", _("How weights and gradients are spread")),
        shown.mistakes(_("Wrongly classified samples") if own else _("Wrongly classified flowers"), classes, features, names),
        *notes(_("In words"), say.findings(), say.remedies(), say.messages(), shown.SEEN_AT),
    ]


def samples(config: IrisConfig, facts: Mapping[str, Any]) -> None:
    """What was measured of each sample, and its class."""
    names = say.names_of(config)
    columns = {names[feature]: numbers for feature, numbers in facts.get("measured", {}).items()}
    kinds = [names[facts["classes"][kind]] for kind in facts.get("kinds", [])]
    title = next(title for title in (_("class"), _("class of the row")) if title not in columns)
    st.dataframe({**columns, title: kinds}, height=300)


bench = Workbench(EXPERIMENT, say.fields())
with bench.settings() as controls:
    controls.live(["lr", "momentum", "weight_decay", "dropout", "batch_size"])
    controls.structural(["data"])
    if controls.value("data") == "own" and controls.steers:
        from pages.iris import own_samples  # what reads files takes 0.3 s to import: not before it is needed

        own_samples.editor(EXPERIMENT)
    controls.plain(MAIN)
    controls.more(DATA)
agreed = cast(IrisConfig, bench.desk.agreed)
bench.stage(
    _("Iris"),
    _("A network learns to tell three kinds of iris apart by four lengths measured on each flower.")
    if agreed.data == "flowers"
    else _("A network learns the classes of a table of your own."),
    panels(agreed),
)
what_you_see, data = bench.tabs(_("What you see"), _("Data"))
with what_you_see:
    say.lesson(bench, agreed)
with data:
    if data.open:
        samples(agreed, bench.facts)
