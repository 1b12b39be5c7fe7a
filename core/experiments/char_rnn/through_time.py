"""The network unrolled: one cell, the same weights at every step, and how far back the gradient reaches.

H, L = hidden units, layers; shapes are given for a batch of one.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from core.experiments.char_rnn.network import State, hidden_part
from core.experiments.char_rnn.views import MOST_ROWS, WARM_UP, Json, Reader, rounded

LARGEST_MATRIX = 40  # rows and columns of a weight matrix that is shown whole
REACH = 48  # steps over which the gradient is followed back


def unrolled(reader: Reader, position: int) -> Json:
    """One step of the loop through time: x_t, h_{t-1}, h_t, logits; the weights are those of every other step."""
    network, ids = reader.network, reader.ids
    first = max(0, position - WARM_UP)
    with torch.no_grad():
        before = network.read(ids[None, first:position])[1] if position > first else None
        x = network.encode(ids[None, position : position + 1])
        outputs, after = network.rnn(x, before)
        logits = network.head(outputs)[0, 0]  # (V,)
    true = int(ids[position + 1])
    return {
        "position": position,
        "positions": reader.positions,
        "given": reader.labels[int(ids[position])],
        "given_index": int(ids[position]),
        "true": reader.labels[true],
        "x": rounded(x[0, 0, :MOST_ROWS], 3),
        "features": x.shape[2],
        "before": _state(before if before is not None else _zeros(after)),
        "after": _state(after),
        "units": network.rnn.hidden_size,
        **_scores(reader, logits, true),
        "weights": _weights(reader),
    }


def _scores(reader: Reader, logits: Tensor, true: int) -> Json:
    """Logits and probabilities, of the likeliest characters if there are many; the true one is always among them."""
    probabilities = logits.softmax(0)
    wanted = logits.nan_to_num().clone()
    wanted[true] = torch.inf
    rows: list[int] = sorted(wanted.topk(min(MOST_ROWS, len(wanted))).indices.tolist())
    return {
        "characters": reader.named(rows),
        "rows": rows,
        "logits": rounded(logits[rows], 3),
        "probability": rounded(probabilities[rows]),
        "predicted": reader.labels[int(logits.argmax())],
    }


def _zeros(state: State) -> State:
    if isinstance(state, tuple):
        return torch.zeros_like(state[0]), torch.zeros_like(state[1])
    return torch.zeros_like(hidden_part(state))


def _state(state: State) -> Json:
    """`h`, and for LSTM the cell's `c`: (L, H), the first units of a large layer."""
    parts = {"h": hidden_part(state), **({"c": state[1]} if isinstance(state, tuple) else {})}
    return {name: rounded(part[:, 0, :MOST_ROWS], 3) for name, part in parts.items()}


def _weights(reader: Reader) -> dict[str, Any]:
    """The weight matrices that are small enough to be drawn, by PyTorch's names; rows as PyTorch has them (out, in)."""
    return {
        name: rounded(weight, 3)
        for name, weight in reader.network.named_parameters()
        if weight.dim() == 2 and max(weight.shape) <= LARGEST_MATRIX
    }


def gradient_through_time(reader: Reader, position: int) -> Json:
    """|∂loss_T/∂h_t|, the gradient of the loss at step T by the state at each step before; for LSTM also by c_t.

    `position` is T. The network is taken a step at a time, which keeps every state in the graph; no `.grad` is touched.
    h_t and c_t count as separate inputs of step t + 1, so c_T, which has no next step, gets 0.
    """
    network, ids = reader.network, reader.ids
    first = max(0, position - REACH + 1)
    states: list[State] = []
    state: State | None = None
    with torch.enable_grad():
        for x in network.encode(ids[None, first : position + 1]).split(1, dim=1):
            _, state = network.rnn(x, state)
            states.append(state)
        logits = network.head(hidden_part(states[-1])[-1])  # (1, V)
        loss = F.cross_entropy(logits, ids[None, position + 1])
        norms = {"h": _norms(loss, [hidden_part(state) for state in states])}
        if isinstance(states[-1], tuple):
            norms["c"] = _norms(loss, [state[1] for state in states if isinstance(state, tuple)])
    given: list[int] = ids[first : position + 1].tolist()
    return {"position": position, "offset": first, "given": reader.named(given), "norm": norms}


def _norms(loss: Tensor, states: list[Tensor]) -> list[float | None]:
    gradients = torch.autograd.grad(loss, states, retain_graph=True, allow_unused=True, materialize_grads=True)
    norms = torch.linalg.vector_norm(torch.stack(gradients), dim=(1, 2, 3)).tolist()
    return [norm if norm < float("inf") else None for norm in norms]
