"""Autograd by hand, for the eye: a graph, and the chain rule multiplied out along a path.

    mount = by_hand(picture(graph, …), words=drawing(), on_mend=…)

The path is chosen in the browser; nothing of it comes back. What comes back is `mend`, "mean" or "sum": the learner pressed the mend
beside PyTorch's error.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ui import lab
from ui.by_hand.settings import PAGE

_component = lab.drawing("by_hand", "by_hand.js")


def by_hand(picture: Mapping[str, Any], words: Mapping[str, str], on_mend: Callable[[str], None]) -> None:
    """Mount the drawing, or hand new data to the one that is there.

    Args:
        picture: as `ui.by_hand.picture.picture` makes it.
        words: everything that the drawing says, by name.
    """
    lab.drawn(_component, PAGE, picture, words, mend=on_mend)
