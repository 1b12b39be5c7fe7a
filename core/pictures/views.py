"""Pictures of a network and of what it makes of its samples, as lists that JSON can hold.

Numbers are rounded to 4 significant digits; what is not finite becomes None.
"""

import base64
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.jsonable import jsonable
from core.pictures.network import Network, of_both
from core.pictures.samples import Ints, Plane, Samples, cells, ticks

BINS = 30
SHOWN_MISTAKES = 50
LOWEST, LEVELS = ord("0"), 20  # on each side of 0


def network(model: Network, samples: Samples, x: Tensor, shown: str) -> dict[str, Any]:
    """Every layer's numbers, each as (units, inputs): `shown` is `weights`, `gradients`, or "" for both.

    Gradients are None before the first backward. `dead` holds the units of a layer whose ReLU is 0 for every row of
    `x` (B, F), so that they have no gradient and stay so.
    """
    dead = model.dead_units(x) or [[] for _ in model.hidden]  # none at all without ReLU
    drawn: dict[str, Callable[[nn.Linear], Tensor | None]] = {}
    if shown != "gradients":
        drawn |= {"weights": lambda layer: layer.weight, "biases": lambda layer: layer.bias}
    if shown != "weights":
        drawn |= {"weight_gradients": lambda layer: layer.weight.grad, "bias_gradients": lambda layer: layer.bias.grad}
    found = iter(numbers_of_each([tensor(layer) for layer in model.layers for tensor in drawn.values()]))
    layers = [{"dead": units, **{kind: next(found) for kind in drawn}} for units in [*dead, []]]
    return {"inputs": list(samples.features), "outputs": list(samples.classes), "layers": layers}


def regions(model: Network, plane: Plane, inputs: Tensor, samples: Samples) -> dict[str, Any]:
    """The class the network finds in each cell of `plane`, whose `inputs` (cells, F) lie on the model's device.

    `z` is as in `packed`.
    `points` are all samples on the plane with their labels; `wrong` those that the network gets wrong.
    """
    return _on(plane, probabilities(model, inputs), model, samples)


def _on(plane: Plane, chances: Tensor, model: Network, samples: Samples) -> dict[str, Any]:
    wrong = model.predict(samples.x).argmax(1).cpu().numpy() != samples.labels
    points = {**_points(plane.points), "label": samples.labels.tolist()}
    return {**plane.drawn, "z": packed(chances, plane), "points": points, "wrong": _points(plane.points[wrong])}


def hidden_space(model: Network, samples: Samples, size: int = 60) -> dict[str, Any]:
    """As `regions`, over what the first two units of the last hidden layer put out; further units at their mean.

    The output layer is linear, so there the borders are straight. With one unit alone each class has a row of its own.
    """
    outputs = model.inputs_of_layers(samples.x)[-1].nan_to_num(0, 0, 0)  # (n, units)
    pair = outputs[:, :2].double().numpy(force=True)
    across, up = pair[:, 0], pair[:, 1] if pair.shape[1] == 2 else (samples.labels + 0.5) / len(samples.classes)
    x, y = ticks(across, size), ticks(up, size)
    grid = outputs.mean(0).repeat(size * size, 1)
    grid[:, : pair.shape[1]] = torch.tensor(cells(x, y)[:, : pair.shape[1]], dtype=grid.dtype, device=grid.device)
    axes = ("unit_1", "unit_2" if pair.shape[1] == 2 else "")
    plane = Plane(axes, x, y, grid.numpy(force=True), np.stack([across, up], axis=1))
    with torch.no_grad():
        chances = shares(of_both(model.output(grid)))
    return _on(plane, chances, model, samples)


def packed(chances: Tensor, plane: Plane) -> dict[str, Any]:
    """`columns` of the grid, and its `cells` row by row: 1000 · class + its probability in thousandths, at most 999.

    The cells are 16 bit numbers, the low byte first, in base 64: as numbers of JSON they are twice as long and take ten times as long to
    write. `chances` (cells, C).
    """
    best, kind = chances.max(1)
    thousandths = (best * 1000).clamp(0, 999).nan_to_num(0).int()
    cells = (1000 * kind + thousandths).numpy(force=True).astype("<u2")
    return {"columns": len(plane.x), "cells": base64.b64encode(cells.tobytes()).decode("ascii")}


def units(model: Network, inputs: Tensor) -> list[list[str]]:
    """What each input and each hidden unit puts out for `inputs` (cells, F): for each column of the network a text for each unit.

    A character for each cell, from "0" (as low as −1) to "X" (as high as 1), of the greatest size in its column: as many numbers
    would take four times as long to send.
    """
    return [levels(outputs.T)[0] for outputs in model.inputs_of_layers(inputs)]


def levels(rows: Tensor) -> tuple[list[str], float | None]:
    """For each of `rows` (rows, n) a text with a character for each number, and the greatest size among all of them.

    "0" is as low as −1, "X" as high as 1, of that size; where it is not finite, every number is written as 0 is.
    """
    values = rows.numpy(force=True)  # small: NumPy takes a third of the time that as many operations of torch take
    most = float(np.abs(values).max())
    scaled = values / max(most, 1e-9) if math.isfinite(most) else np.zeros_like(values)
    text = np.rint(LOWEST + (1 + scaled) * LEVELS).astype(np.uint8).tobytes().decode("ascii")
    length = values.shape[1]
    return [text[start : start + length] for start in range(0, len(text), length)], number(most)


def probabilities(model: Network, x: Tensor) -> Tensor:
    """Softmax of the logits for `x` (B, F): (B, C), each row sums to 1."""
    return shares(model.predict(x))


def shares(logits: Tensor) -> Tensor:
    """Softmax over the classes of `logits` (B, C): of few classes a seventh of the time where each class's numbers lie together."""
    return torch.softmax(logits.T.contiguous(), dim=0).T


def confusion(predicted: Ints, samples: Samples) -> dict[str, Any]:
    """Counts (C, C) by label (row) and prediction (column) of the training samples and of the test ones, if any."""
    C = len(samples.classes)

    def matrix(rows: Ints) -> list[list[int]]:
        cells = C * samples.labels[rows] + predicted[rows]
        counts: list[list[int]] = np.bincount(cells, minlength=C * C).reshape(C, C).tolist()
        return counts

    return {
        "classes": list(samples.classes),
        "train": matrix(samples.train),
        "test": matrix(samples.test) if len(samples.test) else None,
    }


def mistakes(chances: NDArray[np.float32], samples: Samples) -> dict[str, Any]:
    """The samples that `chances` (n, C) get wrong, the most certain mistakes first, at most 50 of them."""
    predicted = chances.argmax(1)
    wrong = np.flatnonzero(predicted != samples.labels)
    own = chances[wrong, samples.labels[wrong]]
    shown = wrong[np.argsort(own, kind="stable")][:SHOWN_MISTAKES]
    of_all = (shown, np.isin(shown, samples.test), np.round(samples.measured[shown], 3), samples.labels[shown], predicted[shown])
    rows = [
        {
            "row": row,
            "test": test,
            "measured": measured,
            "label": samples.classes[label],
            "predicted": samples.classes[found],
            "probabilities": probable,
        }
        for row, test, measured, label, found, probable in zip(*(one.tolist() for one in of_all), numbers(chances[shown]), strict=True)
    ]
    return {"classes": list(samples.classes), "total": len(wrong), "rows": rows}


def histograms(layers: Sequence[nn.Linear]) -> list[dict[str, Any]]:
    """For each layer how its weights and its gradients are spread: `low`, `high` and the counts in 30 equal bins."""
    return [{"weights": _spread(layer.weight), "gradients": _spread(layer.weight.grad)} for layer in layers]


def _spread(tensor: Tensor | None) -> dict[str, Any] | None:
    if tensor is None:
        return None
    values = tensor.numpy(force=True).astype(np.float64).ravel()  # float32 has no room for 30 bins between neighbours
    low, high = float(values.min()), float(values.max())
    if not math.isfinite(high - low):
        return None
    margin = 0.0 if low < high else max(0.5, abs(low) / 1000)  # one value alone stands in the middle
    low, high = low - margin, high + margin
    return {"low": number(low), "high": number(high), "counts": counted(values, low, high)}


def counted(values: NDArray[np.float64], low: float, high: float) -> list[int]:
    """How many of `values` (n,), all of them in low … high, lie in each of 30 equal bins: as `np.histogram`, in a fifth of its time."""
    edges = np.linspace(low, high, BINS + 1)
    places = np.minimum(((values - low) / (high - low) * BINS).astype(np.intp), BINS - 1)
    places -= values < edges[places]  # rounding: the edges decide
    places += (values >= edges[places + 1]) & (places != BINS - 1)
    counts: list[int] = np.bincount(places, minlength=BINS).tolist()
    return counts


def _points(points: NDArray[np.float64]) -> dict[str, list[float]]:
    return {"x": np.round(points[:, 0], 3).tolist(), "y": np.round(points[:, 1], 3).tolist()}


def numbers(values: Tensor | NDArray[np.float32] | None) -> Any:
    """Nested lists of `values`, rounded; None for a gradient that is not there."""
    if values is None:
        return None
    return jsonable(significant(values.numpy(force=True) if isinstance(values, Tensor) else values))


def numbers_of_each(tensors: Sequence[Tensor | None]) -> list[Any]:
    """`numbers` of each of these, all rounded in one go: to round a few numbers takes as long as to round a thousand."""
    arrays = [None if tensor is None else tensor.numpy(force=True) for tensor in tensors]
    flat = significant(np.concatenate([np.empty(0, np.float32), *(array.ravel() for array in arrays if array is not None)]))
    listed, at = list[Any](), 0
    for array in arrays:
        size = 0 if array is None else array.size
        listed.append(None if array is None else jsonable(flat[at : at + size].reshape(array.shape)))
        at += size
    return listed


def significant(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Rounded to 4 significant digits; what is 0, not finite or as small as float64 can hardly tell stays as it is."""
    exact = values.astype(np.float64)
    with np.errstate(all="ignore"):
        places = 3 - np.floor(np.log10(np.abs(exact)))
        scale = 10.0 ** np.abs(places)
        rounded = np.where(places < 0, np.rint(exact / scale) * scale, np.rint(exact * scale) / scale)
    return np.where(np.isfinite(rounded), rounded, exact)


def number(value: float) -> float | None:
    """`value` rounded to 4 significant digits; None where it is not finite."""
    return float(f"{value:.4g}") if math.isfinite(value) else None
