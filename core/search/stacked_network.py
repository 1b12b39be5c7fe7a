"""The networks of a stack: forward and backward of all of them, and their loss. M members, N rows."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

ALIGNED = 16  # float32 in 64 bytes
CHUNK = 16  # numbers that PyTorch's loss adds up before it adds the sums
aten = torch.ops.aten
# Activations whose numbers do not depend on where in memory they are computed: the last few of an array are made by other code, which
# rounds sigmoid and gelu in another way.
FORWARD: Mapping[str, Callable[[Tensor], Tensor]] = {"relu": torch.relu, "tanh": torch.tanh, "none": lambda given: given}
BACKWARD: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {  # of gradient and what came out
    "relu": lambda gradient, out: aten.threshold_backward(gradient, out, 0),
    "tanh": aten.tanh_backward,
    "none": lambda gradient, _out: gradient,
}


class StackedNetwork:
    """Networks of linear layers with one activation between them.

    `table` (M, P) holds the weights of all, `gradients` likewise.

    Args:
        activation: its name; "none" for none.
        models: that of each member; the same object may stand for many.
    """

    def __init__(self, activation: str, models: Sequence[nn.Module]) -> None:
        self._activation = activation
        layers = [module for module in models[0].modules() if isinstance(module, nn.Linear)]
        self._shapes = [(layer.out_features, layer.in_features) for layer in layers]
        self.classes = layers[-1].out_features
        self._places, size = list[int](), 0
        for outputs, inputs in self._shapes:
            for count in (outputs * inputs, outputs):
                self._places.append(size)
                size += -(-count // ALIGNED) * ALIGNED
        self._use(torch.zeros(len(models), size))
        known: dict[int, Tensor] = {}
        for place, model in enumerate(models):
            if id(model) not in known:
                known[id(model)] = self._row([parameter.detach() for parameter in model.parameters()], size)
            self.table[place] = known[id(model)]

    def _row(self, parameters: Sequence[Tensor], size: int) -> Tensor:
        row = torch.zeros(size)
        for start, parameter in zip(self._places, parameters, strict=True):
            row[start : start + parameter.numel()] = parameter.flatten()
        return row

    def _use(self, table: Tensor) -> None:
        self._rooms: dict[tuple[str, int], tuple[Tensor, Tensor]] = {}
        self.table, self.gradients = table, torch.zeros_like(table)
        self._layers, self._sloped = self._views(self.table), self._views(self.gradients)

    def _views(self, table: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Weights (M, out, in) and biases (M, out) of each layer."""
        found = []
        for number, (outputs, inputs) in enumerate(self._shapes):
            at, bias = self._places[2 * number : 2 * number + 2]
            found.append((table[:, at : at + outputs * inputs].view(-1, outputs, inputs), table[:, bias : bias + outputs]))
        return found

    def keep(self, rows: Tensor) -> None:
        """Only these members."""
        self._use(self.table[rows])

    def __call__(self, x: Tensor) -> Tensor:
        """Logits (M, N, C) for x (M, N, F); what each layer was given is remembered for `backward`."""
        self._given, self._out = [x], list[Tensor]()
        for number in range(len(self._layers) - 1):
            base, view = self._linear(number)
            after = FORWARD[self._activation](base)
            self._out.append(after)
            self._given.append(after.as_strided(view.shape, view.stride()))
        return self._linear(len(self._layers) - 1)[1]

    def _linear(self, number: int) -> tuple[Tensor, Tensor]:
        (weight, bias), given = self._layers[number], self._given[number]
        base, view = self._room(f"forward {number}", len(given), given.shape[1], weight.shape[1])
        view.copy_(bias[:, None].expand(view.shape)).baddbmm_(given, weight.transpose(1, 2))
        return base, view

    def _room(self, name: str, members: int, rows: int, columns: int) -> tuple[Tensor, Tensor]:
        """Where a layer's numbers are put, the same in each pass."""
        if (name, rows) not in self._rooms:
            self._rooms[name, rows] = aligned(members, rows, columns)
        return self._rooms[name, rows]

    def backward(self, gradient: Tensor) -> None:
        """Fill `gradients` from that of the logits (M, N, C)."""
        incoming = self._room("backward", *gradient.shape)[1].copy_(gradient)
        for number in reversed(range(len(self._layers))):
            weight, bias = self._sloped[number]
            torch.bmm(incoming.transpose(1, 2), self._given[number], out=weight)
            torch.sum(incoming, 1, out=bias)
            if number:
                base, view = self._room(f"backward {number}", *self._given[number].shape)
                torch.bmm(incoming, self._layers[number][0], out=view)
                base = BACKWARD[self._activation](base, self._out[number - 1])
                incoming = base.as_strided(view.shape, view.stride())


def aligned(members: int, rows: int, columns: int) -> tuple[Tensor, Tensor]:
    """Room for (M, N, C) in which each member begins at a multiple of 64 bytes: all of it in one row, and as (M, N, C)."""
    step = -(-rows * columns // ALIGNED) * ALIGNED
    base = torch.zeros(members * step)
    return base, base.as_strided((members, rows, columns), (step, columns, 1))


def mean(losses: Tensor) -> Tensor:
    """The mean of each row of (M, N), added in the order of PyTorch's `nll_loss`: the first number by itself, then in chunks of chunks."""
    sums, rest = list[Tensor](), losses[:, 1:]
    while rest.shape[1]:
        chunks = rest.shape[1] // CHUNK
        if rest.shape[1] % CHUNK:
            sums.append(_in_order(rest[:, chunks * CHUNK :]))
        rest = _in_order(rest[:, : chunks * CHUNK].unflatten(1, (chunks, CHUNK))) if chunks else rest[:, :0]
    return sum([*sums[1:], losses[:, 0]], start=sums[0] if sums else torch.zeros(len(losses))) / losses.shape[1]


def _in_order(numbers: Tensor) -> Tensor:
    """The sums over the last axis, added one after another."""
    total = numbers[..., 0].clone()
    for place in range(1, numbers.shape[-1]):
        total += numbers[..., place]
    return total
