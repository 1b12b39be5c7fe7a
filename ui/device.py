"""Where runs compute, in words."""

from typing import get_args

from core.device import Device, Reason, choose
from core.engine import pool
from ui.locale import _

REASONS: tuple[str, ...] = get_args(Reason)


def automatic() -> Device | None:
    """The device that a run gets on `auto`; None until the first worker has reported what it sees."""
    devices = pool().devices
    return choose("auto", devices) if devices else None


def reason(code: str) -> str:
    """Why a run is where it is; `code` is one of `core.device.Reason`."""
    return {
        "chosen": _("as chosen"),
        "gpu_found": _("a GPU was found"),
        "no_gpu": _("no GPU found"),
        "gpu_missing": _("a GPU was chosen, but none was found"),
        "waiting": _("waiting for a place"),
    }[code]


def line(device: Device | None) -> str:
    """The device and why, in one short line."""
    if device is None:
        return _("Starting…")
    return f"{device.title} · {reason(device.reason)}"
