"""Keras' own loss curve over that of a run: the program is run when the learner asks for it, in a process of its own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import experiments
from core.jsonable import jsonable
from core.keras import Counterpart
from core.keras.agreement import Agreement, agreement
from core.keras.process import REQUIREMENT, KerasProcess, PlacesTakenError, installed
from core.program.script import Script
from core.run.handle import Run
from core.run.spec import RunSpec
from core.settings.limits import limits
from ui.frame import palette
from ui.locale import _

ASK_EVERY = 0.5  # seconds
MOST_POINTS = 2000
MOST_LABELS = 8  # on the axis of the losses: those of a run that diverges span hundreds of powers of ten
Curve = tuple[list[int], list[float | None]]  # steps, losses; None where a loss is not finite


@dataclass(frozen=True)
class StartedProgram:
    """A Keras program that was started, and for which run."""

    spec: RunSpec
    process: KerasProcess


def curves(run: Run, mirrored: Counterpart, script: Script) -> None:
    """A press that runs the program, and what it has found; without Keras, how to get it."""
    st.subheader(_("Keras' own curve over ours"), anchor=False)
    if not installed():
        st.markdown(_("Keras is not installed here. With it, this place shows Keras' own loss curve over yours:"))
        st.code(f"python -m pip install {REQUIREMENT}", language="bash")
        return
    key = f"keras.{run.experiment}"
    spec = run.spec(held=False).settled
    started: StartedProgram | None = st.session_state.get(key)
    if started and started.spec != spec:
        started.process.close()
        started = st.session_state[key] = None
    going = started is not None and started.process.state == "running"
    label, icon = _("Run Keras on the same data"), ":material/play_arrow:"
    st.button(label, key=f"{run.experiment}:keras", icon=icon, disabled=going, on_click=_start, args=(key, script, spec))
    if st.session_state.pop(f"{key}.refused", False):
        st.warning(_("Other visitors' Keras programs are running. Try again in a minute."))
    if started is None:
        seconds = f"{limits().keras_seconds:g}"
        st.caption(_("The whole program above is then run in a Python process of its own, on one thread, for {n} s at most.", n=seconds))
    else:
        _found(run, mirrored, started.process)


def _start(key: str, script: Script, spec: RunSpec) -> None:
    """In the button's callback: a script that goes on to start it may be ended by another press, and the program would be nobody's."""
    try:
        st.session_state[key] = StartedProgram(spec, KerasProcess(script.source))
    except PlacesTakenError:
        st.session_state[f"{key}.refused"] = True


def _found(run: Run, mirrored: Counterpart, process: KerasProcess) -> None:
    match process.state:
        case "running":
            st.fragment(_awaited, run_every=ASK_EVERY)(process)
        case "too_slow":
            seconds = f"{limits().keras_seconds:g}"
            st.warning(_("Keras was not ready after {n} s and was stopped. Choose fewer epochs or a shorter text.", n=seconds))
        case "failed":
            st.error(_("The Keras program ended with an error:"))
            st.code(process.error, language=None)
        case "done":
            _compared(run, mirrored, process.losses)


def _awaited(process: KerasProcess) -> None:
    if process.state != "running":
        st.rerun()
    st.caption(_("Keras is computing: {n} s", n=f"{process.age:.0f}"))


def _compared(run: Run, mirrored: Counterpart, losses: Sequence[float]) -> None:
    """The chart of both, and in words how well they agree."""
    first = experiments.first_row(run.experiment)
    steps, columns = run.history.since(-1)
    found = agreement(steps, columns["loss"], losses, first) if len(steps) else None
    for sentence in _in_words(found, mirrored.differences, len(steps)):
        st.markdown(sentence)
    figure = _figure(_ours(run), _theirs(losses, first))
    st.plotly_chart(figure, key=f"{run.experiment}:keras-curves", alt=_("The loss of your run, and dashed over it that of Keras."))


def _ours(run: Run) -> Curve:
    steps, columns = run.history.since(-1, MOST_POINTS)
    return (steps.tolist(), jsonable(columns["loss"])) if len(steps) else ([], [])


def _theirs(losses: Sequence[float], first: int) -> Curve:
    every = -(-len(losses) // MOST_POINTS)
    return list(range(first, first + len(losses), every)), jsonable(losses[::every])


def _in_words(found: Agreement | None, differences: Sequence[str], rows: int) -> list[str]:
    reasons = [f"- {difference}" for difference in differences]
    if found is None:
        return reasons if rows else [_("Your run has no curve yet. Press Train, and it is drawn below Keras'.")]
    if found.largest == 0:
        return [_("**They coincide.** All {n} losses are equal, to the last bit.", n=found.rows)]
    values = {"n": found.rows, "size": f"{found.largest:.1g}", "step": found.step}
    if found.coincide:
        return [
            _(
                "**They coincide.** Of {n} losses the largest difference is {size} of the loss, at step {step}: rounding, since the two"
                " libraries add up in another order.",
                **values,
            ),
            *([_("Keras also does something otherwise; here it is hardly felt:"), *reasons] if reasons else []),
        ]
    percent = f"{100 * found.largest:.2g}"
    if reasons:
        return [_("**They differ**, by up to {percent} % of the loss. What makes the difference:", percent=percent), *reasons]
    return [
        _(
            "**They begin alike and then part**, by up to {percent} % of the loss at step {step}. Nothing differs but the rounding:"
            " the two libraries add up in another order, and here every update enlarges what the one before left.",
            percent=percent,
            step=found.step,
        )
    ]


def _figure(ours: Curve, theirs: Curve) -> dict[str, Any]:
    colors = palette.COLORS["dark" if st.context.theme.type == "dark" else "light"]
    traces = [
        {"name": name, "x": x, "y": y, "mode": "lines", "line": line}
        for name, (x, y), line in (
            (_("your run, PyTorch"), ours, {"color": colors["loss"], "width": 5}),
            ("Keras", theirs, {"color": colors["validation"], "width": 2, "dash": "dash"}),
        )
    ]
    found = [loss for loss in (*ours[1], *theirs[1]) if loss is not None]
    axis: dict[str, Any] = {"title": {"text": _("loss")}}
    if found and min(found) > 0:
        decades = math.log10(max(found)) - math.log10(min(found))
        ticks: int | str | None = math.ceil(decades / MOST_LABELS) if decades > 2 else "D2" if max(found) > 5 * min(found) else None
        axis |= {"type": "log", "exponentformat": "power", "dtick": ticks}
    layout = {
        "height": 360,
        "margin": {"t": 24, "r": 16},
        "legend": {"orientation": "h", "y": 1.12},
        "xaxis": {"title": {"text": _("step")}},
        "yaxis": axis,
    }
    return {"data": traces, "layout": layout}
