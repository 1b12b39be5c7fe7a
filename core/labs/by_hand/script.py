"""The program as a plain PyTorch script, which prints what the page shows: y, and in its last line x.grad."""

from collections.abc import Sequence

from core.labs.by_hand.grammar import Program
from core.program.script import Translate
from core.program.source_text import comment, lines, literal, noted


def script(program: Program, x: Sequence[float], twice: bool, _: Translate) -> str:
    """The text of a Python file.

    Args:
        twice: backward() is called a second time.
    """
    y = program.output
    backward = lines(
        noted(f"{y}.backward(retain_graph=True)", _("keeps what the forward saved, for the second walk")),
        noted(f"{y}.backward()", _("adds to x.grad")),
    )
    once = noted(f"{y}.backward()", _("walks the graph from the last line back to x and fills x.grad"))
    title = _("Autograd by hand")
    parts = (
        f'"""{title}"""',
        "import torch",
        lines(
            comment(_("requires_grad=True: PyTorch records everything that is computed from x.")),
            f"x = torch.tensor([{', '.join(map(literal, x))}], requires_grad=True)",
        ),
        "\n".join(program.lines),
        backward if twice else once,
        lines(f'print("{y}:", {y}.tolist())', 'print("x.grad:", x.grad.tolist())'),
    )
    return "\n\n".join(parts) + "\n"
