"""Export: a run as a script or notebook. No torch is needed for it."""

from dataclasses import replace

from core import experiments
from core.program import specialise
from core.program.script import Script, Translate
from core.run.spec import RunSpec


def script(run: RunSpec, translate: Translate = str) -> Script:
    """The run as one plain program; `.source` is the text of a Python file, `.notebook` that of a Jupyter notebook.

    Run on a CPU, it prints the run's last loss with all digits in its last line, `loss: …`. `translate` puts the English
    sentences of its prose and comments into the reader's language.
    """
    program, settled = experiments.program(run.experiment), run.settled
    return replace(specialise.script(program, settled, translate), original=specialise.script(program, settled, str))
