"""The char-RNN as one script: its program with the settings of a run written into it."""

from pathlib import Path

from core.experiments.char_rnn.config import CharRNNConfig
from core.program import specialise
from core.script import Recorded, Script, Translate

FIRST_STEP = 1
PROGRAM = Path(__file__).with_name("program.py")
Run = Recorded[CharRNNConfig]


def parameter_names(run: Run) -> list[str]:
    """Those of a bare `nn.RNN`, or of the class that holds an embedding and a head as well."""
    config = run.config
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell = [f"{kind}_l{layer}" for layer in range(config.layers) for kind in kinds]
    if not config.is_class:
        return cell
    embedding = ["embedding.weight"] if config.encoding == "embedding" else []
    head = ["head.weight", "head.bias"] if config.head == "linear" else []
    return [*embedding, *(f"rnn.{name}" for name in cell), *head]


def script(run: Run, _: Translate) -> Script:
    """The program of a run."""
    return specialise.script(PROGRAM, run, FIRST_STEP, _)
