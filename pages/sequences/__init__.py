"""Sequences: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "sequences",
    place=2.9,
    title=N_("Sequences"),
    teaches=N_("Words of different lengths in one batch: what padding changes, what packing saves."),
)
