"""What a learner takes home from the run on the screen: its script, its numbers, and what it has learned."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import streamlit as st

from core import export
from core.engine import pool
from core.run import Run, Status
from core.script import Script
from core.script.listing import Listing
from ui.locale import _, language

ANSWER_TIMEOUT = 60.0  # seconds; a worker answers between two steps


def code(run: Run) -> None:
    """The script that does what the screen shows, always as the run stands now, and the files to take away."""
    script = _script(run)
    st.caption(_("The program of this very run, with every change at its step. On a CPU it prints the same last loss, to the last bit."))
    with st.container(horizontal=True, key="take-home"):
        _programs(run, script)
        _numbers(run)
        _parameters(run)
    _listing(run, script.source)


def _listing(run: Run, source: str) -> None:
    """The script, with the lines lit that the last change of a setting has touched."""
    key = f"{run.experiment}:listing"
    listing: Listing = st.session_state.get(key, Listing(source, language())).followed_by(source, language())
    st.session_state[key] = listing
    with st.container(key="script"):
        if listing.lit:
            st.caption(_("Lit: the lines that the last change has touched ({lines}).", lines=listing.lit_spans))
        st.html(_bands(listing.lit))
        st.code(source, language="python", line_numbers=True)


def _bands(lit: Iterable[int]) -> str:
    """A style that lays a band of colour behind each of these lines."""
    bands = ", ".join(f"linear-gradient(var(--lit) 0 0) 0 {line - 1}lh / 100% 1lh no-repeat" for line in lit)
    return f"<style>.st-key-script code {{ background: {bands or 'none'}; }}</style>"


def _script(run: Run) -> Script:
    """Of a run that goes on: as if it were to end with its settings; of one that was stopped: up to its last step."""
    return export.script(run.experiment, run.config, run.changes, _last(run), translate=_, device=run.device.name or "cpu")


def _last(run: Run) -> int | None:
    return run.step if run.status.ended else None


def _programs(run: Run, script: Script) -> None:
    _file(_("Script (.py)"), lambda: script.source, f"{run.experiment}.py", ":material/code:")
    _file(_("Notebook (.ipynb)"), lambda: script.notebook, f"{run.experiment}.ipynb", ":material/book:")


def _numbers(run: Run) -> None:
    """The history in three forms, as it is when the button is pressed."""
    name = f"{run.experiment}_history"
    _file(_("Numbers (.csv)"), lambda: export.history_csv(run.history, run.changes), f"{name}.csv", ":material/table:")
    record = partial(export.history_json, run.experiment, run.config, run.history, run.changes)
    _file(_("Numbers (.json)"), record, f"{name}.json", ":material/data_object:")
    _file(_("TensorBoard events"), lambda: _events(run), f"events.out.tfevents.{run.experiment}", ":material/monitoring:")


def _events(run: Run) -> bytes:
    steps, columns = run.history.since(-1, len(run.history))
    return _answer("tensorboard", steps=steps, columns=columns, changes=run.changes)


def _parameters(run: Run) -> None:
    """What the network has learned; there is none without a trainer in a worker."""
    for form in ("pt", "safetensors"):
        _file(
            _("Parameters (.{form})", form=form),
            partial(_answer, "parameters", run, experiment=run.experiment, form=form, last=_last(run)),
            f"{run.experiment}.{form}",
            ":material/deployed_code:",
            disabled=run.status in (Status.QUEUED, Status.FAILED),
        )


def _answer(question: str, run: Run | None = None, **arguments: Any) -> bytes:
    content: bytes = pool().ask(question, run, **arguments).result(ANSWER_TIMEOUT)
    return content


def _file(label: str, content: Callable[[], str | bytes], name: str, icon: str, disabled: bool = False) -> None:
    st.download_button(label, content, name, icon=icon, on_click="ignore", disabled=disabled)
