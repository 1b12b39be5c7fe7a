"""The script of a search, executed: it finds the same best as the search, down to the last digit."""

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from core import experiments
from core.__main__ import main
from core.search.script import script
from core.search.search import Search
from core.search.space import SearchError
from core.search.spec import SearchSpec

SEARCHES: list[tuple[str, list[str], dict[str, object], dict[str, str]]] = [
    (
        "iris",
        ["lr=1e-3..0.3:log", "hidden=4|10|", "optimizer=SGD|Adam|Nesterov"],
        {"epochs": 9, "test_share": 0.3},
        {
            "sampler": "tpe", "trials": "20", "goal": "best_test_accuracy", "pruner": "hyperband",
            "turns": "20:34:lr=0.01..0.2:log;hidden=4|;optimizer=SGD|Adam",
        },
    ),
    (
        "iris", ["lr=1e-3..0.3:log", "dropout=0..0.5", "batch_size=0..90"], {"epochs": 5, "test_share": 0.3},
        {"sampler": "random", "trials": "6", "goal": "test_loss", "seeds": "2"},
    ),
    (
        "linear_regression", ["lr=0.01..3:log", "batch_size=0..4", "loss=mse|huber|l1"], {"epochs": 27, "optimizer": "SGD"},
        {"sampler": "cmaes", "trials": "20", "pruner": "halving"},
    ),
    ("linear_regression", ["lr=0.01..3:log", "standardize=0|1"], {"epochs": 9}, {"sampler": "grid", "trials": "9", "goal": "best_loss"}),
]  # fmt: skip


def spec_of(experiment: str, over: list[str], settings: dict[str, object], given: dict[str, str]) -> SearchSpec:
    return SearchSpec.read(experiment, experiments.config_class(experiment).checked(settings), over, **given)


def executed(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(source, "search.py", "exec"), names)  # noqa: S102 - our own text
    return {**names, "printed": printed.getvalue()}


@pytest.mark.parametrize(("experiment", "over", "settings", "given"), SEARCHES)
def test_the_script_of_a_search_finds_what_it_found(
    experiment: str, over: list[str], settings: dict[str, object], given: dict[str, str]
) -> None:
    spec = spec_of(experiment, over, settings, given)
    search = Search(spec)
    for _ in search.rounds():
        pass
    names = executed(script(spec))
    told = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}
    assert [(told[one.state.name], list(one.params.values())) for one in names["study"].trials] == [
        (one.state, list(one.values.values())) for one in search.trials
    ]
    assert {trial.number: value for value, trial in names["ended"]} == {
        one.number: one.value for one in search.trials if one.state == "complete"
    }
    assert search.best is not None
    assert f"best: {search.best.number} {search.best.value} " in names["printed"].splitlines()[-1]


def test_a_script_in_another_language_is_the_same_program_and_one_of_a_stopped_search_ends_where_it_did() -> None:
    spec = spec_of(*SEARCHES[0])
    ours, other = script(spec), script(spec, lambda text: f"가 {text}")
    assert "# 가 " in other
    assert [ast.dump(one) for one in ast.parse(other).body[1:]] == [ast.dump(one) for one in ast.parse(ours).body[1:]]
    assert "waves = [(16, choose)]\n" in script(spec, trials=16)


@pytest.mark.parametrize(("over", "settings", "given", "named"), [
    (["lr=1e-3..0.1:log", "label_noise=0..0.3"], {}, {}, "config.wrong_labels"),
    (["lr=1e-3..0.1:log"], {"test_share": 0.3, "patience": 3}, {"pruner": "halving"}, "break"),
])  # fmt: skip
def test_what_has_no_script_is_named(over: list[str], settings: dict[str, object], given: dict[str, str], named: str) -> None:
    with pytest.raises(SearchError, match="no_script") as refused:
        script(spec_of("iris", over, {"epochs": 9, **settings}, given))
    assert refused.value.value == named


def test_the_command_line_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["search", "linear_regression", "--over", "lr=0.01..0.5:log", "--trials", "3", "--epochs", "5"]
    assert main([*asked, "--json"]) == 0
    best = json.loads(capsys.readouterr().out.splitlines()[-1])["best"]
    assert main([*asked, "--script", str(tmp_path / "search.py")]) == 0
    printed = executed((tmp_path / "search.py").read_text(encoding="utf-8"))["printed"]
    assert f"best: {best['trial']} {best['value']} " in printed
