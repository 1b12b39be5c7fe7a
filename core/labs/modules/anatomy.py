"""Anatomy: the model of a run as it is now, module by module, as `named_modules()` gives them."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from core.labs.modules import formulas
from core.pictures import views
from core.program.running import Programmed
from core.program.trainer import Trainer

MOST_SHOWN = 4096  # numbers of one parameter that are shown; of a larger one its first rows
Json = dict[str, Any]


def anatomy(trainer: Trainer) -> Json:
    """`modules` as `_module` tells each, `parameters` as `_parameter`, and the shape that the model was `given`; none without a model."""
    names = cast(Programmed, trainer.experiment).names
    model = names.get("model")
    if not isinstance(model, nn.Module):
        return {"modules": [], "parameters": [], "given": []}
    given = _given(names)
    seen = _shapes(model, given)
    return {
        "modules": [_module(name, module, seen.get(name)) for name, module in model.named_modules()],
        "parameters": [_parameter(name, parameter) for name, parameter in model.named_parameters()],
        "total": sum(parameter.numel() for parameter in model.parameters()),
        "given": list(given.shape),
        "step": trainer.step,
    }


def _given(names: Mapping[str, Any]) -> Tensor:
    """What the program's own loop hands to the model: a batch of it where there are batches, encoded where the program encodes.

    A program that makes columns of x calls them X.
    """
    x = names.get("X", names["x"])
    x = x[names["rows"]] if "rows" in names else x
    encoded: Callable[[Tensor], Tensor] = names.get("encoded", lambda x: x)
    return encoded(x)


def _module(name: str, module: nn.Module, seen: tuple[list[int], list[int], list[str]] | None) -> Json:
    own = list(module.named_parameters(recurse=False))
    gradients = [parameter.grad.norm() for parameter in module.parameters() if parameter.grad is not None]
    given, made, arithmetic = seen or ([], [], [])
    kind = next(kind.__name__ for kind in type(module).__mro__ if not kind.__name__.startswith("_"))  # ours keep things in passing
    return {
        "name": name,
        "kind": kind,
        "code": f"{kind}({module.extra_repr()})",
        "depth": 0 if not name else name.count(".") + 1,
        "training": module.training,
        "count": sum(parameter.numel() for parameter in module.parameters()),
        "formula": formulas.parameters(module),
        "own": [f"{name}.{key}" if name else key for key, _ in own],
        "given": given,
        "made": made,
        "arithmetic": arithmetic,
        "gradient": views.number(float(torch.stack(gradients).norm())) if gradients else None,
    }


def _parameter(name: str, parameter: Tensor) -> Json:
    """A parameter by its `state_dict` key; its numbers as `core.pictures.views.levels` writes them, a text a row."""
    rows = parameter.detach().reshape(len(parameter) if parameter.dim() > 1 else 1, -1)
    shown = rows[: max(1, MOST_SHOWN // rows.shape[1]), :MOST_SHOWN]
    texts, most = views.levels(shown)
    mean = views.number(float(parameter.detach().mean()))
    return {"name": name, "shape": list(parameter.shape), "rows": texts, "most": most, "mean": mean}


def _shapes(model: nn.Module, given: Tensor) -> dict[str, tuple[list[int], list[int], list[str]]]:
    """For each module what goes in, what comes out, and how the shape comes about: forward hooks tell.

    The modules are called by their `forward` at once (`core.program.overheads`), past all hooks: for this pass they get their class
    back, and afterwards all is as it was.
    """
    found = dict[str, tuple[list[int], list[int], list[str]]]()

    def hook(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def told(module: nn.Module, inputs: Any, output: Any) -> None:
            before, after = _first(inputs).shape, _first(output).shape
            found[name] = list(before), list(after), formulas.shape(module, before, after)

        return told

    modules = dict(model.named_modules())
    before = [(module, module.__class__, module.training) for module in modules.values()]
    hooks = []
    try:
        for name, module in modules.items():
            if "__call__" in vars(type(module)):
                module.__class__ = type(module).__bases__[0]
            hooks.append(module.register_forward_hook(hook(name)))
        model.eval()  # dropout draws nothing
        with torch.no_grad():
            model(given)
    finally:
        for handle in hooks:
            handle.remove()
        for module, kind, training in before:
            module.__class__, module.training = kind, training
    return found


def _first(values: Any) -> Tensor:
    """The tensor in question: a recurrent layer gives its outputs and its state; of packed words the rows without padding."""
    first = values[0] if isinstance(values, tuple) and not isinstance(values, PackedSequence) else values
    return cast(Tensor, first.data if isinstance(first, PackedSequence) else first)
