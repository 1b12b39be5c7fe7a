"""Refusals: what a lab says about a program that it does not take: the line, the part of it, what was expected."""

import re
from collections.abc import Mapping

from core.labs.reading import LARGEST, ProgramError
from ui.locale import N_, _

LONGEST_SHOWN = 60  # characters of what was typed

SHARED = {
    "empty": N_("Line {line}: there is no program yet. Write one assignment a line, such as `y = x.sum()`."),
    "too_long": N_("Line {line}: the program has {written} characters; at most {allowed} are allowed."),
    "too_many_lines": N_("Line {line}: {written} is one line too many; at most {allowed} are allowed."),
    "too_many_operations": N_("Line {line}: with {written} there are too many operations; at most {allowed} are allowed."),
    "character": N_("Line {line}: {written} has no meaning here. Allowed: {grammar}."),
    "syntax": N_("Line {line}: {written} cannot be read. Allowed is one assignment a line, such as `b = a ** 2`."),
    "assignment": N_("Line {line}: {written} is no assignment. Allowed is one name, `=` and an expression, such as `b = a ** 2`."),
    "reserved": N_("Line {line}: {written} already means something else. Allowed is a name of your own, such as `a`."),
    "long_name": N_("Line {line}: the name {written} is too long; at most {allowed} characters are allowed."),
    "unknown": N_("Line {line}: {written} has no value yet. Allowed: {allowed}."),
    "size": N_("Line {line}: {written} is no number between −{largest} and {largest}."),
    "construct": N_("Line {line}: {written} is more than this small language knows. Allowed: {grammar}."),
}


def refusal(error: ProgramError, own: Mapping[str, str], **values: str) -> str:
    """Why something that was typed is refused; `own` are the sentences of one lab, `values` what they name."""
    sentence = own.get(error.code) or SHARED[error.code]
    named = {"line": error.line, "written": code(error.written), "allowed": code(error.allowed), "largest": f"{LARGEST:,.0f}"}
    return _(sentence, **named, **values)


def code(text: str) -> str:
    """Typed text as code, so that Markdown does not interpret it."""
    short = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
    fence = "`" * (max(map(len, re.findall("`+", short)), default=0) + 1)
    return f"{fence} {short} {fence}" if "`" in short else f"{fence}{short}{fence}"
