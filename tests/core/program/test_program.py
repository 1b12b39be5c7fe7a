"""The specialiser: the script of a run is what a person would write, the same in each language, and says no setting's name."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruff import find_ruff_bin

from core import experiments
from core.keras.counterpart import SHARED, counterpart
from core.program import export
from core.program.expressions import Scope, written
from core.program.specialise import messages
from core.program.text import Text, text
from core.program.translation import translation
from core.run.change import Change
from core.run.spec import RunSpec
from tests.core.program.test_export import CHAR_RNN, IRIS, LINEAR_REGRESSION, OVERFITTING, PLANE, changes_of

PROGRAMS = {name: experiments.program(name) for name in experiments.names()}
KERAS = [*map(experiments.keras_program, experiments.names()), SHARED]
DRAWN = [("linear_regression", LINEAR_REGRESSION), ("iris", IRIS), ("plane", PLANE), ("overfitting", OVERFITTING), ("char_rnn", CHAR_RNN)]
drawn = settings(max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(("experiment", "fields"), DRAWN)
def test_a_script_is_plain_python_and_the_same_in_korean(experiment: str, fields: dict[str, Any]) -> None:
    @drawn
    @given(values=st.fixed_dictionaries(fields), data=st.data())
    def check(values: dict[str, Any], data: st.DataObject) -> None:
        config = experiments.config_class(experiment).checked(values)
        changes = changes_of(experiment, config, data)
        english, korean = (
            export.script(RunSpec(experiment, config, tuple(changes)), translate=translation(language)) for language in ("en", "ko")
        )
        names = {node.id for node in ast.walk(ast.parse(english.source)) if isinstance(node, ast.Name)}
        assert not names & {"config", "ever", "record", "make_optimizer"}
        assert list(_code(english.source)) == list(_code(korean.source))
        assert english.marks == korean.marks
        assert "  #:" not in english.source
        assert _complaints(english.source) == ""

    check()


@pytest.mark.parametrize(("experiment", "fields"), DRAWN)
def test_a_keras_program_is_plain_python_and_the_same_in_korean(experiment: str, fields: dict[str, Any]) -> None:
    @drawn
    @given(values=st.fixed_dictionaries(fields), data=st.data())
    def check(values: dict[str, Any], data: st.DataObject) -> None:
        config = experiments.config_class(experiment).checked(values)
        changes = changes_of(experiment, config, data)
        english, korean = (
            counterpart(RunSpec(experiment, config, tuple(changes)), translate=translation(language)).script for language in ("en", "ko")
        )
        if english and korean:
            names = {node.id for node in ast.walk(ast.parse(english.source)) if isinstance(node, ast.Name)}
            assert not names & {"config", "run", "section", "code", "differs", "impossible", "make_optimizer", "penalty"}
            tokens = [[string for _, string in _code(script.source) if string.strip()] for script in (english, korean)]
            assert tokens[0] == tokens[1]
            assert "  #:" not in english.source
            assert _complaints(english.source) == ""

    check()


def _code(source: str) -> Iterator[tuple[int, str]]:
    """The tokens of a program with their lines; comments and the docstring may differ."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT and not token.string.startswith('"""'):
            yield token.start[0], token.string


def _complaints(source: str) -> str:
    """What a linter says of names that are not used, or not there, and of conditions that are always true.

    By the program itself: `python -m ruff` would start an interpreter each time, which costs six times as much as what it is for.
    """
    command = [find_ruff_bin(), "check", "--isolated", "--quiet", "--select", "F,E7,E9,PLR0133,SIM223,SIM222", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.parametrize("path", [*PROGRAMS.values(), *KERAS], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_comment_of_a_program_is_a_message(path: Path) -> None:
    """Python's own reader must find the same words."""
    program = text(path)
    said = " ".join(messages(program))
    for token in tokenize.generate_tokens(io.StringIO(program.source).readline):
        words = token.string.removeprefix("#").strip()
        if token.type == tokenize.COMMENT and not words.startswith(("(", ":", "fmt: ")) and not token.string.startswith("#     "):
            assert re.sub(r"^[A-Z]\w+( \w+)?: ", "", words) in said


def test_a_changed_setting_is_a_variable_and_each_branch_has_the_changes_of_its_time() -> None:
    changes = [Change(3, "batch_size", 0, 16), Change(6, "batch_size", 16, 0), Change(6, "lr", 0.01, 0.05)]
    config = experiments.config_class("iris").checked({"epochs": 9})
    source = export.script(RunSpec("iris", config, tuple(changes))).source
    mini, whole = source.split("if 0 < batch_size < 150:")[1].split("\n    else:\n")
    assert "batch_size = 0\nfor epoch in range(1, 10):" in source
    assert "if epoch == 6:\n                batch_size = 0" in mini
    assert "epoch == 3" not in mini
    assert "if epoch == 3:\n            batch_size = 16" in whole
    assert "epoch == 6" not in whole


def test_paragraphs_of_comment_are_joined_and_lines_set_in_stand_alone() -> None:
    program = Text("# one\n# two\n#     three\n\n# four\nx = 1\n")
    assert program.above(program.tree.body[0], 0) == ["one two", "    three", "", "four"]


def test_a_visitors_text_stands_in_the_script_letter_by_letter() -> None:
    own = "def x(): [: 3]\nclass y: {config.lr} #:loss\nmodel = nn.Sequential()\nmodel.append(1)\n\n\ndevice = record(1)  # config"
    config = experiments.config_class("char_rnn").checked({"text": "own", "own_text": own, "head": "linear"})
    tree = ast.parse(export.script(RunSpec("char_rnn", config)).source)
    texts = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "text"]
    assert [ast.literal_eval(text) for text in texts] == [own]


def test_a_function_that_chooses_by_what_was_changed_is_refused() -> None:
    """No one expression can take its place, and the first would be wrong without a word."""
    program = Text("def f(x):\n    if config.lr > 0.1:\n        return x\n    return -x\n\n\ny = f(2)\n")
    function, called = program.tree.body
    assert isinstance(function, ast.FunctionDef)
    begun = experiments.config_class("iris")()
    for lrs, found in (((0.01, 0.02), "y = -2"), ((0.01, 0.2), None)):
        versions = [begun.replace(lr=lr) for lr in lrs]
        scope = Scope(program, versions, versions, functions={"f": (program, function)})
        if found:
            assert written(called, scope) == found
        else:
            with pytest.raises(ValueError, match=r"config\.lr > 0\.1 was changed while it ran"):
                written(called, scope)
