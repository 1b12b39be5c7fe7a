"""Linear regression: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "linear_regression",
    place=1,
    title=N_("Linear regression"),
    teaches=N_("Two numbers, W and b, find the line through the points: gradient descent with nothing hidden."),
)
