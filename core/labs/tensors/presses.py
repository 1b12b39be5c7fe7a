"""Presses: what can be done with a tensor, as expressions that are ready to be one more line."""

import math
from collections.abc import Mapping, Sequence

from core.labs.tensors.grammar import MOST_AXES

GROUPS = ("shape", "pick", "reduce", "compute", "kind")


def presses(name: str, shape: Sequence[int], dtype: str, others: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
    """For each group the expressions that torch computes for a tensor of this shape.

    Args:
        others: the other tensors of the same dtype, by name, the latest last.
    """
    return {
        "shape": [f"{name}{ending}" for ending in _reshaped(shape)],
        "pick": [f"{name}[{index}]" for index in _picked(shape)],
        "reduce": [f"{name}{ending}" for ending in _reduced(shape, dtype)],
        "compute": _computed(name, shape, dtype, others),
        "kind": [f"{name}.{ending}" for ending in (["long()"] if "float" in dtype else ["float()"])]
        + [f"{name}.numpy()", f"{name}.clone()"],
    }


def _reshaped(shape: Sequence[int]) -> list[str]:
    axes = len(shape)
    found = [".reshape(-1)"] if axes != 1 else []
    if axes == 1 and (rows := _divisor(shape[0])):
        found.append(f".reshape({rows}, {shape[0] // rows})")
    if axes > 2:
        found.append(f".reshape({shape[0]}, -1)")
    if axes == 2:
        found += [".t()", f".view({shape[1]}, {shape[0]})"] if shape[0] != shape[1] else [".t()"]
    if axes > 1:
        found += [f".permute({', '.join(map(str, [*range(1, axes), 0]))})", ".transpose(0, 1)"] if axes > 2 else [".transpose(0, 1)"]
    if 1 in shape:
        found.append(".squeeze()")
    if axes < MOST_AXES:
        found += [".unsqueeze(0)", ".unsqueeze(-1)"]
    if axes == 1 and shape[0] <= 8:
        found.append(f".expand(3, {shape[0]})")
    return found


def _picked(shape: Sequence[int]) -> list[str]:
    if not shape or not math.prod(shape):
        return []
    found = ["0", "-1"]
    if shape[0] > 2:
        found += ["1:", "::2"]
    if len(shape) > 1:
        found += [":, 0", "..., -1"]
    return found if len(shape) == MOST_AXES else [*found, "None"]


def _reduced(shape: Sequence[int], dtype: str) -> list[str]:
    if not math.prod(shape) or dtype == "torch.bool":
        return [".sum()"]
    found = [".sum()", *([".mean()"] if "float" in dtype else []), ".max()", ".argmax()"]
    for dim in range(min(len(shape), 3)) if len(shape) > 1 else []:
        found += [f".sum(dim={dim})", f".max(dim={dim})"]
    return found if len(shape) < 2 else [*found, ".argmax(dim=1)", ".sum(dim=0, keepdim=True)"]


def _computed(name: str, shape: Sequence[int], dtype: str, others: Mapping[str, Sequence[int]]) -> list[str]:
    found = [f"{name} + 1", f"{name} * {name}"] if dtype != "torch.bool" else []
    if len(shape) == 2 and dtype != "torch.bool":
        found.append(f"{name} @ {name}.t()")
    for other, size in list(others.items())[-3:] if dtype != "torch.bool" else []:
        if _fits(shape, size):
            found += [f"{name} + {other}", f"{name} * {other}"]
        if len(shape) >= 1 and len(size) == 2 and shape[-1] == size[0]:
            found.append(f"{name} @ {other}")
        if list(shape) == list(size) and shape:
            found += [f"torch.cat([{name}, {other}])", *([f"torch.stack([{name}, {other}])"] if len(shape) < MOST_AXES else [])]
    return found


def _fits(one: Sequence[int], other: Sequence[int]) -> bool:
    return all(a == b or 1 in (a, b) for a, b in zip(one[::-1], other[::-1], strict=False))


def _divisor(size: int) -> int | None:
    return next((rows for rows in range(int(size**0.5), 1, -1) if size % rows == 0), None)
