"""Refused values in words: the field, what was given, and what is allowed."""

from collections.abc import Iterable, Mapping

import streamlit as st

from core.config import Problem
from ui.controls import Words
from ui.locale import _


def show(problems: Iterable[Problem], words: Mapping[str, Words]) -> None:
    """One line for each refused value; everything else stays as it was."""
    for problem in problems:
        label = words[problem.field].label if problem.field in words else problem.field
        st.error(sentence(problem, label), icon=":material/error:")


def sentence(problem: Problem, label: str) -> str:
    """Why a value was refused. `label` is the field's name in the reader's language."""
    value = _shortened(problem.value)
    match problem.code:
        case "too_few_points":
            return _("{field}: a line needs points at two different x values at least.", field=label)
        case "too_long":
            return _("{field}: these are too many rows. Allowed: {bounds}.", field=label, bounds=problem.bounds)
        case "literal_error":
            return _("{field}: “{value}” is not one of {bounds}.", field=label, value=value, bounds=problem.bounds)
        case code if code.endswith(("_parsing", "_type")):
            return _("{field}: “{value}” is not a number. Allowed: {bounds}.", field=label, value=value, bounds=problem.bounds)
        case _:
            return _("{field}: “{value}” is not allowed. Allowed: {bounds}.", field=label, value=value, bounds=problem.bounds)


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
