"""Search: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "search",
    place=4,
    title=N_("Tuning"),
    teaches=N_("Let hundreds of runs find good hyperparameters, see every curve move, and open any of them as a run of its own."),
)
