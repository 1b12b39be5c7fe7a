"""Ways: the same words read alone, padded, masked and packed: equal or not, in bits, at every position, and the last states."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from core.labs.sequences.layers import Batch, Json, last, layer, masked, verdicts

ORDERS = ("free", "sorted", "enforced")  # enforce_sorted=False; sorted beforehand; enforce_sorted=True, in whatever order they stand


def packed(words: Batch, values: Tensor, *, enforced: bool) -> PackedSequence:
    """A padded batch of values, packed."""
    made: PackedSequence = pack_padded_sequence(values, words.lengths, batch_first=True, enforce_sorted=enforced)
    return made


def blocks(words: Batch, *, enforced: bool) -> Json:
    """What is in the PackedSequence of these words.

    Returns:
        rows: for each row of `data` the word and the position that it is; batch_sizes, sorted_indices, unsorted_indices: as torch has
        them; error: what torch said instead.
    """
    time = int(words.lengths.max())
    places = torch.arange(len(words.words) * time).view(-1, time)
    empty: Json = {"rows": [], "batch_sizes": [], "sorted_indices": None, "unsorted_indices": None}
    try:
        made = packed(words, places, enforced=enforced)
    except RuntimeError as error:
        return {"error": f"{type(error).__name__}: {error}", **empty}
    indices = {name: value if value is None else value.tolist() for name, value in made._asdict().items() if name.endswith("indices")}
    rows = [[place // time, place % time] for place in made.data.tolist()]
    return {"error": None, "rows": rows, "batch_sizes": made.batch_sizes.tolist(), **indices}


def ways(cell: str, words: Batch, *, both: bool, enforced: bool) -> Json:
    """Every word read by the same weights in each way, compared with the word alone.

    Returns:
        read: for each way its outputs (word, position, number), verdicts (word, position) and the largest difference.
        last: for each way of taking the last state its way, what is written for it, the states, and a verdict for each word.
    """
    made = layer(cell, len(words.alphabet), both=both)
    with torch.no_grad():
        alone = [made(sequence[None]) for sequence in words.sequences]
        wanted = [output[0] for output, _ in alone]
        ends = torch.cat([last(cell, state) for _, state in alone])
        read, states = _read(cell, made, words, enforced=enforced)
    told = {"alone": _told(wanted, wanted)}
    told |= {way: _told([output[i, : len(word)] for i, word in enumerate(words.words)], wanted) for way, output in read.items()}
    states = [("alone", "h_n", ends), *states]
    return {
        "read": told,
        "last": [{"way": way, "code": code, "states": found.tolist(), "verdicts": verdicts(found, ends)} for way, code, found in states],
    }


def _read(cell: str, made: nn.RNNBase, words: Batch, *, enforced: bool) -> tuple[dict[str, Tensor], list[tuple[str, str, Tensor]]]:
    """The batch at once: outputs by way, and what may be taken for the last state."""
    x, rows, ends = words.padded, torch.arange(len(words.words)), words.lengths - 1
    output, state = made(x)
    outputs = {"padded": output}
    states = [
        ("padded", "h_n", last(cell, state)),
        ("padded", "output[:, -1]", output[:, -1]),
        ("padded", "output[rows, lengths - 1]", output[rows, ends]),
    ]
    outputs["masked"], kept = masked(cell, made, x, words.mask)
    states.append(("masked", "h", kept))
    try:
        given, state = made(packed(words, x, enforced=enforced))
    except RuntimeError:  # not sorted; what torch says of it stands beside the blocks
        return outputs, states
    output, _ = pad_packed_sequence(given, batch_first=True)
    outputs["packed"] = output
    states += [("packed", "h_n", last(cell, state)), ("packed", "output[:, -1]", output[:, -1])]
    return outputs, states


def _told(found: list[Tensor], wanted: list[Tensor]) -> dict[str, Any]:
    """Outputs, compared position by position."""
    pairs = list(zip(found, wanted, strict=True))
    return {
        "outputs": [one.tolist() for one in found],
        "verdicts": [verdicts(*pair) for pair in pairs],
        "largest": max(float((one - other).abs().max()) for one, other in pairs),
    }
