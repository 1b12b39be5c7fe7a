"""What can be said about a text and a network before training: counts, reference losses, shapes. No torch here."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.hangul import label, split_syllables
from core.experiments.char_rnn.texts import corpus

SHOWN_CHARACTERS = 100


def facts(config: CharRNNConfig) -> Mapping[str, Any]:
    """JSON-able. Losses in nats for one character, as CrossEntropyLoss gives them."""
    predicted = counted(config.corpus.symbols[1 : config.columns * config.batch_size + 1])
    return {
        "text": _text(config),
        "alphabets": _sizes(config),
        "loss_by_frequency": frequency_loss(predicted),
        "commonest": commonest(predicted),
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
    counts = counted(config.corpus.symbols).most_common(SHOWN_CHARACTERS)
    return {
        "length": len(config.corpus.symbols),
        "classes": config.classes,
        "characters": [label(character) for character, _ in counts],
        "counts": [count for _, count in counts],
    }


def _sizes(config: CharRNNConfig) -> Mapping[str, Mapping[str, int]]:
    """By either alphabet: how long the text is, and how many characters there are."""
    counts = counted(corpus(config.text, config.own_text if config.text == "own" else "", "characters").symbols)
    jamo = {character: split_syllables(character) for character in counts}
    return {
        "characters": {"length": counts.total(), "classes": len(counts)},
        "jamo": {"length": sum(counts[one] * len(split) for one, split in jamo.items()), "classes": len(set("".join(jamo.values())))},
    }


def counted(symbols: str) -> Counter[str]:
    """How often each character occurs, as `Counter` counts, but two million in a tenth of its time."""
    counts = np.bincount(np.frombuffer(symbols.encode("utf-32-le", "surrogatepass"), "<u4"))
    (found,) = counts.nonzero()
    return Counter(dict(zip(map(chr, found.tolist()), counts[found].tolist(), strict=True)))


def frequency_loss(counts: Counter[str]) -> float:
    """The loss of always guessing by letter frequency: the entropy -Σ p ln p of the letters to be predicted."""
    return sum(-count / counts.total() * math.log(count / counts.total()) for count in counts.values())


def commonest(counts: Counter[str]) -> float:
    """The accuracy of always guessing the commonest letter."""
    return max(counts.values()) / counts.total()


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
