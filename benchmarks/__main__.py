"""`python -m benchmarks [engine|experiments|server|browser …]`: the parts named, or all; progress on stderr, the table on stdout."""

import argparse
import importlib

from benchmarks.table import Results, render

PARTS = ("engine", "experiments", "server", "browser")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Stepwise side by side with plain loops.")
    parser.add_argument("parts", nargs="*", choices=PARTS, metavar="part", help=f"any of {', '.join(PARTS)}; all if none")
    parts = parser.parse_args().parts or PARTS
    results = Results()
    for part in parts:
        results += importlib.import_module(f"benchmarks.{part}").run()
    print(render(results), end="")


if __name__ == "__main__":
    main()
