"""The program as a plain PyTorch script, which prints of each line's tensor what the page shows."""

import inspect
from collections.abc import Sequence
from typing import Any

from core.labs.tensors.grammar import Line, nodes
from core.program.script import Translate
from core.program.source_text import comment, lines, noted


def shown(name: str, value: Any) -> str:
    """A value; of a tensor also its shape, dtype, stride and storage offset."""
    if not hasattr(value, "storage_offset"):
        return f"{name} = {value}"
    head = f"{name}: shape {tuple(value.shape)}, {value.dtype}, stride {value.stride()}, offset {value.storage_offset()}"
    return f"{head}\n{value}"


def script(program: Sequence[Line], _: Translate) -> str:
    """The text of a Python file."""
    code = "\n".join(line.code for line in program)
    imports = ["import numpy as np" if "np." in code else "", "import torch", "import torch.nn.functional as F" if "F." in code else ""]
    title = _("Tensors")
    body = [lines(line.code, *(f'print(shown("{name}", {name}))' for name in own_names(line))) for line in program]
    parts = (
        f'"""{title}"""',
        lines(*imports),
        f"\n{inspect.getsource(shown).replace('name: str, value: Any) -> str', 'name, value)').strip()}\n",
        noted("torch.manual_seed(0)", _("the same random numbers each time")) if "rand" in code else "",
        lines(comment(_("The lines, each with what the page shows of it.")), *body),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def own_names(line: Line) -> tuple[str, ...]:
    """The names whose values a line gives or changes."""
    if line.names or line.target is None:
        return line.names
    return (str(next(node.value for node in nodes(line.target) if node.operation == "name")),)
