"""Programs: a lab's program, one of its examples or the visitor's own; in the session, and in the link.

What is refused stays where it was typed and in the link; the lab goes on with the last good state.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import streamlit as st

from ui.frame import link, widgets
from ui.lab.refusals import code
from ui.locale import _

OWN = "own"


@dataclass(frozen=True)
class Programs:
    """The programs of a page.

    Args:
        page: its url path.
        parameter: what the choice of an example is called in the link.
        examples: by name.
        default: the one to begin with.
        beginning: of one's own.
        written: what a program of one's own is called in the link.
    """

    page: str
    parameter: str
    examples: Mapping[str, str]
    default: str
    beginning: str
    written: str = "program"

    @property
    def chosen(self) -> str:
        """Where the session holds the example's name."""
        return f"{self.page}.{self.parameter}"

    @property
    def text(self) -> str:
        """Where the session holds the program."""
        return f"{self.page}.program"

    @property
    def good(self) -> str:
        """Where the session holds the last good state."""
        return f"{self.page}.good"

    def begin(self, title: str, linked: Callable[[], Mapping[str, object]] = dict) -> None:
        """For a new visitor the link's program, with what else is `linked`; then the example that the program is."""
        if self.text not in st.session_state:
            asked = known(self.parameter, title, self.examples, self.default)
            st.session_state.update({self.text: st.query_params.get(self.written, self.examples[asked]), **linked()})
        text = st.session_state[self.text].strip()
        st.session_state[self.chosen] = next((name for name, one in self.examples.items() if one == text), OWN)

    def choice(self, label: str, names: Mapping[str, str], *, listed: bool = False) -> None:
        """The widget that chooses among them."""
        choose = widgets.listed if listed else widgets.choice
        choose(label, [*self.examples, OWN], self.chosen, names, on_change=self._choose)

    def write(self, text: str) -> None:
        """Another program in place of the present one."""
        st.session_state[self.text] = text

    def link(self) -> dict[str, str]:
        """What a link must hold to come back to this program, be it good or not."""
        state = st.session_state
        if state[self.chosen] == OWN:
            return {self.written: state[self.text]}
        return {} if state[self.chosen] == self.default else {self.parameter: state[self.chosen]}

    def _choose(self) -> None:
        self.write(self.examples.get(st.session_state[self.chosen], self.beginning))


def known(parameter: str, title: str, values: Collection[str], default: str) -> str:
    """A link's parameter; one that is none of these is named, and the default is taken."""
    asked = st.query_params.get(parameter, default)
    if asked in values:
        return asked
    st.error(_("{field}: “{value}” is not one of {bounds}.", field=title, value=code(asked), bounds=" | ".join(values)))
    return default


def links(parameters: Mapping[str, str], caption: str, *, read_again: bool = False) -> None:
    """A popover with the address of what is shown; `read_again` where that changes without the page's script."""
    page = str(st.context.url or "").split("?")[0]
    with st.popover(_("Links"), icon=":material/link:", width="stretch", on_change="rerun" if read_again else "ignore"):
        st.caption(caption)
        st.code(link.address(page, parameters), language=None, wrap_lines=True)
