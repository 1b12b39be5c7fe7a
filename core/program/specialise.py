"""Specialise: the script of one run, made of its experiment's program by writing the run's settings into it.

Settings become literals, branches that are not taken fall out, functions that only choose by a setting are written out where
they are called, loops over a setting are unrolled. A setting that was changed while it ran is held by a variable, and each
change stands at its step. Nothing is executed but expressions over `config`; torch is not needed.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import indent
from typing import Any, NamedTuple

from core.program.expressions import Scope, arguments, chosen, literal, names, written
from core.program.loop import calls, training_loop
from core.program.script import Script, Section, Translate
from core.program.source_text import comment
from core.program.text import Text, paragraphs, text
from core.run.change import Change
from core.run.spec import RunSpec
from core.settings.config import Setting, TrainingConfig

OPTIMIZERS = Path(__file__).with_name("optimizer.py")
UNWRITTEN = ("config = ", "run = ", "differs(", "impossible(")  # statements that no script holds
TAKEN = re.compile(r'^(?:.* = )?(section|code)\("(.*)"\)$')
HEADING = re.compile(r"([A-Z][a-z]+(?: [a-z]+)?): (.*)")
HOLE = re.compile(r"\{([^{}]+)\}")
_APPENDED = re.compile(
    r"^(( *\w+) = (?:nn\.Sequential\(|keras\.Sequential\(\[|\[))(\]?\)?)\n((?:\2\.(?:append|add)\(.*\)(?:\n|\Z))+)", re.MULTILINE
)
ABOUT = (
    "Made with Stepwise; it needs nothing but Python and the packages that it imports. On a CPU it ends in the same"
    " loss as the run that it was made from, down to the last digit."
)
LAST_ROW = "the last row is only looked at"
DIVERGED = "diverged: no number comes after this"
CHANGED, CHANGED_TABLE = "changed while it ran, from {old}", "changed while it ran"
MESSAGES = (ABOUT, LAST_ROW, DIVERGED, CHANGED, CHANGED_TABLE)  # what stands in scripts and in no program


class Heading(NamedTuple):
    """Where a section begins; `name` is its title in English."""

    name: str
    title: str
    prose: str


Written = list[str | Heading]  # lines of code, set in from where they stand


@dataclass(frozen=True)
class Beside:
    """What a text speaks of beside `config`.

    Args:
        about: what stands under the title.
        helpers: the text of functions that are written out where they are called.
        known: values that are read as those of `config` are.
        sections: what `section("Data")` stands for and, without its heading, `code("Model")`.
    """

    about: str = ABOUT
    helpers: Path = OPTIMIZERS
    known: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, Section] = field(default_factory=dict)


PROGRAM = Beside()


def script(path: Path, run: RunSpec, translate: Translate, beside: Beside = PROGRAM) -> Script:
    """The program of a file, as the script of a run that is settled."""
    return Specialiser(text(path), run, translate, beside).script()


def messages(program: Text) -> list[str]:
    """What of a program is to be translated: its title, the comments above its statements, and those at the ends of lines."""
    found = [_title(program)]
    lines = [line.strip() if _is_comment(line) else "" for line in program.lines]
    for paragraph in paragraphs(lines):
        heading = HEADING.fullmatch(paragraph)
        found += [heading[1], heading[2]] if heading else [] if paragraph.startswith(" ") else [paragraph]
    found += [note for note in program.comments.values() if not note.startswith(("(", "#:"))]
    calls = [node for node in ast.walk(program.tree) if isinstance(node, ast.Call) and program.of(node.func) in ("differs", "impossible")]
    found += [ast.literal_eval(call.args[0]) for call in calls]
    return [message for message in dict.fromkeys(found) if message]


def _title(program: Text) -> str:
    """Its docstring; one that ends in a full stop is of a helper of programs, and said to us."""
    title = ast.get_docstring(program.tree) or ""
    return "" if title.endswith(".") else title


class _Parts(NamedTuple):
    """What of a program is the same for every run.

    Args:
        loop: its training loop; anything where there is none.
        live: the settings that are read in there.
        functions: those that only choose by a setting, each with the text that it stands in.
        imports: the import that each name comes from, as a line of its own.
    """

    loop: Any
    live: frozenset[str]
    functions: dict[str, tuple[Text, ast.FunctionDef]]
    imports: dict[str, str]


@cache
def _parts(program: Text, home: Text) -> _Parts:
    functions = {node.name: (home, node) for node in home.tree.body if isinstance(node, ast.FunctionDef)}
    for node in program.tree.body:
        if isinstance(node, ast.FunctionDef) and not names(node).isdisjoint(("config", "run")) and _only_chooses(node):
            functions[node.name] = (program, node)
    loop = training_loop(program.tree) if calls(program.tree, "backward") else ast.Pass()
    settings = [node for node in ast.walk(loop) if isinstance(node, ast.Attribute) and program.of(node.value) == "config"]
    return _Parts(loop, frozenset(node.attr for node in settings), functions, _imports(program))


class Specialiser:
    """Writes one program with the settings of a run in it."""

    def __init__(self, program: Text, run: RunSpec, translate: Translate, beside: Beside) -> None:
        self._text, self._run, self._, self._beside = program, run, translate, beside
        self._versions, self._changes = _versions(run)
        self._built: set[str] = set()  # the names that the script speaks of so far
        self._parts = _parts(program, text(beside.helpers))
        self._variables = {name: name for name in self._parts.live if run.varies(name)}
        on_cpu, functions = run.device == "cpu", self._parts.functions
        self._scope = Scope(program, self._versions[:1], self._versions, on_cpu, functions=functions, known=beside.known)

    def script(self) -> Script:
        lines = self._body(self._text.tree.body, self._scope)
        title = _title(self._text)
        taken = {line.split()[-1]: line for section in self._beside.sections.values() for line in section.imports}
        return Script(title and self._(title), self._(self._beside.about), tuple(sections(lines, taken | self._parts.imports)))

    def _is_given(self, node: ast.stmt) -> bool:
        """Whether a script has something else in its place: imports of its own, values, a title, a function written out."""
        if isinstance(node, ast.FunctionDef):
            return node.name in self._scope.functions
        if self._text.of(node).startswith("device = "):
            return self._run.device == "cpu"
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        return docstring or self._text.of(node).startswith(UNWRITTEN) or node in self._text.imports

    # --- statements --------------------------------------------------------------------------------------------------

    def _body(self, body: Sequence[ast.stmt], scope: Scope, above: Sequence[str] = ()) -> Written:
        """Statements; what stood above the statement that they were taken out of stands above the first."""
        lines: Written = []
        marks = _marks(tuple(body), scope.text)
        end = _line_before(body[0], scope.text)
        for place, node in enumerate(body):
            above = [*above, *scope.text.above(node, end)]
            to_come = scope.to_come or any("backward()" in scope.text.of(later) for later in body[place + 1 :])
            made = self._statement(node, above, replace(scope, to_come=to_come), marks.get(place, ""))
            above = [] if made else [paragraph for paragraph in above if HEADING.fullmatch(paragraph)]
            lines, end = lines + made, node.end_lineno or 0
            if to_come and "record(" in scope.text.of(node):
                scope = replace(scope, held=True)
        return lines

    def _statement(self, node: ast.stmt, above: Sequence[str], scope: Scope, mark: str = "") -> Written:
        if scope.text is self._text and self._is_given(node):
            return []
        if isinstance(node, ast.If) and (worth := scope.values(node.test)) and len({bool(value) for value in worth}) == 1:
            taken = node.body if worth[0] else node.orelse
            return self._body(taken, scope, above) if taken else []
        if isinstance(node, ast.For) and (values := self._items(node, scope)) is not None:
            return self._unrolled(node, values, above, scope)
        made = self._compound(node, scope) if hasattr(node, "body") else self._simple(node, scope, mark)
        return [*self._comments(above, scope), *made] if made else []

    def _items(self, node: ast.For, scope: Scope) -> Any:
        """What a loop that is unrolled goes over: what it was when it was executed."""
        return next(iter(scope.values(node.iter)), None)

    def _comments(self, above: Sequence[str], scope: Scope) -> Written:
        made: Written = []
        for paragraph in above:
            if heading := HEADING.fullmatch(paragraph):
                made.append(Heading(heading[1], self._(heading[1]), self._filled(heading[2], scope)))
            elif paragraph.startswith(" "):
                made.append(f"# {_fill(paragraph, scope)}")
            elif paragraph:
                made += comment(self._filled(paragraph, scope), _fill(paragraph, scope)).split("\n")
            else:
                made.append("")
        return made

    def _filled(self, message: str, scope: Scope) -> str:
        """A comment in the reader's language, with the values of its holes. One that begins with `(` is a shape."""
        return _fill(message if message.startswith("(") else self._(message), scope)

    def _unrolled(self, node: ast.For, items: Any, above: Sequence[str], scope: Scope) -> Written:
        targets = [name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)]
        lines: Written = []
        for item in items:
            known = dict(zip(targets, item if len(targets) > 1 else (item,), strict=True))
            lines += self._body(node.body, replace(scope, known={**scope.known, **known}))
        return [*self._comments(above, scope), *lines] if lines else []

    def _compound(self, node: Any, scope: Scope) -> Written:
        before: Written = []
        if isinstance(node, ast.FunctionDef):
            scope = replace(scope, versions=self._versions)
        if node is self._parts.loop:
            scope = replace(scope, versions=self._versions, variables=self._variables)
            before = self._before_loop()
        head = self._head(node, scope)
        worth = scope.values(node.test) if isinstance(node, ast.If) else []
        here, there = (_narrowed(scope, [bool(value) is wanted for value in worth]) for wanted in (True, False))
        body, orelse = self._body(node.body, here), getattr(node, "orelse", [])
        if not body and not orelse:
            return []
        lines = [*before, self._noted(head, node.lineno, scope), *set_in(body)]
        if orelse:
            lines += ["else:", *set_in(self._body(orelse, there))]
        return lines

    def _before_loop(self) -> Written:
        return [f"{name} = {getattr(self._run.config, name)!r}" for name in sorted(self._variables)]

    def _head(self, node: Any, scope: Scope) -> str:
        match node:
            case ast.If():
                return f"if {written(node.test, scope)}:"
            case ast.For():
                return f"for {scope.text.of(node.target)} in {written(node.iter, scope)}:"
        return re.sub(r"  #.*", "", scope.text.lines[node.lineno - 1].strip())

    def _simple(self, node: ast.stmt, scope: Scope, mark: str = "") -> Written:
        source = scope.text.of(node)
        if taken := TAKEN.search(source):
            return self._taken(*taken.groups())
        if source.startswith("record("):
            return self._recorded(node, scope)
        if source.startswith("device = "):
            return [_device(self._run.device)]
        if isinstance(node, ast.Assign) and (lines := self._spliced(node, scope)):
            return lines
        self._built |= names(node)
        code = _code(node, scope)
        if re.fullmatch(r"\w+", code) and code not in ("break", "continue", "pass"):
            return []  # what is left of `model.to(device)` on a CPU
        made: Written = list(self._noted(code, node.end_lineno or 0, scope, mark).split("\n"))
        return [*made, *self._changed(scope)] if scope.held and mark == "backward" else made

    def _taken(self, kind: str, name: str) -> Written:
        """A section that stands elsewhere, or only its code."""
        section = self._beside.sections[name]
        heading = [Heading(section.name, section.title, section.prose)] if kind == "section" else []
        return [*heading, *section.code.split("\n")]

    def _spliced(self, node: ast.Assign, scope: Scope) -> Written:
        """`name = f(…)` of a function that takes several statements: they, with its own name replaced by this one."""
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in scope.functions):
            return []
        home, function = scope.functions[call.func.id]
        *lines, last = chosen(function.body, scope)
        if not lines or not isinstance(last, ast.Return) or last.value is None:
            return []
        bound = {**arguments(function, call, scope), home.of(last.value): scope.text.of(node.targets[0])}
        return [line for part in lines for line in self._simple(part, replace(scope, text=home, bound=bound))]

    def _noted(self, code: str, line: int, scope: Scope, mark: str = "") -> str:
        note = scope.text.comments.get(line, "")
        return code + (f"  # {self._filled(note, scope)}" if note else "") + (f"  #:{mark}" if mark else "")

    # --- what is recorded and changed ----------------------------------------------------------------------------------

    def _recorded(self, node: ast.stmt, scope: Scope) -> Written:
        """About ten lines are printed; the loop ends where the run did."""
        counter, every = self._text.of(self._parts.loop.target), max(1, self._run.end // 10)
        printed = _code(node, scope).replace("record(", "print(", 1)
        if self._run.first == 0:
            end = f"if {counter} == {self._run.end} or not loss.isfinite():  # {self._(LAST_ROW)}"
        else:
            end = f"if not loss.isfinite():  # {self._(DIVERGED)}"
        changed = [] if scope.to_come else self._changed(scope)
        return [f"if {counter} % {every} == 0:", *set_in([printed]), end, "    break", *changed]

    def _changed(self, scope: Scope) -> Written:
        """The changes that were made while one of the scope's versions held."""
        lines: Written = []
        for group, (before, after) in zip(self._changes, pairwise(self._versions), strict=True):
            made = [code for change in group if (code := self._assigned(change, after))]
            if made and any(before is version for version in scope.versions):
                lines += [f"if {self._text.of(self._parts.loop.target)} == {group[0].step}:", *set_in(made)]
        return lines

    def _assigned(self, change: Change, config: TrainingConfig) -> str:
        setting, written = config.settings()[change.field], literal(change.new)
        table = setting.kind == "table"
        note = self._(CHANGED_TABLE if table else CHANGED).format(old=repr(change.old))
        if change.field in self._variables:
            return f"{change.field} = {written}  # {note}  #:change"
        return f"{setting.assignment(written)}  # {note}  #:change" if setting.applies(config) and self._has_built(setting) else ""

    def _has_built(self, setting: Setting) -> bool:
        """Whether the script has what a changed field is to be assigned to; a network without hidden layers has no dropout."""
        return setting.built == "optimizer" or setting.built in self._built


def _versions(run: RunSpec) -> tuple[list[TrainingConfig], list[list[Change]]]:
    """The settings as they were one after the other, and the changes of one step that led from each to the next."""
    versions, groups = [run.config.model_copy(update={"epochs": run.end})], list[list[Change]]()
    for change in run.changes:
        if groups and groups[-1][0].step == change.step:
            groups[-1].append(change)
            del versions[-1]
        else:
            groups.append([change])
        versions.append(versions[-1].model_copy(update={change.field: change.new for change in groups[-1]}))
    return versions, groups


def _code(node: ast.stmt, scope: Scope) -> str:
    """A simple statement."""
    return written(node, replace(scope, column=node.col_offset))


def _device(name: str) -> str:
    there = "torch.backends.mps.is_available()" if name == "mps" else "torch.cuda.is_available()"
    return f'device = torch.device("{name}" if {there} else "cpu")'


def _narrowed(scope: Scope, kept: Sequence[bool]) -> Scope:
    return replace(scope, versions=[version for version, keep in zip(scope.versions, kept, strict=True) if keep]) if kept else scope


def _fill(message: str, scope: Scope) -> str:
    return HOLE.sub(lambda hole: scope.said(hole[1]), message)


def set_in(lines: Sequence[str | Heading]) -> Written:
    """Lines of a block; what begins a section inside of one is a comment."""
    return [indent(line if isinstance(line, str) else comment(f"{line.title}: {line.prose}"), "    ") for line in lines]


def _only_chooses(node: ast.AST) -> bool:
    """Whether a function or a branch of it does nothing but return one expression or another."""
    parts = [*node.body, *getattr(node, "orelse", [])]  # type: ignore[attr-defined]
    chooses = not isinstance(node, ast.FunctionDef) or any(isinstance(part, ast.If | ast.IfExp) for part in ast.walk(node))
    return chooses and all(isinstance(part, ast.Return) or (isinstance(part, ast.If) and _only_chooses(part)) for part in parts)


def _line_before(first: ast.stmt, program: Text) -> int:
    """The last line of code before a statement, 0 at the beginning."""
    return next((number for number in range(first.lineno - 1, 0, -1) if not _is_comment(program.lines[number - 1])), 0)


def _is_comment(line: str) -> bool:
    return line.strip().startswith("#") or not line.strip()


@cache
def _marks(body: tuple[ast.stmt, ...], program: Text) -> dict[int, str]:
    """Which of the five statements of an update stands where in a block; the loss is what backward is called on."""
    found: dict[int, str] = {}
    sources = [program.of(node) for node in body]
    for place, source in enumerate(sources):
        if source.endswith(".backward()"):
            loss = next(at for at in range(place, -1, -1) if sources[at].startswith(f"{source.removesuffix('.backward()')} = "))
            found |= {loss - 1: "forward", loss: "loss", place: "backward"}
        elif source in ("optimizer.zero_grad()", "optimizer.step()"):
            found[place] = source.removeprefix("optimizer.").removesuffix("()")
    return found


def _imports(program: Text) -> dict[str, str]:
    """The import that each name comes from, as a line of its own."""
    found = {}
    for node in program.imports:
        for alias in node.names:
            name = ast.unparse(alias)
            found[alias.asname or alias.name] = (
                f"from {node.module} import {name}" if isinstance(node, ast.ImportFrom) else f"import {name}"
            )
    return found


def sections(lines: Written, imports: dict[str, str]) -> list[Section]:
    """Each section with its code and the imports that this needs; one that defines what nobody calls falls out."""
    parts: list[tuple[Heading, list[str]]] = []
    for line in lines:
        if isinstance(line, Heading):
            parts.append((line, []))
        elif parts:
            parts[-1][1].append(line)
    codes = {heading: _spaced(_merged("\n".join(code)).strip("\n")) for heading, code in parts}
    called = [_read(code) for code in codes.values()]
    sections = []
    for (heading, code), read in zip(codes.items(), called, strict=True):
        defined = re.match(r"def (\w+)", code)
        if code and (not defined or any(defined[1] in others for others in called)):
            used = tuple(line for name, line in imports.items() if name in read)
            sections.append(Section(heading.title, heading.prose, code, used, heading.name))
    return sections


def _read(code: str) -> set[str]:
    """The names that stand in a section."""
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def _merged(code: str) -> str:
    """What is appended to an empty list or model, as the items of the list or the layers of the model."""

    def one(found: re.Match[str]) -> str:
        items = re.findall(r"^ *\w+\.\w+\((.*)\)$", found[4], re.MULTILINE)
        inside = ", ".join(items) if found[1].endswith("= [") else "\n" + "".join(f"    {item},\n" for item in items)
        return f"{found[1]}{inside}{found[3]}\n"

    return _APPENDED.sub(one, code)


def _spaced(code: str) -> str:
    """Two empty lines around each function and class."""
    apart = re.sub(r"\n+(?=(?:def|class) )", "\n\n\n", re.sub(r"\n{3,}", "\n\n", code))
    return re.sub(r"^((?:def|class) .*(?:\n(?: .*)?)*?)\n+(?=[^ \n])", r"\1\n\n\n", apart, flags=re.MULTILINE)
