"""What goes wrong with nn.Module: short programs with one mistake each, run as they stand; what they print, or torch's own error."""

import contextlib
import io
import traceback
from collections.abc import Mapping

from torch.random import fork_rng

CASES: Mapping[str, str] = {
    "no_super": """import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        self.hidden = nn.Linear(4, 10)

Net()
""",
    "plain_list": """import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 10), nn.Linear(10, 3)]

class Mended(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 10), nn.Linear(10, 3)])

print("[…]:", len(list(Net().parameters())))
print("nn.ModuleList([…]):", len(list(Mended().parameters())))
torch.optim.Adam(Net().parameters())
""",
    "forward": """import torch
from torch import nn

model = nn.Linear(4, 3)
model.register_forward_hook(lambda module, inputs, output: print("  hook"))
x = torch.zeros(1, 4)
print("model(x):")
model(x)
print("model.forward(x):")
model.forward(x)
""",
    "no_eval": """import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 10), nn.Dropout(0.5), nn.Linear(10, 1))
x = torch.ones(1, 4)
print("train:", model(x).item(), model(x).item(), model(x).item())
model.eval()
print("eval: ", model(x).item(), model(x).item(), model(x).item())
""",
}


def broken(case: str) -> dict[str, str]:
    """`code` of a case, what it `printed`, and the `error` it ended in, if any. Nothing of a visitor's is executed.

    Raises:
        KeyError: there is no such case.
    """
    code, printed, error = CASES[case], io.StringIO(), ""
    with contextlib.redirect_stdout(printed), fork_rng():
        try:
            exec(compile(code, case, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own program
        except Exception as raised:  # noqa: BLE001 - it is what is shown
            error = "".join(traceback.format_exception_only(raised)).strip()
    return {"code": code, "printed": printed.getvalue(), "error": error}
