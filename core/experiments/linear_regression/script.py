"""Linear regression as one script: its program with the settings of a run written into it."""

from pathlib import Path

from core.experiments.linear_regression.config import LinearRegressionConfig
from core.program import specialise
from core.script import Recorded, Script, Translate

FIRST_STEP = 0
PROGRAM = Path(__file__).with_name("program.py")
Run = Recorded[LinearRegressionConfig]


def parameter_names(run: Run) -> list[str]:
    """As in `model.state_dict()`; the tensors by hand are called as in the formula."""
    return ["W", "b"] if run.config.formulation == "tensors" else ["weight", "bias"]


def script(run: Run, _: Translate) -> Script:
    """The program of a run."""
    return specialise.script(PROGRAM, run, FIRST_STEP, _)
