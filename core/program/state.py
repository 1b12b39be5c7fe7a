"""State: all that a run has come to at the beginning of a pass, small enough to keep hundreds of, and raw enough to send.

It is what the optimizer trains and remembers, the gradients of the pass before, the buffers of the model, and the names that
go from one pass to the next. Data and what else the program makes of its settings are not among it: they are made again.
"""

import copy
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class State(NamedTuple):
    """Numbers of a program. Tensors are held as arrays, with no graph and on no device.

    Args:
        tensors: parameters in the order of the optimizer, then the model's buffers.
        gradients: those of the parameters.
        optimizer: what it remembers of each parameter, in its order; None of one that it has not moved yet.
        carried: the names that a pass finds as the one before has left them.
        training: whether the model is in training mode; None without a model.
    """

    tensors: tuple[NDArray[Any], ...]
    gradients: list[NDArray[Any] | None]
    optimizer: list[dict[str, Any] | None]
    carried: dict[str, Any]
    training: bool | None


class _Array(NamedTuple):
    """What was a tensor."""

    values: NDArray[Any]
    device: str


def captured(namespace: dict[str, Any], carried: Iterable[str]) -> State:
    """The state of the program in `namespace`, copied. `carried` as in `core.program.loop.Loop`."""
    model = namespace.get("model")
    tensors = tuple(_copy(tensor).values for tensor in _tensors(namespace))
    gradients = [None if parameter.grad is None else _copy(parameter.grad).values for parameter in _parameters(namespace)]
    remembered = [_copy(namespace["optimizer"].state.get(parameter)) for parameter in _parameters(namespace)]
    kept = {name: _copy(namespace[name]) for name in carried if name in namespace}
    return State(tensors, gradients, remembered, kept, None if model is None else model.training)


def put_back(state: State, namespace: dict[str, Any]) -> None:
    """Give the program in `namespace`, which has been set up, the state of another that was set up alike."""
    for tensor, values in zip(_tensors(namespace), state.tensors, strict=True):
        tensor.detach().copy_(torch.from_numpy(values))
    for parameter, gradient in zip(_parameters(namespace), state.gradients, strict=True):
        parameter.grad = None if gradient is None else torch.from_numpy(gradient.copy()).to(parameter.device)
    optimizer = namespace["optimizer"]
    remembered = {number: _tensor(known) for number, known in enumerate(state.optimizer) if known is not None}
    optimizer.load_state_dict({**optimizer.state_dict(), "state": remembered})
    namespace.update(_tensor(state.carried))
    if state.training is not None:
        namespace["model"].train(state.training)


def named_parameters(namespace: dict[str, Any]) -> dict[str, Tensor]:
    """The parameters of a program by name: those of its `model`, or the tensors that it made itself and asks gradients of."""
    if "model" in namespace:
        return dict(namespace["model"].named_parameters())
    tensors = {name: value for name, value in namespace.items() if isinstance(value, Tensor)}
    return {name: tensor for name, tensor in tensors.items() if tensor.is_leaf and tensor.requires_grad}


def size(state: State) -> int:
    """About how many bytes it takes."""
    return _bytes([state.tensors, state.gradients, state.optimizer, state.carried])


def _parameters(namespace: dict[str, Any]) -> list[Tensor]:
    return [parameter for group in namespace["optimizer"].param_groups for parameter in group["params"]]


def _tensors(namespace: dict[str, Any]) -> list[Tensor]:
    model = namespace.get("model")
    return [*_parameters(namespace), *(model.buffers() if model is not None else ())]


def _copy(value: Any) -> Any:
    match value:
        case Tensor():
            return _Array(np.array(value.numpy(force=True)), str(value.device))
        case dict():
            return {key: _copy(item) for key, item in value.items()}
        case list() | tuple() if type(value) in (list, tuple):
            return type(value)(map(_copy, value))
    return copy.deepcopy(value)


def _tensor(value: Any) -> Any:
    match value:
        case _Array():
            return torch.from_numpy(value.values.copy()).to(value.device)
        case dict():
            return {key: _tensor(item) for key, item in value.items()}
        case list() | tuple():
            return type(value)(map(_tensor, value))
    return value


def _bytes(value: Any) -> int:
    match value:
        case np.ndarray():
            return value.nbytes + 128
        case _Array():
            return _bytes(value.values)
        case dict():
            return sum(map(_bytes, value.values()))
        case list() | tuple():
            return sum(map(_bytes, value))
    return 32
