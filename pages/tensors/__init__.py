"""Tensors: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "tensors",
    place=1.4,
    title=N_("Tensors"),
    teaches=N_("See where every number of a tensor lies in memory, where it comes from, and why PyTorch refuses a shape."),
)
