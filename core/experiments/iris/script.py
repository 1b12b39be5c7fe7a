"""The iris classifier as one script: its program with the settings of a run written into it."""

from pathlib import Path

from core.experiments.iris.config import IrisConfig
from core.program import specialise
from core.script import Recorded, Script, Translate

FIRST_STEP = 1
PROGRAM = Path(__file__).with_name("program.py")
Run = Recorded[IrisConfig]


def parameter_names(run: Run) -> list[str]:
    """Those of an `nn.Sequential`, whose modules are numbered; of a bare `nn.Linear` without hidden layers."""
    if not run.config.hidden:
        return ["weight", "bias"]
    between = (run.config.activation != "none") + drops(run)
    numbers = range(0, (len(run.config.hidden) + 1) * (1 + between), 1 + between)
    return [f"{number}.{name}" for number in numbers for name in ("weight", "bias")]


def drops(run: Run) -> bool:
    """Whether there is dropout at any time of the run."""
    return any(run.values("dropout")) and len(run.config.hidden) > 0


def script(run: Run, _: Translate) -> Script:
    """The program of a run."""
    return specialise.script(PROGRAM, run, FIRST_STEP, _)
