"""A change: what a learner did to a run while it ran, at the very step where it took effect."""

from typing import NamedTuple


class Change(NamedTuple):
    """`field` went from `old` to `new` while the run was held at row `step`; it acts on the update after that row."""

    step: int
    field: str
    old: object
    new: object
