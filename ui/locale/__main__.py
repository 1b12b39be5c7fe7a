"""python -m ui.locale: the sentences of the code and their Korean.

update [--prune]   add new sentences to ko.po with an empty translation (with --prune, drop those nothing says any more)
check              fail while a sentence is missing, unused, fuzzy, empty, or has lost a placeholder
merge FILE         take translations from a PO fragment (- for standard input)
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from babel.messages.pofile import read_po

from ui.locale import catalogue


def main(arguments: list[str]) -> int:
    """Runs one command; returns the exit status."""
    parser = ArgumentParser(prog="python -m ui.locale", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    update = commands.add_parser("update")
    update.add_argument("--prune", action="store_true")
    update.set_defaults(run=_update)
    commands.add_parser("check").set_defaults(run=_check)
    merge = commands.add_parser("merge")
    merge.add_argument("file")
    merge.set_defaults(run=_merge)
    chosen = parser.parse_args(arguments)
    status: int = chosen.run(chosen)
    return status


def _update(chosen: Namespace) -> int:
    catalogue.write(catalogue.updated(catalogue.extract(), catalogue.read(), prune=chosen.prune))
    _report()
    return 0


def _merge(chosen: Namespace) -> int:
    if chosen.file == "-":
        fragment = read_po(sys.stdin, locale="ko", abort_invalid=True)
    else:
        with Path(chosen.file).open("rb") as file:
            fragment = read_po(file, locale="ko", abort_invalid=True)
    catalogue.merge(fragment)
    _report()
    return 0


def _check(_chosen: Namespace) -> int:
    stale = catalogue.text(catalogue.updated(catalogue.extract(), catalogue.read(), prune=False))
    if stale != catalogue.KOREAN.read_text(encoding="utf-8"):
        print("ko.po is not as `make catalogue` writes it")
        return 1
    return 1 if _report() else 0


def _report() -> int:
    """Prints what keeps the catalogue from being shipped."""
    found = catalogue.problems(catalogue.extract(), catalogue.read())
    for problem in found:
        print(problem)
    print(f"ko.po: {len(found)} problems" if found else "ko.po: every sentence is translated")
    return len(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
