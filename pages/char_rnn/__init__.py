"""Char-RNN: its place in the app."""

from ui.locale import N_
from ui.shell import Page

PAGE = Page(
    "char_rnn",
    place=3,
    title=N_("Char-RNN"),
    teaches=N_("A recurrent network learns to spell a text, reading it character by character; then it writes."),
)
