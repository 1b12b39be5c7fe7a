"""Words: the next character in words of different lengths, padded or packed, with the same curve where it must be the same."""

from pages.words import words as say
from ui.bench import workbench as run_panel
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.stage import Bars, Chart, Column, HeatMap, Log, Panel, Readout, Readouts, Text, Trace, notes

EXPERIMENT = "words"
DASHED = {"line": {"dash": "dash"}}


def panels() -> list[Panel]:
    """What is watched; all of it stands together on one screen."""
    return [numbers(), text(), loss(), probabilities(), accuracy(), each_word(), grad_norm(), log(),
            *notes(_("In words"), say.findings(), say.remedies(), run_panel.messages())]  # fmt: skip


def numbers() -> Panel:
    """The newest numbers."""
    return Readouts(
        "numbers", _("Numbers now"), [
            Readout(_("epoch"), "step", 0), Readout(_("loss"), "loss", 4, "loss"),
            Readout(_("of characters alone"), "characters_loss", 4, "validation"), Readout(_("accuracy"), "accuracy", 3, "good"),
        ],
    )  # fmt: skip


def text() -> Panel:
    """Word after word."""
    return Text("text", _("What comes next"), {
        "predicted": _("predicted"),
        "legend": _("Above what comes next, below what is predicted; ⏎ is the end of a word. The stronger the blue, the more probable the "
                    "true one."),
        "window": _("From position"),
        "cell": _("After {given} comes {true}, predicted {predicted}; probability of the true one {probability}"),
        "alt": _("{right} of {shown} characters are predicted right. True: {true}. Predicted: {predicted}."),
    })  # fmt: skip


def loss() -> Panel:
    """The loss that is minimized, and the same over the characters alone."""
    return Chart(
        "loss", _("Loss"), [
            Trace(_("loss"), ("step", "loss"), color="loss"),
            Trace(_("of characters alone"), ("step", "characters_loss"), color="validation", style=DASHED),
        ],
        x_title=_("epoch"), alt=_("Loss {loss}, of characters alone {characters_loss}, at epoch {step}."), past=("step", "loss"),
        marks=True, log_toggle="y",
    )  # fmt: skip


def probabilities() -> Panel:
    """Words × positions."""
    return HeatMap(
        "probabilities", _("How probable the true next character is"), "probabilities", "probability", {
            "cell": _("Word {row}, position {column}: {value}"), "window": _("From position"),
            "alt": _("Probabilities of the true next character of {rows} words at {positions} positions; padding is left empty."),
        }, heads=(("given", "t"),),
    )  # fmt: skip


def accuracy() -> Panel:
    """Over characters alone."""
    return Chart(
        "accuracy", _("Accuracy of characters"), [Trace(_("accuracy"), ("step", "accuracy"), color="good")], x_title=_("epoch"), marks=True,
        alt=_("Accuracy {accuracy} at epoch {step}."), past=("step", "accuracy"), lists_past=False,
    )  # fmt: skip


def each_word() -> Panel:
    """The same for whole words."""
    return Bars(
        "each_word", _("Word by word"), "each_word", "", "words", [("mean", _("mean"), "loss")],
        {"note": _("The mean probability of the true next character."), "cell": "{label}: {value}",
         "alt": _("The mean probability of the true next character of each word.")},
    )  # fmt: skip


def grad_norm() -> Panel:
    """How long the gradient is."""
    return Chart(
        "grad_norm", _("Norm of the gradient"), [Trace(_("norm"), ("step", "grad_norm"), color="gradient")], x_title=_("epoch"), marks=True,
        alt=_("The gradient's norm is {grad_norm} at epoch {step}."), past=("step", "grad_norm"), lists_past=False, log_toggle="y",
    )  # fmt: skip


def log() -> Panel:
    """Every tenth epoch."""
    return Log("log", _("Log"), [
        Column("step", _("epoch"), 0), Column("loss", _("loss"), 6), Column("characters_loss", _("of characters alone"), 6),
        Column("accuracy", _("accuracy"), 3),
    ], every=10, download="words.csv")  # fmt: skip


bench = Workbench(EXPERIMENT, say.fields(), speed=20.0)
with bench.settings() as controls:
    controls.live(["lr"])
    controls.structural(["padding", "words", "cell", "hidden", "optimizer", "epochs", "seed"])
    controls.more(["momentum", "weight_decay", "device"])
bench.stage(
    _("Padding"),
    _("Padded or packed: the same words, the same weights, the same curve – unless the padding is counted."),
    panels(),
)
(what_you_see,) = bench.tabs(_("What you see"))
with what_you_see:
    say.lesson(bench)
