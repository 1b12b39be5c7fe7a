"""The networks of a stack: forward and backward of all of them, and their loss. M members, N rows."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from core.search.stacked_product import ALIGNED, aligned, product, room

Layer = tuple[Tensor, Tensor]  # weights (out, in) and biases (out,)
aten = torch.ops.aten
# Each of numbers (M, N, units) into a room with gaps. The last few numbers of a tensor are made by other code than those before, which
# rounds sigmoid in another way; between the members of a room there is a gap, so each has its own last few. Where numbers do not lie
# without a gap, gelu is made by other code: so it is made by itself and copied.
FORWARD: Mapping[str, Callable[[Tensor, Tensor], object]] = {
    "relu": lambda given, into: torch.clamp_min(given, 0, out=into),
    "tanh": lambda given, into: torch.tanh(given, out=into),
    "sigmoid": lambda given, into: torch.sigmoid(given, out=into),
    "gelu": lambda given, into: into.copy_(aten.gelu(given.contiguous())),
    "none": lambda given, into: into.copy_(given),
}
BACKWARD: Mapping[str, Callable[[Tensor, Tensor, Tensor, Tensor], object]] = {  # of a gradient; what was given, and what came out of it
    "relu": lambda slope, _given, out, into: aten.threshold_backward.grad_input(slope, out, 0, grad_input=into),
    "tanh": lambda slope, _given, out, into: aten.tanh_backward.grad_input(slope, out, grad_input=into),
    "sigmoid": lambda slope, _given, out, into: aten.sigmoid_backward.grad_input(slope, out, grad_input=into),
    "gelu": lambda slope, given, _out, into: into.copy_(aten.gelu_backward(slope.contiguous(), given.contiguous())),
    "none": lambda slope, _given, _out, into: into.copy_(slope),
}
Noise = Callable[[int, int], Tensor | None]  # of so many rows and units


class StackedNetwork:
    """Networks of linear layers with one activation between them.

    `table` (M, P) holds the weights of all, `gradients` likewise.

    Args:
        activation: its name; "none" for none.
        models: weights (out, in) and biases (out,) of each member's layers; the same object may stand for many.
        by_hand: a bias is added to the finished product, as in x @ W + b, and not by the operation that multiplies, as `nn.Linear` does.
    """

    def __init__(self, activation: str, models: Sequence[Sequence[Layer]], by_hand: bool = False) -> None:
        self._activation, self._by_hand = activation, by_hand
        self._shapes = [(weight.shape[0], weight.shape[1]) for weight, _ in models[0]]
        self._places, size = list[int](), 0
        for outputs, inputs in self._shapes:
            for count in (outputs * inputs, outputs):
                self._places.append(size)
                size += -(-count // ALIGNED) * ALIGNED
        self._use(torch.zeros(len(models), size))
        known: dict[int, Tensor] = {}
        for place, model in enumerate(models):
            if id(model) not in known:
                known[id(model)] = self._row([part.detach() for layer in model for part in layer], size)
            self.table[place] = known[id(model)]

    def _row(self, parameters: Sequence[Tensor], size: int) -> Tensor:
        row = torch.zeros(size)
        for start, parameter in zip(self._places, parameters, strict=True):
            row[start : start + parameter.numel()] = parameter.flatten()
        return row

    def _use(self, table: Tensor) -> None:
        self._rooms: dict[tuple[str | int, ...], Tensor] = {}
        self.table, self.gradients = table, torch.zeros_like(table)
        self._layers, self._sloped = self._views(self.table), self._views(self.gradients)

    def _views(self, table: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Weights (M, out, in) and biases (M, out) of each layer."""
        found = []
        for number, (outputs, inputs) in enumerate(self._shapes):
            at, bias = self._places[2 * number : 2 * number + 2]
            found.append((table[:, at : at + outputs * inputs].view(-1, outputs, inputs), table[:, bias : bias + outputs]))
        return found

    def parameters(self, place: int) -> list[Tensor]:
        """The weights and biases of a member, as its model has them."""
        return [part[place] for layer in self._layers for part in layer]

    def keep(self, rows: Tensor) -> None:
        """Only these members."""
        self._use(self.table[rows])

    def __call__(self, x: Tensor, noise: Noise | None = None) -> Tensor:
        """Outputs (M, N, C) for x (M, N, F); what each layer was given is remembered for `backward`.

        Args:
            noise: what the numbers of a hidden layer are multiplied by, asked for one layer after another; None while it is measured.
        """
        self._given, self._passed = [x], list[tuple[Tensor, Tensor, Tensor | None]]()
        for number in range(len(self._layers) - 1):
            into = self._linear(number)
            out = self._room(f"out {number}", *into.shape)
            drawn = noise(*into.shape[1:]) if noise else None
            FORWARD[self._activation](into, out)
            self._passed.append((into, out, drawn))
            self._given.append(out if drawn is None else torch.mul(out, drawn, out=self._room(f"dropped {number}", *into.shape)))
        return self._linear(len(self._layers) - 1)

    def _linear(self, number: int) -> Tensor:
        (weight, bias), given = self._layers[number], self._given[number]
        if self._by_hand:
            return self._product(f"forward {number}", given, weight.transpose(1, 2)).add_(bias[:, None])
        return self._product(f"forward {number}", given, weight.transpose(1, 2), bias)

    def _product(self, name: str, left: Tensor, right: Tensor, bias: Tensor | None = None) -> Tensor:
        """left @ right + bias, in a room of its own."""
        key = name, *left.shape, *left.stride(), left.storage_offset() % ALIGNED, right.storage_offset() % ALIGNED
        if key not in self._rooms:
            self._rooms[key] = room(left, right, bias)
        return product(left, right, self._rooms[key], bias)

    def _room(self, name: str, members: int, rows: int, columns: int) -> Tensor:
        """Where a layer's numbers are put, the same in each pass."""
        if (name, rows) not in self._rooms:
            self._rooms[name, rows] = aligned(members, rows, columns)
        return self._rooms[name, rows]

    def leave(self) -> None:
        """Give back the rooms, until the next pass: others need them meanwhile."""
        self._rooms.clear()
        self._given.clear()
        self._passed.clear()

    def backward(self, slope: Tensor) -> None:
        """Fill `gradients` from that of the outputs (M, N, C)."""
        slope = self._room("backward", *slope.shape).copy_(slope)
        for number in reversed(range(len(self._layers))):
            weight, bias = self._sloped[number]
            weight.copy_(self._product(f"weight {number}", slope.transpose(1, 2), self._given[number]))
            torch.sum(slope, 1, out=bias)
            if number:
                into, out, drawn = self._passed[number - 1]
                before = self._product(f"product {number}", slope, self._layers[number][0])
                if drawn is not None:
                    before.mul_(drawn)
                slope = self._room(f"backward {number}", *into.shape)
                BACKWARD[self._activation](before, into, out, slope)


def picked(tensor: Tensor, rows: Tensor) -> Tensor:
    """Some members of what holds a row for each, (M, N) or aligned (M, N, C); one that all have is there once."""
    if tensor.stride(0) == 0:
        return tensor[:1].expand(len(rows), *tensor.shape[1:])
    return tensor[rows] if tensor.dim() == 2 else aligned(len(rows), *tensor.shape[1:]).copy_(tensor[rows])
