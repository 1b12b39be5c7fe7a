"""Toy: its place in the app."""

from ui.locale import N_
from ui.shell import Page

PAGE = Page("toy", place=9, title=N_("Toy"), teaches=N_("What a new experiment needs."))
