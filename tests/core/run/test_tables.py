"""The numbers of a run as CSV and as JSON, read back by others."""

import io
import json

import numpy as np
import pandas as pd

from core.experiments.linear_regression.config import LinearRegressionConfig
from core.run.change import Change
from core.run.history import History
from core.run.spec import RunSpec
from core.run.tables import history_csv, history_json

CHANGES = (Change(1, "lr", 0.01, 0.1), Change(1, "momentum", 0.9, 0.5))


def history() -> History:
    made = History()
    made.extend(("loss", "W"), np.arange(3), np.array([[4.0, 0.1], [1 / 3, 0.2], [np.inf, np.nan]]))
    return made


def test_csv_keeps_every_digit_and_the_changes_at_their_step() -> None:
    table = pd.read_csv(io.StringIO(history_csv(history(), CHANGES)))
    assert list(table) == ["step", "loss", "W", "changes"]
    assert table["loss"].tolist() == [4.0, 1 / 3, np.inf]
    assert np.isnan(table["W"][2])
    assert table["changes"].fillna("").tolist() == ["", "lr=0.1; momentum=0.5", ""]


def test_csv_names_a_change_at_a_step_that_was_not_kept() -> None:
    thinned = History(bound=200)
    thinned.extend(("loss",), np.arange(1, 2001), np.linspace(1, 0, 2000)[:, None])
    gone = next(step for step in range(900, 1100) if step not in thinned.steps)
    text = history_csv(thinned, [Change(0, "lr", 0.01, 0.5), Change(gone, "lr", 0.5, 0.25)])
    assert f"lr=0.25 at {gone}" in text
    assert text.splitlines()[1].endswith("lr=0.5 at 0")


def test_json_is_strict_and_holds_the_whole_run() -> None:
    config = LinearRegressionConfig(lr=0.02)
    run = json.loads(history_json(RunSpec("linear_regression", config, tuple(CHANGES)), history()))
    assert run["columns"] == {"step": [0, 1, 2], "loss": [4.0, 1 / 3, None], "W": [0.1, 0.2, None]}
    assert [Change(**change) for change in run["changes"]] == list(CHANGES)
    assert LinearRegressionConfig.checked(run["config"]) == config
    assert run["experiment"] == "linear_regression"


def test_a_run_without_rows_has_a_head_only() -> None:
    assert history_csv(History()) == "step,changes\n"
