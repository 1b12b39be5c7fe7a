"""Char-RNN: a recurrent network learns to spell a text, one character after the other."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.texts import corpus
from core.settings.config import ConfigError
from pages.char_rnn import own_text
from pages.char_rnn import words as say
from ui.bench import workbench as run_panel
from ui.bench.controls import Controls
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.stage import (
    Bars,
    Chart,
    Column,
    HeatMap,
    Log,
    Panel,
    Prompt,
    Readout,
    Readouts,
    Reference,
    Samples,
    Shapes,
    Text,
    Trace,
    Unrolled,
    notes,
)

EXPERIMENT = "char_rnn"
SPEED = 5.0  # the fifty iterations of the defaults then take ten seconds
LIVE = ["lr", "momentum", "weight_decay", "clip", "temperature", "sample_length"]
NETWORK = ["cell", "layers", "head", "hidden", "encoding", "embedding_size"]
TRAINING = ["epochs", "optimizer", "sequence_length", "batch_size"]


def text_settings(controls: Controls) -> None:
    """The text, how Korean is read, and how many characters that makes."""
    controls.structural(["text"])
    name = controls.value("text")
    if name == "own" and controls.steers:
        own_text.editor(EXPERIMENT, "own_text")
    own = controls.value("own_text") if name == "own" else ""
    syllables, jamo = corpus(name, own, "characters"), corpus(name, own, "jamo")
    sizes = {"length": f"{len(syllables.symbols):,}", "classes": len(syllables.alphabet)}
    if syllables == jamo:
        st.caption(_("{length} characters, {classes} distinct ones", **sizes))
        return
    controls.plain(["alphabet"])
    split = {"jamo_length": f"{len(jamo.symbols):,}", "jamo_classes": len(jamo.alphabet)}
    st.caption(_("By syllable {length} characters, {classes} distinct; by jamo {jamo_length}, {jamo_classes} distinct", **sizes, **split))


def network_settings(controls: Controls) -> None:
    """The network; without a linear layer its size follows from the text."""
    controls.plain(NETWORK)
    try:
        config = CharRNNConfig.checked(controls.values())
    except ConfigError:
        return  # the page says elsewhere what is wrong
    if config.head == "none":
        st.caption(_("The outputs are the scores, so there is one hidden unit for each of the {n} characters.", n=config.units))
    st.caption(_("{parameters} weights and biases", parameters=f"{config.parameters:,}"))


def panels() -> list[Panel]:
    """What is watched."""
    return [numbers(), text(), loss(), samples(), probabilities(), hidden(), unit(), through_time(), gradient(), prompt(), log(),
            unrolled(), shapes(), *says()]  # fmt: skip


def numbers() -> Panel:
    """The numbers of now."""
    return Readouts("numbers", _("Numbers now"), [
        Readout(_("loss"), "loss", 4, "loss"),
        Readout(_("perplexity"), "perplexity", 3), Readout(_("bits per character"), "bits", 3),
        Readout(_("accuracy"), "accuracy", 3, "good"),
        Readout(_("characters/s"), "rate", 0, per_second=("characters_per_pass", "iterations_per_pass")),
    ])  # fmt: skip


def text() -> Panel:
    """The text with what the network expects."""
    return Text("text", _("The text, character by character"), {
        "predicted": _("predicted"),
        "legend": _("Above the true next character, below the predicted one: ✓ right, ✗ wrong. The stronger the blue, the "
                    "more probable the true one. Press a character to look inside the network there."),
        "window": _("From position"),
        "cell": _("Position {position}: after {given} comes {true}, predicted {predicted}; probability of the true one "
                  "{probability}"),
        "alt": _("{right} of {shown} characters are predicted right. True: {true}. Predicted: {predicted}."),
    })  # fmt: skip


def loss() -> Panel:
    """The curve and the two guesses it has to beat."""
    return Chart(
        "loss", _("Loss"), [Trace(_("loss"), ("step", "loss"), color="loss")], x_title=_("iteration"),
        alt=_("Loss {loss} at iteration {step}."), past=("step", "loss"), marks=True, log_toggle="y",
        references=[
            Reference("loss_by_frequency", _("by letter frequency {value}"), at=0.3),
            Reference("loss_uniform", _("guessing blindly {value}")),
        ],
    )  # fmt: skip


def samples() -> Panel:
    """What it writes while it learns."""
    return Samples("samples", _("What it writes while it learns"), {"iteration": _("iteration {iteration}, T {temperature}")})


def probabilities() -> Panel:
    """Characters × positions."""
    return HeatMap(
        "probabilities", _("Probability of each next character"), "probabilities", "probability", {
            "cell": _("After {column} at position {position}: {row} with probability {value}"),
            "window": _("From position"),
            "alt": _("Probabilities of {rows} characters at {positions} positions; the true next one is framed."),
        }, rows="characters", heads=(("given", "x"), ("true", "y")), marks="true_row",
    )  # fmt: skip


def hidden() -> Panel:
    """Units × positions."""
    return HeatMap(
        "hidden", _("Hidden state: units × positions"), "hidden", "hidden", {
            "cell": _("Unit {row} after {column} at position {position}: {value}"),
            "drives": _("highest after {highest}; lowest after {lowest}"),
            "window": _("From position"),
            "alt": _("Hidden states of {rows} units at {positions} positions, orange above zero and blue below."),
        }, heads=(("given", "x"),), scale="signed", chooses="unit",
    )  # fmt: skip


def unit() -> Panel:
    """What drives the chosen unit."""
    return Bars(
        "unit", _("Which characters drive a unit"), "unit", "unit", "characters", [("mean", _("mean"), "validation")], {
            "note": _("Unit {unit}: its mean after each character. Press a row of the hidden state to choose another."),
            "cell": _("after {label}"), "alt": _("Means of unit {unit} after each character."),
        },
    )  # fmt: skip


def through_time() -> Panel:
    """How far back the gradient reaches."""
    return Bars(
        "through_time", _("Gradient through time"), "gradient_through_time", "position", "given",
        [("norm.h", "|∂L/∂h|", "gradient"), ("norm.c", "|∂L/∂c|", "b")], {
            "note": _("How strongly the loss at position {position} depends on the state at each character before it."),
            "cell": _("{label}, position {place}"), "alt": _("Gradient norms back from position {position}."),
        }, scale="log",
    )  # fmt: skip


def unrolled() -> Panel:
    """The same cell at each step."""
    return Unrolled("unrolled", _("The network unrolled in time"), {
        "slider": _("Position t"), "given": _("reads {character}"), "before": _("the state so far"),
        "after": _("the new state"), "logits": _("logits"), "scores": _("predicts {predicted}, true is {true}"),
        "weights": _("The weights: the same at every position. Move t, and only the states change."),
        "alt": _("At position {position} it reads {given} and predicts {predicted}; the true next character is {true}."),
    }, {
        "rnn_tanh": "hₜ = tanh(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh)",
        "rnn_relu": "hₜ = ReLU(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh)",
        "lstm": "i, f, g, o = σ, σ, tanh, σ (W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh)    cₜ = f ⊙ cₜ₋₁ + i ⊙ g    hₜ = o ⊙ tanh(cₜ)",
        "gru": "r, z = σ(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh)    n = tanh(W_in xₜ + b_in + r ⊙ (W_hn hₜ₋₁ + b_hn))    "
               "hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁",
    })  # fmt: skip


def prompt() -> Panel:
    """Let it write."""
    return Prompt("prompt", _("Let it write"), {
        "prompt": _("Beginning"), "placeholder": _("type a beginning"), "way": _("Choose"), "greedy": _("the likeliest"),
        "temperature": _("Temperature"), "top_k": _("among the top k"), "k": "k", "length": _("Length"),
        "write": _("Write"), "writing": _("Writing…"), "candidates": _("It chose from:"),
        "unknown": _("It has never seen these characters and passes over them: {characters}"),
        "moment": _("Written with the weights of iteration {iteration}. Press a character to see what it chose from."),
        "empty": _("Type a beginning; the network goes on from it with the weights it has now."),
    })  # fmt: skip


def shapes() -> Panel:
    """The tensors of one iteration."""
    return Shapes("shapes", _("Shapes"), {
        "characters": "x", "one_hot": "one_hot(x)", "embedding": "embedding(x)", "outputs": "rnn(…)[0]", "head": "linear(…)",
        "logits": ".view(-1, {classes})", "targets": "y.view(-1)",
    }, {
        "batch": _("batch"), "sequence": _("sequence"), "feature": _("feature"), "hidden": _("hidden"), "classes": _("classes"),
        "batch × sequence": _("batch × sequence"),
    }, {
        "note": _("CrossEntropyLoss takes one row of scores for each prediction: view turns {batch} × {sequence} positions "
                  "into {rows} rows of {classes}, against {rows} targets."),
    })  # fmt: skip


def gradient() -> Panel:
    """Whether the gradient explodes."""
    return Chart(
        "grad_norm", _("Norm of the gradient"), [Trace(_("norm"), ("step", "grad_norm"), color="gradient")],
        x_title=_("iteration"), alt=_("The gradient's norm is {grad_norm} at iteration {step}."), marks=True, log_toggle="y",
    )  # fmt: skip


def log() -> Panel:
    """Every fifth iteration."""
    return Log("log", _("Log"), [
        Column("step", _("iteration"), 0), Column("loss", _("loss"), 6), Column("accuracy", _("accuracy"), 3),
        Column("perplexity", _("perplexity"), 3), Column("grad_norm", _("norm"), 4),
    ], every=5, download="char_rnn.csv")  # fmt: skip


def says() -> list[Panel]:
    """What the numbers say."""
    return notes(_("In words"), say.sentences(), say.remedies(), run_panel.messages())


def characters(facts: Mapping[str, Any]) -> None:
    """The text and how often each of its characters occurs."""
    counted = facts.get("text", {})
    st.dataframe({_("character"): counted.get("characters", []), _("count"): counted.get("counts", [])}, height=300)


bench = Workbench(EXPERIMENT, say.words(), speed=SPEED)
with bench.settings() as controls:
    controls.live(LIVE)
    text_settings(controls)
    network_settings(controls)
    controls.plain(TRAINING)
    controls.more(["seed", "device"])
bench.stage(
    "Char-RNN",
    _("A recurrent network reads a text character by character and learns what comes next."),
    panels(),
)
what_you_see, data = bench.tabs(_("What you see"), _("Data"))
with what_you_see:
    say.lesson()
with data:
    if data.open:
        characters(bench.facts)
