"""What the learner sets on this page: x, the program, and whether backward() is called twice. All of it stands in the link.

What is refused stays in its field and in the link, with the reason below it; the page goes on with the last good state.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.labs.by_hand import grammar
from core.labs.by_hand.expressions import DEFAULT, DEFAULT_X, EXPRESSIONS
from core.labs.by_hand.grammar import Program
from core.labs.reading import ProgramError
from ui.by_hand import words
from ui.frame import link, shell, widgets
from ui.locale import _

PAGE = "autograd"
OWN = "own"
OWN_BEGINNING = "a = x * x\nb = exp(-a)\ny = b.sum()"
X, EXPRESSION, PROGRAM, TWICE = (f"{PAGE}.{name}" for name in ("x", "expression", "program", "twice"))  # of widgets
GOOD = f"{PAGE}.good"


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
    _begin()
    shell.readdress(PAGE, parameters())
    st.text_input(_("x: numbers with commas between them"), key=X, persist_state="session")
    before: Chosen = st.session_state.get(GOOD, Chosen(grammar.vector(DEFAULT_X), EXPRESSIONS[DEFAULT], twice=False))
    x = _good_x(before.x)
    widgets.choice(_("Expression"), [*EXPRESSIONS, OWN], EXPRESSION, words.expressions(), on_change=_choose)
    st.text_area(_("Program: one assignment a line"), key=PROGRAM, persist_state="session", height="content")
    st.button(_("Compute"), key=f"{PAGE}.compute", width="stretch")
    text = _good_program(before.text)
    st.caption(_("Allowed: {grammar}", grammar=f"`{words.GRAMMAR}`"))
    st.toggle(_("Call backward() twice"), key=TWICE, persist_state="session")
    _links()
    chosen = st.session_state[GOOD] = Chosen(x, text, st.session_state[TWICE])
    return chosen


def parameters() -> dict[str, str]:
    """What a link must hold to come back to these settings, be they good or not."""
    state, found = st.session_state, {}
    if state[X] != DEFAULT_X:
        found["x"] = state[X]
    if state[EXPRESSION] == OWN:
        found["program"] = state[PROGRAM]
    elif state[EXPRESSION] != DEFAULT:
        found["expression"] = state[EXPRESSION]
    return {**found, **({"backwards": "2"} if state[TWICE] else {})}


def mend(reduction: str) -> None:
    """Write the program whose last line is a scalar."""
    st.session_state[PROGRAM] = mended(st.session_state[GOOD].text, reduction)


def mended(text: str, reduction: str) -> str:
    """A program whose last line is reduced: `y = a ** 2` → `y = (a ** 2).mean()`."""
    lines = text.rstrip().split("\n")
    last = max(place for place, line in enumerate(lines) if line.split("#")[0].strip())
    name, expression = lines[last].split("#")[0].split("=", 1)
    lines[last] = f"{name.strip()} = ({expression.strip()}).{reduction}()"
    return "\n".join(lines)


def _begin() -> None:
    """The link's settings for a new visitor; then what the widgets hold."""
    if X not in st.session_state:
        st.session_state.update(_linked())
    text = st.session_state[PROGRAM].strip()
    st.session_state[EXPRESSION] = next((name for name, one in EXPRESSIONS.items() if one == text), OWN)


def _linked() -> dict[str, str | bool]:
    """What the link asks for, by the widgets' keys."""
    asked = st.query_params
    expression, backwards = asked.get("expression", DEFAULT), asked.get("backwards", "1")
    if expression not in EXPRESSIONS:
        _unknown(_("Expression"), expression, EXPRESSIONS)
        expression = DEFAULT
    if backwards not in ("1", "2"):
        _unknown("backward()", backwards, ("1", "2"))
    return {X: asked.get("x", DEFAULT_X), PROGRAM: asked.get("program", EXPRESSIONS[expression]), TWICE: backwards == "2"}


def _unknown(field: str, value: str, known: Sequence[str] | dict[str, str]) -> None:
    st.error(_("{field}: “{value}” is not one of {bounds}.", field=field, value=words.code(value), bounds=" | ".join(known)))


def _choose() -> None:
    chosen = st.session_state[EXPRESSION]
    st.session_state[PROGRAM] = EXPRESSIONS.get(chosen, OWN_BEGINNING)


def _good_x(before: tuple[float, ...]) -> tuple[float, ...]:
    try:
        return grammar.vector(st.session_state[X])
    except ProgramError as error:
        st.error(words.refusal(error), icon=":material/error:")
        return before


def _good_program(before: str) -> str:
    text: str = st.session_state[PROGRAM]
    try:
        grammar.program(text)
    except ProgramError as error:
        st.error(words.refusal(error), icon=":material/error:")
        return before
    return text


def _links() -> None:
    page = str(st.context.url or "").split("?")[0]
    with st.popover(_("Links"), icon=":material/link:", width="stretch"):
        st.caption(_("This page with this x and this program:"))
        st.code(link.address(page, parameters()), language=None, wrap_lines=True)
