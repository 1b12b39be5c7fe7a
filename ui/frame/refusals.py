"""Refusals: why a value was not taken, in words: the field, what was given, and what is allowed."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from core.settings.config import Problem
from core.settings.limits import limits
from ui.locale import N_, _

SENTENCES = {
    "too_few_points": N_("{field}: a line needs points at two different x values at least."),
    "too_few_classes": N_("{field}: there must be points of two classes at least."),
    "too_few_outputs": N_("{field}: there is a point of a class beyond the number of classes."),
    "sigmoid_of_many": N_("{field}: a sigmoid tells two classes apart; for more, take softmax."),
    "too_short": N_("{field}: choose one at least of {bounds}."),
    "too_long": N_("{field}: these are too many. Allowed: {bounds}."),
    "literal_error": N_("{field}: “{value}” is not one of {bounds}."),
    "text_too_short": N_("{field}: a text needs two characters at least, so that there is a next one to predict."),
    "string_too_long": N_("{field}: the text is too long; at most {characters} characters can be learned."),
    "batch_exceeds_text": N_("{field}: the text is too short for {value} places to be read side by side."),
    "model_too_large": N_("{field}: with {value} the network has too many weights; at most {weights} are allowed."),
    "model_needs_head": N_(
        "{field}: one hidden unit for each distinct character of this text makes too many weights; at most {weights} are allowed. "
        "With a linear layer on top the network is as large as you like."
    ),
    "table_row": N_("{field}: row {row} holds “{value}”; rows of numbers that float64 can hold are written as in {bounds}."),
    "class_alone": N_("{field}: each class needs two rows at least, one to learn from and one to test on; {value} has fewer."),
    "odd_name": N_("{field}: “{value}” is no name; a name is letters in one line."),
    "no_such_column": N_("{field}: the table has no column {value}."),
    "repeated": N_("{field}: “{value}” names something twice."),
    "iteration_too_large": N_("{field}: with {value} one iteration takes too much memory; a smaller network leaves room."),
    "too_many_pieces": N_(
        "{field}: in sequences of {value} so long a text falls into too many; longer ones, or more of them at once, will do."
    ),
    "no_change": N_("{field}: “{value}” is not what a link of ours says. Allowed: 100:lr=0.05,1000:loss=0.0002"),
    "other": N_("{field}: “{value}” is not allowed. Allowed: {bounds}."),
}


def beside_field(problem: Problem) -> str:
    """Why a value was refused, as plain text for a place beside its field, where the field's name stands already."""
    return sentence(problem, "", quoted=str).removeprefix(": ")


def sentence(
    problem: Problem, label: str, choices: Mapping[Any, str] = MappingProxyType({}), quoted: Callable[[str], str] | None = None
) -> str:
    """Why a value was refused. `label` and `choices` are the names of the field and of its choices in the reader's language.

    `quoted` writes what was given; in Markdown as code.
    """
    number = N_("{field}: “{value}” is not a number. Allowed: {bounds}.")
    default = number if problem.code.endswith(("_parsing", "_type")) else SENTENCES["other"]
    return _(
        SENTENCES.get(problem.code, default), field=label, value=(quoted or verbatim)(_shortened(problem.value)),
        bounds=problem.bounds if problem.code != "too_short" else " | ".join(choices.values()) or problem.bounds,
        weights=f"{limits().model_parameters:,}", characters=f"{limits().text_characters:,}", row=problem.row,
    )  # fmt: skip


def verbatim(text: str) -> str:
    """Text from outside as code, so that Markdown interprets none of it as a link, picture, formula or colour."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
