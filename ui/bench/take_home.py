"""What a learner takes home from the run on the screen: its script, its numbers, and what it has learned."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from core.program.listing import Listing
from core.run.handle import Run, Status
from ui.locale import _, language
from ui.stream.files import BESIDE_KERAS, FORMS, OF_A_WORKER, program


def code(run: Run) -> None:
    """The script that does what the screen shows, always as the run stands now, and the files to take away."""
    st.caption(_("The program of this very run, with every change at its step. On a CPU it prints the same last loss, to the last bit."))
    files(run, [form for form in FORMS if form not in BESIDE_KERAS])
    if run.status is Status.PAUSED and run.spec().last is not None:  # below the links: they stay where they are being pressed
        st.caption(_("The run is held: below, the program as it would go on from here; the files end at the row where it is held."))
    _listing(run, program(run, held=False).source)


def files(run: Run, forms: Iterable[str]) -> None:
    """A link to each of these files, under the id for watching: a link is passed on. One that cannot be made now leads nowhere.

    Args:
        forms: names out of `ui.stream.files.FORMS`.
    """
    page = str(st.context.url or "").split("?")[0].rstrip("/")
    folder = f"{page.removesuffix(f'/{run.experiment}')}/runs/{run.watch_id}/files"
    unmade = OF_A_WORKER if run.status in (Status.QUEUED, Status.FAILED) else ()
    links = (
        _link("" if form in unmade else f"{folder}/{form}?lang={language()}", FORMS[form].icon, _(FORMS[form].label)) for form in forms
    )
    with st.container(key="take-home"):
        st.html("".join(links))


def _link(href: str, icon: str, label: str) -> str:
    leads = f'href="{escape(href)}" download' if href else 'role="link" aria-disabled="true"'
    return f'<a {leads}><span aria-hidden="true" translate="no">{icon}</span>{escape(label)}</a>'


def _listing(run: Run, source: str) -> None:
    """The script, with the lines lit that the last change of a setting has touched."""
    key = f"{run.experiment}:listing"
    listing: Listing = st.session_state.get(key, Listing(source, language())).followed_by(source, language())
    st.session_state[key] = listing
    with st.container(key="script"):
        if listing.lit:
            st.caption(_("Lit: the lines that the last change has touched ({lines}).", lines=listing.lit_spans))
        st.html(_bands(listing.lit))
        st.code(source, language="python", line_numbers=True)


def _bands(lit: Iterable[int]) -> str:
    """A style that lays a band of colour behind each of these lines."""
    bands = ", ".join(f"linear-gradient(var(--lit) 0 0) 0 {line - 1}lh / 100% 1lh no-repeat" for line in lit)
    return f"<style>.st-key-script code {{ background: {bands or 'none'}; }}</style>"
