"""Any run in Keras: its experiment's Keras text, written out for it."""

import ast
from dataclasses import replace
from pathlib import Path

from core import experiments
from core.keras import Counterpart
from core.keras.text import KerasRun
from core.program import specialise
from core.program.expressions import Scope, chosen
from core.program.script import Translate
from core.program.text import text
from core.run.spec import RunSpec

SHARED = Path(__file__).with_name("keras_program.py")
ABOUT = (
    "Made with Stepwise; it needs Python, Keras 3 and the packages that it imports. It begins with the same data and the"
    " same weights as the PyTorch run beside it, and prints the loss of every epoch."
)


def counterpart(run: RunSpec, translate: Translate = str) -> Counterpart:
    """The run in Keras; arguments as in `core.program.export.script`. Keras itself is not needed for it.

    Its program computes on the CPU. In a line `losses: […]` it prints one loss for each row of the run, as JSON.
    """
    path, settled = experiments.keras_program(run.experiment), run.settled
    mirrored = KerasRun(run.experiment, settled.config, settled.changes, settled.last)
    known = {"run": mirrored, "range": range}
    scope = Scope(text(path), [mirrored.config], [mirrored.config], known=known)
    if reasons := _said("impossible", path, scope) + _said("impossible", SHARED, scope):
        return Counterpart(None, translate(reasons[0]))
    sections = {section.name: section for section in specialise.script(experiments.program(run.experiment), mirrored, translate).sections}
    code = [line for line in sections["Data"].code.split("\n") if not line.startswith("#")]  # what PyTorch says of dtypes is not for Keras
    sections["Data"] = sections["Data"]._replace(code="\n".join(code))
    beside = specialise.Beside(ABOUT, SHARED, known, sections)
    shared = specialise.script(SHARED, mirrored, translate, beside)
    beside = replace(beside, sections=sections | {section.name: section for section in shared.sections})
    script = specialise.script(path, mirrored, translate, beside)
    return Counterpart(script, differences=tuple(map(translate, _said("differs", path, scope) + _said("differs", SHARED, scope))))


def _said(word: str, path: Path, scope: Scope) -> list[str]:
    """What a text says with `differs` or `impossible` under these settings."""
    reached = chosen(text(path).tree.body, replace(scope, text=text(path)))
    calls = [statement.value for statement in reached if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)]
    return [ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == word]
