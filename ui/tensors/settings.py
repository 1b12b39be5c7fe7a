"""What the learner sets on this page: the program, which stands in the link."""

import secrets
from dataclasses import dataclass

import streamlit as st

from core.labs.reading import ProgramError
from core.labs.tensors import grammar
from core.labs.tensors.examples import DEFAULT, EXAMPLES
from ui.frame import shell
from ui.lab import programs
from ui.lab.programs import Programs
from ui.locale import _
from ui.tensors import words

PAGE = "tensors"
ROUND = f"{PAGE}.round"
PROGRAMS = Programs(PAGE, "example", EXAMPLES, DEFAULT, beginning="x = torch.arange(12).view(3, 4)")


@dataclass(frozen=True)
class Chosen:
    """What was typed; the last good program, which is drawn; and why what was typed is refused, if it is."""

    typed: str
    text: str
    refusal: ProgramError | None
    example: str


def round_of_questions() -> int:
    """The number that this visitor's questions are drawn from."""
    if ROUND not in st.session_state:
        st.session_state[ROUND] = secrets.randbelow(10**6)
    return int(st.session_state[ROUND])


def more(_pressed: object) -> None:
    """Other questions."""
    st.session_state[ROUND] += 1


def editor() -> Chosen:
    """The examples, and the link; the program itself is edited in the drawing."""
    PROGRAMS.begin(_("Example"))
    shell.readdress(PAGE, PROGRAMS.link())
    PROGRAMS.choice(_("Example"), words.examples(), listed=True)
    programs.links(PROGRAMS.link(), _("This page with this program:"))
    typed: str = st.session_state[PROGRAMS.text]
    text: str = st.session_state.get(PROGRAMS.good, EXAMPLES[DEFAULT])
    refusal = None
    try:
        grammar.program(typed)
        text = st.session_state[PROGRAMS.good] = typed
    except ProgramError as error:
        refusal = error
    return Chosen(typed, text, refusal, st.session_state[PROGRAMS.chosen])
