"""Linear regression: two numbers learned by gradient descent, with the loss surface they walk on."""

from typing import cast

import streamlit as st

from core.experiments.linear_regression.config import LinearRegressionConfig
from pages.linear_regression import own_points
from ui.bench import workbench as run_panel
from ui.bench.controls import FieldText
from ui.bench.workbench import Workbench
from ui.frame import shell
from ui.locale import _
from ui.stage import Chart, Column, Extent, Log, Panel, Readout, Readouts, Reference, Trace, notes

EXPERIMENT = "linear_regression"
MAIN = ["data", "points", "slope", "intercept", "noise", "optimizer", "loss", "epochs"]
MORE = ["formulation", "standardize", "standardize_y", "dtype", "start", "W0", "b0", "data_seed", "seed", "device"]


def words() -> dict[str, FieldText]:
    """The fields of this page."""
    return {
        "formulation": FieldText(_("Written"), choices={"tensors": _("by hand: tensors W, b"), "module": "nn.Linear(1, 1)"}),
        "data": FieldText(
            _("Data"),
            choices={
                "points": _("three points"),
                "line": _("a noisy line"),
                "diabetes": _("diabetes: bmi → progression"),
                "own": _("my own"),
            },
        ),
        "points": FieldText(_("Points")),
        "slope": FieldText(_("Slope")),
        "intercept": FieldText(_("Intercept")),
        "noise": FieldText(_("Noise"), _("Standard deviation of the noise on y.")),
        "data_seed": FieldText(_("Seed of the data")),
        "table": FieldText(_("Table")),
        "standardize": FieldText(_("Standardize x"), _("Mean 0, variance 1: the valley of the loss becomes rounder.")),
        "standardize_y": FieldText(
            _("Standardize y"), _("Mean 0, variance 1: the loss is then in variances of y. The line is drawn in the units of the data.")
        ),
        "dtype": FieldText(_("dtype of the data"), _("NumPy hands out float64; the weights are float32.")),
        "start": FieldText(
            _("Initial values"), choices={"zeros": _("zeros"), "pytorch": _("random, as PyTorch does"), "typed": _("typed")}
        ),
        "W0": FieldText(_("Initial W")),
        "b0": FieldText(_("Initial b")),
        "loss": FieldText(_("Loss"), choices={"mse": "MSE", "l1": "L1", "huber": "Huber"}),
    }


def panels(config: LinearRegressionConfig) -> list[Panel]:
    """What is watched; the first four stand together on one screen."""
    scaled = config.standardize or config.standardize_y
    return [numbers(scaled), *charts(scaled), log(), *notes(_("In words"), sentences(), remedies(), messages())]


def numbers(scaled: bool) -> Panel:
    """The state of this very epoch; over standardized values also the line in the units of the data."""
    items = [
        Readout(_("epoch"), "step", 0),
        Readout(_("loss"), "loss", 6, "loss"),
        Readout("W", "W", 4, "W"),
        Readout("b", "b", 4, "b"),
        Readout("∂loss/∂W", "dW", 4, "gradient"),
        Readout("∂loss/∂b", "db", 4, "gradient"),
        *([Readout(_("W in the data's units"), "W_data", 4, "W"), Readout(_("b in the data's units"), "b_data", 4, "b")] if scaled else []),
    ]
    return Readouts("numbers", _("Numbers now"), items)


def charts(scaled: bool) -> list[Panel]:
    """The curve, the line, the two parameters over time, the surface that they walk on, and its slope where they are."""
    epoch = _("epoch")
    line = _("The line y = {W_data}·x + {b_data} through the data.") if scaled else _("The line y = {W}·x + {b} through the data.")
    return [
        Chart(
            "loss", _("Loss"), [Trace(_("loss"), ("step", "loss"), color="loss")], x_title=epoch,
            alt=_("Loss {loss} at epoch {step}."), references=[Reference("best.loss", _("best reachable {value}"))],
            past=("step", "loss"), marks=True, log_toggle="y",
        ),
        Chart(
            "line", _("Data and line"), [
                Trace(_("data"), fact="points", color="data", style={"mode": "markers"}),
                Trace(_("least loss"), fact="best_line", color="reference", style={"line": {"dash": "dash"}}),
                Trace(_("the line, in the data's units") if scaled else _("xW + b"), view="line", color="W"),
            ],
            x_title="x", y_title="y", alt=line, extent=Extent(["points", "start_line"], 0.1),
        ),
        Chart(
            "parameters", _("W and b"),
            [Trace("W", ("step", "W"), color="W"), Trace("b", ("step", "b"), color="b", style={"line": {"dash": "dot"}})],
            x_title=epoch, alt=_("W is {W} and b is {b} at epoch {step}."), marks=True,
            references=[Reference("best.W", _("best W {value}")), Reference("best.b", _("best b {value}"))],
        ),
        Chart(
            "surface", _("Loss over W and b"), [
                Trace(_("loss"), fact="surface", style={"type": "contour", "colorbar": {"title": {"text": _("log₁₀ loss")}}}),
                Trace(_("path"), ("W", "b"), color="path", style={"mode": "lines+markers", "marker": {"size": 3}}),
            ],
            x_title="W", y_title="b", alt=_("The path over the loss surface has come to W {W}, b {b}."),
            extent=Extent(["surface"]),
        ),
        Chart(
            "gradients", _("Gradients"), [
                Trace("∂loss/∂W", ("step", "dW"), color="W"), Trace("∂loss/∂b", ("step", "db"), color="b", style={"line": {"dash": "dot"}}),
            ],
            x_title=epoch, alt=_("∂loss/∂W is {dW} and ∂loss/∂b is {db} at epoch {step}."), marks=True,
        ),
    ]  # fmt: skip


def log() -> Panel:
    """A row every hundred epochs, all of it of the same moment."""
    columns = [Column("step", _("epoch"), 0), Column("W", "W", 3), Column("b", "b", 3), Column("loss", _("cost"), 6)]
    return Log("log", _("Log"), columns, every=100, download="linear_regression.csv")


def sentences() -> dict[str, str]:
    """What the numbers can say."""
    return {
        "lr_below_limit": _("The learning rate {lr} is below {limit} = {rule}, the largest that is stable on this data."),
        "lr_above_limit": _("The learning rate {lr} is above {limit} = {rule}: every step overshoots by more than the last."),
        "lr_above_limit_now": _("The learning rate {lr} is above {limit} = {rule}, the largest that is stable on this data."),
        "diverged": _("The loss has left the numbers at epoch {step}: with a learning rate of {lr} each step landed further away."),
        "diverged_by_decay": _(
            "The loss has left the numbers at epoch {step}: a weight decay of {weight_decay} at a learning rate of {lr} takes more than "
            "twice each weight off it, so it grows with every step."
        ),
        "diverged_under_others": _(
            "The loss has left the numbers at epoch {step}; what led there were the settings before the last change."
        ),
        "x_too_large": _(
            "x goes up to {value}: what is computed with numbers of this size is beyond {limit}, the largest of float32. No learning rate "
            "mends that."
        ),
        "y_too_large": _(
            "y goes up to {value}: with numbers of this size the loss is beyond {limit}, the largest of float32. No learning rate "
            "mends that."
        ),
        "x_indistinct": _("To float32 every x is the same number, {value}, so no slope can be learned from them."),
        "y_indistinct": _("To float32 every y is the same number, {value}: what tells them apart cannot be learned."),
        "y_too_small": _("y goes up to {value} only: to float32 the loss is 0 from the start, though the line does not fit yet."),
        "converged": _("It has converged: the loss has come as close as one ten-thousandth of its way to the best reachable, {best}."),
    }


def remedies() -> dict[str, str]:
    """The presses that mend."""
    standardize = _("Standardize x: it is too large for any learning rate")
    smaller, again = _("Set the learning rate to {lr}"), _("Start again with a learning rate of {lr}")
    return {
        "lr_above_limit": smaller,
        "lr_above_limit.standardize": standardize,
        "lr_above_limit_now": smaller,
        "lr_above_limit_now.standardize": standardize,
        "diverged": again,
        "diverged.standardize": standardize,
        "diverged_by_decay": again,
        "diverged_under_others": again,
        "standardize": _("Standardize x"),
        "standardize_y": _("Standardize y"),
        "standardize+standardize_y": _("Standardize x and y"),
        "lr+standardize": _("Standardize x, with a learning rate of {lr}"),
        "lr+standardize_y": _("Standardize y, with a learning rate of {lr}"),
        "lr+standardize+standardize_y": _("Standardize x and y, with a learning rate of {lr}"),
    }


def messages() -> dict[str, str]:
    """What can befall a run."""
    mend = _("PyTorch stopped with this error. If it speaks of dtypes: x = x.float() turns float64 into float32.")
    return {**run_panel.messages(), "exception": mend}


def lesson() -> None:
    """What is to be seen, in three short paragraphs and the lines of code that matter."""
    st.markdown(
        _(
            "**One trip round the loop.** The loss is the mean of (xW + b − y)². `loss.backward()` computes its slope, "
            "∂loss/∂W and ∂loss/∂b, and leaves it in `W.grad` and `b.grad`. `optimizer.step()` walks against it: "
            "W ← W − lr · ∂loss/∂W."
        )
    )
    st.markdown(
        _(
            "**The surface** is the same loss for every W and b: a long valley. Across it the curvature is λmax, and an lr above "
            "2/λmax jumps further up the other side at each step. Along it the slope is gentle, which is why b takes so long."
        )
    )
    shell.snippet("model = nn.Linear(1, 1)\nlist(model.parameters())  # W (1, 1), b (1,)")
    st.markdown(
        _(
            "**dtype.** NumPy hands out float64, `nn.Linear` holds float32 and takes nothing else. Choose float64 under "
            "More settings to meet PyTorch's own error; the mend is one line:"
        )
    )
    shell.snippet("x = x.float()")


bench = Workbench(EXPERIMENT, words())
with bench.settings() as controls:
    controls.live(["lr", "momentum", "weight_decay", "batch_size"])
    controls.structural(MAIN)
    if controls.value("data") == "own" and controls.steers:
        own_points.editor(EXPERIMENT, "table")
    controls.more(MORE)
bench.stage(
    _("Linear regression"),
    _("A line y = xW + b finds its two numbers by walking down the slope of its loss."),
    panels(cast(LinearRegressionConfig, bench.desk.run.config)),
)
what_you_see, data = bench.tabs(_("What you see"), _("Data"))
with what_you_see:
    lesson()
with data:
    if data.open:
        st.dataframe(bench.facts.get("points", {}), height=300)
