"""Autograd by hand: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "autograd",
    place=1.5,
    title=N_("Autograd by hand"),
    teaches=N_("Multiply the slopes along a small graph from y back to x, and find what backward() finds."),
)
