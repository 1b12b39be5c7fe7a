"""Refused values on a page, each with the press that mends it where there is one."""

from collections.abc import Iterable, Mapping

import streamlit as st

from core.settings.config import Problem
from ui.bench import controls
from ui.bench.controls import FieldText
from ui.frame.refusals import sentence
from ui.locale import N_, _

REMEDIES = {"model_needs_head": N_("Put a linear layer on top")}


def show(experiment: str, problems: Iterable[Problem], words: Mapping[str, FieldText]) -> None:
    """One line for each refused value, with the press that mends it where there is one; everything else stays as it was."""
    for problem in problems:
        known = words.get(problem.field, FieldText(problem.field))
        own = known.refusals.get(problem.code, "").format(row=problem.row)
        st.error(own or sentence(problem, known.label, known.choices), icon=":material/error:")
        if problem.remedy:
            key = f"{experiment}:remedy:{problem.code}"
            st.button(_(REMEDIES[problem.code]), key=key, on_click=controls.put, args=(experiment, dict(problem.remedy)))
