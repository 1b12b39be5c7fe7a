"""Mistakes: what PyTorch takes without a word and computes wrongly, each as code beside the right code, with a check that catches it.

What is shown is what is executed. A mistake is made on somebody's own words, on which it may do no harm.
"""

import copy
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence, pad_sequence

from core.labs.sequences.layers import CLOSE, HIDDEN, Batch, Json, batch, layer, reproducible
from core.labs.sequences.losses import targets

MOST_SHOWN = 8  # numbers of a result


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Args:
        right, broken: lines that make what `result` names.
        result: an expression of numbers, in which the two are compared.
        check: the line that would have caught it.
    """

    right: str
    broken: str
    result: str
    check: str


_PACK = "packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)"
_LAST = "output, _ = pad_packed_sequence(rnn(packed)[0], batch_first=True)\n"
_ALONE = "assert torch.allclose(last, torch.stack([one[-1] for one in alone]), atol=1e-5)"
_ROUND_TRIP = "assert torch.equal(pad_packed_sequence(packed, batch_first=True)[0], x)"
_SORTED = "order = lengths.argsort(descending=True)\npacked = pack_padded_sequence(x[order], lengths[order], batch_first=True)\n"

SILENT: Mapping[str, Mistake] = {
    "last_of_padded": Mistake(
        "output, _ = rnn(x)\nlast = output[torch.arange(len(x)), lengths - 1]", "output, _ = rnn(x)\nlast = output[:, -1]", "last", _ALONE
    ),
    "state_of_padded": Mistake(f"{_PACK}\nlast = h_n(rnn(packed))", "last = h_n(rnn(x))", "last", _ALONE),
    "last_of_unpacked": Mistake(
        f"{_PACK}\n{_LAST}last = output[torch.arange(len(x)), lengths - 1]", f"{_PACK}\n{_LAST}last = output[:, -1]", "last", _ALONE
    ),
    "both_directions": Mistake(
        f"{_PACK}\noutput, _ = pad_packed_sequence(both(packed)[0], batch_first=True)", "output, _ = both(x)", "output[:, 0]",
        "assert all(torch.allclose(output[i, : lengths[i]], one, atol=1e-5) for i, one in enumerate(both_alone))",
    ),
    "layer_first": Mistake(
        "output, state = rnn(x)", "rnn.batch_first = False\noutput, state = rnn(x)", "output[:, -1]",
        "assert all(torch.allclose(output[i, : lengths[i]], one, atol=1e-5) for i, one in enumerate(alone))",
    ),
    "pack_first": Mistake(_PACK, _PACK.replace("batch_first=True, ", ""), "packed.data.argmax(1)", _ROUND_TRIP),
    "too_long": Mistake(_PACK, f"lengths = lengths + 2\n{_PACK}", "packed.batch_sizes", "assert lengths.max() == x.shape[1]"),
    "too_short": Mistake(
        _PACK, f"lengths = (lengths - 1).clamp(min=1)\n{_PACK}", "packed.batch_sizes", "assert lengths.max() == x.shape[1]"
    ),
    "float_lengths": Mistake(
        _PACK, f"lengths = (lengths * 0.9).clamp(min=1)\n{_PACK}", "packed.batch_sizes", "assert lengths.dtype == torch.int64"
    ),
    "fewer_lengths": Mistake(
        _PACK, f"lengths = lengths[:-1]\n{_PACK}", "packed.batch_sizes", "assert len(lengths) == len(x)"
    ),
    "sorted_back": Mistake(f"{_SORTED}last = h_n(rnn(packed))[order.argsort()]", f"{_SORTED}last = h_n(rnn(packed))", "last", _ALONE),
    "zero_row": Mistake(
        f"{_PACK.replace('(x,', '(embedding(ids),')}\nlast = h_n(reader(packed))", "last = h_n(reader(embedding(ids)))", "last",
        "assert torch.allclose(last, torch.stack([one[-1] for one in read_alone]), atol=1e-5)",
    ),
    "padded_loss": Mistake(
        "loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)",
        "targets = targets.clamp(min=0)\nloss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())",
        "loss", "assert (targets != -100).sum() == lengths.sum()",
    ),
}  # fmt: skip

LOUD: Mapping[str, tuple[str, str]] = {  # what is refused, and what was meant
    "unsorted": (_PACK.replace("enforce_sorted=False", "enforce_sorted=True"), _PACK),
    "length_zero": (f"lengths[0] = 0\n{_PACK}", f"x, lengths = x[1:], lengths[1:]\n{_PACK}"),
    "function": (
        f"{_PACK}\ntorch.relu(packed)",
        f"{_PACK}\npacked = PackedSequence(torch.relu(packed.data), packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)",
    ),
}


def mistakes(words: str, cell: str, order: str) -> Json:
    """Every mistake, made on these words; the arguments are those of `core.labs.sequences.report.report`.

    Returns:
        silent: for each its code, the lines, the results both ways, whether they differ, torch's warning or error, and what the check says.
        loud: for each what torch refuses, its own text, and what was meant; no text where these words give no reason to refuse.
    """
    found = batch(words, by_length=order == "sorted")
    with torch.no_grad():
        known = names(cell, found)
        silent = [{"code": code, **_made(one, known)} for code, one in SILENT.items()]
        loud = [{"code": code, "broken": bad, "right": good, "error": _said(bad, known)} for code, (bad, good) in LOUD.items()]
    return {"silent": silent, "loud": loud}


def names(cell: str, words: Batch) -> dict[str, Any]:
    """What the lines of a mistake find: torch's own names, the batch, layers, and every word alone."""
    features = len(words.alphabet)
    rnn, both = layer(cell, features), layer(cell, features, both=True)
    with reproducible():
        embedding, head = nn.Embedding(features + 1, 3, padding_idx=features), nn.Linear(HIDDEN, features + 1)
    reader = layer(cell, 3)
    sequences, wanted = words.sequences, targets(words, -100)
    return {
        "torch": torch, "F": F, "PackedSequence": PackedSequence,
        "pack_padded_sequence": pack_padded_sequence, "pad_packed_sequence": pad_packed_sequence,
        "x": words.padded, "lengths": words.lengths, "targets": wanted, "rnn": rnn, "both": both,
        "alone": [rnn(one[None])[0][0] for one in sequences], "both_alone": [both(one[None])[0][0] for one in sequences],
        "ids": pad_sequence(words.classes, batch_first=True, padding_value=features), "embedding": embedding, "reader": reader,
        "read_alone": [reader(embedding(one)[None])[0][0] for one in words.classes],
        "logits": head(rnn(words.padded)[0]), "h_n": lambda given: (given[1][0] if cell == "lstm" else given[1])[-1],
    }  # fmt: skip


def _fresh(known: Mapping[str, Any]) -> dict[str, Any]:
    """The same names, with copies of what a mistake changes in place."""
    return {**known, "lengths": known["lengths"].clone(), "rnn": copy.copy(known["rnn"])}


def _made(mistake: Mistake, known: Mapping[str, Any]) -> Json:
    right, broken = _fresh(known), _fresh(known)
    exec(mistake.right, right)  # noqa: S102 - our own lines
    exec(mistake.check, right)  # noqa: S102 - and its check passes
    wanted = _tensor(mistake.result, right)
    told: Json = {"right": mistake.right, "broken": mistake.broken, "result": mistake.result, "check": mistake.check}
    told |= {"error": None, "wanted": _numbers(wanted), "found": None, "differs": True, "warnings": []}
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            exec(mistake.broken, broken)  # noqa: S102
            found = _tensor(mistake.result, broken)
            told |= {"found": _numbers(found), "differs": not _equal(found, wanted)}
        except (RuntimeError, IndexError) as error:
            told["error"] = f"{type(error).__name__}: {error}"
    told["warnings"] = list(dict.fromkeys(str(one.message) for one in warned))
    told["caught"] = None if told["error"] else _caught(mistake.check, broken)
    return told


def _tensor(result: str, found: dict[str, Any]) -> Tensor:
    value: Tensor = eval(result, found)  # noqa: S307 - our own expression
    return value


def _equal(found: Tensor, wanted: Tensor) -> bool:
    return found.shape == wanted.shape and torch.allclose(found.float(), wanted.float(), rtol=0, atol=CLOSE)


def _numbers(value: Tensor) -> Json:
    return {"shape": list(value.shape), "numbers": value.flatten()[: MOST_SHOWN * HIDDEN].tolist(), "count": value.numel()}


def _caught(check: str, found: dict[str, Any]) -> str | None:
    """What the check says; None if it says nothing."""
    try:
        exec(check, found)  # noqa: S102
    except (AssertionError, RuntimeError, IndexError) as error:
        return f"{type(error).__name__}: {error}".rstrip(": ")
    return None


def _said(code: str, known: Mapping[str, Any]) -> str | None:
    """Torch's own text about lines that it refuses."""
    try:
        exec(code, _fresh(known))  # noqa: S102
    except (RuntimeError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None
