"""Questions: drawn programs of two or three lines whose last one is to be predicted; torch gives the answers."""

import random
import warnings
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from core.labs.tensors import grammar
from core.labs.tensors.evaluation import Evaluation, Failed, Json

ROUND = 10  # questions
REFUSED, SHARES, COPIES, WORKS = "refused", "shares", "copies", "works"  # answers that the page has words for
SHAPES = ((6,), (12,), (2, 3), (3, 2), (3, 4), (4, 1), (1, 5), (2, 3, 4), (2, 2, 3), (1, 2, 3), (4, 1, 5), (2, 3, 1))


def questions(seed: int) -> list[Json]:
    """A round of questions, the same for the same seed.

    Returns:
        for each its program, what it asks of the last line ("shape", "stride", "memory" or "error"), the answers to choose from (a text
        or one of the four codes), the place of the right one, and torch's error or the shape and stride of what there is.
    """
    draw = random.Random(seed)  # noqa: S311  # a lesson, no secret
    found: dict[str, Json] = {}
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while len(found) < ROUND:
            program = _program(draw)
            if program not in found and (question := _question(draw, program)):
                found[program] = question
    return list(found.values())


def _program(draw: random.Random) -> str:
    shape = draw.choice(SHAPES)
    size = 1
    for one in shape:
        size *= one
    lines = [f"x = torch.arange({size}.)" if len(shape) == 1 else f"x = torch.arange({size}.).view({', '.join(map(str, shape))})"]
    if draw.random() < 0.35:
        other = draw.choice((shape[-1:], shape, (*shape[:-1], 1), (shape[-1] + 1,), shape[:1], shape[::-1]))
        lines.append(f"w = torch.ones({', '.join(map(str, other))})")
        signs = ["x + w", "x * w", "x - w", "x @ w", "torch.cat([x, w])", "torch.stack([x, w])"]
        return "\n".join([*lines, f"y = {draw.choice(signs)}"])
    return "\n".join([*lines, f"y = x{draw.choice(_endings(draw, shape))}"])


def _endings(draw: random.Random, shape: tuple[int, ...]) -> list[str]:
    axes, last = len(shape), len(shape) - 1
    dim = draw.randint(-1, axes)
    order = draw.sample(range(axes), axes)
    turned = f".permute({', '.join(map(str, order))})"
    return [
        turned, f"{turned}.view(-1)", f"{turned}.reshape(-1)", ".t()", ".t().view(-1)", ".T[0]" if axes == 2 else ".flatten()",
        ".transpose(0, -1)",
        f".view({shape[-1]}, -1)", f".view(-1, {draw.choice((2, 3, 4, 5))})", ".reshape(-1)", ".squeeze()", f".squeeze({dim})",
        f".unsqueeze({dim})", f".sum(dim={dim})", f".sum(dim={dim}, keepdim=True)", f".mean(dim={last})", ".max()",
        f".max(dim={last}).values",
        f".argmax(dim={dim})", "[0]", "[-1]", "[:, 0]", "[..., None]", "[1:]", "[::2]", "[[0, 0]]", f"[{draw.randint(0, 5)}]", "[:, ::2]",
        f".expand(3, {', '.join(map(str, shape))})", f".expand({', '.join(map(str, [2 * shape[0], *shape[1:]]))})", ".repeat(2, 1)",
        ".clone()", ".contiguous()", f"{turned}.contiguous()", ".float()", ".long()", f"{turned}.flatten()", ".view(2, 2, -1)",
    ]  # fmt: skip


def _question(draw: random.Random, program: str) -> Json | None:
    """What can be asked about a program; None where that would say nothing."""
    lines = grammar.program(program)
    evaluation = Evaluation()
    try:
        for line in lines:
            evaluation.step(line)
    except Failed as failed:
        asks = draw.choice(("shape", "error"))
        lures = [str(tuple(evaluation.names["x"].shape)), *map(str, _shapes(draw, tuple(evaluation.names["x"].shape)))]
        choices = [REFUSED, *list(dict.fromkeys(lures))[:3]] if asks == "shape" else [WORKS, REFUSED]
        return _asked(draw, program, asks, REFUSED, choices, f"{type(failed.error).__name__}: {failed.error}")
    x, y = (evaluation.names[name].value for name in ("x", "y"))
    told = f"shape {tuple(y.shape)}, stride {y.stride()}"
    asks = draw.choice(("shape", "shape", "stride", "memory", "memory", "error"))
    if asks == "error":
        return _asked(draw, program, asks, WORKS, [WORKS, REFUSED], told)
    if asks == "memory":
        shared = x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()
        return _asked(draw, program, asks, SHARES if shared else COPIES, [SHARES, COPIES], told)
    wrong = _shapes(draw, tuple(y.shape)) if asks == "shape" else _strides(x, y)
    right = tuple(y.shape) if asks == "shape" else y.stride()
    choices = [str(right), *[str(one) for one in dict.fromkeys(wrong) if one != right][:2], REFUSED]
    return _asked(draw, program, asks, str(right), choices, told) if len(choices) > 3 else None


def _asked(draw: random.Random, program: str, asks: str, right: str, choices: list[str], told: str) -> Json:
    if asks in ("shape", "stride"):
        draw.shuffle(choices)
    return {"program": program, "asks": asks, "choices": choices, "right": choices.index(right), "told": told}


def _shapes(draw: random.Random, shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Shapes that one might think of."""
    changes: list[Callable[[], tuple[int, ...]]] = [
        lambda: shape[::-1],
        lambda: (1, *shape),
        lambda: (*shape, 1),
        lambda: shape[1:],
        lambda: shape[:-1],
        lambda: (torch.Size(shape).numel(),),
        lambda: (*shape[:1], *shape),
    ]
    draw.shuffle(changes)
    for change in changes:
        if change() != shape:
            yield change()


def _strides(x: Tensor, y: Tensor) -> Iterator[tuple[int, ...]]:
    """Strides that one might think of."""
    yield torch.empty(y.shape).stride()
    yield tuple(y.stride()[::-1])
    yield x.stride()
    yield tuple(y.shape)
    yield (1,) * y.dim()
