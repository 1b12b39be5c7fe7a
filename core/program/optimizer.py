"""The optimizers by name, each PyTorch's own with its defaults; only what the learner sets is passed on."""

from collections.abc import Iterable

import torch

from core.settings.config import TrainingConfig


def make_optimizer(config: TrainingConfig, params: Iterable[torch.Tensor]) -> torch.optim.Optimizer:
    """The optimizer that `config` names, over `params`. It is given no loss: it reads `.grad` of what it holds.

    Adam and AdamW take all parameters through each operation at once (`foreach`), as PyTorch does on a GPU anyway: the
    same numbers to the last bit in less time. The still faster `fused` kernel rounds its last digits in another way.
    """
    if config.optimizer == "Momentum":
        return torch.optim.SGD(params, lr=config.lr, momentum=config.momentum, weight_decay=config.weight_decay)
    if config.optimizer == "Nesterov":
        optimizer = torch.optim.SGD(params, lr=config.lr, momentum=config.momentum or 0.9, nesterov=True, weight_decay=config.weight_decay)
        if not config.momentum:
            optimizer.param_groups[0]["momentum"] = 0.0  # PyTorch asks for more than 0 above, not here
        return optimizer
    if config.optimizer == "RMSprop":
        return torch.optim.RMSprop(params, lr=config.lr, weight_decay=config.weight_decay)
    if config.optimizer == "Adam":
        return torch.optim.Adam(params, lr=config.lr, weight_decay=config.weight_decay, foreach=True)
    if config.optimizer == "AdamW":
        return torch.optim.AdamW(params, lr=config.lr, weight_decay=config.weight_decay, foreach=True)
    return torch.optim.SGD(params, lr=config.lr, weight_decay=config.weight_decay)
