"""The optimizers by name, each PyTorch's own with its defaults; only what the learner sets is passed on."""

from collections.abc import Iterable

import torch

from core.config import TrainingConfig


def optimizer(config: TrainingConfig, parameters: Iterable[torch.Tensor]) -> torch.optim.Optimizer:
    """The optimizer that `config` names, over `parameters`. It is given no loss: it reads `.grad` of what it holds.

    Adam and AdamW take all parameters through each operation at once (`foreach`), as PyTorch does on a GPU anyway: the
    same numbers to the last bit in less time. The still faster `fused` kernel rounds its last digits in another way.
    """
    parameters, lr, decay = list(parameters), config.lr, config.weight_decay
    match config.optimizer:
        case "SGD":
            return torch.optim.SGD(parameters, lr=lr, weight_decay=decay)
        case "Momentum":
            return torch.optim.SGD(parameters, lr=lr, weight_decay=decay, momentum=config.momentum)
        case "Nesterov":
            return _nesterov(parameters, config)
        case "RMSprop":
            return torch.optim.RMSprop(parameters, lr=lr, weight_decay=decay)
        case "Adam":
            return torch.optim.Adam(parameters, lr=lr, weight_decay=decay, foreach=True)
        case "AdamW":
            return torch.optim.AdamW(parameters, lr=lr, weight_decay=decay, foreach=True)


def _nesterov(parameters: list[torch.Tensor], config: TrainingConfig) -> torch.optim.Optimizer:
    """PyTorch refuses to build it with momentum 0, but lets a live momentum go there and come back; so do we."""
    sgd = torch.optim.SGD(parameters, lr=config.lr, weight_decay=config.weight_decay, momentum=0.9, nesterov=True)
    sgd.param_groups[0]["momentum"] = config.momentum
    return sgd
