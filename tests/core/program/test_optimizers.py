"""The optimizers: PyTorch's own numbers, without what PyTorch does for its profiler."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.program.optimizer import make_optimizer
from core.program.overheads import unmarked, without_hooks
from core.settings.config import TrainingConfig

PLAIN: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "SGD": (torch.optim.SGD, {}),
    "Momentum": (torch.optim.SGD, {"momentum": 0.8}),
    "Nesterov": (torch.optim.SGD, {"momentum": 0.8, "nesterov": True}),
    "RMSprop": (torch.optim.RMSprop, {}),
    "Adam": (torch.optim.Adam, {}),
    "AdamW": (torch.optim.AdamW, {}),
}


def config(name: str) -> TrainingConfig:
    return TrainingConfig.checked({"optimizer": name, "lr": 0.02, "momentum": 0.8, "weight_decay": 0.1})


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))


def trained(model: nn.Sequential, using: torch.optim.Optimizer) -> list[Tensor]:
    """The parameters after some steps."""
    x = torch.linspace(-1, 1, 24).reshape(8, 3)
    for _ in range(50):
        loss = model(x).square().sum()
        using.zero_grad()
        assert all(parameter.grad is None for parameter in model.parameters())
        loss.backward()
        using.step()
    return [parameter.detach() for parameter in model.parameters()]


@pytest.mark.parametrize("name", PLAIN)
def test_the_numbers_are_those_of_pytorch(name: str) -> None:
    kind, arguments = PLAIN[name]
    mine, theirs = network(), network()
    optimizer = make_optimizer(config(name), mine.parameters())
    unmarked(optimizer)
    without_hooks(mine)
    ours = trained(mine, optimizer)
    plain = trained(theirs, kind(theirs.parameters(), lr=0.02, weight_decay=0.1, **arguments))
    assert all(torch.equal(one, other) for one, other in zip(ours, plain, strict=True))


@pytest.mark.parametrize("name", PLAIN)
def test_no_step_is_marked_for_the_profiler_but_those_of_others_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, arguments = PLAIN[name]
    mine, theirs = network(), network()
    others = kind(theirs.parameters(), lr=0.02, **arguments)
    ours = make_optimizer(config(name), mine.parameters())
    unmarked(ours)
    marks: list[str] = []
    real = torch.autograd.profiler.record_function

    def marked(mark: str) -> Any:
        marks.append(mark)
        return real(mark)

    monkeypatch.setattr(torch.autograd.profiler, "record_function", marked)
    trained(mine, ours)
    assert marks == []
    trained(theirs, others)
    assert len(marks) == 2 * 50
    assert type(ours).__name__ == kind.__name__
    assert isinstance(ours, kind)
