"""What the network writes: samples while it learns, each with its iteration, and what follows a typed prompt."""

import numpy as np

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.sampling import Choice, Sampling, generator, write
from core.experiments.char_rnn.texts import spelled
from core.experiments.char_rnn.view_names import Continuation
from core.experiments.char_rnn.views import Json, Reader

CANDIDATES = 8
SPACING = 1.25  # a sample is kept when so many times the iterations of the last kept one have passed: 60 in a million


class Writer:
    """Writes with one network. Deterministic: a text follows from the seed, the iteration and the settings.

    Samples are kept while somebody looks at the run, at any of its pictures: `earlier` depends on when that was.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._kept: list[Json] = []
        self._written: tuple[tuple[int, float, int], Json] | None = None  # the last text and what it follows from

    def sample(self, config: CharRNNConfig, iteration: int) -> Json:
        """A text that begins with the first character of the learned one, and those written before it.

        Args:
            iteration: the number of updates that the network has had.
        """
        earlier = [kept for kept in self._kept if kept["iteration"] < iteration]
        return {**self._sample(config, iteration), "earlier": earlier}

    def remember(self, config: CharRNNConfig, iteration: int) -> None:
        """Keep a sample of this iteration, if the last one kept is long past."""
        if not self._kept or iteration > SPACING * self._kept[-1]["iteration"]:
            self._kept.append(self._sample(config, iteration))

    def _sample(self, config: CharRNNConfig, iteration: int) -> Json:
        asked = iteration, config.temperature, config.sample_length
        if self._written and self._written[0] == asked:  # shown and kept alike: 500 characters take a second
            return self._written[1]
        first = [int(self.reader.ids[0])]
        sampling = Sampling("temperature", config.temperature)
        choices = write(self.reader.network, first, config.sample_length, sampling, generator(config.seed, iteration))
        text = self.reader.spelled([*first, *(choice.chosen for choice in choices)])
        self._written = asked, {"iteration": iteration, "temperature": config.temperature, "text": text}
        return self._written[1]

    def continuation(self, config: CharRNNConfig, asked: Continuation) -> Json:
        """What follows a prompt, character by character with the likeliest of those it was chosen from.

        Characters of the prompt that the network has never seen are passed over and named in `unknown`.
        """
        number = {character: index for index, character in enumerate(self.reader.corpus.alphabet)}
        letters = spelled(asked.prompt, config.alphabet)
        prompt = [number[letter] for letter in letters if letter in number]
        start = prompt or [int(self.reader.ids[0])]
        sampling = Sampling(asked.way, asked.temperature, asked.top_k)
        random = generator(config.seed, asked.draw)
        choices = list(write(self.reader.network, start, asked.length, sampling, random))
        return {
            "prompt": asked.prompt,
            "unknown": sorted({letter for letter in letters if letter not in number}),
            "text": self.reader.spelled([*prompt, *(choice.chosen for choice in choices)]),
            "steps": [self._step(choice) for choice in choices],
        }

    def _step(self, choice: Choice) -> Json:
        """One character, its probability, and the likeliest candidates as [character, probability]."""
        likeliest = np.argsort(-choice.distribution, kind="stable")[:CANDIDATES]
        candidates = zip(likeliest.tolist(), choice.distribution[likeliest].tolist(), strict=True)
        return {
            "character": self.reader.labels[choice.chosen],
            "probability": round(float(choice.distribution[choice.chosen]), 4),
            "candidates": [[self.reader.labels[index], round(p, 4)] for index, p in candidates if p > 0],
        }
