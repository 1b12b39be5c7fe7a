"""Where runs compute, in words."""

import time
from collections.abc import Mapping
from concurrent.futures import Future, wait
from typing import Literal, get_args

import streamlit as st

from core.engine import NoAnswerError, pool
from core.run.spec import RunSpec
from core.settings.device import Device, Reason, choose
from ui.locale import _

MEASURE_TIMEOUT = 60.0  # seconds, for all devices together
GIVES_WAY = 0.2  # seconds of waiting until something else that was pressed is done instead
MEASURE_KEY = "device.measure"
Rate = float | Literal["refused", "late"]  # steps a second, or why there are none
REASONS: tuple[str, ...] = get_args(Reason)


def automatic() -> Device | None:
    """The device that a run gets on `auto`; None until the first worker has reported what it sees."""
    devices = pool().devices
    return choose("auto", devices) if devices else None


def reason(code: str) -> str:
    """Why a run is where it is; `code` is one of `core.settings.device.Reason`."""
    return {
        "chosen": _("as chosen"),
        "gpu_found": _("a GPU was found"),
        "no_gpu": _("no GPU found"),
        "gpu_missing": _("a GPU was chosen, but none was found"),
        "too_small": _("too little work for the GPU to gain"),
        "waiting": _("waiting for a place"),
    }[code]


def line(device: Device | None) -> str:
    """The device and why, in one short line."""
    if device is None:
        return _("Starting…")
    return f"{device.title} · {reason(device.reason)}"


def comparison(spec: RunSpec) -> None:
    """One press that runs this very model on the CPU and on the GPU; offered only where there is a GPU."""
    if len(pool().devices) < 2:
        return
    if st.button(_("Measure CPU against GPU"), key=MEASURE_KEY, icon=":material/speed:", width="stretch"):
        with st.spinner(_("Measuring…")):
            answers = pool().measure(spec)
            end = time.monotonic() + MEASURE_TIMEOUT
            while wait(answers.values(), GIVES_WAY).not_done and time.monotonic() < end:
                st.session_state.get(MEASURE_KEY)  # asking the session is where a newer press may end this script
        rates = {name: rate(answer) for name, answer in answers.items()}
        st.markdown(verdict(rates, dict(pool().devices)))


def rate(answer: Future[float]) -> Rate:
    """What a device has answered, if it has answered by now."""
    if not answer.done():
        return "late"
    try:
        return answer.result()
    except NoAnswerError:
        return "refused"


def verdict(rates: Mapping[str, Rate], titles: Mapping[str, str]) -> str:
    """Steps per second of each device, and plainly which is faster for this model."""
    lines = [_measured(titles[name], rate) for name, rate in rates.items()]
    measured = {name: rate for name, rate in rates.items() if isinstance(rate, float)}
    if len(measured) > 1:
        fastest = max(measured, key=measured.__getitem__)
        times = measured[fastest] / min(measured.values())
        lines.append(
            _("The CPU wins by {times}×: this model is too small to keep a GPU busy.", times=f"{times:.1f}")
            if fastest == "cpu"
            else _("The GPU wins by {times}×.", times=f"{times:.1f}")
        )
    return "  \n".join(lines)


def _measured(device: str, rate: Rate) -> str:
    match rate:
        case "refused":
            return _("{device}: this model does not run there", device=device)
        case "late":
            return _(
                "{device}: no answer in {n} seconds; other runs keep it busy. Measure again when fewer of them train.",
                device=device,
                n=f"{MEASURE_TIMEOUT:g}",
            )
        case _:
            return _("{device}: {rate} steps/s", device=device, rate=f"{rate:,.0f}")
