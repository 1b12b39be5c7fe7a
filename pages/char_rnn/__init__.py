"""Char-RNN: its place in the app."""

from ui.frame.shell import Page
from ui.locale import N_

PAGE = Page(
    "char_rnn",
    place=3,
    title=N_("Char-RNN"),
    teaches=N_("A recurrent network learns to spell a text, reading it character by character; then it writes."),
)
