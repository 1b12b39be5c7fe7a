"""Who does what: the loop of this run beside the same in Keras, the three phases coloured alike, and Keras' curve over ours."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

import streamlit as st

from core.keras.phases import PHASES, Phase, PhaseLine, excerpt
from core.program.script import Script
from core.run.handle import Run
from ui.bench import take_home
from ui.bench.keras_curve import curves
from ui.locale import _
from ui.stream.files import BESIDE_KERAS, keras_program, program

STYLE = Path(__file__).with_suffix(".css")


def tab(run: Run) -> None:
    """Both programs for the settings of `run`, and the curves."""
    ours, mirrored = program(run, held=False), keras_program(run, held=False)
    st.html(STYLE)
    st.html(_phases())
    _who_does_what()
    st.html(_programs(ours, mirrored.script))
    if mirrored.script is None:
        st.info(mirrored.reason)
        return
    with st.expander(_("The whole Keras program")):
        take_home.files(run, BESIDE_KERAS)
        st.code(mirrored.script.source, language="python", line_numbers=True)
    curves(run, mirrored, mirrored.script)


# --- who does what -------------------------------------------------------------------------------------------------


def _phases() -> str:
    """The legend: each phase by number, colour and words, and where it is found on either side."""
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in (_("Phase"), "PyTorch", "Keras"))
    places: dict[Phase, tuple[str, str]] = {
        "loss": (_("you write it: <code>loss = …</code>"), "<code>compile(<wbr>loss=…)</code>"),
        "gradient": (_("<code>loss.backward()</code> fills <code>.grad</code>"), _("hidden inside <code>fit</code>")),
        "update": (_("<code>optimizer.step()</code> reads <code>.grad</code>"), "<code>compile(<wbr>optimizer=…)</code>"),
    }
    rows = "".join(
        f'<tr data-phase="{phase}"><th scope="row">{_number(phase)} {escape(_name(phase))}</th><td>{pytorch}</td><td>{keras}</td></tr>'
        for phase, (pytorch, keras) in places.items()
    )
    label = escape(_("Who does what, in PyTorch and in Keras"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="sw-beside"><div class="sw-beside-phases" tabindex="0" role="region" aria-label="{label}">{table}</div></div>'


def _name(phase: Phase) -> str:
    return {"loss": _("compute the loss"), "gradient": _("compute the gradients"), "update": _("update the weights")}[phase]


def _number(phase: Phase) -> str:
    number = PHASES.index(phase) + 1
    return f'<span class="sw-beside-number" role="img" aria-label="{number}, {escape(_name(phase))}">{number}</span>'


def _who_does_what() -> None:
    st.markdown(
        _(
            "**PyTorch's optimizer is never given the loss.** It was built with the parameters. `loss.backward()` writes the gradient"
            " of each parameter into its `.grad`; `optimizer.step()` reads it there. The two know nothing of each other."
        )
    )
    st.markdown(
        _(
            "**Keras hides both behind `fit`.** `compile` is given a loss and an optimizer, and from outside it looks as if the"
            " optimizer did the rest. Inside, `fit` goes through the same three phases: on its PyTorch backend Keras calls"
            " `loss.backward()` like you. What you would write between two lines of the loop becomes a callback."
        )
    )


# --- the programs --------------------------------------------------------------------------------------------------


def _programs(ours: Script, theirs: Script | None) -> str:
    panes = [_pane(_("PyTorch: the loop of this run"), excerpt(ours))]
    if theirs:
        panes.append(_pane(_("Keras: the same with compile and fit"), excerpt(theirs)))
    return f'<div class="sw-beside"><div class="sw-beside-programs">{"".join(panes)}</div></div>'


def _pane(title: str, lines: Iterable[PhaseLine]) -> str:
    code = "".join(_line(line) for line in lines)
    pre = f'<pre tabindex="0" role="region" aria-label="{escape(title)}"><code>{code}</code></pre>'
    return f"<figure><figcaption>{escape(title)}</figcaption>{pre}</figure>"


def _line(line: PhaseLine) -> str:
    phase = f' data-phase="{line.phase}"' if line.phase else ""
    number = _number(line.phase) if line.phase else "<span></span>"
    return f'<span class="sw-beside-line"{phase}>{number}<span>{escape(line.text) or " "}\n</span></span>'
