"""Parameters: what a run has learned, as files for PyTorch and for everybody else. Imports torch."""

import io
import json
from collections.abc import Mapping
from typing import Any, Literal

import torch
from safetensors.torch import save
from torch import Tensor

from core import experiments
from core.export import recorded
from core.trainer import Trainer

StateDict = dict[str, Tensor]
Format = Literal["pt", "safetensors"]


def file(trainer: Trainer, experiment: str, form: Format, last: int | None = None) -> bytes:
    """The parameters of a run as they are now, as the content of a file; `last` as for the script beside it."""
    parameters = state_dict(trainer, experiment, last)
    if form == "pt":
        return pt_file(parameters)
    config = trainer.experiment.config.model_dump(mode="json")
    return safetensors_file(parameters, {"experiment": experiment, "step": trainer.step, "config": config})


def state_dict(trainer: Trainer, experiment: str, last: int | None = None) -> StateDict:
    """Copies of the parameters on the CPU, by the names that they have in the exported script of a run that ends at `last`."""
    held = trainer.experiment.optimizer.param_groups[0]["params"]
    run = recorded(experiment, trainer.begun, trainer.changes, last)
    names = experiments.script(experiment).parameter_names(run)
    return {name: parameter.detach().cpu().clone() for name, parameter in zip(names, held, strict=True)}


def pt_file(parameters: StateDict) -> bytes:
    """For `torch.load(…, weights_only=True)`, and `model.load_state_dict` in the exported script."""
    content = io.BytesIO()
    torch.save(parameters, content)
    return content.getvalue()


def safetensors_file(parameters: StateDict, about: Mapping[str, Any]) -> bytes:
    """For `safetensors.torch.load`: numbers only, nothing that could run. `about` is written into its head."""
    return save(parameters, {name: json.dumps(value, ensure_ascii=False) for name, value in about.items()})
