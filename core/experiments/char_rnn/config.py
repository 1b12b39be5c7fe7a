"""What can be set in the char-RNN, and what follows from it before any tensor is made."""

from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from core.experiments.char_rnn.hangul import join_jamo
from core.experiments.char_rnn.texts import Corpus, corpus, source
from core.settings.config import Optimizer, TrainingConfig, group, live, pictured, structural
from core.settings.limits import limits

GPU_PRODUCTS = 10_000_000  # multiplications of one forward pass, from which a GPU has enough to do; an estimate
ENCODED_AT_ONCE = 1_000_000  # floats, 4 MB
_GATES = {"rnn_tanh": 1, "rnn_relu": 1, "lstm": 4, "gru": 3}


class CharRNNConfig(TrainingConfig):
    """The defaults are " if you want you" and an `nn.RNN(10, 10)` whose outputs are logits; `epochs` are iterations.

    One iteration reads `batch_size` pieces of at most `sequence_length` characters and makes one update. A text that is
    longer goes on in the next iteration from the state this one ended in (truncated back-propagation through time).
    """

    optimizer: Optimizer = structural("Adam")
    lr: float = live(0.1, ge=1e-6, le=10.0, scale="log", target=group("lr"))
    batch_size: int = structural(1, ge=1, le=256, scale="log")
    epochs: int = structural(50, ge=1, le=limits().epochs, scale="log")
    text: Literal[
        "if_you_want_you", "hello", "korean", "english",
        "iris", "wine", "breast_cancer", "digits", "diabetes", "linnerud", "own",
    ] = structural("if_you_want_you")  # fmt: skip
    own_text: str = structural("", max_length=limits().text_characters, when={"text": ("own",)})
    alphabet: Literal["characters", "jamo"] = structural("characters")
    cell: Literal["rnn_tanh", "rnn_relu", "lstm", "gru"] = structural("rnn_tanh")
    layers: int = structural(1, ge=1, le=3)
    head: Literal["none", "linear"] = structural("none")
    hidden: int = structural(10, ge=2, le=512, scale="log", when={"head": ("linear",)})
    encoding: Literal["one_hot", "embedding"] = structural("one_hot")
    embedding_size: int = structural(16, ge=1, le=256, scale="log", when={"encoding": ("embedding",)})
    sequence_length: int = structural(128, ge=1, le=1024, scale="log")
    clip: float = live(0.0, ge=0.0, le=100.0)  # the gradient's largest norm; 0: no clipping
    temperature: float = pictured(1.0, ge=0.1, le=5.0, scale="log")  # of the samples it writes
    sample_length: int = pictured(60, ge=1, le=500, scale="log")

    @property
    def corpus(self) -> Corpus:
        """The text as the network reads it."""
        return corpus(self.text, self.own_text if self.text == "own" else "", self.alphabet)

    @property
    def classes(self) -> int:
        """The number of distinct characters: what the network chooses from at each position."""
        return len(self.corpus.alphabet)

    @property
    def units(self) -> int:
        """The hidden size. Without a head the outputs are the logits, so there is one unit for each character."""
        return self.hidden if self.head == "linear" else self.classes

    @property
    def features(self) -> int:
        """The length of the vector that stands for one character."""
        return self.embedding_size if self.encoding == "embedding" else self.classes

    @property
    def predictions(self) -> int:
        """The characters that are to be predicted: all but the first of the text."""
        return len(self.corpus.symbols) - 1

    @property
    def columns(self) -> int:
        """The characters of each of the `batch_size` streams that the text is cut into; the rest is left out."""
        return self.predictions // self.batch_size

    @property
    def written(self) -> str:
        """The text as a program holds it, its Hangul by syllables."""
        return join_jamo(source(self.text, self.own_text))

    @property
    def splits_syllables(self) -> bool:
        """Whether the text is read by jamo and has syllables."""
        return self.written != self.corpus.symbols

    @property
    def pieces(self) -> int:
        """How many sequences a stream is read in, one for each iteration."""
        return -(-self.columns // self.sequence_length)

    @property
    def in_pieces(self) -> bool:
        """Whether the text is longer than a sequence: the state is then carried on from piece to piece."""
        return self.pieces > 1

    @property
    def is_class(self) -> bool:
        """Whether the model is a class of its own, not a bare recurrent layer."""
        return self.encoding == "embedding" or self.head == "linear"

    @property
    def encoded_before(self) -> bool:
        """Whether the text is turned into one-hot vectors before training; a longer one piece by piece, at each iteration."""
        return self.encoding == "one_hot" and self.batch_size * self.columns * self.classes <= ENCODED_AT_ONCE

    @property
    def encoded_late(self) -> bool:
        """Whether each piece is turned into one-hot vectors when it is read."""
        return self.encoding == "one_hot" and not self.encoded_before

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        gates, units = _GATES[self.cell], self.units
        first, deeper = (gates * units * (inputs + units + 2) for inputs in (self.features, units))
        head = (units + 1) * self.classes if self.head == "linear" else 0
        table = self.classes * self.embedding_size if self.encoding == "embedding" else 0
        return table + first + (self.layers - 1) * deeper + head

    @property
    def with_head(self) -> Self:
        """The same network with a linear layer on top, so that its size no longer follows from the text; not checked."""
        return self.model_copy(update={"head": "linear"})

    @property
    def floats(self) -> int:
        """About how many activations one iteration holds."""
        each = self.features + self.classes + self.layers * self.units * (_GATES[self.cell] + 1)
        return self.characters * each

    @property
    def characters(self) -> int:
        """The number of characters that one iteration reads, all streams together."""
        return self.batch_size * min(self.sequence_length, self.columns)

    @property
    def gains_from_gpu(self) -> bool:
        """A pass multiplies each character by every weight once; below GPU_PRODUCTS launching kernels takes a GPU longer than the work."""
        return self.characters * self.parameters >= GPU_PRODUCTS

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.predictions < 1:
            raise PydanticCustomError("text_too_short", "two characters at least", {"field": "own_text"})
        if self.columns < 1:
            raise PydanticCustomError("batch_exceeds_text", "fewer streams than characters", {"field": "batch_size"})
        if self.parameters > limits().model_parameters:
            if self.head == "none" and self.with_head.parameters <= limits().model_parameters:
                blamed = {"field": "head", "remedy": {"head": "linear"}}
                raise PydanticCustomError("model_needs_head", "one hidden unit for each character is too many", blamed)
            raise PydanticCustomError("model_too_large", "too many parameters", {"field": "hidden" if self.head == "linear" else "cell"})
        if self.floats > limits().iteration_floats:
            raise PydanticCustomError("iteration_too_large", "too many activations", {"field": "sequence_length"})
        if self.pieces > limits().text_pieces:
            raise PydanticCustomError("too_many_pieces", "too many sequences", {"field": "sequence_length"})
        return self


CONFIG = CharRNNConfig
