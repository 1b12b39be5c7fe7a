"""History: nothing lost below the bound; beyond it the ends and the extremes stay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.run.history import History, thinned


def filled(rows: int, bound: int = 20_000) -> History:
    history = History(bound)
    steps = np.arange(rows)
    for part in np.array_split(steps, max(1, rows // 700)):
        history.extend(("loss", "W"), part, np.stack([np.sin(part / 7.0), part / 3.0], 1))
    return history


def test_below_the_bound_every_row_is_kept() -> None:
    history = filled(5000)
    assert len(history) == 5000
    assert history.last_step == 4999
    np.testing.assert_array_equal(history.column("loss"), np.sin(np.arange(5000) / 7.0))
    assert history.latest() == {"loss": np.sin(4999 / 7.0), "W": 4999 / 3.0}


def test_a_million_steps_stay_small_and_keep_ends_and_extremes() -> None:
    history = filled(1_000_000)
    assert len(history) <= 20_000
    assert history.steps[0] == 0
    assert history.last_step == 999_999
    assert np.all(np.diff(history.steps) > 0)
    losses = np.sin(np.arange(1_000_000) / 7.0)
    assert history.column("loss").min() == losses.min()
    assert history.column("loss").max() == losses.max()


def test_rows_known_from_before_are_passed_over() -> None:
    history = filled(100)
    history.extend(("loss", "W"), np.arange(90, 110), np.full((20, 2), 5.0))
    assert history.steps.tolist() == list(range(110))
    assert history.column("loss")[99] == np.sin(99 / 7.0)
    assert history.column("loss")[100] == 5.0


def test_other_metrics_are_refused() -> None:
    history = filled(3)
    with pytest.raises(ValueError, match="records"):
        history.extend(("loss",), np.array([5]), np.ones((1, 1)))


def test_since_gives_what_is_new_thinned_with_the_asked_steps() -> None:
    history = filled(5000)
    steps, columns = history.since(4989, limit=60)
    assert steps.tolist() == list(range(4990, 5000))
    assert set(columns) == {"loss", "W"}
    steps, columns = history.since(-1, limit=60, keep=1000)
    assert len(steps) <= 70
    assert {0, 1000, 2000, 3000, 4000, 4999} <= set(steps.tolist())
    assert len(columns["loss"]) == len(steps)
    assert history.since(4999, limit=60)[0].size == 0


def test_what_was_read_stays_as_it_was_and_cannot_be_written_to() -> None:
    history = filled(1500, bound=2000)
    steps, columns = history.since(-1)
    before = steps.copy(), columns["W"].copy()
    with pytest.raises(ValueError, match="read-only"):
        columns["W"][0] = 7.0
    part = np.arange(1500, 3500)  # makes room, and then thins
    for some in np.split(part, 20):
        history.extend(("loss", "W"), some, np.zeros((100, 2)))
    np.testing.assert_array_equal(steps, before[0])
    np.testing.assert_array_equal(columns["W"], before[1])
    assert history.since(-1, limit=None)[0].size == len(history) < 2000


def test_an_empty_history_answers() -> None:
    history = History()
    assert len(history) == 0
    assert history.last_step == -1
    assert not history.latest()
    assert history.since(-1, 10)[0].size == 0


@settings(max_examples=50)
@given(arrays(np.float64, st.tuples(st.integers(1, 300), st.integers(1, 4))), st.integers(1, 100))
def test_thinning_keeps_ends_and_extremes_of_anything(table: np.ndarray, limit: int) -> None:
    kept = thinned(table, limit)
    assert kept[0] == 0
    assert kept[-1] == len(table) - 1
    assert np.all(np.diff(kept) > 0)
    finite = np.nan_to_num(table, nan=0.0, posinf=0.0, neginf=0.0)
    np.testing.assert_array_equal(finite[kept].min(0), finite.min(0))
    np.testing.assert_array_equal(finite[kept].max(0), finite.max(0))
