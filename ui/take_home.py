"""What a learner takes home from the run on the screen: its script, its notebook, its numbers."""

import streamlit as st

from core import export
from core.run import Run
from core.script import Script
from ui.locale import _


def code(run: Run) -> None:
    """The script that does what the screen shows, always as the run stands now, and the files to take away."""
    script = _script(run)
    st.caption(_("The program of this very run, with every change at its step. On a CPU it prints the same last loss, to the last bit."))
    with st.container(horizontal=True):
        _file(_("Script (.py)"), script.source, f"{run.experiment}.py", "text/x-python", ":material/code:")
        _file(_("Notebook (.ipynb)"), script.notebook, f"{run.experiment}.ipynb", "application/x-ipynb+json", ":material/book:")
        numbers = export.history_csv(run.history, run.changes)
        _file(_("Numbers (.csv)"), numbers, f"{run.experiment}_history.csv", "text/csv", ":material/table:")
        record = export.history_json(run.experiment, run.config, run.history, run.changes)
        _file(_("Numbers (.json)"), record, f"{run.experiment}_history.json", "application/json", ":material/data_object:")
    st.code(script.source, language="python", line_numbers=True)


def _script(run: Run) -> Script:
    """Of a run that goes on: as if it were to end with its settings; of one that was stopped: up to its last step."""
    last = run.step if run.status.ended else None
    return export.script(run.experiment, run.config, run.changes, last, translate=_, device=run.device.name)


def _file(label: str, content: str, name: str, mime: str, icon: str) -> None:
    st.download_button(label, content, name, mime, icon=icon, on_click="ignore")
