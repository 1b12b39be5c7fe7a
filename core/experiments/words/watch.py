"""What is recorded and drawn of words of different lengths, read from the program."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from core.experiments.words.config import WordsConfig
from core.jsonable import jsonable
from core.pictures.by_name import Views
from core.program.experiment import Row, View
from core.program.running import Programmed

Json = dict[str, Any]
END = "⏎"  # the end of a word, as it is shown


class Words(Programmed):
    """Its rows are counted from 1: row k holds what epoch k found before its own update.

    | view            | shows                                                                      |
    | --------------- | -------------------------------------------------------------------------- |
    | `text`          | each character's true next one and the predicted one, word after word      |
    | `probabilities` | words × positions: how probable the true next character is held            |
    | `each_word`     | the mean of these probabilities for each word                              |
    """

    path = Path(__file__).with_name("program.py")
    config: WordsConfig

    def __init__(self, config: WordsConfig, device: torch.device) -> None:
        super().__init__(config, device)
        lengths: Tensor = self.names["lengths"]
        self._alive = (torch.arange(config.longest) < lengths[:, None]).to(device)  # (B, T)
        self._true = self.names["y"].clamp(min=0)
        self._parameters = list(self.names["model"].parameters())

    def row(self) -> Row:
        true, found = self._true[self._alive], self.names["logits"].detach()[self._alive]
        gradients = [parameter.grad.flatten() for parameter in self._parameters if parameter.grad is not None]
        return {
            "loss": self.names["loss"].item(),
            "characters_loss": F.cross_entropy(found, true).item(),
            "accuracy": (found.argmax(1) == true).float().mean().item(),
            "grad_norm": torch.linalg.vector_norm(torch.cat(gradients)).item(),
        }

    def facts(self) -> Mapping[str, Any]:
        cells, characters = self._alive.numel(), int(self._alive.sum())
        return {"words": list(self.config.listed), "cells": cells, "characters": characters, "wasted": cells - characters}

    @property
    def views(self) -> Mapping[str, View]:
        return Views({"text": lambda _: self._text, "probabilities": lambda _: self._probabilities, "each_word": lambda _: self._each_word})

    def _scores(self) -> Tensor:
        """Probabilities, (B, T, classes)."""
        with torch.no_grad():
            found: Tensor = self.names["model"](self.names["x"]).softmax(-1)
        return found

    def _held(self, scores: Tensor) -> Tensor:
        """How probable the true next character is held, (B, T); NaN in the padding."""
        return scores.gather(2, self._true.unsqueeze(2)).squeeze(2).masked_fill(~self._alive, torch.nan)

    def _text(self) -> Json:
        scores = self._scores()
        symbols = [*("␣" if one == " " else one for one in self.names["alphabet"]), END]
        true, predicted = ([symbols[number] for number in numbers[self._alive].tolist()] for numbers in (self._true, scores.argmax(2)))
        return {
            "offset": 0, "positions": len(true), "room": len(true), "true": true, "predicted": predicted,
            "given": list("".join(self.config.listed)), "right": [one == other for one, other in zip(true, predicted, strict=True)],
            "probability": _rounded(self._held(scores)[self._alive]), "true_text": "".join(true), "predicted_text": "".join(predicted),
        }  # fmt: skip

    def _probabilities(self) -> Json:
        positions = list(map(str, range(self.config.longest)))
        held = self._held(self._scores())
        rows = [_rounded(row[: len(word)]) for row, word in zip(held, self.config.listed, strict=True)]
        return {"positions": len(positions), "offset": 0, "given": positions, "probability": rows}

    def _each_word(self) -> Json:
        means = self._held(self._scores()).nanmean(1)
        return {"words": list(self.config.listed), "mean": _rounded(means)}


def _rounded(values: Tensor) -> Any:
    """Four decimals; None for what is not a number."""
    return jsonable(values.double().cpu().numpy().round(4), infinities=True)


WATCH = Words
