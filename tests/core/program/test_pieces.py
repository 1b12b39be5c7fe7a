"""Work in pieces: the same as in one go, held in between, and gone when nobody waits for it."""

import gc
import importlib
import sys
import threading
import warnings
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from core.program.pieces import PIECE_SECONDS, Pieces, in_pieces, whole


def ticking(seconds: float) -> Callable[[], float]:
    """A clock that goes on by so much whenever it is asked."""
    times = count()
    return lambda: seconds * next(times)


def threads() -> int:
    return sum(thread.name == "in-pieces" for thread in threading.enumerate())


def test_what_is_not_in_pieces_is_whole_already() -> None:
    assert whole({"a": 1}) == {"a": 1}

    def work() -> Pieces[int]:
        yield
        return 7

    assert whole(work()) == 7


def test_a_librarys_fit_is_held_again_and_again_and_comes_to_the_same() -> None:
    x = np.random.default_rng(0).normal(size=(40, 3))
    labels = (x.sum(1) > 0).astype(int)

    def fit() -> MLPClassifier:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return MLPClassifier((5,), solver="lbfgs", max_iter=30, random_state=1).fit(x, labels)

    held: list[bool] = []
    found = whole(in_pieces(fit, ticking(PIECE_SECONDS / 100)), lambda: held.append(True))
    assert len(held) > 20
    for ours, theirs in zip(found.coefs_, fit().coefs_, strict=True):
        assert np.array_equal(ours, theirs)
    assert threads() == 0


def test_while_it_is_held_nothing_of_it_goes_on() -> None:
    made: list[int] = []

    def note(number: int) -> None:
        made.append(number)

    def work() -> int:
        for number in range(5):
            note(number)
        return len(made)

    pieces = in_pieces(work, ticking(2 * PIECE_SECONDS))  # held at each call
    seen = [len(made) for _ in pieces]
    assert seen == [0, 0, 1, 2, 3, 4], "held where it is called itself, and at each call of its own"
    assert made == [0, 1, 2, 3, 4]


def test_what_it_raises_is_raised_where_it_is_waited_for() -> None:
    def work() -> Any:
        raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        whole(in_pieces(work))
    assert threads() == 0


def test_work_that_nobody_waits_for_is_given_up() -> None:
    ended = []

    def nothing() -> None:
        pass

    def work() -> None:
        try:
            while True:
                nothing()
        finally:
            ended.append(True)

    pieces = in_pieces(work, ticking(PIECE_SECONDS))
    next(pieces)
    next(pieces)
    assert threads() == 1
    del pieces
    assert (threads(), ended) == (0, [True])


def test_it_collects_no_garbage_which_may_be_somebody_elses() -> None:
    within, between = [], []

    def note() -> None:
        within.append(gc.isenabled())

    def work() -> None:
        for _ in range(5):
            note()

    whole(in_pieces(work, ticking(PIECE_SECONDS)), lambda: between.append(gc.isenabled()))
    assert set(within) == {False}
    assert set(between) == {True}
    assert gc.isenabled()


def test_it_is_not_held_where_it_imports_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the lock of the import would be held with it, and whoever wants that module, too, would wait for ever."""
    (tmp_path / "imported_in_pieces.py").write_text("def call(): pass\nfor _ in range(9): call()\nready = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    half = []

    def call() -> None:
        pass

    def work() -> None:
        call()
        importlib.import_module("imported_in_pieces").call()

    def between() -> None:
        module = sys.modules.get("imported_in_pieces")
        half.append(module is not None and not hasattr(module, "ready"))

    whole(in_pieces(work, ticking(2 * PIECE_SECONDS)), between)
    del sys.modules["imported_in_pieces"]
    assert len(half) > 2
    assert not any(half)
