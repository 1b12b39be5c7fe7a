"""The words as a plain PyTorch script, which prints the numbers that the page shows."""

from core.labs.sequences import reading
from core.program.script import Translate
from core.program.source_text import block, comment, lines, literal, noted

CLASSES = {"rnn": "nn.RNN", "lstm": "nn.LSTM", "gru": "nn.GRU"}


def script(text: str, cell: str, order: str, _: Translate) -> str:
    """The text of a Python file; its numbers are those of the report on the same words."""
    title = _("Sequences")
    listed = ", ".join(map(literal, reading.words(text)))
    by_length = noted("words.sort(key=len, reverse=True)", _("the longest first")) if order == "sorted" else ""
    parts = (
        f'"""{title}"""',
        "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
        "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence",
        lines(
            comment(_("The words, each character as a one-hot row.")),
            "torch.set_num_threads(1)", f"words = [{listed}]", by_length, _ENCODED,
        ),
        lines(comment(_("Padded: a box, short words filled with rows of zeros. Packed: without them.")), _batch(order)),
        lines(comment(_("Every word alone, padded and packed, by the same weights: how far apart the outputs are.")), _read(CLASSES[cell])),
        lines(comment(_("The loss of the next character: over characters alone, and with the padding.")), _losses(cell)),
    )  # fmt: skip
    return "\n\n".join(parts) + "\n"


_ENCODED = """alphabet = sorted(set("".join(words)))
classes = [torch.tensor([alphabet.index(character) for character in word]) for word in words]
sequences = [F.one_hot(one, len(alphabet)).float() for one in classes]
lengths = torch.tensor([len(word) for word in words])"""


def _batch(order: str) -> str:
    return f"""x = pad_sequence(sequences, batch_first=True)
print("padded:", tuple(x.shape), "padding:", x.shape[0] * x.shape[1] - int(lengths.sum()))
packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted={order != "free"})
print("packed:", tuple(packed.data.shape), "batch_sizes:", packed.batch_sizes.tolist())
print("sorted_indices:", None if packed.sorted_indices is None else packed.sorted_indices.tolist())"""


def _read(made: str) -> str:
    return block(
        "for both in (False, True):",
        "torch.manual_seed(0)",
        f"rnn = {made}(len(alphabet), 2, batch_first=True, bidirectional=both)",
        block(
            "with torch.no_grad():",
            "alone = [rnn(sequence[None])[0][0] for sequence in sequences]",
            "padded, _ = rnn(x)",
            "unpacked, _ = pad_packed_sequence(rnn(packed)[0], batch_first=True)",
        ),
        block(
            "for i, word in enumerate(words):",
            "near = [(way[i, : len(word)] - alone[i]).abs().max().item() for way in (padded, unpacked)]",
            'print(f"{word}: bidirectional={both}, padded {near[0]:.6f}, packed {near[1]:.6f}")',
            'print("  last state:", [round(one, 4) for one in alone[i][-1, :2].tolist()])',
        ),
    )


def _losses(cell: str) -> str:
    return f"""torch.manual_seed(0)
rnn = {CLASSES[cell]}(len(alphabet), 2, batch_first=True)
torch.manual_seed(0)
head = nn.Linear(2, len(alphabet) + 1)
wanted = [torch.cat([one[1:], torch.tensor([len(alphabet)])]) for one in classes]
logits = head(rnn(x)[0]).flatten(0, 1)
for padding in (-100, 0):
    targets = pad_sequence(wanted, batch_first=True, padding_value=padding)
    print(f"padding is class {{padding}}: {{F.cross_entropy(logits, targets.flatten(), ignore_index=-100).item():.4f}}")"""
