"""The lab of tensors, for the eye: a program edited line by line, its tensors as cells, and the storage behind them.

What comes back from the browser is the program, at every change, and the wish for more questions.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ui import lab
from ui.tensors.settings import PAGE

_component = lab.drawing("tensors", "tensors.js")


def tensors(
    picture: Mapping[str, Any], words: Mapping[str, str], on_program: Callable[[str], None], on_more: Callable[[object], None]
) -> None:
    """Mount the drawing, or hand new data to the one that is there.

    Args:
        picture: as `ui.tensors.picture.picture` makes it.
        words: everything that the drawing says, by name.
    """
    lab.drawn(_component, PAGE, picture, words, program=on_program, more=on_more)
