"""Links for others: to the same settings, to this very run, and to all that was done to it."""

from collections.abc import Collection
from html import escape

import segno
import streamlit as st

from core.run.handle import Run
from core.run.replay import Replay, replay
from ui.bench.desk import Desk
from ui.frame import link
from ui.frame.refusals import verbatim
from ui.locale import N_, _

MOST_NAMES, LONGEST_NAME = 5, 40  # of unknown panels that are repeated from a link
ANSWER_SECONDS = 1.0  # a worker answers between two steps


def links(desk: Desk) -> None:
    """A popover with every link there is."""
    popover = st.popover(_("Links"), icon=":material/link:", width="stretch", key=f"{desk.run.experiment}:links", on_change="rerun")
    if not popover.open:
        return
    page = str(st.context.url or "").split("?")[0]
    with popover:
        watching = link.address(page, {**link.parameters(desk.agreed), **desk.arranged, link.RUN: desk.run.watch_id})
        _link(_("Watch this very run, without steering it; so does this page's own address:"), watching, code=True)
        _link(_("The same settings, a run of one's own:"), link.address(page, {**link.parameters(desk.agreed), **desk.arranged}))
        if link.too_long(desk.agreed):
            st.caption(_("Your own text or table is too long for a link and stays out of it. The link above shows it."))
        if _done(desk.run) and not link.too_long(desk.run.config):
            _replay(page, replay(desk.run))
        with st.expander(_("Hand over the steering")):
            _link(
                _("Whoever opens this link steers the run too, until it is put away:"),
                link.address(page, {link.RUN: desk.run.id}),
                code=True,
            )


def _replay(page: str, done: Replay) -> None:
    """The link that does a run again; one that would be cut on its way is not given out."""
    text = str(done)
    if len(text) > link.LONGEST_REPLAY:
        said = N_("So much was done to this run that no link holds it: {length} characters, and {limit} is the most. Its script holds it.")
        st.caption(_(said, length=f"{len(text):,}", limit=f"{link.LONGEST_REPLAY:,}"))
        return
    parameters = {**link.parameters(done.spec.config), link.REPLAY: text}
    _link(_("This very run with all its changes, computed anew for whoever opens it:"), link.address(page, parameters))


def _done(run: Run) -> bool:
    """Whether it has ended, or is held after an update, and no row is on its way any more; one that is just being held has a moment."""
    done = run.status.ended or run.spec().last is not None
    return done and len(run.history) > 0 and run.wait_for(lambda: run.answered, ANSWER_SECONDS)


def _link(what: str, address: str, *, code: bool = False) -> None:
    """A link to copy; with a `code`, also to point a phone at."""
    st.caption(what)
    st.code(address, language=None, wrap_lines=True)
    if code:
        picture = segno.make(address, error="l", micro=False).png_data_uri(scale=4, border=2)
        name = escape(_("QR code of this link"))
        st.html(f'<img src="{picture}" alt="{name}">')


def arrival(desk: Desk) -> None:
    """Says what became of the run in a link: that it is no longer there, or was computed here, and whether it came to the same."""
    match desk.absent:
        case "gone":
            st.info(_("The run in this link is no longer there. This is a new one, with the settings that the link holds."))
        case "put_away":
            st.info(_("The run that you had here was put away while nobody looked. This is a new one, with its settings."))
        case "waited":
            st.success(_("There is a place for you now: this run is yours, with the settings that you came with."))
    if desk.replay:
        st.caption(_verdict(desk.run, desk.replay))


def unknown_panels(desk: Desk, known: Collection[str]) -> None:
    """Says which panels a link arranges that this page does not have; the others are arranged as it says."""
    named = [name.removeprefix("-") for text in desk.arranged.values() for name in text.split(",") if name]
    unknown = [name for name in dict.fromkeys(named) if name not in known]
    if unknown:
        shown = ", ".join(verbatim(name[:LONGEST_NAME]) for name in unknown[:MOST_NAMES])
        st.info(_("The link names panels that are not on this page: {names}. The others stand as it says.", names=shown))


def _verdict(run: Run, wanted: Replay) -> str:
    if not run.status.ended or not len(run.history):
        return _("Out of a link, and computed anew here: every change is made again at its step.")
    if wanted.is_reached_by(run):
        said = N_("✓ Computed anew here: the loss at step {step} is {loss}, to the last bit as in the link.")
        return _(said, step=wanted.spec.last, loss=wanted.loss)
    found = replay(run)
    missed = N_(
        "Computed anew here: the loss at step {at} is {found}; in the link it is {loss} at step {step}. A GPU, another kind of "
        "processor, or a change of yours makes the difference."
    )
    return _(missed, at=found.spec.last, found=found.loss, step=wanted.spec.last, loss=wanted.loss)
