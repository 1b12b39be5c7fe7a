"""Handwritten digits: a convolutional network that can be seen learning."""

from core.experiments.digits.config import DigitsConfig
from pages.digits import words as say
from ui.bench import workbench as run_panel
from ui.bench.classifier_panels import DASHES, SHADES
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.stage import Chart, Confusion, Drawing, Gallery, Layers, Panel, Readout, Readouts, Reference, Trace, notes

EXPERIMENT = "digits"
LIVE = ["lr", "momentum", "weight_decay", "dropout", "batch_size"]
MAIN = ["network", "channels", "hidden", "kernel", "padding", "pooling", "activation", "split", "optimizer", "epochs"]
DASHED = {"line": {"dash": "dash"}}


def panels(config: DigitsConfig) -> list[Panel]:
    """What is watched; the first four stand together on one screen."""
    return [
        numbers(),
        curves("loss", _("Loss"), _("Loss {loss} of the batch at update {step}; of the test digits {test_loss}.")),
        Layers("layers", _("Layer by layer")),
        Drawing("drawing", _("Draw your own"), field="own"),
        Gallery("gallery", _("Read wrongly")),
        curves("accuracy", _("Accuracy"), _("Accuracy {train_accuracy} of the training digits, {test_accuracy} of the test digits.")),
        Confusion("confusion", _("Confusion matrix")),
        gradient_norms(config),
        *notes(_("In words"), say.findings(), say.remedies(), run_panel.messages(), {"accuracy": ["known_hands", "other_hands", "gap"]}),
    ]


def numbers() -> Readouts:
    """The newest numbers."""
    return Readouts(
        "numbers", _("Numbers now"), [
            Readout(_("update"), "step", 0), Readout(_("epoch"), "epoch", 0), Readout(_("batch loss"), "loss", 4, "loss"),
            Readout(_("training loss"), "train_loss", 4, "loss"), Readout(_("test loss"), "test_loss", 4, "validation"),
            Readout(_("training accuracy"), "train_accuracy", 4, "loss"), Readout(_("test accuracy"), "test_accuracy", 4, "validation"),
        ],
    )  # fmt: skip


def curves(metric: str, title: str, alt: str) -> Chart:
    """Of each update's batch, faint; of all digits that train and that test, as they were when each epoch began."""
    stepped = {"shape": "hv"}
    traces = [
        Trace(_("batch"), ("step", metric), color="reference", style={"opacity": 0.6, "line": {"width": 1}}),
        Trace(_("training digits"), ("step", f"train_{metric}"), color="loss", style={"line": stepped}),
        Trace(_("test digits"), ("step", f"test_{metric}"), color="validation", style={"line": {**stepped, "dash": "dash"}}),
    ]
    is_loss = metric == "loss"
    names = {"random": _("nearest digit, hands known"), "writer": _("nearest digit, other hands")}
    references = [] if is_loss else [Reference(split, f"{name} {{value}}", view="references") for split, name in names.items()]
    return Chart(
        metric, title, traces, x_title=_("update"), alt=alt, past=("step", f"test_{metric}"), lists_past=is_loss, marks=True,
        references=references, log_toggle="y" if is_loss else "", layout={} if is_loss else {"yaxis": {"range": [0.0, 1.05]}},
    )  # fmt: skip


def gradient_norms(config: DigitsConfig) -> Chart:
    """The length of each layer's gradient."""
    traces = [
        Trace(_("layer {layer}", layer=layer), ("step", f"grad_norm_{layer}"), color=shade, style={"line": {"dash": dash}})
        for layer, shade, dash in zip(range(1, config.hidden_layers + 2), SHADES, DASHES, strict=False)
    ]
    return Chart(
        "gradients", _("Length of each layer's gradient"), traces, x_title=_("update"), marks=True, log_toggle="y",
        alt=_("The gradient of the first layer is {grad_norm_1} long at update {step}."),
    )  # fmt: skip


bench = Workbench(EXPERIMENT, say.fields())
with bench.settings() as controls:
    controls.live(LIVE)
    controls.structural(MAIN)
    controls.more(["test_share", "seed", "device"])
agreed = bench.desk.agreed
bench.stage(
    _("Handwritten digits"),
    _("A convolutional network learns to read 8 × 8 digits. Watch what its kernels look for, and which digits it still gets wrong."),
    panels(agreed) if isinstance(agreed, DigitsConfig) else [],
)
(what_you_see,) = bench.tabs(_("What you see"))
with what_you_see:
    say.lesson(bench)
