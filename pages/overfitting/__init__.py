"""Overfitting: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "overfitting",
    place=2.7,
    title=N_("Overfitting"),
    teaches=N_("A curve learns twenty points by heart, noise and all; more data, fewer features and weight decay mend it while it trains."),
)
