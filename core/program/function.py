"""Function: an experiment's program as a function of some of its settings, for a script that trains it again and again.

What the settings of all calls have in common is written into it, as into the script of one run (`specialise`); what a call chooses is
read of `settings`, and branches on it stay. Instead of printing, each pass finds the number by which calls are compared.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from textwrap import indent
from typing import Any, NamedTuple

from core import experiments
from core.program.expressions import Scope, arguments, names, written
from core.program.script import Translate
from core.program.source_text import comment
from core.program.specialise import DIVERGED, PROGRAM, Heading, Specialiser, Written, sections, set_in
from core.program.text import Text, text
from core.run.spec import RunSpec
from core.settings.config import TrainingConfig

SETTING = 'settings["{}"]'
TRAINING = "Training: what is compared is found before the updates of its own pass."
HELD_OUT = "every second one; nobody chooses by these"
MESSAGES = (TRAINING, HELD_OUT)
LAST = "Result"  # the section that looks at what came of a run
OF_TESTED = re.compile(r"(?<=[xXy]_)test\b|\btest(?=_)")  # in names: of what is tested on, or found there


class CannotBeWrittenError(ValueError):
    """There is no such function: `code` is what of the program depends on what is given."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Measured:
    """The number that a call returns.

    Args:
        metric: its name in the rows of a run.
        best: the best of all passes; else that of the last one.
        greatest: whether more of it is better.
        until: a call is also given the pass at which it ends, as `until`.
        held_out: it is that of every second test sample, and that of the others is returned beside it.
    """

    metric: str
    best: bool
    greatest: bool
    until: bool = False
    held_out: bool = False


class Function(NamedTuple):
    """Its statements, and the imports that they need."""

    body: str
    imports: tuple[str, ...]


def function(run: RunSpec, given: Mapping[str, str], ways: Sequence[TrainingConfig], measured: Measured, translate: Translate) -> Function:
    """The body of a function that trains once.

    Args:
        run: what is the same in all calls.
        given: the settings that a call chooses, and how each is written; `SETTING` is how most are.
        ways: settings of calls, enough of them that each branch of the program is taken by one.
        measured: what it returns.

    Raises:
        CannotBeWrittenError: something of the program depends on what is given in a way that cannot be written.
    """
    made = _Open(run, given, ways, measured, translate)
    return made.function()


class _Open(Specialiser):
    def __init__(
        self, run: RunSpec, given: Mapping[str, str], ways: Sequence[TrainingConfig], measured: Measured, translate: Translate
    ) -> None:
        super().__init__(text(experiments.program(run.experiment)), run, translate, PROGRAM)
        self._versions, self._variables, self._measured = list(ways), dict(given), measured
        scope = replace(self._scope, versions=self._versions, ever=self._versions, variables=self._variables, differs=True)
        kept = {
            name: of
            for name, of in scope.functions.items()
            if of[0] is not self._text or not _differs(of[1].body, replace(scope, text=of[0]))
        }
        self._scope = replace(scope, functions=kept)
        self._number, self._finite = _number(self._text, measured.metric)
        self._returned = "value, held" if measured.held_out else "value"

    def function(self) -> Function:
        lines = self._body(self._text.tree.body, self._scope)
        lines = list(takewhile(lambda line: not (isinstance(line, Heading) and line.name == LAST), lines))
        parts = sections(lines, self._parts.imports)
        code = "\n\n".join(f"{comment(part.heading)}\n{part.code}" for part in parts)
        if left := re.search(r"\bconfig\b[.\w]*|\bever\(.*?\)", code):
            raise CannotBeWrittenError(left[0])
        if self._measured.metric.endswith("accuracy") and "(" in self._number:  # a share of float64 is a count divided by a count
            code = code.replace("== y).float().mean()", "== y).double().mean()")
        if self._measured.metric.endswith("accuracy") and ".double().mean()" not in code:
            raise CannotBeWrittenError(self._measured.metric)
        code = re.sub(r" *#:\w+$", "", re.sub(r"\n{3,}", "\n\n", code), flags=re.MULTILINE)
        return Function(f"{code}\nreturn {self._returned}", tuple(dict.fromkeys(line for part in parts for line in part.imports)))

    def _comments(self, above: Sequence[str], scope: Scope) -> Written:
        made: Written = []
        for line in super()._comments(above, scope):
            title = isinstance(line, Heading) and line.name == "Training" and self._(TRAINING).partition(": ")[2]
            made.append(line._replace(prose=title) if isinstance(line, Heading) and title else line)
        return made

    def _before_loop(self) -> Written:
        lines: Written = [f"value = {'-math.inf' if self._measured.greatest else 'math.inf'}"] if self._measured.best else []
        if not self._measured.held_out:
            return lines
        x = "X_test" if "X_test" in names(self._text.tree) else "x_test"  # features of x, where a program makes some
        return [
            f"{_held(x)}, y_held = {x}[1::2].clone(), y_test[1::2].clone()  # {self._(HELD_OUT)}",
            f"{x}, y_test = {x}[::2].clone(), y_test[::2].clone()",
            *lines,
        ]

    def _simple(self, node: ast.stmt, scope: Scope, mark: str = "") -> Written:
        """What the loop measures on test samples, it measures on those that are held out as well."""
        made = super()._simple(node, scope, mark)
        measures = self._measured.held_out and isinstance(node, ast.Assign) and not {"x_test", "X_test"}.isdisjoint(names(node))
        inside = measures and any(node is part for part in ast.walk(self._parts.loop))
        return [*made, *(_held(str(line)) for line in made)] if inside else made

    def _recorded(self, node: ast.stmt, scope: Scope) -> Written:
        number, measured = written(ast.parse(self._number, mode="eval").body, replace(scope, text=Text(self._number))), self._measured
        finite = " and ".join(dict.fromkeys(("loss.isfinite()", *self._finite)))
        test = f"not ({finite})" if " and " in finite else f"not {finite}"
        nothing = ", ".join(["math.nan"] * len(self._returned.split()))
        found = f"{number}.item()" + (f", {_held(number)}.item()" if measured.held_out else "")
        kept: Written = [f"{self._returned} = {found}"]
        if measured.best:
            kept = [f"if {number} {'>' if measured.greatest else '<'} value:", *set_in(kept)]
        end = [f"if {scope.text.of(self._parts.loop.target)} == until:", f"    return {self._returned}"] if measured.until else []
        return [f"if {test}:", f"    return {nothing}  # {self._(DIVERGED)}", *kept, *end]

    def _items(self, node: ast.For, scope: Scope) -> Any:
        return scope.alike(node.iter)

    def _changed(self, _scope: Scope) -> Written:
        return []

    def _spliced(self, node: ast.Assign, scope: Scope) -> Written:
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in scope.functions):
            return []
        home, called = scope.functions[call.func.id]
        if not _differs(called.body, replace(scope, text=home)):
            return super()._spliced(node, scope)
        target = scope.text.of(node.targets[0])
        bound = {**arguments(called, call, scope), target: target}
        return self._chosen(called.body, target, replace(scope, text=home, bound=bound))

    def _chosen(self, body: Sequence[ast.stmt], target: str, scope: Scope) -> Written:
        """A function that chooses by what is given: its branches, each of which assigns to `target` what it returns."""
        lines: Written = []
        for place, node in enumerate(body):
            match node:
                case ast.Expr(value=ast.Constant()):
                    continue
                case ast.Return(value=ast.expr() as value):
                    code = written(value, replace(scope, column=node.col_offset))
                    return lines if code == target else [*lines, f"{target} = {code}"]
                case ast.If() if _test(node, scope) is None:
                    ends = isinstance(node.body[-1], ast.Return)
                    here, there = (_of(scope, node.test, wanted) for wanted in (True, False))
                    lines += [f"if {written(node.test, scope)}:", *set_in(self._chosen(node.body, target, here))]
                    rest = [*node.orelse, *(body[place + 1 :] if ends else [])]
                    other = self._chosen(rest, target, there) if rest else []
                    lines += _otherwise(other) if other else []
                    if ends:
                        return lines
                case ast.If():
                    taken = node.body if _test(node, scope) else node.orelse
                    lines += self._chosen(taken, target, scope)
                    if taken and isinstance(taken[-1], ast.Return):
                        return lines
                case _:
                    lines += self._simple(node, scope)
        return lines


def _held(code: str) -> str:
    """The same of the samples that are held out."""
    return OF_TESTED.sub("held", code)


def _otherwise(lines: Written) -> Written:
    """What is done else; a further choice alone is an `elif`."""
    outer = [line for line in lines if isinstance(line, str) and not line.startswith(" ")]
    if outer[0].startswith("if ") and all(line.startswith(("elif ", "else:")) for line in outer[1:]):
        return [f"el{lines[0]}", *lines[1:]]
    return ["else:", *set_in(lines)]


def _test(node: ast.If, scope: Scope) -> bool | None:
    """What a branch's condition is worth; None where that differs."""
    worth = set(map(bool, scope.values(node.test)))
    return worth.pop() if len(worth) == 1 else None


def _of(scope: Scope, test: ast.expr, wanted: bool) -> Scope:
    kept = [version for version, worth in zip(scope.versions, scope.values(test), strict=True) if bool(worth) is wanted]
    return replace(scope, versions=kept)


def _differs(body: Sequence[ast.AST], scope: Scope) -> bool:
    """Whether a function does something else in one call than in another."""
    tests: list[Any] = [node for part in body for node in ast.walk(part) if isinstance(node, ast.If | ast.IfExp)]
    return any(len(set(map(bool, scope.values(node.test)))) > 1 for node in tests)


def _number(program: Text, metric: str) -> tuple[str, tuple[str, ...]]:
    """The expression of a metric: a name of the program, or what its lines print after the metric's name; and what of it may diverge."""
    if metric in names(program.tree):
        return metric, () if metric.endswith("accuracy") else (f"{metric}.isfinite()",)
    test = metric.startswith("test_")
    shares = [node for node in ast.walk(program.tree) if isinstance(node, ast.FormattedValue)]
    found = [code for node in shares if "mean()" in (code := program.of(node.value)) or code.startswith("share_right(")]
    code = next((code for code in found if ("test" in code) is test), "")
    if not (code and metric.endswith("accuracy")):
        raise CannotBeWrittenError(metric)
    return code.replace(".float().mean()", ".double().mean()"), ()


def defined(name: str, parameters: str, body: str) -> str:
    """A function's text."""
    return f"def {name}({parameters}):\n{indent(body, '    ')}"
