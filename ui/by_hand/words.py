"""What the page "Autograd by hand" says: in the drawing, about what was typed, and about special places."""

import streamlit as st

from core.labs.by_hand.comparison import Note
from core.labs.by_hand.grammar import FUNCTIONS, REDUCTIONS
from core.labs.reading import ProgramError
from ui.lab import refusals
from ui.locale import N_, _

GRAMMAR = f"x, 1.5, + - * / **, ( ), {', '.join((*REDUCTIONS, *FUNCTIONS))}"

REFUSALS = {
    "elements": N_("x has {written} elements. Allowed: {allowed}, with commas between them."),
    "element": N_("x: {written} is not a number between −{largest} and {largest}."),
    "taken": N_("Line {line}: {written} has a value already. Each name is given once; choose another one."),
    "function": N_("Line {line}: {written} is no function here. Allowed: {functions}."),
    "arguments": N_("Line {line}: {written} needs exactly one value, as in `exp(x)` or `x.mean()`."),
    "number": N_("Line {line}: {written} is a function of a number alone. Allowed is a function of something that comes from x."),
    "constant": N_(
        "Line {line}: {written} does not depend on x, so there is nothing to differentiate. Allowed is a last line with x in it."
    ),
}

NOTES = {
    "log_zero": N_("{element}: the logarithm falls to −inf at 0, and its slope 1/0 is inf."),
    "log_negative": N_(
        "{element}: there is no logarithm of {number}. PyTorch raises no error: the value is nan, and goes on through the graph. "
        "Its slope 1/({number}) is a number all the same."
    ),
    "sqrt_zero": N_("{element}: the square root rises vertically at 0. Its slope 1/(2·0) is inf."),
    "sqrt_negative": N_("{element}: there is no square root of {number}. PyTorch raises no error: value and slope are nan."),
    "relu_corner": N_("{element}: relu has a corner at 0, where no slope is the right one. PyTorch takes 0, and so do we."),
    "division_by_zero": N_("{element}: a division by 0. PyTorch raises no error: the result is inf or nan, and so is the slope."),
    "power_negative": N_("{element}: a power of {number} with such an exponent is no real number or has no real slope: nan."),
    "power_zero": N_("{element}: the slope of this power is infinite at 0."),
    "masked": N_(
        "By hand, a slope of 0 times inf is nan. PyTorch does not multiply there: where relu is flat it passes on 0, whatever "
        "arrives. So it finds {number} for {element}."
    ),
    "range": N_(
        "PyTorch computes in float32, which ends at 3.4·10³⁸ and loses what is smaller than 10⁻³⁸. By hand we computed in "
        "float64, which goes on; so {element} differs."
    ),
    "digits": N_(
        "PyTorch computes in float32, which keeps about seven digits. Here they cancel or grow, and too few are left; so {element} differs."
    ),
}


def refusal(error: ProgramError) -> str:
    """Why something that was typed is refused."""
    return refusals.refusal(error, REFUSALS, grammar=f"`{GRAMMAR}`", functions=f"`{' '.join((*REDUCTIONS, *FUNCTIONS))}`")


def note(found: Note) -> str:
    """What is special about a place, or why two numbers differ."""
    return _(NOTES[found.code], element=found.element, number=found.number)


def expressions() -> dict[str, str]:
    """The programs to choose from."""
    return {
        "chain": _("a chain: mean((x + 2)² + 3)"),
        "two_paths": _("two paths: x² · x"),
        "neuron": _("a neuron: log(sigmoid(2x))"),
        "variance": _("the variance of x"),
        "corner": _("a corner: sqrt(relu(x − 1))"),
        "vector": _("a vector at the end: (3x)²"),
        "own": _("my own program"),
    }


def drawing() -> dict[str, str]:
    """Everything that the drawing says."""
    return {
        "stage": _("Autograd by hand"),
        "graph": _("The computation graph"),
        "press": _("Press a node or a derivative: the path goes through it."),
        "graph_alt": _("{nodes} nodes from x to {output}. The path: {path}."),
        "node": _("{name} = {written}; values: {values}"),
        "leaf": _("x; values: {values}"),
        "unused": _("{output} does not depend on it"),
        "slope": _("∂{of}/∂{by} = {formula}; values: {values}"),
        "chain": _("The chain rule along the path {path}"),
        "chain_none": _("The chain rule"),
        "path": _("This path brings:"),
        "said": _("Path {path}: {found}"),
        "spread": _("Σ: {name} is one number for all elements, so what comes from each of them is added up."),
        "several": _("{count} paths lead from {output} to x. Their contributions add up to ∂{output}/∂x."),
        "way": _("Path"),
        "more": _("{count} more paths"),
        "sum": _("Sum"),
        "no_chain": _("{output} is a vector. A gradient belongs to one number, so there is nothing to multiply out yet."),
        "beside": _("By hand and PyTorch"),
        "hand": _("by hand"),
        "same": _("equal"),
        "different": _("different"),
        "verdict": _("Comparison"),
        "number": _("Number"),
        "error": _("PyTorch stopped with this error:"),
        "mend": _("backward() can begin at one number only. One line mends it:"),
        "again": _("backward() once more"),
        "again_error": _("Called just so, the second one stops with this error; x.grad stays as the first one left it:"),
        "again_works": _("This graph has nothing saved that the first call could let go of, so a second one works just so."),
        "again_retained": _("With backward(retain_graph=True) first, the second one adds to .grad: twice the gradient."),
        "nodes": _("Node by node"),
        "result": _("Result"),
        "value": _("Value"),
        "local": _("Local derivatives"),
        "grad_fn": _("grad_fn in PyTorch"),
        "grad_fn_leaf": _("None: x is a leaf; the walk ends in {node}"),
        "grad_fn_none": _("backward() does not come by here"),
    }


def lesson() -> None:
    """What there is to know about backward(), in four short paragraphs."""
    st.markdown(
        _(
            "**requires_grad.** `requires_grad=True` asks PyTorch to remember every operation on x. Each result then carries "
            "a `grad_fn`, which knows where it came from and what its local derivative is."
        )
    )
    st.markdown(
        _(
            "**backward().** `y.backward()` walks from y back to x, multiplies the local derivatives on its way, adds up where "
            "paths meet, and leaves ∂y/∂x in `x.grad`. Before that, `x.grad` is None."
        )
    )
    st.markdown(
        _(
            "**One number.** Which way is down can only be asked of one number, so y must be a scalar, as a loss is. "
            "A vector becomes one by `.mean()` or `.sum()`."
        )
    )
    st.markdown(
        _(
            "**It adds up.** A second backward() adds to `.grad` and does not replace it: that is why a training loop calls "
            "`zero_grad()`. Turn on “Call backward() twice” to see it."
        )
    )
