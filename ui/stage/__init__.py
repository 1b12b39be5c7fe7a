"""The stage: one Streamlit component that draws a run live from its event stream, and is mounted once.

    mount = stage(run.id, [Chart(…), Readouts(…)], page_path="linear_regression", status=run.status, language="ko")
    if mount.remedy: …      # {"lr": 0.09}: the learner pressed the button beside a finding
    if mount.restore is not None: …  # the index in run.past whose settings are wanted back
    if mount.forget is not None: …  # the index in run.past of a curve that is to go
    if mount.step is not None: …  # the row to go on to: the learner has gone through a pass statement by statement
    if mount.arranged: …  # {"panels": "loss,-network", "large": ""}: how the visitor has arranged the panels, for the link

`ended` says that the run began or ended by itself since the page was drawn; as a trigger it makes the page run again.
`gone` holds the id of a run that the server no longer knows.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ui.frame.palette import palette
from ui.stage.assets import loader, whereabouts
from ui.stage.digit_panels import Drawing, Gallery, Layers
from ui.stage.labels import labels
from ui.stage.loop_panel import Loop, loop_panel
from ui.stage.panels import Chart, Column, Extent, Log, Panel, Readout, Readouts, Reference, Sentences, Trace, notes, specs
from ui.stage.pictures import Confusion, Field, Histograms, Network, Probe, Regions, Table
from ui.stage.sequence_panels import Bars, HeatMap, Prompt, Samples, Shapes, Text, Unrolled

__all__ = [
    "Bars",
    "Chart",
    "Column",
    "Confusion",
    "Drawing",
    "Extent",
    "Field",
    "Gallery",
    "HeatMap",
    "Histograms",
    "Layers",
    "Log",
    "Loop",
    "Network",
    "Panel",
    "Probe",
    "Prompt",
    "Readout",
    "Readouts",
    "Reference",
    "Regions",
    "Samples",
    "Sentences",
    "Shapes",
    "Table",
    "Text",
    "Trace",
    "Unrolled",
    "loop_panel",
    "notes",
    "stage",
]  # fmt: skip

LOADER = loader("stage.js")

_component = st.components.v2.component("stepwise_stage", html='<div class="stepwise-mount"></div>', js=LOADER, isolate_styles=False)


def _nothing() -> None: ...


def stage(
    run_id: str,
    panels: Sequence[Panel],
    *,
    page_path: str,
    status: str,
    generation: int = 0,
    changes: int = 0,
    step: int | None = None,
    speed: float | None = None,
    speeds: Sequence[float | None] = (),
    words: Mapping[str, str] | None = None,
    address: str = "",
    title: str = "",
    arrangement: Mapping[str, str] | None = None,
    projector: bool = False,
    opened: str = "",
    held: str = "",
    key: str = "stage",
    on_remedy: Callable[[], None] = _nothing,
    on_restore: Callable[[], None] = _nothing,
    on_forget: Callable[[], None] = _nothing,
    on_step: Callable[[], None] = _nothing,
    on_arranged: Callable[[], None] = _nothing,
    on_ended: Callable[[], None] = _nothing,
    on_gone: Callable[[], None] = _nothing,
) -> Any:
    """Mount the stage, or hand new data to the one that is there.

    Args:
        run_id: the id by which the run may be watched.
        page_path: the url path of the page, "" for the home page: what must be taken off the address to find the app.
        status: the run's status as the page's buttons show it; the page is told when it is no longer true.
        generation: of the run that the panels were made for; the page is told when it is another.
        changes: how many live changes the page knows of; it is told when there are more.
        step: where it is held, as far as the page knows.
        speed: steps a second, as the page's address says; None is full speed.
        speeds: those that the visitor may choose from.
        address: the query string that the page's address is to have; it takes the place of the present one without a new
            entry in the browser's history, so that Back leaves the page.
        opened: the id of a panel that the visitor's link leads to; it is open and in view from the start.
        held: the id that lets this visitor steer the run, which the browser remembers for a reload; empty for who only
            watches: what would steer is not offered then.
        title: of the page, in the stage's bar.
        arrangement: `panels` and `large`, as `mount.arranged` has said them or a link does.
        words: names that the page knows: `field.lr`, `choice.Adam`, `device.no_gpu`.

    Returns:
        Streamlit's result with the triggers `remedy`, `restore`, `forget`, `step`, `arranged`, `ended`, `gone`;
        None where nothing was pressed.
    """
    data = {
        **whereabouts(page_path),
        "run": run_id,
        "panels": specs(panels),
        "labels": labels() | dict(words or {}),
        "palette": palette(),
        "projector": projector,
        "open": opened,
        "held": held,
        "steered": bool(held),
        "status": str(status),
        "generation": generation,
        "changes": changes,
        "step": step,
        "speed": speed,
        "speeds": list(speeds),
        "address": address,
        "title": title,
        "arrangement": dict(arrangement or {}),
    }
    return _component(
        data=data,
        key=key,
        on_remedy_change=on_remedy,
        on_restore_change=on_restore,
        on_forget_change=on_forget,
        on_step_change=on_step,
        on_arranged_change=on_arranged,
        on_ended_change=on_ended,
        on_gone_change=on_gone,
    )
