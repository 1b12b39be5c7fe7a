"""What the learner sets on this page: x, the program, and whether backward() is called twice. All of it stands in the link."""

from dataclasses import dataclass

import streamlit as st

from core.labs.by_hand import grammar
from core.labs.by_hand.expressions import DEFAULT, DEFAULT_X, EXPRESSIONS
from core.labs.by_hand.grammar import Program
from core.labs.reading import ProgramError
from ui.by_hand import words
from ui.frame import shell
from ui.lab import programs
from ui.lab.programs import Programs
from ui.locale import _

PAGE = "autograd"
PROGRAMS = Programs(PAGE, "expression", EXPRESSIONS, DEFAULT, beginning="a = x * x\nb = exp(-a)\ny = b.sum()")
X, TWICE = f"{PAGE}.x", f"{PAGE}.twice"  # of widgets


@dataclass(frozen=True)
class Chosen:
    """The last good state: what is drawn."""

    x: tuple[float, ...]
    text: str  # of the program, as it was typed
    twice: bool

    @property
    def program(self) -> Program:
        """The program, checked."""
        return grammar.program(self.text)


def editor() -> Chosen:
    """The widgets, with what is wrong below each; no refusal comes or goes above the button that is just being pressed."""
    PROGRAMS.begin(_("Expression"), _linked)
    shell.readdress(PAGE, parameters())
    st.text_input(_("x: numbers with commas between them"), key=X, persist_state="session")
    before: Chosen = st.session_state.get(PROGRAMS.good, Chosen(grammar.vector(DEFAULT_X), EXPRESSIONS[DEFAULT], twice=False))
    x = _good_x(before.x)
    PROGRAMS.choice(_("Expression"), words.expressions())
    st.text_area(_("Program: one assignment a line"), key=PROGRAMS.text, persist_state="session", height="content")
    st.button(_("Compute"), key=f"{PAGE}.compute", width="stretch")
    text = _good_program(before.text)
    st.caption(_("Allowed: {grammar}", grammar=f"`{words.GRAMMAR}`"))
    st.toggle(_("Call backward() twice"), key=TWICE, persist_state="session")
    programs.links(parameters(), _("This page with this x and this program:"))
    chosen = st.session_state[PROGRAMS.good] = Chosen(x, text, st.session_state[TWICE])
    return chosen


def parameters() -> dict[str, str]:
    """What a link must hold to come back to these settings, be they good or not."""
    state = st.session_state
    x = {} if state[X] == DEFAULT_X else {"x": state[X]}
    return {**x, **PROGRAMS.link(), **({"backwards": "2"} if state[TWICE] else {})}


def mend(reduction: str) -> None:
    """Write the program whose last line is a scalar."""
    PROGRAMS.write(mended(st.session_state[PROGRAMS.good].text, reduction))


def mended(text: str, reduction: str) -> str:
    """A program whose last line is reduced: `y = a ** 2` → `y = (a ** 2).mean()`."""
    lines = text.rstrip().split("\n")
    last = max(place for place, line in enumerate(lines) if line.split("#")[0].strip())
    name, expression = lines[last].split("#")[0].split("=", 1)
    lines[last] = f"{name.strip()} = ({expression.strip()}).{reduction}()"
    return "\n".join(lines)


def _linked() -> dict[str, object]:
    """What else the link asks for, by the widgets' keys."""
    backwards = programs.known("backwards", "backward()", ("1", "2"), "1")
    return {X: st.query_params.get("x", DEFAULT_X), TWICE: backwards == "2"}


def _good_x(before: tuple[float, ...]) -> tuple[float, ...]:
    try:
        return grammar.vector(st.session_state[X])
    except ProgramError as error:
        st.error(words.refusal(error), icon=":material/error:")
        return before


def _good_program(before: str) -> str:
    text: str = st.session_state[PROGRAMS.text]
    try:
        grammar.program(text)
    except ProgramError as error:
        st.error(words.refusal(error), icon=":material/error:")
        return before
    return text
