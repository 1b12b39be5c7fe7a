"""Where a run computes, and why there. The web process asks the workers instead of importing torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Reason = Literal["chosen", "gpu_found", "no_gpu", "gpu_missing", "too_small", "waiting"]
CPU = ("cpu", "CPU")


@dataclass(frozen=True, slots=True)
class Device:
    """A torch device by name (`cpu`, `cuda:0`, `mps`), what its maker calls it, and why it was taken."""

    name: str
    title: str
    reason: Reason


UNPLACED = Device("", "", "waiting")  # no worker has reported yet what there is


def choose(wanted: Literal["auto", "cpu", "gpu"], found: Sequence[tuple[str, str]], gains: bool = True) -> Device:
    """The device for a wish.

    | wanted | a GPU is there, and it gains | a GPU is there, but no gain | no GPU             |
    | ------ | ---------------------------- | --------------------------- | ------------------ |
    | auto   | GPU, `gpu_found`             | CPU, `too_small`            | CPU, `no_gpu`      |
    | gpu    | GPU, `chosen`                | GPU, `chosen`               | CPU, `gpu_missing` |
    | cpu    | CPU, `chosen`                | CPU, `chosen`               | CPU, `chosen`      |

    Args:
        wanted: the config's `device`.
        gains: whether a GPU is worth it (`TrainingConfig.gains_from_gpu`).
        found: (name, title) of each device that a worker reported, GPUs in order of preference.
    """
    gpu = next((device for device in found if device[0] != "cpu"), None)
    if wanted == "cpu":
        return Device(*CPU, reason="chosen")
    if gpu is None:
        return Device(*CPU, reason="no_gpu" if wanted == "auto" else "gpu_missing")
    if wanted == "auto" and not gains:
        return Device(*CPU, reason="too_small")
    return Device(*gpu, reason="gpu_found" if wanted == "auto" else "chosen")


def found() -> tuple[tuple[str, str], ...]:
    """(name, title) of every device that torch can use here, the CPU first. Imports torch: not for the web process."""
    import torch

    gpus = [(f"cuda:{index}", torch.cuda.get_device_name(index)) for index in range(torch.cuda.device_count())]
    if not gpus and torch.backends.mps.is_available():
        gpus = [("mps", "Apple GPU")]
    return (CPU, *gpus)
