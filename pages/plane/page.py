"""Classes in the plane: logistic regression, softmax regression and networks on the same points."""

import streamlit as st

from core.experiments.plane.config import PlaneConfig
from pages.plane import words as say
from ui.bench import classifier_panels as shown
from ui.bench import classifier_words as alike
from ui.bench import workbench as run_panel
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.stage import Confusion, Histograms, Network, Panel, Regions, notes

EXPERIMENT = "plane"
MAIN = ["points", "noise", "classes", "features", "output", "hidden", "formulation", "activation", "optimizer", "epochs"]
MORE = ["test_share", "label_noise", "patience", "seed", "device"]


def panels(config: PlaneConfig) -> list[Panel]:
    """What is watched; the first four stand together on one screen."""
    names = say.names()
    classes = [str(kind) for kind in range(config.kinds)]
    linear = {"logistic_regression": 1.0}
    return [
        shown.numbers(config),
        shown.loss(config, shown.reached("loss", config, linear)),
        Regions("regions", _("Decision regions"), names, reference="border", draws="table"),
        Network("network", _("The network"), names, units="units"),
        shown.accuracy(config, shown.reached("accuracy", config, linear)),
        *([Regions("hidden", _("What the last layer is given"), names, view="hidden", planes="hidden_planes")] if config.hidden else []),
        Confusion("confusion", _("Confusion matrix"), names=names),
        shown.gradient_norms(config),
        shown.mistakes(_("Wrongly classified points"), classes, ("x1", "x2"), names),
        Histograms("histograms", _("How weights and gradients are spread")),
        *notes(_("In words"), alike.findings(), say.remedies(), run_panel.messages(), shown.SEEN_AT),
    ]


bench = Workbench(EXPERIMENT, say.fields())
with bench.settings() as controls:
    controls.live(["lr", "momentum", "weight_decay", "l1", "dropout", "batch_size"])
    controls.structural(["data"])
    if controls.value("data") == "own" and controls.steers:
        from pages.plane import own_points  # what reads files takes 0.3 s to import: not before it is needed

        own_points.editor(EXPERIMENT, controls.value("classes"))
    controls.plain(MAIN)
    controls.more(MORE)
agreed = bench.desk.agreed
bench.stage(
    _("Classes in the plane"),
    _("Which class does a point belong to? Watch the border that a network draws."),
    panels(agreed) if isinstance(agreed, PlaneConfig) else [],
)
what_you_see, data = bench.tabs(_("What you see"), _("Data"))
with what_you_see:
    say.lesson(bench)
with data:
    if data.open:
        own = agreed.table if isinstance(agreed, PlaneConfig) and agreed.data == "own" else None
        points = own or [(*point, kind) for point, kind in zip(bench.facts.get("points", []), bench.facts.get("labels", []), strict=True)]
        st.dataframe(dict(zip(("x₁", "x₂", _("class")), zip(*points, strict=True), strict=False)), height=300)
