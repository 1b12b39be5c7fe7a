"""What the page "Tensors" says: in the drawing, about what was typed, about what PyTorch refuses, and about what it does silently."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.labs.reading import ProgramError
from ui.lab import refusals
from ui.lab.refusals import code
from ui.locale import N_, _

GRAMMAR = "y = x.view(3, 4), x[1:, 0], a + b, a @ b, torch.cat([a, b], dim=0), x.sum(dim=0), x[0] = 5"

REFUSALS = {
    "assignment": N_("Line {line}: {written} gives nothing a name. Allowed is a name, `=` and an expression, such as `y = x.view(3, 4)`."),
    "syntax": N_("Line {line}: {written} cannot be read. Allowed is one assignment a line, such as `y = x.view(3, 4)`."),
    "empty": N_("Line {line}: there is no program yet. Write one assignment a line, such as `x = torch.arange(6)`."),
    "function": N_("Line {line}: {written} is no function here. Allowed: {allowed}."),
    "method": N_("Line {line}: {written} is no method here. Allowed: {allowed}."),
    "attribute": N_("Line {line}: {written} is nothing that can be read here. Allowed: {allowed}."),
    "keyword": N_("Line {line}: an argument with the name {written} is not known here. Allowed: {allowed}."),
    "list_only": N_("Line {line}: {written} would be memory with anything in it. Allowed is a list of numbers: {allowed}."),
    "elements": N_("Line {line}: {written} has more than {allowed} elements, which is the most that can be drawn."),
    "together": N_(
        "Line {line}: with {written} all that is computed has more than {allowed} elements together, which is the most that can be drawn. "
        "Smaller tensors will do."
    ),
    "axes": N_("Line {line}: {written} has more than {allowed} axes, which is the most that can be drawn."),
    "one_list": N_("Line {line}: {written} picks by two lists at once. Allowed is one list in an index."),
    "array_method": N_("Line {line}: {written} is NumPy's, which is not drawn. Allowed of an array: {allowed}, or `torch.from_numpy`."),
    "operand": N_("Line {line}: {written} mixes what cannot be followed here. Allowed are tensors, arrays and numbers."),
}

CAUSES = {
    "broadcast": N_(
        "Axes are compared from the last one on. Axis {axis} of {one} has size {size}, axis {axis2} of {other} has size {size2}: "
        "they are different and neither is 1, so neither can be stretched."
    ),
    "inner": N_("A product needs axis {axis} of {one} (size {size}) and axis {axis2} of {other} (size {size2}) to be equally long."),
    "scalar_product": N_("A matrix product needs axes; {one} or {other} has none. A single number is multiplied by `*`."),
    "dtypes": N_("{one} is {dtype} and {other} is {dtype2}. `+` converts, `@` does not; a network's weights are float32."),
    "two_unknown": N_("-1 means “whatever is left over”, and can be left over only once. {part} has {count} elements."),
    "count": N_("{part} has {count} elements; the sizes that were asked for make {wanted} of them."),
    "not_one_run": N_(
        "`view` copies nothing, so the new axis must be one even walk through memory. The stride of axis {axis} of {part} is {stride}; "
        "to go on where axis {axis2} ends it would have to be {wanted}. `reshape` copies where it must."
    ),
    "order": N_("{part} has {axes} axes, and each of them must be named exactly once."),
    "no_axis": N_("{part} has {axes} axes; axis {axis} is not among them. The last one is {last}, or -1."),
    "integer_mean": N_("A mean is seldom a whole number, and {part} holds whole numbers ({dtype}). Make it float first."),
    "too_many": N_("{wanted} largest were asked for; along this axis {part} has {size}."),
    "step": N_("PyTorch has no negative strides, so a slice cannot go backwards. `flip` copies."),
    "too_many_indices": N_("{part} has {axes} axes, and {given} indices were given."),
    "out_of_range": N_("Axis {axis} of {part} has size {size}: its last index is {last}."),
    "set_shape": N_("What stands on the right cannot be stretched to the shape of {part}."),
    "cat_scalars": N_("`cat` makes an axis longer, and a single number has none. `stack` makes a new axis."),
    "cat_axes": N_("`cat` needs tensors with equally many axes: {shapes}."),
    "cat_sizes": N_("Apart from the axis that grows, all sizes must be equal: {shapes} differ along axis {axis}."),
    "stack_sizes": N_("`stack` lays equal shapes upon each other: {shapes} differ along axis {axis}."),
    "expand": N_("Only an axis of size 1 can be stretched. Axis {axis} of {part} has size {size}, and {wanted} was asked for."),
    "expand_axes": N_("`expand` keeps all axes: {part} has {axes}, and {given} sizes were given."),
    "numpy_grad": N_("Autograd would lose sight of {part} in NumPy. `detach` says that this is meant."),
    "integer_grad": N_("A gradient needs numbers that can change a little: floats."),
    "leaf_write": N_("{part} is a leaf that requires gradients: writing into it would change what is differentiated. Make a new tensor."),
    "expanded_write": N_(
        "Along axis {axis} the stride of {part} is 0: several of its elements are one and the same cell. Make a new tensor."
    ),
    "result_dtype": N_("The result is a float, and {part} has room for whole numbers only ({dtype}). Make a new tensor."),
    "pair": N_("{part} is a pair: the largest values, and their indices. Say which of the two is meant."),
    "ragged": N_("A tensor is a box: every row must be equally long."),
    "no_array": N_("`from_numpy` takes an array of NumPy; {part} is none. A list goes into `torch.tensor`."),
    "backwards": N_("{part} walks backwards through its memory, and PyTorch has no negative strides. `copy` lays it out anew."),
    "target_dtype": N_("{part} holds class numbers, and class numbers are int64: a LongTensor."),
    "target_shape": N_("{other} must hold one class number for each row of {one}."),
    "item": N_("{part} has {count} elements; only a single number becomes one of Python's."),
    "unpack": N_("The first axis has size {size}: it cannot be taken apart into two names."),
    "other": N_("Nothing more is known about this error than what PyTorch says."),
}

NOTES = {
    "grown": N_(
        "No error, but probably not what was meant: {one} against {other} stretches both, to ({size}, {size}): each of the {size} is "
        "compared with each. In a loss that trains to the wrong line."
    ),
    "viewed": N_(
        "No error, but probably not what was meant: `view` keeps the order of the numbers and only cuts it anew, so {shape} → {shape2} "
        "does not turn the axes round. `permute` does."
    ),
    "squeezed": N_(
        "No error, but probably not what was meant: `squeeze()` takes away every axis of size 1 of {shape}, also the first one. "
        "If that is the batch, a batch of one loses its axis."
    ),
    "largest": N_(
        "No error, but probably not what was meant: `{name}()` without dim goes over all axes of {shape} at once; with dim={dim} it "
        "gives one for each row."
    ),
    "shared": N_("{name} was written in place, and {others} changed with it: they are the same memory."),
}


def refusal(error: ProgramError) -> str:
    """Why something that was typed is refused."""
    return refusals.refusal(error, REFUSALS, grammar=f"`{GRAMMAR}`")


def cause(failure: Mapping[str, Any]) -> str:
    """Which axis is to blame for what PyTorch refuses, and why."""
    return _filled(CAUSES[failure["code"]], failure["values"])


def note(found: Mapping[str, Any]) -> str:
    """What PyTorch did without a word."""
    return _filled(NOTES[found["code"]], found["values"])


def _filled(sentence: str, values: Mapping[str, Any]) -> str:
    named = ("part", "one", "other", "name", "others")  # parts of the program are set as code
    return _(
        sentence,
        **{name: code(str(value)) if name in named and sentence.find("`{" + name) < 0 else value for name, value in values.items()},
    )


def examples() -> dict[str, str]:
    """The programs to choose from."""
    return {
        "ranks": _("Rank 0 to 3"),
        "images": _("A batch of images"),
        "series": _("A batch of time series"),
        "types": _("Float inputs, long targets"),
        "indexing": _("Indexing and slicing"),
        "broadcasting": _("Broadcasting"),
        "reductions": _("Reductions: sum and max"),
        "joining": _("cat and stack"),
        "numpy": _("NumPy and shared memory"),
        "view": _("view copies nothing"),
        "squeezing": _("squeeze and unsqueeze"),
        "linear": _("Y = XW + b"),
        "transposed": _("A view that fails"),
        "accuracy": _("The accuracy that fails"),
        "loss": _("(N, 1) against (N)"),
        "order": _("view is no permute"),
        "batch": _("A batch of one"),
        "own": _("my own program"),
    }


ABOUT = {
    "ranks": N_("A scalar, a vector, a matrix, a tensor: rank is the number of axes, shape their sizes."),
    "images": N_("(4, 1, 5, 5): batch, channel, row, column, as a CNN takes them. A DNN takes (batch, feature): `rows`."),
    "series": N_("(4, 10, 16): batch, time, feature, as an RNN with batch_first=True takes them. Without it, time comes first: `steps`."),
    "types": N_("Inputs are float32, class numbers int64. The mean of whole numbers is refused."),
    "indexing": N_("A number takes an axis away, a slice keeps it. Both are views; a list copies."),
    "broadcasting": N_("Shapes are compared from the last axis on; an axis of size 1 is stretched. Point at a cell of y or z."),
    "reductions": N_("A reduction with dim takes this axis away; max gives values and indices. Point at a cell of a result."),
    "joining": N_("cat makes an axis longer, stack makes a new one. Both copy."),
    "numpy": N_("from_numpy and numpy() share memory: a change on one side is seen on the other."),
    "view": N_("(2, 2, 3) → (4, 3): the same twelve cells of memory. What is written through one is seen through all."),
    "squeezing": N_("squeeze takes axes of size 1 away, unsqueeze brings one. Nothing is copied."),
    "linear": N_("`@` multiplies rows by columns, `*` each by each. b is stretched over all rows. Point at a cell of Y."),
    "transposed": N_("t() swaps the strides and copies nothing, so the rows of y are no even walk any more, and view fails."),
    "accuracy": N_("The old ImageNet accuracy, copied into hundreds of repositories: correct[:k] of a transposed tensor."),
    "loss": N_("The most expensive silent mistake: a column minus a row is a whole table."),
    "order": N_("The same shape twice, and only one of them has turned the axes round."),
    "batch": N_("With a batch of one, squeeze() also takes the batch away; max() without dim forgets the rows."),
}


def about(example: str) -> str:
    """What there is to see in an example."""
    return _(ABOUT[example]) if example in ABOUT else ""


def drawing() -> dict[str, str]:
    """Everything that the drawing says."""
    return {
        "stage": _("Tensors"),
        "program": _("Program"),
        "undo": _("Undo"),
        "line": _("Line {number}"),
        "look": _("Line {number}: {shapes}"),
        "another": _("one more line, such as y = x.sum(dim=0)"),
        "parts": _("The shape of each part"),
        "press_shape": _("Shape"),
        "press_pick": _("Pick"),
        "press_reduce": _("Reduce"),
        "press_compute": _("Compute"),
        "press_kind": _("Convert"),
        "tensors": _("Cells"),
        "point": _("Point at a cell, or go there with the arrow keys: where it comes from and where it lies lights up."),
        "address": _("· cell of the storage: {sum} = {place}"),
        "axis": _("axis {axis}: {size}"),
        "scalar": _("a scalar: no axes"),
        "empty": _("no elements"),
        "unfold": _("all {count}"),
        "table": _("{name}: {rows} × {columns}"),
        "not_run": _("This line is not computed while one above it fails."),
        "nothing": _("This line gives no tensor."),
        "storage": _("Memory"),
        "no_storage": _("Nothing to show: there are no elements."),
        "strip": _("Storage {number} ({names}): {count} cells, {bytes} bytes"),
        "walk": "{name}: shape {shape}, stride {stride}, offset {offset}",
        "order": _("Below each cell: its place in the order in which {name} is read."),
        "drill": _("Predict first"),
        "waiting": _("PyTorch is computing…"),
        "unseen": _("Your score stays in this tab."),
        "score": _("{right} of {asked} right"),
        "ask_shape": _("Which shape does y have?"),
        "ask_stride": _("Which stride does y have?"),
        "ask_memory": _("Does y share its memory with x?"),
        "ask_error": _("Does PyTorch compute y?"),
        "answer_refused": _("PyTorch refuses"),
        "answer_shares": _("shares it"),
        "answer_copies": _("has its own"),
        "answer_works": _("it does"),
        "correct": _("right"),
        "incorrect": _("not so"),
        "next": _("Next question"),
        "more": _("Ten more questions"),
        "see": _("See it in the lab"),
        "lines": _("The loss that trains to the wrong line"),
        "lines_about": _(
            "The same points, the same model, the same optimizer; only the target differs: (N, 1) on the left, (N) on the right. Each "
            "prediction is drawn to every target there, and so to their mean."
        ),
        "lines_right": _("step {step}: y = {W} x + {b}, loss {loss}, the mean of {count} squares"),
        "lines_wrong": _("step {step}: y = {W} x + {b}, loss {loss}, the mean of {count} squares"),
        "step": _("Step"),
        "play": _("Play"),
        "pause": _("Pause"),
        "facts": _("What PyTorch says"),
        "rank": _("Rank"),
        "shape": _("Shape"),
        "stride": _("Stride"),
        "offset": _("Offset"),
        "contiguous": _("Contiguous"),
        "memory": _("Memory"),
        "bytes": _("Bytes"),
        "shares": _("shared with {names}"),
        "copied": _("copied"),
        "own": _("its own"),
        "size": _("{bytes} of {of}"),
    }


def lesson() -> None:
    """What there is to know about tensors, in four short paragraphs."""
    st.markdown(
        _(
            "**One row of numbers.** However many axes a tensor has, its numbers lie in one row: its storage. Shape says how many there "
            "are along each axis, stride how many cells one step along it goes: the address is offset + Σ index · stride."
        )
    )
    st.markdown(
        _(
            "**View or copy.** `view`, `permute`, `transpose`, slices, `expand` and `numpy()` only walk differently through the same "
            "storage: what is written through one is seen through all. `cat`, `stack`, lists as an index and arithmetic copy."
        )
    )
    st.markdown(
        _(
            "**Broadcasting.** Shapes are compared from the last axis on. Where one has size 1, or no axis at all, it is stretched "
            "without a copy. That is handy with a bias, and treacherous with a column against a row."
        )
    )
    st.markdown(
        _(
            "**Which axis is which.** A DNN takes (batch, feature), a CNN (batch, channel, height, width), an RNN with batch_first=True "
            "(batch, time, feature). Inputs are FloatTensors, class numbers LongTensors."
        )
    )
