"""`python -m benchmarks [engine|experiments|…]`: the parts named, or all; progress on stderr, the table on stdout.

`python -m benchmarks load --visitors 1,10,50` is a part for itself: many visitors at once, for about half a minute each cell.
"""

import argparse
import importlib
import os

import psutil

from benchmarks import load
from benchmarks.table import Figure, Results, render

PARTS = ("engine", "experiments", "search", "pictures", "gpu", "microscope", "server", "open_pages", "browser")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Stepwise side by side with plain loops.")
    parser.add_argument(
        "parts", nargs="*", choices=(*PARTS, "load"), metavar="part", help=f"any of {', '.join(PARTS)}; all of these if none; load"
    )
    load.add_options(parser)
    asked = parser.parse_args()
    results = Results(figures=[_machine()])
    for part in asked.parts or PARTS:
        results += load.run(load.Asked.of(asked)) if part == "load" else importlib.import_module(f"benchmarks.{part}").run()
    print(render(results), end="")


def _machine() -> Figure:
    """What the figures were measured on, and how busy it was with other things."""
    cores, load = os.cpu_count() or 1, psutil.getloadavg()[0]
    value = f"{cores} cores, load {load:.1f} before the first row"
    return Figure("this machine", f"{value}: too busy for figures by the clock" if load > 0.5 * cores else value)


if __name__ == "__main__":
    main()
