"""Script: a run as one plain program in sections, as a person would write it; as a file, as a notebook, as lines to point at.

Code is written as text blocks. A line may end in `#:name`, a mark that is taken out of the program and told by `marks`: so
a page can light the line that runs.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from core.program.source_text import comment, wrapped_like

Translate = Callable[[str], str]

_MARK = re.compile(r" *#:(\w+)$", re.MULTILINE)


class Section(NamedTuple):
    """One concern of the program: a word for it, what to know about it, and its code; `name` is the word in English."""

    title: str
    prose: str
    code: str
    imports: tuple[str, ...] = ()
    name: str = ""

    @property
    def heading(self) -> str:
        """What stands above its code in a file."""
        return f"{self.title}: {self.prose}"

    @property
    def marked(self) -> Iterator[tuple[str, str]]:
        """Each line of its code, and the name that it carries; "" for most."""
        for line in self.code.split("\n"):
            mark = _MARK.search(line)
            yield _MARK.sub("", line), mark[1] if mark else ""


@dataclass(frozen=True)
class Script:
    """A program in sections; the first one holds its imports and what must be set before anything is drawn.

    `original` is the same program in English where this one is a translation: both have the same line at each number.
    """

    title: str
    about: str
    sections: tuple[Section, ...]
    original: "Script | None" = None

    def section(self, name: str) -> Section:
        """The section whose title in English is `name`."""
        return next(section for section in self.sections if section.name == name)

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
        own = [line for line in ordered if line.removeprefix("import ") in sys.stdlib_module_names]
        return "\n\n".join(filter(None, ("\n".join(own), "\n".join(line for line in ordered if line not in own))))

    def _marked(self) -> str:
        original = self.original or self
        text = f'"""{self.title}\n\n{wrapped_like(self.about, original.about)}\n"""\n\n{self._setup()}'
        for section, like in zip(self.sections, original.sections, strict=True):
            gap = "\n\n\n" if _ends_in_definition(text) or section.code.startswith(("def ", "class ")) else "\n\n"
            text += f"{gap}{comment(section.heading, like.heading)}\n{section.code}"
        return text + "\n"


def _ends_in_definition(code: str) -> bool:
    outer = [line for line in code.split("\n") if line and not line.startswith((" ", "#", ")"))]
    return outer[-1].startswith(("def ", "class "))
