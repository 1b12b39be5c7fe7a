"""What the network writes: samples while it learns, each with its iteration, and what follows a typed prompt."""

from collections.abc import Callable
from weakref import ref

import numpy as np

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.sampling import Choice, Sampling, generator, write
from core.experiments.char_rnn.texts import spelled
from core.experiments.char_rnn.view_names import Continuation
from core.experiments.char_rnn.views import Json, Reader
from core.program.pieces import Pieces

CANDIDATES = 8
SPACING = 1.25  # a sample is kept when so many times the iterations of the last kept one have passed: 60 in a million


class Writing:
    """A text on its way.

    Args:
        asked: the iteration, the temperature and the length that it follows from.
        choices: its characters, in pieces.
    """

    def __init__(self, asked: tuple[int, float, int], choices: Pieces[list[Choice]]) -> None:
        self.asked, self._choices = asked, choices
        self.written: list[Choice] | None = None

    def go_on(self) -> list[Choice] | None:
        """One more character; all of them when there is no more."""
        if self.written is None:
            try:
                next(self._choices)
            except StopIteration as end:
                self.written = end.value
        return self.written


class Writer:
    """Writes with one network. Deterministic: a text follows from the seed, the iteration and the settings.

    Samples are kept while somebody looks at the run, at any of its pictures: `earlier` depends on when that was.
    All that it writes comes in pieces: 500 characters of a large network take seconds.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._kept: list[Json] = []
        self._written: tuple[tuple[int, float, int], Json] | None = None  # the last text and what it follows from
        self._writing: Callable[[], Writing | None] = lambda: None  # there as long as somebody goes on with it

    def sample(self, config: CharRNNConfig, iteration: int) -> Pieces[Json]:
        """A text that begins with the first character of the learned one, and those written before it.

        Args:
            iteration: the number of updates that the network has had. Where one is being written already, that one is told.
        """
        sample = yield from self._sample(config, iteration)
        return {**sample, "earlier": [kept for kept in self._kept if kept["iteration"] < sample["iteration"]]}

    def remember(self, config: CharRNNConfig, iteration: int) -> Pieces[None]:
        """Keep a sample, if the last one kept is long past: of this iteration, or else the one that is being written."""
        if self._written and self._due(self._written[1]["iteration"]):
            self._kept.append(self._written[1])
        if self._due(iteration) and self._writing() is None:
            self._kept.append((yield from self._sample(config, iteration)))

    def _due(self, iteration: int) -> bool:
        return not self._kept or iteration > SPACING * self._kept[-1]["iteration"]

    def _sample(self, config: CharRNNConfig, iteration: int) -> Pieces[Json]:
        asked = iteration, config.temperature, config.sample_length
        if self._written and self._written[0] == asked:  # shown and kept alike
            return self._written[1]
        first = [int(self.reader.ids[0])]
        writing = self._writing()
        if writing is None or writing.asked[1:] != asked[1:]:  # one of a moment ago comes sooner than one that is begun now
            sampling = Sampling("temperature", config.temperature)
            random = generator(config.seed, iteration)
            writing = Writing(asked, write(self.reader.network, first, config.sample_length, sampling, random))
            self._writing = ref(writing)
        while (choices := writing.go_on()) is None:
            yield
        text = self.reader.spelled([*first, *(choice.chosen for choice in choices)])
        self._written = writing.asked, {"iteration": writing.asked[0], "temperature": config.temperature, "text": text}
        return self._written[1]

    def continuation(self, config: CharRNNConfig, iteration: int, asked: Continuation) -> Pieces[Json]:
        """What follows a prompt, character by character with the likeliest of those it was chosen from; `iteration` as in `sample`.

        Characters of the prompt that the network has never seen are passed over and named in `unknown`.
        """
        number = {character: index for index, character in enumerate(self.reader.corpus.alphabet)}
        letters = spelled(asked.prompt, config.alphabet)
        prompt = [number[letter] for letter in letters if letter in number]
        start = prompt or [int(self.reader.ids[0])]
        sampling = Sampling(asked.way, asked.temperature, asked.top_k)
        random = generator(config.seed, asked.draw)
        choices = yield from write(self.reader.network, start, asked.length, sampling, random)
        return {
            "prompt": asked.prompt,
            "iteration": iteration,
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
