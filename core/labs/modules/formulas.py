"""Where a layer's parameters and the shape of its output come from, written out in numbers. Checked against torch itself in the tests."""

import math
from collections.abc import Sequence
from typing import Any

from torch import Size, nn

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
RECURRENT = (nn.RNN, nn.LSTM, nn.GRU)
_GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}


def parameters(module: nn.Module) -> str:
    """How many parameters of its own a module has, as a sum: `16·8·3·3 + 16`; "" where it has none."""
    match module:
        case nn.Linear() | nn.Conv1d() | nn.Conv2d() | nn.Conv3d():
            parts = [_product(module.weight.shape), *([str(len(module.bias))] if module.bias is not None else [])]
        case nn.RNN() | nn.LSTM() | nn.GRU():
            weights = [parameter for layer in module.all_weights for parameter in layer]
            parts = [_product(weight.shape) for weight in weights]
        case _:
            parts = [_product(parameter.shape) for parameter in module.parameters(recurse=False)]
    return " + ".join(parts)


def _product(sizes: Sequence[int]) -> str:
    return "·".join(map(str, sizes)) or "1"


def shape(module: nn.Module, before: Size, after: Size) -> list[str]:
    """How each axis that a module changes comes about, such as `⌊(8 + 2·1 − 1·(3 − 1) − 1) / 1⌋ + 1 = 8`; none where it changes none."""
    match module:
        case nn.Conv1d() | nn.Conv2d() | nn.Conv3d():
            return [f"{module.in_channels} → {module.out_channels}", *_slid(module, before, after)]
        case nn.MaxPool1d() | nn.MaxPool2d() | nn.MaxPool3d() | nn.AvgPool1d() | nn.AvgPool2d() | nn.AvgPool3d():
            return _slid(module, before, after)
        case nn.Flatten() if len(before) > len(after):
            return [f"{_product(before[module.start_dim :])} = {after[-1]}"]
        case nn.Linear():
            return [f"{module.in_features} → {module.out_features}"]
    return []


def _slid(module: Any, before: Size, after: Size) -> list[str]:
    """⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1 for each axis that a window slides along; axes that are alike stand once.

    None where it comes about in another way: a window that begins beyond the edge is left out of what is rounded up.
    """
    kernel, stride, dilation, padding = (each(module, name) for name in ("kernel_size", "stride", "dilation", "padding"))
    up = getattr(module, "ceil_mode", False)
    found = []
    for n, p, d, k, s, m in zip(before[-len(kernel) :], padding, dilation, kernel, stride, after[-len(kernel) :], strict=True):
        steps = (n + 2 * p - d * (k - 1) - 1) / s
        if (math.ceil(steps) if up else math.floor(steps)) + 1 == m:
            left, right = "⌈⌉" if up else "⌊⌋"
            found.append(f"{left}({n} + 2·{p:g} − {d}·({k} − 1) − 1) / {s}{right} + 1 = {m}")
    return list(dict.fromkeys(found))


def each(module: Any, name: str) -> Sequence[Any]:
    """An argument of a convolution or a pool, one number for each axis that its window slides along: all but the batch and the channels."""
    value = getattr(module, name, 1)
    if isinstance(value, str):  # "same" or "valid"
        windows = zip(each(module, "dilation"), each(module, "kernel_size"), strict=True)
        return [d * (k - 1) / 2 if value == "same" else 0 for d, k in windows]
    return tuple(value) if isinstance(value, tuple | list) else (value,) * int(type(module).__name__[-2])  # Conv2d
