"""What can be set where words of different lengths are learned."""

from typing import Literal

from core.labs.sequences import reading
from core.labs.sequences.examples import EXAMPLES
from core.settings.config import Optimizer, TrainingConfig, group, live, structural
from core.settings.limits import limits


class WordsConfig(TrainingConfig):
    """The defaults are five words, an `nn.GRU` of 32 units, packed, Adam with lr 0.02, 200 epochs.

    `padding` says what becomes of the cells behind a word: `packed` leaves them out of the layer, `ignored` reads them and leaves them
    out of the loss, which must be the same, and `counted` reads them and scores them as the first class, which is a mistake.
    """

    words: Literal["lengths", "hello", "sorted", "extreme", "korean"] = structural("lengths")
    padding: Literal["packed", "ignored", "counted"] = structural("packed")
    cell: Literal["rnn", "lstm", "gru"] = structural("gru")
    hidden: int = structural(32, ge=1, le=256, scale="log")
    optimizer: Optimizer = structural("Adam")
    lr: float = live(0.02, ge=1e-6, le=10.0, scale="log", target=group("lr"))
    batch_size: int = structural(0, ge=0, le=0)  # each update reads all words
    epochs: int = structural(200, ge=1, le=limits().epochs, scale="log")

    @property
    def listed(self) -> tuple[str, ...]:
        """The words."""
        return reading.words(EXAMPLES[self.words])

    @property
    def characters(self) -> int:
        """The number of distinct characters."""
        return len(reading.alphabet(self.listed))

    @property
    def classes(self) -> int:
        """What comes next: a character, or the end of the word."""
        return self.characters + 1

    @property
    def longest(self) -> int:
        """The number of positions."""
        return max(map(len, self.listed))

    @property
    def gains_from_gpu(self) -> bool:
        """So few words gain nothing."""
        return False


CONFIG = WordsConfig
