"""What the pages of classifiers show alike: the curves, the newest numbers, the gradients, and the samples that are classified wrongly."""

from collections.abc import Mapping, Sequence

from core.settings.classifier import ClassifierConfig
from ui.locale import _
from ui.stage import Chart, Field, Readout, Readouts, Reference, Table, Trace

SHADES = ("loss", "validation", "W", "b", "gradient", "data", "path")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
SEEN_AT = {  # which findings stand at which panel; the others at the loss
    "network": ["all_dead", "dead_units"],
    "regions": ["logistic_regression", "softmax_regression", "no_activation"],
}
LINES = {"mlp": "MLPClassifier", "logistic_regression": "LogisticRegression"}  # scikit-learn's names, not ours


def loss(config: ClassifierConfig, references: Sequence[Reference] = ()) -> Chart:
    """The loss of the training data and, dashed, of the test data."""
    return Chart(
        "loss", _("Loss"), _curves("loss", _("training loss"), _("test loss"), config), x_title=_("epoch"),
        alt=_("Loss {loss} at epoch {step}."), past=("step", "loss"), marks=True, moments={"overfitting": _("test loss turns up")},
        references=references, log_toggle="y",
    )  # fmt: skip


def accuracy(config: ClassifierConfig, references: Sequence[Reference] = (), least: float = 0.2) -> Chart:
    """The share that is classified as its label says; `least` is the lower end of its axis."""
    return Chart(
        "accuracy", _("Accuracy"), _curves("accuracy", _("training accuracy"), _("test accuracy"), config), x_title=_("epoch"), marks=True,
        past=("step", "accuracy"), lists_past=False, alt=_("Accuracy {accuracy} at epoch {step}."), references=references,
        layout={"yaxis": {"range": [least, 1.1]}},
    )  # fmt: skip


def _curves(metric: str, train: str, test: str, config: ClassifierConfig) -> list[Trace]:
    traces = [
        Trace(train, ("step", metric), color="loss"),
        Trace(test, ("step", f"test_{metric}"), color="validation", style={"line": {"dash": "dash"}}),
    ]
    return traces if config.test_share else traces[:1]


def reached(metric: str, config: ClassifierConfig, models: Mapping[str, float]) -> list[Reference]:
    """What scikit-learn's classifiers reach, on test samples where there are any. A label stands at its share of the line."""
    name = f"test_{metric}" if config.test_share else metric
    return [Reference(f"{model}.{name}", f"{LINES[model]} {{value}}", view="references", at=at) for model, at in models.items()]


def numbers(config: ClassifierConfig) -> Readouts:
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


def gradient_norms(config: ClassifierConfig) -> Chart:
    """The length of each layer's gradient: where gradients vanish, the first layers' lie far below the last one's."""
    traces = [
        Trace(_("layer {layer}", layer=layer), ("step", f"grad_norm_{layer}"), color=shade, style={"line": {"dash": dash}})
        for layer, shade, dash in zip(range(1, len(config.hidden) + 2), SHADES, DASHES, strict=False)
    ]
    return Chart(
        "gradients", _("Length of each layer's gradient"), traces, x_title=_("epoch"), marks=True, log_toggle="y",
        alt=_("The gradient of the first layer is {grad_norm_1} long at epoch {step}."),
    )  # fmt: skip


def mistakes(title: str, classes: Sequence[str], measured: Sequence[str], names: Mapping[str, str]) -> Table:
    """The samples that the network calls by another name than their label; `measured` are the names of what is known of each."""
    words = [Field("row", _("No."), 0), Field("label", _("label")), Field("predicted", _("predicted"))]
    chances = [Field(f"probabilities.{place}", names.get(kind, kind), share=True) for place, kind in enumerate(classes)]
    known = [Field(f"measured.{place}", names[name]) for place, name in enumerate(measured)]
    return Table(
        "mistakes", title, "mistakes", [*words, *chances, *known], names=names,
        count=_("{shown} of {total} shown"), empty=_("Nothing is classified wrongly now."),
    )  # fmt: skip
