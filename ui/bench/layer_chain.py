"""Chains of layers to try on real zeros, and short programs that go wrong, each as torch itself has it."""

from collections.abc import Mapping
from concurrent.futures import TimeoutError as TooLate
from typing import Any

import streamlit as st

from core.engine import NoAnswerError, pool
from core.labs.reading import LONGEST_CHAIN, LONGEST_SHAPE
from ui.frame import widgets
from ui.frame.refusals import verbatim
from ui.locale import N_, _

CHAIN, SHAPE = "Conv2d(3, 10, 5)\nConv2d(10, 20, 5)", "1, 3, 256, 256"
CASES = ("no_super", "plain_list", "forward", "no_eval")
ANSWER_TIMEOUT = 10.0  # seconds
TOO_LONG = N_("These layers are written in {value} characters; at most {allowed} are read. Shorter lines will do.")
REFUSALS = {
    "unreadable": N_("Line {line}: {text} is no layer."),
    "no_layer": N_("Line {line}: {text} is no layer."),
    "unknown": N_("Line {line}: there is no layer {text} here."),
    "no_number": N_("Line {line}: {text} is no number that a layer may be given."),
    "elsewhere": N_("Line {line}: {text} cannot be chosen here: float32 on the CPU is what is run. Leave it out."),
    "pair": N_("Line {line}: with {text} the layer gives two tensors, and the next one takes one. Leave it out."),
    "too_many": N_("These are too many layers; at most {text} are run."),
    "too_long": TOO_LONG,
    "no_shape": N_("{text} is no shape: whole numbers above 0, with commas between them."),
    "too_large": N_("{text} are {value} numbers; at most {allowed} go in here. A smaller shape will do."),
    "parameters": N_("Line {line}: {text} has {value} parameters; at most {allowed} are run here. Fewer channels or features will do."),
    "numbers": N_(
        "Line {line}: with its padding {text} makes {value} numbers; at most {allowed} are run here. A smaller shape, less padding or "
        "fewer channels will do."
    ),
    "laid": N_(
        "Line {line}: for {text} PyTorch lays {value} numbers side by side; at most {allowed} are laid here. A smaller shape, a smaller "
        "kernel or a larger stride will do."
    ),
    "work": N_(
        "Line {line}: {text} takes {value} multiplications; at most {allowed} are run here. A smaller shape, a smaller kernel or fewer "
        "channels will do."
    ),
    "read": N_(
        "Line {line}: {text} reads {value} numbers, each as often as a window slides over it; at most {allowed} are read here. A smaller "
        "window or a larger stride will do."
    ),
}


def calculator(experiment: str) -> None:
    """A chain that is edited, and what each of its layers makes of zeros of a shape."""
    key = f"{experiment}:chain"
    st.markdown(_("**Shapes.** Type layers, one a line, and the shape of what goes in: PyTorch runs them on zeros."))
    st.session_state.setdefault(key, CHAIN)
    st.session_state.setdefault(f"{key}.shape", SHAPE)
    left, right = st.columns([0.6, 0.4])
    chain = left.text_area(_("Layers, one a line"), key=key, persist_state="session", height=120)
    shape = right.text_input(_("Shape of the input"), key=f"{key}.shape", persist_state="session")
    if len(chain) > LONGEST_CHAIN:  # a worker is not even sent it
        st.error(_(TOO_LONG, value=f"{len(chain):,}", allowed=f"{LONGEST_CHAIN:,}"), icon=":material/error:")
        return
    found = _asked("chain", chain=chain, shape=shape[: LONGEST_SHAPE + 1])
    if found is None:
        return
    if found["refused"]:
        st.error(_refusal(found["refused"]), icon=":material/error:")
    if found["layers"]:
        st.dataframe(_table(found["layers"]), hide_index=True)
    if found["failed"]:
        _failure(found["failed"], key)


def _table(layers: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    counts = [f"{one['formula']} = {one['count']:,}" if one["formula"] else "0" for one in layers]
    return {
        _("layer"): [one["code"] for one in layers],
        _("goes in"): [_sizes(one["given"]) for one in layers],
        _("comes out"): [_sizes(one["made"]) for one in layers],
        _("arithmetic"): [",  ".join(one["arithmetic"]) for one in layers],
        _("parameters"): counts,
    }


def _sizes(shape: list[int], blamed: int | None = None) -> str:
    parts = [f"▸{size}◂" if axis == blamed else str(size) for axis, size in enumerate(shape)]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _failure(failed: Mapping[str, Any], key: str) -> None:
    """What ran stands above; here the layer that failed, torch's own text, the axis to blame, and the press that mends it."""
    told = _(
        "Line {line}, {code}, fails on {shape}:",
        line=failed["line"],
        code=verbatim(failed["code"]),
        shape=verbatim(_sizes(failed["given"], failed["axis"])),
    )
    st.error(f"{told}\n\n{verbatim(failed['error'])}", icon=":material/error:")
    if failed["axis"] is not None:
        st.caption(_("To blame is axis {axis}: it holds {size}.", axis=failed["axis"], size=failed["given"][failed["axis"]]))
    if failed["repaired"]:

        def mend() -> None:
            st.session_state[key] = failed["repaired"]

        st.button(_("Mend it"), key=f"{key}.mend", icon=":material/build:", on_click=mend)


def _refusal(refused: Mapping[str, Any]) -> str:
    numbers = {name: f"{refused[name]:,}" for name in ("value", "allowed")}
    sentence = REFUSALS[refused["code"]]
    return _(sentence, line=refused["line"], text=verbatim(str(refused["text"])[:80]), **numbers)


def mistakes(experiment: str) -> None:
    """Four short programs with one mistake each; a worker runs the one that is chosen."""
    key = f"{experiment}:broken"
    st.markdown(_("**Break it.** Four mistakes that nearly everybody makes once, run as they stand."))
    st.session_state.setdefault(key, CASES[0])
    names = {
        "no_super": _("super().__init__() forgotten"), "plain_list": _("layers in a plain list"),
        "forward": _("model.forward(x) for model(x)"), "no_eval": _("model.eval() forgotten"),
    }  # fmt: skip
    widgets.choice(_("What goes wrong"), CASES, key, names)
    found = _asked("broken", case=st.session_state[key])
    if found is None:
        return
    st.code(found["code"], language="python")
    st.code("\n".join(filter(None, (found["printed"].rstrip(), found["error"]))), language="text")
    st.caption(
        {
            "no_super": _("nn.Module keeps its layers in dictionaries that its own __init__ makes: before that it can take none."),
            "plain_list": _(
                "A module finds its layers among its attributes. It does not look into a list: the optimizer gets none of them."
            ),
            "forward": _("Hooks are called by model(x), which then calls forward. Who calls forward goes past them."),
            "no_eval": _("Dropout drops outputs as long as the model is in training mode: each answer is another one."),
        }[st.session_state[key]]
    )


def _asked(question: str, **arguments: str) -> Any:
    """A worker's answer; None, and a word about it, where none comes."""
    try:
        return pool().ask(question, None, **arguments).result(ANSWER_TIMEOUT)
    except (NoAnswerError, TooLate):
        st.info(_("No answer came. Try again in a moment."))
        return None
