"""Relief: what PyTorch asks at each call though nobody answers is not asked. The same numbers, in less time, for any program."""

from functools import cache, partial
from typing import Any

from torch import nn


def unmarked(optimizer: Any) -> None:
    """Take off the marks that are set for the profiler at each `step()` and `zero_grad()`. Hooks on `step` are not called."""
    step = type(optimizer).step
    optimizer.step = partial(step.__wrapped__ if getattr(step, "hooked", False) else step, optimizer)
    optimizer.zero_grad = partial(_forget_gradients, optimizer.param_groups)


def without_hooks(model: nn.Module) -> None:
    """Let each module be called without a search for hooks, where it has none; those registered afterwards are not called."""
    for module in model.modules():
        if not (module._forward_hooks or module._forward_pre_hooks or module._backward_hooks or module._backward_pre_hooks):
            kind: Any = type(module)
            module.__class__ = _called_at_once(kind)


@cache
def _called_at_once(kind: Any) -> Any:
    return type(kind.__name__, (kind,), {"__call__": kind.forward})


def _forget_gradients(groups: list[dict[str, Any]]) -> None:
    for group in groups:
        for parameter in group["params"]:
            parameter.grad = None
