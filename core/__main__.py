"""`python -m core list`, `… train EXPERIMENT`, `… search EXPERIMENT`, `… program EXPERIMENT` and `… export EXPERIMENT`: the same
runs without a browser.

| exit code | what happened                              |
| --------- | ------------------------------------------ |
| 0         | finished                                   |
| 1         | failed, with PyTorch's own words           |
| 2         | a name or a value that there is not        |
| 3         | the loss is no longer a number (diverged)  |
| 130       | Ctrl-C (stopped)                           |
"""

import argparse
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from core import experiments
from core.jsonable import dumps
from core.keras.counterpart import counterpart
from core.program.export import script
from core.program.script import Script
from core.program.translation import languages, translation
from core.reading import command as files
from core.reading import words
from core.reading.errors import ReadingError
from core.run.replay import planned
from core.run.spec import RunSpec
from core.run.status import Status
from core.search import command as search
from core.search.script import script as search_script
from core.search.space import SearchError
from core.settings.config import ConfigError, Problem, Setting
from core.settings.device import choose, found
from core.terminal import JsonTerminal, Terminal, TextTerminal

if TYPE_CHECKING:
    from core.program.trainer import Trainer

EXIT_CODES = {Status.FINISHED: 0, Status.FAILED: 1, Status.DIVERGED: 3, Status.STOPPED: 130}
BAD_USE = 2
CHANGE = "a live field changed at this row, any number in the order of their rows"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return {"list": _list, "train": _train, "search": _search, "program": _program, "export": _export}[options.command](options)
    except ConfigError as error:
        for problem in error.problems:
            print(_refused(problem, experiments.config_class(options.experiment).settings()), file=sys.stderr)
        return BAD_USE
    except SearchError as error:
        print(search.refusal(error), file=sys.stderr)
        return BAD_USE
    except BrokenPipeError:  # whoever read along, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ReadingError as error:
        print(words.error(error), file=sys.stderr)
        return BAD_USE
    except OSError as error:  # a file that is not there
        print(error, file=sys.stderr)
        return BAD_USE


def _refused(problem: Problem, settings: Mapping[str, Setting]) -> str:
    """What was wrong, and what would be right."""
    if problem.code == "no_change":
        live = ", ".join(name for name, setting in settings.items() if setting.changeable)
        return f"{problem.value!r} is no change; write 100:lr=0.05, in the order of the rows; these fields can change: {live}"
    if problem.remedy:
        way_out = " ".join(f"--set {field}={value}" for field, value in problem.remedy.items())
        return f"{problem.field} = {problem.value!r} is refused ({problem.code}); this does: {way_out}"
    if problem.row is not None:
        return f"{problem.field}: row {problem.row} holds {problem.value!r}; rows of finite numbers are written as in {problem.bounds}"
    allowed = f"allowed: {problem.bounds}" if problem.setting else f"there is no such field; there are {', '.join(settings)}"
    return f"{problem.field} = {problem.value!r} is refused ({problem.code}); {allowed}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description="Stepwise without a browser.")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="experiments with their fields, bounds and defaults")
    listing.add_argument("--json", action="store_true", help="as one JSON object")
    train = commands.add_parser("train", help="train an experiment here")
    train.add_argument("experiment", choices=experiments.names())
    train.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", type=_pair, help="any number")
    files.add_options(train)
    train.add_argument("--steps", metavar="N", help="how long; the same as --set epochs=N")
    train.add_argument("--change", action="append", default=[], metavar="STEP:FIELD=VALUE", help=CHANGE)
    train.add_argument("--every", type=_count, metavar="N", help="one row in N, and the last")
    train.add_argument("--json", action="store_true", help="one object a recorded step, then one about the run")
    _add_search(commands)
    _add_exports(commands)
    return parser


def _add_search(commands: Any) -> None:
    command = commands.add_parser("search", help="train many, and find the settings that do best")
    command.add_argument("experiment", choices=experiments.names())
    search.add_options(command)
    command.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", type=_pair, help="any number")
    files.add_options(command)
    command.add_argument("--json", action="store_true", help="one object a trial that is over, then one about the search")
    command.set_defaults(change=[])


def _add_exports(commands: Any) -> None:
    """`program` prints what `export` writes."""
    for name, what in (("program", "print the program of a run"), ("export", "write the program of a run into a file")):
        command = commands.add_parser(name, help=what)
        command.add_argument("experiment", choices=experiments.names())
        command.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", type=_pair, help="any number")
        command.add_argument("--change", action="append", default=[], metavar="STEP:FIELD=VALUE", help=CHANGE)
        files.add_options(command)
        command.add_argument("--lang", choices=languages(), default="en", help="of its comments (default: en)")
        command.add_argument("--framework", choices=("pytorch", "keras"), default="pytorch", help="to write it in (default: pytorch)")
        if name == "export":
            command.add_argument("-o", "--output", type=_file, metavar="FILE", help=".py or .ipynb (default: print Python)")


def _pair(text: str) -> tuple[str, str]:
    field, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=VALUE")
    return field, value


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in (".py", ".ipynb"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither .py nor .ipynb")
    return path


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


# --- list ------------------------------------------------------------------------------------------------------


def _list(options: argparse.Namespace) -> int:
    settings = {name: experiments.config_class(name).settings() for name in experiments.names()}
    if options.json:
        listed = {name: {field: _described(setting) for field, setting in known.items()} for name, known in settings.items()}
        print(dumps(listed), flush=True)
        return 0
    for name, known in settings.items():
        print(name)
        for setting in known.values():
            bounds = Problem(setting.name, None, "", setting).bounds
            print(f"  {setting.name:<14} {setting.default!s:<12.40} {bounds:<50} {setting.liveness}")
    return 0


def _described(setting: Setting) -> dict[str, Any]:
    described = {field.name: getattr(setting, field.name) for field in fields(setting)}
    return {**described, "when": dict(setting.when)}


# --- train -----------------------------------------------------------------------------------------------------


def _train(options: argparse.Namespace) -> int:
    spec = _spec(options, {} if options.steps is None else {"epochs": options.steps})
    last = spec.config.epochs
    every = options.every or (1 if options.json else max(1, last // 10))
    terminal = JsonTerminal(every) if options.json else TextTerminal(every, last)
    made, end = spec, dict[str, Any]()
    try:
        with _ctrl_c() as pressed:
            trainer = _trainer(spec)
            status = _go(trainer, terminal, pressed)
            made = spec.at(trainer.step)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever an experiment raises is shown in its own words
        status, end = Status.FAILED, {"message": {"type": type(error).__name__, "text": str(error)}}
    terminal.end({"status": status, **end, "run": {**made.to_json(), "seed": spec.config.seed}})
    return EXIT_CODES[status]


def _trainer(spec: RunSpec) -> "Trainer":
    """Imports torch."""
    import torch

    from core.program.trainer import Trainer

    torch.set_num_threads(1)
    device = torch.device(choose(spec.config.device, found(), spec.config.gains_from_gpu).name)
    return Trainer(experiments.watch(spec.experiment), spec.config, device, spec.changes)


def _spec(options: argparse.Namespace, more: Mapping[str, str] = MappingProxyType({})) -> RunSpec:
    """The run that is asked for; how files were read is told beside the output."""
    of = experiments.config_class(options.experiment)
    given = files.values(options, of.settings(), partial(print, file=sys.stderr))
    config = of.checked({**dict(options.set), **more, **given})
    return RunSpec(options.experiment, config, planned(options.change, config))


@contextmanager
def _ctrl_c() -> Iterator[Callable[[], bool]]:
    """Ctrl-C only leaves word, for as long as this lasts."""
    pressed = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: pressed.set())
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _go(trainer: "Trainer", terminal: Terminal, stopped: Callable[[], bool]) -> Status:
    """Train to the end, or until Ctrl-C, which lets the step that is being made come to its end."""
    with trainer.stream():
        for step, row in trainer:
            stop = stopped() or trainer.outcome is not None
            terminal.row(step, row, is_last=stop)
            if stop:
                break
    return Status(trainer.outcome or Status.STOPPED)


# --- search ----------------------------------------------------------------------------------------------------


def _search(options: argparse.Namespace) -> int:
    """Every trial may diverge: that is a result."""
    spec = _spec(options, {} if options.epochs is None else {"epochs": options.epochs})
    if options.script:
        options.script.write_text(search_script(search.spec(options, spec.config)), encoding="utf-8")
        return 0
    with _ctrl_c() as pressed:
        ended = search.go(search.spec(options, spec.config), options.json, sys.stdout, pressed)
    return 0 if ended else EXIT_CODES[Status.STOPPED]


# --- export ----------------------------------------------------------------------------------------------------


def _export(options: argparse.Namespace) -> int:
    if options.output is None:
        return _program(options)
    written = _written(options)
    if written is None:
        return BAD_USE
    text = written.notebook if options.output.suffix == ".ipynb" else written.source
    try:
        options.output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        print(error, file=sys.stderr)
        return BAD_USE
    return 0


def _program(options: argparse.Namespace) -> int:
    written = _written(options)
    if written is None:
        return BAD_USE
    _utf8(sys.stdout)
    print(written.source, end="", flush=True)
    return 0


def _written(options: argparse.Namespace) -> Script | None:
    """The program that is asked for; where Keras has none, the reason is told."""
    spec, translate = _spec(options), translation(options.lang)
    if options.framework == "pytorch":
        return script(spec, translate)
    mirrored = counterpart(spec, translate)
    if mirrored.script is None:
        print(mirrored.reason, file=sys.stderr)
    return mirrored.script


def _utf8(stream: object) -> None:
    """Python reads a program as UTF-8, so a program that is sent to a file is written so, whatever the locale."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
