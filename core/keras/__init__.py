"""A run in Keras: the program that does the same, what it takes over from the loop, and its own curve. Keras is optional."""

from dataclasses import dataclass

from core.program.script import Script


@dataclass(frozen=True)
class Counterpart:
    """A run in Keras.

    Args:
        script: its program; None where Keras has no way to do the same.
        reason: then, why.
        differences: what Keras does in another way, so that the curves may part.
    """

    script: Script | None
    reason: str = ""
    differences: tuple[str, ...] = ()
