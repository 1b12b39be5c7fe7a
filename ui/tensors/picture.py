"""Picture: a program, what a worker reports of it, and every sentence about it, as plain data for the browser."""

from collections.abc import Mapping
from typing import Any

from core.labs.reading import ProgramError
from core.labs.tensors.presses import presses
from ui.tensors import words
from ui.tensors.settings import Chosen

Spec = dict[str, Any]


def picture(chosen: Chosen, report: Mapping[str, Any] | None, questions: Any, lines: Any) -> Spec:
    """Everything that is drawn.

    Args:
        report: as `core.labs.tensors.report.report` gives it; None as long as there is none.
        questions: to predict; None as long as there are none.
        lines: as `core.labs.tensors.wrong_line.wrong_line` gives them; None where they say nothing about the program.
    """
    found = None if report is None else _told(report)
    return {
        "typed": chosen.typed,
        "example": chosen.example,
        "about": words.about(chosen.example),
        "refusal": _refusal(chosen.refusal)
        or (None if report is None or not report["refusal"] else _refusal(ProgramError(**report["refusal"]))),
        "report": found,
        "presses": {} if found is None else _presses(found),
        "questions": questions,
        "lines": lines,
    }


def _refusal(error: ProgramError | None) -> Spec | None:
    return None if error is None else {"line": error.line, "text": words.refusal(error)}


def _told(report: Mapping[str, Any]) -> Spec:
    """The report with its codes in words."""
    failure = report["failure"]
    lines = [{**line, "notes": [{**note, "text": words.note(note)} for note in line["notes"]]} for line in report["lines"]]
    return {**report, "lines": lines, "failure": failure and {**failure, "why": words.cause(failure)}}


def _presses(report: Spec) -> Spec:
    """For each line what can be done with its tensor and those above it."""
    found: Spec = {}
    known: dict[str, Spec] = {}
    for line in report["lines"]:
        for tensor in line["tensors"]:
            known[tensor["name"]] = tensor
        if line["tensors"] and (own := line["tensors"][-1])["library"] == "torch":
            others = {name: one["shape"] for name, one in known.items() if name != own["name"] and one["dtype"] == own["dtype"]}
            found[str(line["number"])] = presses(own["name"], own["shape"], own["dtype"], others)
    return found
