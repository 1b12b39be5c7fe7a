"""Classes in the plane: their place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "plane",
    place=2.5,
    title=N_("Classes in the plane"),
    teaches=N_("A border bends until it parts moons, rings and spirals; without a hidden layer it stays straight."),
)
