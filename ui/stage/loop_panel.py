"""The panel that holds the training loop between two statements, and its words.

It draws the view `loop`, or `loop:<mistake>` while the learner has broken the program on purpose. It is closed until it is
opened, so that nothing is computed for it before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from ui.locale import _
from ui.stage.panels import Declared


@dataclass(frozen=True)
class Loop(Declared):
    """One pass of the loop: its lines, what each statement changes, and the graph that backward walks.

    Args:
        words: everything that the panel says, by name.
        mistakes: what can be broken, by name: (what is done, why it goes wrong).
    """

    kind: ClassVar[str] = "loop"
    id: str
    title: str
    words: Mapping[str, str]
    mistakes: Mapping[str, tuple[str, str]]
    span: Literal[1, 2] = 2


def loop_panel() -> Loop:
    """The panel, the same on every page."""
    return Loop("loop", _("The loop, statement by statement"), _words(), _mistakes())


def _words() -> dict[str, str]:
    return {
        "open": _("Open"),
        "close": _("Close"),
        "answer": _(
            "The optimizer is given the parameters and never the loss. backward() leaves the slope of the loss in the .grad of each"
            " parameter, and step() reads it there."
        ),
        "next": _("Next statement"),
        "statement": _("One statement"),
        "go_on": _("Next pass"),
        "top": _("Back to the top of the pass"),
        "break": _("Break it on purpose"),
        "whole": _("nothing broken"),
        "undo": _("Undo"),
        "pause": _("The run is going. Pause it, and its next update can be taken apart here."),
        "behind": _("Coming to this pass: {done} of {step}"),
        "too_far": _("A broken program is run from its beginning, and at most {rows} rows far. Reset, and try the mistake earlier."),
        "waiting": _("Computing…"),
        "state": _("Pass {pass}: {executed} of {all} statements executed"),
        "over": _("This was the last pass: the program ends here."),
        "error": _("PyTorch stopped here, in pass {pass}:"),
        "code": _("The loop of this run"),
        "prediction": _("prediction"),
        "loss": _("loss"),
        "not_yet": _("not computed in this pass yet"),
        "parameters": _("Parameters"),
        "parameter": _("parameter"),
        "value": _("value"),
        "before": _("before step()"),
        "difference": _("difference"),
        "more": _("length {norm}"),
        "plain": _("For plain SGD the difference is −lr·grad, and nothing else. lr is {lr}."),
        "other": _("{name} makes more of the gradient than −lr·grad: compare the last two columns. lr is {lr}."),
        "graph": _("The graph that backward() walks, from the loss to the parameters"),
        "graph_later": _("The graph is there as soon as there is a loss."),
        "saved": _("saved {name}: {shape}"),
        "nothing_saved": _("saved nothing"),
        "arrived": _("gradient that arrived: length {norm}"),
        "added": _("adds ‖{norm}‖"),
        "order": _("number {order} in the order of backward"),
        "undrawn": _("{n} more operations are not drawn."),
        "graph_alt": _("{nodes} nodes; backward starts at {first} and ends at {leaves}."),
        "kept": _("{losses} losses in the list keep {nodes} nodes of their graphs alive, and {bytes} bytes that they saved."),
        "kept_released": _(
            "{losses} losses in the list keep {nodes} nodes of their graphs alive, more with every pass; what these"
            " had saved, backward() has released."
        ),
        "curve": _("Loss of each pass: dashed, this run; solid, the broken program"),
        **_statements(),
    }


def _statements() -> dict[str, str]:
    """What has happened after each statement."""
    return {
        "after.": _("The next line to run is lit. Every .grad holds what the pass before has left: nothing, before the first backward."),
        "after.forward": _("The prediction is there, and with it the record of how it was computed."),
        "after.loss": _("The loss is one number, and the end of a graph. No gradient has been computed yet."),
        "after.zero_grad": _("Every .grad is empty: the gradients of the pass before are forgotten."),
        "after.backward": _("The loss has walked its graph. The gradients lie in .grad; no parameter has moved."),
        "after.step": _("The optimizer has read .grad and moved the parameters. It has never seen the loss."),
        "after.zero_grad.nothing": _("zero_grad() has run, but not for these parameters: their .grad is as full as before."),
        "after.step.nothing": _("step() has run, and no parameter has moved."),
    }


def _mistakes() -> dict[str, tuple[str, str]]:
    return {
        "no_zero_grad": (
            _("leave out zero_grad()"),
            _("backward() adds to .grad. Without zero_grad() each update uses the sum of all gradients so far, like a heavy ball."),
        ),
        "step_before_backward": (
            _("step() before backward()"),
            _("zero_grad() has emptied .grad and backward() has not filled it yet: step() finds nothing and moves nothing."),
        ),
        "backward_twice": (
            _("backward() twice"),
            _("The first backward() lets go of what the forward saved, to free memory. There is nothing left to walk."),
        ),
        "float64": (_("feed float64"), _("NumPy hands out float64, the weights are float32, and PyTorch does not convert by itself.")),
        "wrong_parameters": (
            _("another model's parameters"),
            _(
                "step() and zero_grad() reach the tensors that the optimizer was given."
                " The model's are others: their gradients pile up unread."
            ),
        ),
        "forgot_item": (
            _("forget loss.item()"),
            _("A loss is a tensor with its graph behind it. In a list, all graphs stay alive; loss.item() would keep a number."),
        ),
    }
