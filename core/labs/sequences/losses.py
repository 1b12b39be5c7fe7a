"""Losses: the next character predicted at every position, averaged over characters alone or over the padding as well."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from core.labs.sequences.layers import HIDDEN, Batch, Json, layer, reproducible, verdict
from core.labs.sequences.ways import packed

IGNORED = -100  # the class that cross_entropy passes over unless it is told of another

WRITTEN = {  # what is computed and what is shown is this text
    "packed": "F.cross_entropy(packed_logits.data, packed_targets.data)",
    "ignored": "F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)",
    "masked": "(losses * mask).sum() / mask.sum()",
    "unmasked": "F.cross_entropy(logits.flatten(0, 1), zeros.flatten())",
    "divided": "(losses * mask).mean()",
    "nothing": "F.cross_entropy(logits.flatten(0, 1), targets.flatten().fill_(-100))",
}


def losses(cell: str, words: Batch) -> list[Json]:
    """The same predictions, averaged in each way.

    Returns:
        for each way: its code, what is written for it, the loss, over how many predictions it is the mean, whether it is that of the
        characters alone, and whether its gradient is.
    """
    model = _model(cell, words)
    found: dict[str, tuple[Tensor, list[Tensor]]] = {}
    for way, compute in _ways(words).items():
        loss = compute(model(words.padded))
        found[way] = loss.detach(), list(torch.autograd.grad(loss, list(model.parameters())))
    wanted, gradients = found["packed"]
    characters, cells = int(words.lengths.sum()), words.mask.numel()
    counts = {"unmasked": cells, "divided": cells, "nothing": 0}
    return [
        {
            "way": way, "code": WRITTEN[way], "loss": float(loss), "count": counts.get(way, characters), "verdict": verdict(loss, wanted),
            "gradient": verdict(torch.cat([one.flatten() for one in gradient]), torch.cat([one.flatten() for one in gradients])),
        }
        for way, (loss, gradient) in found.items()
    ]  # fmt: skip


class _Predicts(nn.Module):
    """The layer, and a score for each character and for the end of the word."""

    def __init__(self, made: nn.RNNBase, classes: int) -> None:
        super().__init__()
        self.rnn = made
        self.head = nn.Linear(HIDDEN, classes)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) → (B, T, C + 1)."""
        scores: Tensor = self.head(self.rnn(x)[0])
        return scores


def _model(cell: str, words: Batch) -> nn.Module:
    made = layer(cell, len(words.alphabet))
    with reproducible():
        return _Predicts(made, len(words.alphabet) + 1)


def targets(words: Batch, padding: int) -> Tensor:
    """(B, T): at each character the class of the one that comes next; behind the last one the end, which is the class after all others."""
    end = torch.tensor([len(words.alphabet)])
    return pad_sequence([torch.cat([classes[1:], end]) for classes in words.classes], batch_first=True, padding_value=padding)


def _ways(words: Batch) -> dict[str, Callable[[Tensor], Tensor]]:
    wanted, zeros, mask = targets(words, IGNORED), targets(words, 0), words.mask

    def each(logits: Tensor) -> Tensor:
        return F.cross_entropy(logits.flatten(0, 1), zeros.flatten(), reduction="none").view(mask.shape) * mask

    return {
        "packed": lambda logits: F.cross_entropy(packed(words, logits, enforced=False).data, packed(words, wanted, enforced=False).data),
        "ignored": lambda logits: F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=IGNORED),
        "masked": lambda logits: each(logits).sum() / mask.sum(),
        "unmasked": lambda logits: F.cross_entropy(logits.flatten(0, 1), zeros.flatten()),
        "divided": lambda logits: each(logits).mean(),
        "nothing": lambda logits: F.cross_entropy(logits.flatten(0, 1), torch.full_like(wanted, IGNORED).flatten()),
    }
