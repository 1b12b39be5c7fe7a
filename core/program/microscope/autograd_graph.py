"""Autograd graph: what `backward()` walks, read from the real objects of one pass, and the gradients as they come through it."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node

from core.jsonable import jsonable

Json = dict[str, Any]

DRAWN_NODES = 160  # operations that are drawn, those nearest to the loss; leaves are always drawn
WALKED_NODES = 10_000
SHOWN_VALUES = 6


def walk(*roots: Node | None) -> list[Node]:
    """All nodes that backward reaches from `grad_fn`s along `next_functions`, nearest first, each once."""
    found: dict[Node, None] = {}
    waiting = deque(root for root in roots if root is not None)
    while waiting and len(found) < WALKED_NODES:
        node = waiting.popleft()
        if node not in found:
            found[node] = None
            waiting.extend(following for following, _ in node.next_functions if following is not None)
    return list(found)


def saved(node: Node) -> dict[str, Tensor]:
    """The tensors that forward saved at a node, by name; empty once backward has freed them."""
    tensors = {}
    for name in _saved_names(type(node)):
        try:
            value = getattr(node, name)
        except RuntimeError:  # freed: "Trying to backward through the graph a second time …"
            return {}
        if isinstance(value, Tensor):
            tensors[name.removeprefix("_saved_")] = value
    return tensors


@cache
def _saved_names(kind: type[Node]) -> list[str]:
    """Of all nodes of a kind; to ask thousands of nodes one by one took two seconds."""
    return [name for name in dir(kind) if name.startswith("_saved_")]


class Graph:
    """The autograd graph of one loss, and the gradients that arrive at its nodes.

    Args:
        loss: the tensor that backward will start from.
        parameters: the leaves' names.
    """

    def __init__(self, loss: Tensor, parameters: Mapping[str, Tensor]) -> None:
        nodes = walk(loss.grad_fn)
        leaves = [node for node in nodes if _leaf(node) is not None]
        inner = islice((node for node in nodes if _leaf(node) is None), DRAWN_NODES)
        self._nodes = [*inner, *leaves]
        self._undrawn = len(nodes) - len(self._nodes)
        self._parameters = parameters
        self._saved = [saved(node) for node in self._nodes]
        self._shapes = [{name: list(tensor.shape) for name, tensor in kept.items()} for kept in self._saved]
        self._saved.clear()
        self._arrived: list[tuple[int, float]] = []
        self._hooks = [node.register_prehook(partial(_note, self._arrived, number)) for number, node in enumerate(self._nodes)]

    def picture(self) -> Json:
        """Nodes with operation, shapes of what they saved, the leaf's name; edges; how many more there are."""
        number = {node: place for place, node in enumerate(self._nodes)}
        nodes = [
            {"id": place, "operation": node.name().split("::")[-1], "saved": self._shapes[place], "parameter": self._name(_leaf(node))}
            for place, node in enumerate(self._nodes)
        ]
        edges = [[number[node], number[following]] for node in self._nodes for following, _ in node.next_functions if following in number]
        return {"nodes": nodes, "edges": edges, "undrawn": self._undrawn}

    def arrived(self) -> list[list[Any]]:
        """In the order of backward: [node, the length of the gradient that came to it]."""
        return [[number, jsonable(norm, infinities=True)] for number, norm in self._arrived]

    def close(self) -> None:
        """Remove the hooks."""
        for hook in self._hooks:
            hook.remove()

    def _name(self, leaf: Tensor | None) -> str | None:
        return next((name for name, parameter in self._parameters.items() if parameter is leaf), None)


def _leaf(node: Node) -> Tensor | None:
    return getattr(node, "variable", None)


def _note(arrived: list[tuple[int, float]], number: int, gradients: Sequence[Tensor | None]) -> None:
    came = [gradient for gradient in gradients if gradient is not None]
    arrived.append((number, math.hypot(*(float(torch.linalg.vector_norm(gradient.detach())) for gradient in came))))


def held(losses: Sequence[Tensor]) -> Json:
    """What losses in a list keep alive: the nodes of their graphs, and the bytes of what these have saved."""
    nodes = walk(*(loss.grad_fn for loss in losses))
    kept = {tensor.data_ptr(): tensor.nbytes for node in nodes for tensor in saved(node).values()}
    return {"losses": len(losses), "nodes": len(nodes), "bytes": sum(kept.values())}


# --- numbers as JSON holds them ----------------------------------------------------------------------------------


def shown(tensor: Tensor) -> Json:
    """Shape, dtype, length (as one vector) and the first values."""
    tensor = tensor.detach()
    length = torch.linalg.vector_norm(tensor.double()) if tensor.is_floating_point() else torch.tensor(0.0)
    dtype = str(tensor.dtype).removeprefix("torch.")
    first = tensor.flatten()[:SHOWN_VALUES].tolist()
    numbers: Json = jsonable({"values": first, "norm": length.item()}, infinities=True)
    return {"shape": list(tensor.shape), "dtype": dtype, **numbers}
