"""Words: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "words",
    place=2.95,
    title=N_("Padding"),
    teaches=N_("Train on words of different lengths, padded or packed: the same curve, unless the padding is counted."),
)
