"""nn.Module taken apart: the model of the run, and below it chains of layers to try, and what goes wrong."""

import re
from functools import cache

import streamlit as st

from core import experiments
from core.run.handle import Run
from ui.bench import layer_chain
from ui.frame.palette import palette
from ui.locale import _
from ui.stage.assets import loader, whereabouts
from ui.stream.files import program

_component = st.components.v2.component(
    "stepwise_modules", html='<div class="stepwise-modules"></div>', js=loader("modules.js"), isolate_styles=False
)
MAKES = re.compile(r"\b[A-Z]\w+\(")  # a line that makes something of a class


@cache
def has_model(experiment: str) -> bool:
    """Whether a program can have a model that is an nn.Module."""
    return re.search(r"^\s*model = ", experiments.program(experiment).read_text(encoding="utf-8"), re.MULTILINE) is not None


def tab(run: Run) -> None:
    """The model as it is now; it follows the run."""
    lines = enumerate(program(run, held=False).source.split("\n"), start=1)
    data = {
        **whereabouts(run.experiment),
        "run": run.watch_id,
        "palette": palette(),
        "lines": [[number, line.strip()] for number, line in lines if MAKES.search(line)],
        "labels": _labels(),
    }
    _component(data=data, key=f"{run.experiment}:modules")
    layer_chain.calculator(run.experiment)
    layer_chain.mistakes(run.experiment)


def _labels() -> dict[str, str]:
    return {
        "tree": _("The tree of the model"),
        "about": _("named_modules() of the running model: {modules} modules, {total} parameters. Press one to see where it comes from."),
        "none": _("This run computes with bare tensors: it has no nn.Module."),
        "name": _("name"),
        "class": _("class"),
        "parameters": _("parameters"),
        "given": _("goes in"),
        "made": _("comes out"),
        "mode": _("mode"),
        "gradient": _("gradient norm"),
        "line": _("line {line} of the program"),
        "unwritten": _("The script leaves it out: it does nothing until a setting is changed."),
        "sum": _("its own parameters"),
        "shape": _("shape"),
        "weights": _("{shape}, at most {most}, mean {mean}"),
        "generators": _("parameters() and modules() are generators: they hand out one thing at a time, to whoever asks next."),
        "next": _("Take the next one from {name}"),
        "again": _("Begin {name} anew"),
    }
