"""What can be said about a text and a network before training: counts, reference losses, shapes. No torch here."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.hangul import label
from core.experiments.char_rnn.texts import corpus

SHOWN_CHARACTERS = 100


def facts(config: CharRNNConfig) -> Mapping[str, Any]:
    """JSON-able. Losses in nats for one character, as CrossEntropyLoss gives them."""
    return {
        "text": _text(config),
        "alphabets": {name: _size(config, name) for name in ("characters", "jamo")},
        "loss_by_frequency": frequency_loss(config.corpus.symbols[1 : config.columns * config.batch_size + 1]),
        "commonest": commonest(config.corpus.symbols[1 : config.columns * config.batch_size + 1]),
        "loss_uniform": math.log(config.classes),
        "loss_floor": loss_floor(config),
        "parameters": config.parameters,
        "units": {"size": config.units, "code": "chosen" if config.head == "linear" else "one_for_each_character"},
        "shapes": shapes(config, config.batch_size, min(config.sequence_length, config.columns)),
        "iterations_per_pass": -(-config.columns // config.sequence_length),
        "characters_per_pass": config.columns * config.batch_size,
        "left_out": config.predictions - config.columns * config.batch_size,
    }


def _text(config: CharRNNConfig) -> Mapping[str, Any]:
    counts = Counter(config.corpus.symbols).most_common(SHOWN_CHARACTERS)
    return {
        "length": len(config.corpus.symbols),
        "classes": config.classes,
        "characters": [label(character) for character, _ in counts],
        "counts": [count for _, count in counts],
    }


def _size(config: CharRNNConfig, alphabet: str) -> Mapping[str, int]:
    read = corpus(config.text, config.own_text if config.text == "own" else "", alphabet)
    return {"length": len(read.symbols), "classes": len(read.alphabet)}


def frequency_loss(symbols: str) -> float:
    """The loss of always guessing by letter frequency: the entropy -Σ p ln p of the letters to be predicted."""
    total = len(symbols)
    return sum(-count / total * math.log(count / total) for count in Counter(symbols).values())


def commonest(symbols: str) -> float:
    """The accuracy of always guessing the commonest letter."""
    return Counter(symbols).most_common(1)[0][1] / len(symbols)


def loss_floor(config: CharRNNConfig) -> float:
    """The least loss that the outputs can reach. As logits they lie between -1 and 1, so no probability exceeds

    e / (e + (C - 1)/e); a head, or ReLU, takes the bound away.
    """
    if config.head == "linear" or config.cell == "rnn_relu":
        return 0.0
    return math.log1p((config.classes - 1) * math.exp(-2.0))


def shapes(config: CharRNNConfig, batch: int, sequence: int) -> list[Mapping[str, Any]]:
    """The tensors of one iteration in order: name, sizes, the meaning of each size, dtype."""
    B, T, C = batch, sequence, config.classes
    by_step = ["batch", "sequence"]

    def entry(name: str, size: list[int], dims: list[str], dtype: str = "float32") -> Mapping[str, Any]:
        return {"name": name, "size": size, "dims": dims, "dtype": dtype}

    head = [entry("head", [B, T, C], [*by_step, "classes"])] if config.head == "linear" else []
    return [
        entry("characters", [B, T], by_step, "int64"),
        entry(config.encoding, [B, T, config.features], [*by_step, "feature"]),
        entry("outputs", [B, T, config.units], [*by_step, "hidden"]),
        *head,
        entry("logits", [B * T, C], ["batch × sequence", "classes"]),
        entry("targets", [B * T], ["batch × sequence"], "int64"),
    ]
