"""Digits: their place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "digits",
    place=2.8,
    title=N_("Handwritten digits"),
    teaches=N_("Kernels and maps move while a convolutional network learns to read, and what you draw goes through it."),
)
