"""Toy: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page("toy", place=9, title=N_("Toy"), teaches=N_("What a new experiment needs."))
