"""Searches in processes of their own: what is told of them, a process that dies, the queue."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.engine.searches import Searches
from core.experiments.iris.config import IrisConfig
from core.search.handle import SearchRun
from core.search.messages import Wish
from core.search.search import Search
from core.search.spec import SearchSpec
from core.settings.limits import Limits

PATIENCE = 300.0  # seconds: a process at low priority has to import PyTorch first


def spec_of(trials: str = "6", epochs: int = 10, sampler: str = "random") -> SearchSpec:
    return SearchSpec.read("iris", IrisConfig(epochs=epochs), ["lr=1e-3..0.3:log"], sampler=sampler, trials=trials)


@pytest.fixture
def searches() -> Iterator[Searches]:
    made = Searches(Limits(searches_at_once=1, workers=2))
    yield made
    made.close()


def until(run: SearchRun, true: Callable[[], bool]) -> None:
    assert run.wait_for(true, PATIENCE), (run.status, run.about)


def test_a_search_tells_what_the_same_one_finds_here_and_goes_on_when_asked(searches: Searches, tmp_path: Path) -> None:
    run, waiting = searches.open(spec_of()), searches.open(spec_of("2"))
    assert waiting.status == "queued"
    until(run, lambda: run.status == "finished")
    here = Search(spec_of())
    for _ in here.rounds():
        pass
    assert [(run.trials[one.number]["value"], run.trials[one.number]["loss"]) for one in here.trials] == [
        (one.value, one.loss) for one in here.trials
    ]
    assert [run.curves[one.number] for one in here.trials] == [one.curve for one in here.trials]
    assert run.ranked[0] == here.best.number if here.best else False
    assert IrisConfig.from_link(run.trials[3]["link"]) == here.trials[3].config
    run.wish(Wish("more", trials=3))
    until(run, lambda: run.status == "finished" and len(run.trials) == 9)
    study = run.study()
    assert study is not None
    (tmp_path / "study.db").write_bytes(study)
    with sqlite3.connect(tmp_path / "study.db") as database:
        assert database.execute("select count(*) from trials where state = 'COMPLETE'").fetchone() == (9,)
    assert run.csv().count("\n") == 10
    searches.drop(run)
    until(waiting, lambda: waiting.status == "finished")


def chosen(run: SearchRun) -> dict[int, object]:
    return {number: trial["values"] for number, trial in run.trials.items()}


def test_a_process_that_dies_after_more_was_asked_is_followed_by_one_that_chooses_the_same(searches: Searches) -> None:
    """TPE is told of whole waves: 20 trials and 64 more are other waves than 84 at once."""
    run = searches.open(spec_of("20", epochs=400, sampler="tpe"))
    until(run, lambda: run.status == "finished")
    for wish in (Wish("more", trials=64), Wish("narrow", over=(run.over[0].narrowed(0.01, 0.1),)), Wish("pause")):
        run.wish(wish)
    until(run, lambda: run.status == "paused" and len(run.trials) > 20)
    before, values = chosen(run), [run.trials[number]["value"] for number in range(20)]
    searches.kill(run)
    until(run, lambda: run.generation == 2 and run.status == "finished")
    after = chosen(run)
    assert len(after) == 84
    assert {number: after[number] for number in before} == before
    assert [run.trials[number]["value"] for number in range(20)] == values
    assert [(turn.trials, str(turn.over[0])) for turn in run.spec.turns] == [(84, "lr=0.001..0.3:log"), (84, "lr=0.01..0.1:log")]


def test_random_search_follows_and_goes_on_where_more_is_asked_for(searches: Searches) -> None:
    run = searches.open(spec_of("16", epochs=9, sampler="tpe"))
    until(run, lambda: run.status == "finished")
    assert run.about["random"] == ()
    for wish in (Wish("beside"), Wish("more", trials=4)):
        run.wish(wish)
    until(run, lambda: run.status == "finished" and len(run.trials) == 20 and run.about["random"][-1][0] == 20 * 9)
    assert run.spec.to_link()["beside"] == "1"
    again = searches.open(run.spec)  # as from its link
    searches.drop(run)
    until(again, lambda: again.status == "finished")
    assert again.about["random"] == run.about["random"]


def test_a_process_that_dies_is_followed_by_another_that_finds_the_same(searches: Searches) -> None:
    run = searches.open(spec_of(epochs=20_000))
    until(run, lambda: any(len(curve) > 1 for curve in run.curves.values()))
    before = {number: curve[:2] for number, curve in run.curves.items() if len(curve) > 1}
    searches.kill(run)
    until(run, lambda: run.generation == 2 and all(len(run.curves.get(number, ())) > 1 for number in before))
    assert {number: run.curves[number][:2] for number in before} == before
    run.wish(Wish("pause"))
    until(run, lambda: run.status == "paused")
    run.wish(Wish("stop"))
    until(run, lambda: run.status == "stopped")
    assert {trial["state"] for trial in run.trials.values()} == {"stopped"}


def test_a_helper_that_dies_is_replaced_and_nothing_of_a_search_is_lost(searches: Searches) -> None:
    """Trials that may stop early are trained one by one: by two processes, however many cores there are here."""
    config = IrisConfig(epochs=60, batch_size=50, test_share=0.3, patience=60)
    spec = SearchSpec.read("iris", config, ["lr=1e-3..0.3:log"], sampler="tpe", trials="24")
    run = searches.open(spec)
    until(run, lambda: len(searches.helping(run)) == 1)
    [helper] = searches.helping(run)
    until(run, lambda: any(len(curve) > 1 for curve in run.curves.values()))
    helper.kill()
    until(run, lambda: searches.helping(run) not in ([], [helper]) or run.status == "finished")
    assert searches.helping(run)
    until(run, lambda: run.status == "finished")
    assert run.generation == 1
    here = Search(spec)
    for _ in here.rounds():
        pass
    assert {number: (run.trials[number]["value"], run.curves[number]) for number in run.trials} == {
        trial.number: (trial.value, trial.curve) for trial in here.trials
    }


def test_what_nobody_watches_is_held_and_later_forgotten(searches: Searches) -> None:
    run = searches.open(spec_of(epochs=20_000))
    until(run, lambda: run.status == "running" and bool(run.trials))
    searches.tidy(time.monotonic() + 200)
    until(run, lambda: run.status == "paused")
    searches.tidy(time.monotonic() + 4000)
    assert searches.find(run.id) is None
