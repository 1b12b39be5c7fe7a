"""Script: a run as one plain program in sections, as a person would write it; as a file, as a notebook, as lines to point at.

Code is written as text blocks. A line may end in `#:name`, a mark that is taken out of the program and told by `marks`: so
a page can light the line that runs.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from core.change import Change
from core.config import TrainingConfig

Translate = Callable[[str], str]
C_co = TypeVar("C_co", bound=TrainingConfig, covariant=True)

WIDTH = 100  # columns of a comment; a Hangul syllable takes two
_MARK = re.compile(r" *#:(\w+)$", re.MULTILINE)
_STANDARD_LIBRARY = ("import re", "import unicodedata")


@dataclass(frozen=True)
class Recorded(Generic[C_co]):
    """A run as data, reduced to what a program needs.

    Args:
        config: the settings it began with.
        changes: made while it ran, in their order, before its last row; each step and field once.
        last: the label of its last row.
        device: the torch device, such as "cpu" or "cuda:0".
    """

    config: C_co
    changes: tuple[Change, ...]
    last: int
    device: str

    def values(self, field: str) -> tuple[Any, ...]:
        """All values that a field takes, in their order; more than one if it was changed."""
        return getattr(self.config, field), *(change.new for change in self.changes if change.field == field)

    def varies(self, field: str) -> bool:
        """Whether a field was changed while it ran."""
        return len(self.values(field)) > 1

    def placed(self, tensor: str) -> str:
        """The code of a tensor or model, moved to the device where that is not the CPU."""
        return tensor if self.device == "cpu" else f"{tensor}.to(device)"


class Section(NamedTuple):
    """One concern of the program: a word for it, what to know about it, and its code."""

    title: str
    prose: str
    code: str
    imports: tuple[str, ...] = ()


class Exporter(Protocol):
    """What `core/experiments/<name>/script.py` has."""

    FIRST_STEP: int  # label of the recipe's first row

    def script(self, run: Recorded[Any], _: Translate) -> "Script":
        """The program of a run, its prose and comments in the language of `_`."""

    def parameter_names(self, run: Recorded[Any]) -> list[str]:
        """What the program's `state_dict` calls the parameters, in the order in which the optimizer holds them."""


@dataclass(frozen=True)
class Script:
    """A program in sections; the first one holds its imports and what must be set before anything is drawn."""

    title: str
    about: str
    sections: tuple[Section, ...]

    @property
    def source(self) -> str:
        """The text of a Python file."""
        return _MARK.sub("", self._marked())

    @property
    def marks(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers (from 1) of the lines of `source` that carry a name.

        forward, loss, zero_grad, backward, step: the statements of an update; change: what the learner changed.
        """
        found: dict[str, tuple[int, ...]] = {}
        for number, line in enumerate(self._marked().split("\n"), start=1):
            if mark := _MARK.search(line):
                found[mark[1]] = (*found.get(mark[1], ()), number)
        return found

    @property
    def notebook(self) -> str:
        """The text of a Jupyter notebook: a cell of prose before each cell of code."""
        import nbformat
        from nbformat import v4

        cells = [v4.new_markdown_cell(f"# {self.title}\n\n{self.about}"), v4.new_code_cell(self._setup())]
        for section in self.sections:
            cells.append(v4.new_markdown_cell(f"## {section.title}\n\n{section.prose}"))
            cells.append(v4.new_code_cell(_MARK.sub("", section.code)))
        for number, cell in enumerate(cells):
            cell["id"] = f"cell-{number}"  # nbformat draws them at random; the same run is the same file
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        return str(nbformat.writes(v4.new_notebook(cells=cells, metadata=kernel))) + "\n"

    def _setup(self) -> str:
        """The imports, sorted as isort does."""
        names = {"import torch", *(line for section in self.sections for line in section.imports)}
        ordered = sorted(names, key=lambda line: (line.startswith("from"), line))
        own = [line for line in ordered if line in _STANDARD_LIBRARY]
        return "\n\n".join(filter(None, ("\n".join(own), "\n".join(line for line in ordered if line not in own))))

    def _marked(self) -> str:
        text = f'"""{self.title}\n\n{wrapped(self.about)}\n"""\n\n{self._setup()}'
        for section in self.sections:
            gap = "\n\n\n" if _ends_in_definition(text) or section.code.startswith(("def ", "class ")) else "\n\n"
            text += f"{gap}{comment(f'{section.title}: {section.prose}')}\n{section.code}"
        return text + "\n"


def _ends_in_definition(code: str) -> bool:
    outer = [line for line in code.split("\n") if line and not line.startswith((" ", "#", ")"))]
    return outer[-1].startswith(("def ", "class "))


# --- writing code ----------------------------------------------------------------------------------------------


def lines(*parts: str) -> str:
    """Parts of a program under each other; empty ones fall out."""
    return "\n".join(part for part in parts if part)


def block(head: str, *body: str) -> str:
    """A head such as `for … :` and what belongs under it."""
    return f"{head}\n{indent(lines(*body), '    ')}"


def noted(code: str, note: str, mark: str = "") -> str:
    """A line with a comment at its end."""
    return f"{code}  # {note}" + (f"  #:{mark}" if mark else "")


def comment(text: str) -> str:
    """Whole lines of comment."""
    return indent(wrapped(text, WIDTH - 2), "# ")


def wrapped(text: str, width: int = WIDTH) -> str:
    """Text in lines of at most `width` columns."""
    done = [""]
    for word in text.split(" "):
        if done[-1] and _columns(done[-1]) + 1 + _columns(word) > width:
            done.append(word)
        else:
            done[-1] = f"{done[-1]} {word}".lstrip(" ")
    return "\n".join(done)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def literal(value: Any) -> str:
    """A number or text as Python writes it, text in double quotes with what cannot be printed escaped."""
    if not isinstance(value, str):
        return repr(value)
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else repr(character)[1:-1]


def rows_of(items: Iterable[str], width: int = WIDTH - 4) -> str:
    """Items with commas between, in as many lines as they need, set in by one level."""
    return indent(wrapped(", ".join(item.replace(" ", "\0") for item in items), width).replace("\0", " "), "    ") + ","


# --- what every training program has ---------------------------------------------------------------------------


def about(_: Translate) -> str:
    """What the program is, for its head."""
    return _(
        "Made with Stepwise; it needs nothing but Python and the packages that it imports. On a CPU it ends in the same"
        " loss as the run that it was made from, down to the last digit."
    )


def beginning(run: Recorded[TrainingConfig], _: Translate) -> Section:
    """The seed, the thread, and the device if it is a GPU."""
    code = lines(
        noted(f"torch.manual_seed({run.config.seed})", _("the same random numbers every time")),
        noted("torch.set_num_threads(1)", _("one thread adds in one order, down to the last digit")),
        _device(run.device),
    )
    prose = _("what is drawn at random follows from it.")
    return Section(_("Seed"), prose, code)


def _device(name: str) -> str:
    if name == "cpu":
        return ""
    there = "torch.backends.mps.is_available()" if name == "mps" else "torch.cuda.is_available()"
    return f'device = torch.device("{name}" if {there} else "cpu")'


def optimizer_section(run: Recorded[TrainingConfig], parameters: str, _: Translate) -> Section:
    """`core.optimizers.optimizer` as one call, with the arguments that differ from PyTorch's defaults."""
    config = run.config
    called = {"Momentum": "SGD", "Nesterov": "SGD"}.get(config.optimizer, config.optimizer)
    arguments = [parameters, f"lr={config.lr!r}"]
    after = ""
    if config.optimizer in ("Momentum", "Nesterov"):
        held_back = config.optimizer == "Nesterov" and config.momentum == 0  # PyTorch refuses to build this one
        arguments.append("momentum=0.9" if held_back else f"momentum={config.momentum!r}")
        if held_back:
            after = noted(_group("momentum", 0.0), _("PyTorch asks for more than 0 above, not here"))
    if config.optimizer == "Nesterov":
        arguments.append("nesterov=True")
    if config.weight_decay or config.optimizer == "AdamW":  # AdamW's own default is 0.01
        arguments.append(f"weight_decay={config.weight_decay!r}")
    prose = _("it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.")
    return Section(_("Optimizer"), prose, lines(f"optimizer = torch.optim.{called}({', '.join(arguments)})", after))


def _group(field: str, value: Any) -> str:
    return f'optimizer.param_groups[0]["{field}"] = {value!r}'


def change_code(run: Recorded[TrainingConfig], counter: str, variables: Mapping[str, str], _: Translate) -> str:
    """What the learner changed while it ran, each at its step: to be put between `backward()` and `step()`.

    Args:
        counter: the variable that holds the step.
        variables: field → what is assigned to, for the fields that are not the optimizer's.
    """
    written: dict[int, list[str]] = {}
    for step, field, old, new in run.changes:
        if field in variables:
            code = f"{variables[field]} = {new!r}"
        elif field in ("lr", "momentum", "weight_decay") and run.config.settings()[field].applies(run.config):
            code = _group(field, new)
        else:
            continue  # it has no effect on what is learned
        note = _("changed while it ran, from {old}").format(old=repr(old))
        written.setdefault(step, []).append(noted(code, note, "change"))
    return lines(*(block(f"if {counter} == {step}:", *code) for step, code in sorted(written.items())))


def update_code(forward: str, loss: str, between: Sequence[str], _: Translate, name: str = "loss") -> str:
    """The five statements of one update, with `between` where a run is held: after `backward()`, before `step()`."""
    return lines(
        noted(forward, _("forward: what the model says now"), "forward"),
        noted(f"{name} = {loss}", _("how wrong that is, as one number"), "loss"),
        noted("optimizer.zero_grad()", _("gradients add up: forget those of the update before"), "zero_grad"),
        noted(f"{name}.backward()", _("fills .grad of every parameter"), "backward"),
        *between,
        noted("optimizer.step()", _("reads .grad and moves the parameters"), "step"),
    )


def stop_if_diverged(_: Translate) -> str:
    """A run ends at the first loss that is no number."""
    return block(noted("if not loss.isfinite():", _("diverged: no number comes after this")), "break")


def every(run: Recorded[TrainingConfig]) -> int:
    """Of how many steps one is printed, so that about ten are."""
    return max(1, run.last // 10)


class Batches:
    """How the rows of a data set come to the updates of an epoch: all at once, in mini-batches, or now so and now so."""

    def __init__(self, run: Recorded[TrainingConfig], rows: int) -> None:
        self._run = run
        parts = {0 < size < rows for size in run.values("batch_size")}
        self.whole, self.mixed = parts == {False}, len(parts) == 2
        self._varies = run.varies("batch_size") and not self.whole
        self.variables = {"batch_size": "batch_size"} if self._varies else {}

    def definition(self, _: Translate) -> str:
        """What stands before the loop."""
        size = f"batch_size = {self._run.config.batch_size}" if self._varies else ""
        if not self.mixed:
            return size + "\n" if size else ""
        split = block("if 0 < batch_size < len(x):", "return torch.randperm(len(x)).split(batch_size)")
        all_rows = noted("return [torch.arange(len(x))]", _("all rows in their order"))
        return f"{size}\n\n\n{block('def batches():', split, all_rows)}\n\n\n"

    @property
    def loop(self) -> str:
        """The head of the loop over the mini-batches of an epoch."""
        size = "batch_size" if self._varies else self._run.config.batch_size
        return f"for rows in {'batches()' if self.mixed else f'torch.randperm(len(x)).split({size})'}:"
