"""The lab of sequences, for the eye: a batch of words as blocks, a layer unrolled, and what differs when the same words are read otherwise.

What is looked at is known in the browser alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ui import lab
from ui.sequences.settings import PAGE

_component = lab.drawing("sequences", "sequences.js")


def sequences(
    picture: Mapping[str, Any], words: Mapping[str, str], on_order: Callable[[str], None], on_measure: Callable[[object], None]
) -> None:
    """Mount the drawing, or hand new data to the one that is there.

    Args:
        picture: as `ui.sequences.picture.picture` makes it.
        words: everything that the drawing says, by name.
        on_order: called with another order of the words, where torch has refused this one.
        on_measure: called when the times are to be measured, once more perhaps.
    """
    lab.drawn(_component, PAGE, picture, words, order=on_order, measure=on_measure)
