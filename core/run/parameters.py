"""Parameters: what a run has learned, as files for PyTorch and for everybody else. Imports torch."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, cast

import torch
from safetensors.torch import save
from torch import Tensor

from core.program import export
from core.program.running import Programmed
from core.program.script import Section
from core.program.state import named_parameters
from core.program.trainer import Trainer
from core.run.spec import RunSpec

StateDict = dict[str, Tensor]
Format = Literal["pt", "safetensors"]
ENOUGH = 100  # characters of a text, rows of a table: a script of these is written in milliseconds


def file(trainer: Trainer, form: Format, spec: RunSpec) -> bytes:
    """The parameters of a run as they are now, as the content of a file; `spec` as for the script beside it."""
    parameters = state_dict(trainer, spec)
    if form == "pt":
        return pt_file(parameters)
    config = trainer.experiment.config.model_dump(mode="json")
    return safetensors_file(parameters, {"experiment": spec.experiment, "step": trainer.step, "config": config})


def state_dict(trainer: Trainer, spec: RunSpec) -> StateDict:
    """Copies of the parameters on the CPU, by the names that they have in the exported script."""
    held = trainer.experiment.optimizer.param_groups[0]["params"]
    names = _names(cast(Programmed, trainer.experiment).names, export.script(_shortened(spec)).section("Model"))
    return {name: parameter.detach().cpu().clone() for name, parameter in zip(names, held, strict=True)}


def _shortened(spec: RunSpec) -> RunSpec:
    """With the beginnings of its texts and tables: no name follows from the rest, and two million characters take a second to write."""
    settings = spec.config.settings()
    long = {name: getattr(spec.config, name)[:ENOUGH] for name, setting in settings.items() if setting.kind in ("text", "table")}
    return replace(spec, config=spec.config.model_copy(update=long))


def _names(program: Mapping[str, Any], section: Section) -> list[str]:
    """What a script's model calls its parameters: it is built once more. The run's own may have parts that the script leaves out."""
    built = dict(program)
    with torch.random.fork_rng(devices=[]):
        exec("\n".join((*section.imports, section.code)), built)  # noqa: S102 - our own program
    return list(named_parameters(built))


def pt_file(parameters: StateDict) -> bytes:
    """For `torch.load(…, weights_only=True)`, and `model.load_state_dict` in the exported script."""
    content = io.BytesIO()
    torch.save(parameters, content)
    return content.getvalue()


def safetensors_file(parameters: StateDict, about: Mapping[str, Any]) -> bytes:
    """For `safetensors.torch.load`: numbers only, nothing that could run. `about` is written into its head."""
    return save(parameters, {name: json.dumps(value, ensure_ascii=False) for name, value in about.items()})
