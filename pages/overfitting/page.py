"""Overfitting: a curve through a few points, and three remedies while it trains."""

from core.experiments.overfitting.config import OverfittingConfig
from pages.overfitting import words as say
from ui.bench import workbench as run_panel
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.stage import Bars, Chart, Extent, Panel, Readout, Readouts, Reference, Trace, notes

EXPERIMENT = "overfitting"
LIVE = ["points", "degree", "weight_decay", "patience", "lr", "momentum", "study"]
MAIN = ["basis", "units", "noise", "optimizer", "epochs", "seed"]
DOTS = {"mode": "markers"}
DASHED = {"line": {"dash": "dash"}}


def panels(config: OverfittingConfig) -> list[Panel]:
    """What is watched; all of it stands together on one screen."""
    return [
        numbers(),
        loss(config),
        curve(config),
        study(config),
        *([] if config.is_network else [weights()]),
        length(),
        gap(),
        *notes(_("In words"), say.findings(), say.remedies(), run_panel.messages(), say.SEEN_AT),
    ]


def numbers() -> Panel:
    """The newest numbers, and the best ones so far."""
    return Readouts(
        "numbers", _("Numbers now"), [
            Readout(_("epoch"), "step", 0), Readout(_("training loss"), "loss", 4, "loss"),
            Readout(_("test loss"), "test_loss", 4, "validation"), Readout(_("lowest test loss"), "lowest", 4, "validation"),
            Readout(_("its epoch"), "lowest_at", 0), Readout(_("length of the weights"), "norm", 3, "W"),
        ],
    )  # fmt: skip


def loss(config: OverfittingConfig) -> Panel:
    """Both losses; where the test loss turns up, overfitting begins."""
    return Chart(
        "loss", _("Loss"), [
            Trace(_("training loss"), ("step", "loss"), color="loss"),
            Trace(_("test loss"), ("step", "test_loss"), color="validation", style=DASHED),
        ],
        x_title=_("epoch"), alt=_("Training loss {loss}, test loss {test_loss} at epoch {step}."), past=("step", "test_loss"), marks=True,
        moments={"overfitting": _("test loss turns up")}, log_toggle="y",
        references=[] if config.is_network else [Reference("loss", _("least training loss {value}"), view="references", at=0.6)],
    )  # fmt: skip


def curve(config: OverfittingConfig) -> Panel:
    """What the weights make of x, and what they should; for a network there is no closed form."""
    closed = [] if config.is_network else [Trace(_("least squares"), view="closed_curve", color="W", style=DASHED)]
    return Chart(
        "curve", _("The curve through the points"), [
            Trace(_("test points"), fact="test_points", color="validation", style={**DOTS, "marker": {"size": 3}, "opacity": 0.25}),
            Trace(_("training points"), view="points", color="data", style=DOTS),
            Trace(_("the law"), fact="law", color="reference", style={"line": {"dash": "dot"}}),
            *closed,
            Trace(_("the curve"), view="curve", color="loss"),
        ],
        x_title="x", y_title="y", alt=_("The curve over the points; training loss {loss}, test loss {test_loss}."),
        extent=Extent(["frame"], 0.15),
    )  # fmt: skip


def study(config: OverfittingConfig) -> Panel:
    """Least squares for every number of features at once."""
    descends = config.study == "double_descent"
    parts = [
        Trace(_("bias²"), view="study_bias", color="W", style={"line": {"dash": "dashdot"}}),
        Trace(_("variance"), view="study_variance", color="b", style={"line": {"dash": "longdash"}}),
    ]
    log = {"type": "log"}
    return Chart(
        "study", _("Double descent") if descends else _("Degree against error"), [
            Trace(_("test error"), view="study_test", color="validation", style=DASHED),
            *([] if descends else parts),
            Trace(_("noise"), view="study_noise", color="reference", style={"line": {"dash": "dot"}}),
            Trace(_("training error"), view="study_train", color="loss"),
        ],
        x_title=_("features: degree + 1"), y_title=_("median error") if descends else _("mean error"),
        alt=_("Test and training error of least squares over the number of features."),
        layout={"yaxis": log, "xaxis": log if descends else {}},
        references=[
            *([] if config.is_network else [Reference("used", _("in use: {value}"), axis="x", view="study_now", at=0.95)]),
            Reference("points", _("as many as points: {value}"), axis="x", view="study_now", at=0.8),
            Reference("best", _("least test error: {value}"), axis="x", view="study_now", at=0.65),
        ],
    )  # fmt: skip


def weights() -> Panel:
    """The size of each feature's weight, trained and by least squares; the latter may be thousands of times larger."""
    return Bars(
        "weights", _("How large the weights are"), "weights", "", "features",
        [("trained", _("trained"), "loss"), ("closed", _("least squares"), "W")],
        {"note": _("|w| of each degree."), "cell": _("degree {label}"), "alt": _("How large the weight of each degree is.")}, scale="log",
    )  # fmt: skip


def length() -> Panel:
    """What weight decay keeps short."""
    return Chart(
        "length", _("Length of the weights"), [Trace("|w|", ("step", "norm"), color="W")], x_title=_("epoch"), marks=True, log_toggle="y",
        alt=_("The weights are {norm} long at epoch {step}."), past=("step", "norm"), lists_past=False,
    )  # fmt: skip


def gap() -> Panel:
    """It grows with what is learned of the noise; alone it is no fault."""
    return Chart(
        "gap", _("The gap: test loss − training loss"), [Trace(_("gap"), ("step", "gap"), color="path")], x_title=_("epoch"), marks=True,
        alt=_("The gap is {gap} at epoch {step}."), past=("step", "gap"), lists_past=False, log_toggle="y",
    )  # fmt: skip


bench = Workbench(EXPERIMENT, say.fields())
with bench.settings() as controls:
    controls.live(LIVE)
    controls.structural(MAIN)
    controls.more(["device"])
agreed = bench.desk.agreed
bench.stage(
    _("Overfitting"),
    _("Good on the training points, bad on all others: watch it begin, and mend it while it trains."),
    panels(agreed) if isinstance(agreed, OverfittingConfig) else [],
)
(what_you_see,) = bench.tabs(_("What you see"))
with what_you_see:
    say.lesson(bench)
