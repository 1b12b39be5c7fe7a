"""Iris: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "iris",
    place=2,
    title=N_("Iris"),
    teaches=N_("Weights thicken and borders move while a network learns to tell three kinds of flowers apart."),
)
