"""Words of different lengths: packed and ignored are one curve, counted is another; pictures against the program's own names."""

import json
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from core import experiments
from core.experiments.words.config import WordsConfig
from core.experiments.words.watch import END, Words
from core.program.trainer import Trainer
from core.run.history import History

Rows = list[dict[str, float]]


@lru_cache
def trained(cell: str, padding: str, words: str = "lengths") -> tuple[Trainer, Rows]:
    config = WordsConfig.checked({"cell": cell, "padding": padding, "words": words, "epochs": 40})
    trainer = Trainer(Words, config, torch.device("cpu"))
    with trainer.stream():
        return trainer, [dict(row) for _, row in trainer]


def view(trainer: Trainer, name: str) -> Any:
    """A view as it arrives in the browser: strict JSON."""
    return json.loads(json.dumps(trainer.experiment.views[name](), allow_nan=False))


def told(trainer: Trainer, rows: Rows) -> dict[str, dict[str, Any]]:
    history = History()
    history.extend(tuple(rows[0]), np.arange(1, len(rows) + 1), np.array([list(row.values()) for row in rows]))
    found = experiments.findings("words", trainer.experiment.config, trainer.outcome or "", history, trainer.experiment.facts())
    return {finding.code: {**finding.values, "remedy": finding.remedy} for finding in found}


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_packed_and_ignored_are_one_curve_and_counted_is_another(cell: str) -> None:
    packed, ignored, counted = ([row["loss"] for row in trained(cell, padding)[1]] for padding in ("packed", "ignored", "counted"))
    assert packed == pytest.approx(ignored, abs=1e-4)
    assert max(abs(one - other) for one, other in zip(packed, counted, strict=True)) > 0.05
    assert all(row["loss"] == pytest.approx(row["characters_loss"], abs=1e-5) for row in trained(cell, "packed")[1])


def test_a_counted_loss_is_the_mean_over_the_padding_as_well() -> None:
    trainer, rows = trained("gru", "counted")
    assert isinstance(trainer.experiment, Words)
    names = trainer.experiment.names
    logits, y = names["logits"].detach(), names["y"]
    mask = torch.arange(13) < names["lengths"][:, None]
    each = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none").view(5, 13)
    assert rows[-1]["loss"] == pytest.approx(float(each.mean()), rel=1e-5)
    assert rows[-1]["characters_loss"] == pytest.approx(float(each[mask].mean()), rel=1e-5)
    assert told(trainer, rows)["counted"] == {
        "wasted": 18, "cells": 65, "characters": 47, "loss": rows[-1]["loss"], "characters_loss": rows[-1]["characters_loss"],
        "remedy": {"padding": "packed"},
    }  # fmt: skip


def test_pictures_say_what_the_model_says_of_characters_and_nothing_of_the_padding() -> None:
    trainer, _ = trained("gru", "packed")
    assert isinstance(trainer.experiment, Words)
    words = trainer.experiment.config.listed
    text, held, each = (view(trainer, name) for name in ("text:0", "probabilities:0", "each_word:0"))
    assert text["true_text"] == "".join(word[1:].replace(" ", "␣") + END for word in words)
    assert [len(row) for row in held["probability"]] == [len(word) for word in words]
    assert [one for row in held["probability"] for one in row] == text["probability"]
    names = trainer.experiment.names
    scores = names["model"](names["x"]).softmax(-1).detach()
    assert held["probability"][3][3] == pytest.approx(float(scores[3, 3, -1]), abs=1e-4)  # the end of “path”
    assert each["mean"] == pytest.approx([np.mean(row) for row in held["probability"]], abs=1e-4)


def test_what_is_said_of_each_way_and_of_words_of_one_length() -> None:
    for padding, other in (("packed", "ignored"), ("ignored", "packed")):
        assert told(*trained("gru", padding))[padding]["remedy"] == {"padding": other}
    assert told(*trained("gru", "packed", "hello")) == {"equally_long": {"remedy": {"words": "lengths"}}}
