"""Programs that are taken home, as `python program.py` runs them, without waiting for another interpreter to import torch.

That one runs in a process of its own with nothing of ours in it is asked once for each experiment (`core/program/test_export.py`).
"""

import contextlib
import io
import runpy
from pathlib import Path

import torch


def printed(program: Path) -> list[str]:
    """The lines that a program prints; what it sets for torch as a whole is as it was afterwards."""
    threads, said = torch.get_num_threads(), io.StringIO()
    try:
        with contextlib.redirect_stdout(said), torch.random.fork_rng(devices=[]):
            runpy.run_path(str(program), run_name="__main__")
    finally:
        torch.set_num_threads(threads)
    return said.getvalue().splitlines()
