"""What the learner sets on this page: the words, the cell, and in which order they are packed. All of it stands in the link."""

import secrets
from dataclasses import dataclass

import streamlit as st

from core.labs.reading import ProgramError
from core.labs.sequences import reading
from core.labs.sequences.examples import DEFAULT, EXAMPLES
from ui.frame import shell, widgets
from ui.lab import programs
from ui.lab.programs import Programs
from ui.locale import _
from ui.sequences import words

PAGE = "sequences"
PROGRAMS = Programs(PAGE, "example", EXAMPLES, DEFAULT, beginning="go\nstop\nwait", written="words")
CELL, ORDER = f"{PAGE}.cell", f"{PAGE}.order"  # of widgets
CELLS = ("rnn", "lstm", "gru")
ROUND = f"{PAGE}.round"
ORDERS = ("free", "sorted", "enforced")


@dataclass(frozen=True)
class Chosen:
    """The last good state: what is drawn."""

    text: str  # of the words, as they were typed
    cell: str
    order: str


def editor() -> Chosen:
    """The widgets, with what is wrong below each."""
    PROGRAMS.begin(_("Words"), _linked)
    shell.readdress(PAGE, parameters())
    PROGRAMS.choice(_("Words"), words.examples(), listed=True)
    st.text_area(
        _("One word a line, at most {words} words of {characters} characters", words=reading.MOST_WORDS, characters=reading.LONGEST_WORD),
        key=PROGRAMS.text, persist_state="session", height="content",
    )  # fmt: skip
    st.button(_("Compute"), key=f"{PAGE}.compute", width="stretch")
    text = _good_words()
    widgets.choice(_("Cell"), CELLS, CELL, words.cells())
    widgets.choice(_("Order in the pack"), ORDERS, ORDER, words.orders())
    programs.links(parameters(), _("This page with these words:"))
    return Chosen(text, st.session_state[CELL], st.session_state[ORDER])


def parameters() -> dict[str, str]:
    """What a link must hold to come back to these settings, be they good or not."""
    state = st.session_state
    kept = {"cell": (state[CELL], CELLS[0]), "order": (state[ORDER], ORDERS[0])}
    return {**PROGRAMS.link(), **{name: chosen for name, (chosen, default) in kept.items() if chosen != default}}


def reorder(order: str) -> None:
    """Another order in the pack, if there is such a one."""
    if order in ORDERS:
        st.session_state[ORDER] = order


def measure(_pressed: object) -> None:
    """The times are to be measured, anew if they have been before."""
    st.session_state[ROUND] = secrets.randbelow(10**9) + 1


def round_of_timing() -> int:
    """Which measurement this visitor has asked for; 0 is none."""
    return int(st.session_state.get(ROUND, 0))


def _linked() -> dict[str, object]:
    """What else the link asks for, by the widgets' keys."""
    return {
        CELL: programs.known("cell", _("Cell"), CELLS, CELLS[0]),
        ORDER: programs.known("order", _("Order in the pack"), ORDERS, ORDERS[0]),
    }


def _good_words() -> str:
    text: str = st.session_state[PROGRAMS.text]
    try:
        reading.words(text)
    except ProgramError as error:
        st.error(words.refusal(error), icon=":material/error:")
        return str(st.session_state.get(PROGRAMS.good, EXAMPLES[DEFAULT]))
    st.session_state[PROGRAMS.good] = text
    return text
