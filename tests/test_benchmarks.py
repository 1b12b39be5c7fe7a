"""The benchmarks' own arithmetic and their table; how fast anything is, is measured by `make bench` and by no test."""

import random
from contextlib import ExitStack

import pytest
import torch

from benchmarks import experiments, loops, peers
from benchmarks.measure import Timing, interleaved, p50_p95, percentile, ratio, spread
from benchmarks.table import Figure, Results, Row, number, render
from benchmarks.tracing import Task, main_thread
from benchmarks.web import Visitors, _Line


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0, "0"), (0.93412, "0.934"), (1.5, "1.5"), (12.345, "12.3"), (1234.5, "1234"), (0.0005, "0.000500")],
)
def test_numbers_are_short_and_plain(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("measured", "sense", "target", "reached"),
    [(0.9, "≥", 0.9, True), (0.89, "≥", 0.9, False), (0.05, "≤", 0.05, True), (1.6, "≤", 1.5, False), (None, "≤", 1.0, None)],
)
def test_a_bound_is_kept_or_missed(measured: float | None, sense: str, target: float, reached: bool | None) -> None:
    assert Row("what", "against", measured, sense, target).reached is reached  # type: ignore[arg-type]


def test_the_table_says_everything_once() -> None:
    rows = [
        Row("steps/s of a run", "bare loop", 0.934, "≥", 0.9, "5,000 against 5,353 steps/s"),
        Row("start " * 20, "empty app", 1.61, "≤", 1.5),
        Row("Keras", "bare loop", None, "≥", 0.9, "not installed"),
        Row("iris", "skorch", 3.25),
    ]
    text = render(Results(rows, [Figure("click on Train", "p50 41 ms")]))
    lines = text.splitlines()
    for word in ("0.934", "≥ 0.9", "1.61", "≤ 1.5", "5,000 against", "click on Train  p50 41 ms"):
        assert text.count(word) >= 1, word
    assert lines[2].startswith("1  steps/s of a run")
    assert lines[2].endswith("reached")
    assert next(line for line in lines if line.startswith("2  ")).endswith("MISSED")
    assert next(line for line in lines if line.startswith("3  Keras")).endswith("not measured")
    assert next(line for line in lines if line.startswith("4  iris")).endswith("3.25")
    assert " 1  5,000 against 5,353 steps/s" in lines
    assert max(map(len, lines)) <= 130
    assert text.endswith("\n")


def test_results_of_parts_are_joined_in_order() -> None:
    first, second = Row("a", "b", 1.0, "≥", 0.9), Row("c", "d", 1.0, "≥", 0.9)
    joined = Results([first], [Figure("e", "f")]) + Results([second])
    assert joined.rows == [first, second]
    assert joined.figures == [Figure("e", "f")]


def test_measures_take_turns() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return float(len(order))

    a, b = interleaved(3, lambda: measure("a"), lambda: measure("b"))
    assert order == ["a", "b"] * 3
    assert (a, b) == ([1, 3, 5], [2, 4, 6])


def test_the_ratio_is_that_of_the_rounds_and_stands_a_disturbance() -> None:
    theirs = [100.0, 50.0, 200.0, 10.0, 100.0]  # the machine is now fast, now slow
    ours = [90.0, 45.0, 180.0, 9.0, 1.0]  # and disturbs one round
    assert ratio(ours, theirs) == pytest.approx(0.9)
    assert spread(ours, theirs) == "0.01–0.9"
    with pytest.raises(ValueError, match="longer"):
        ratio([1.0], [1.0, 2.0])


def test_percentiles_are_nearest_ranks() -> None:
    values = [float(value) for value in range(1, 101)]
    random.Random(0).shuffle(values)  # noqa: S311
    assert [percentile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 50, 95, 100]
    assert percentile([7.0], 0.95) == 7
    assert p50_p95([0.01, 0.02, 0.03, 0.2]) == "p50 20 ms, p95 200 ms (4 times)"
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_rates_are_by_the_clock_and_by_the_processor() -> None:
    timing = Timing(steps=100, wall=2.0, cpu=1.0)
    assert (timing.rate, timing.cpu_rate) == (50, 100)


def test_the_bare_loops_are_those_of_the_lessons() -> None:
    state = torch.get_rng_state()
    try:
        assert loops.regression()(1000) == pytest.approx(0.000158, abs=1e-6)
        assert loops.overfitting()(50) == 0.04453663527965546
        assert loops.iris()(1000) == pytest.approx(0.0406508, abs=1e-6)
        text = " if you want you"
        assert loops.char_rnn(text, "RNN", 0, 1, batch=1, length=128)(50) == pytest.approx(0.8237056, abs=1e-6)
    finally:
        torch.set_rng_state(state)


def test_a_peer_that_is_not_there_is_known_without_an_import() -> None:
    assert peers.installed("sklearn")
    assert not peers.installed("a_library_that_nobody_wrote")


def test_a_peer_that_is_not_there_is_said_in_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "installed", lambda _: False)
    results = experiments.against_peers(None, None)  # type: ignore[arg-type]
    assert [row.reached for row in results.rows] == [None] * len(peers.PEERS)
    assert render(results).count("not measured") == len(peers.PEERS)
    assert all(f"{peer.module} is not installed" in row.note for peer, row in zip(peers.PEERS, results.rows, strict=True))


def test_each_peer_has_its_loop() -> None:
    assert all(callable(getattr(peers, peer.loop)) for peer in peers.PEERS)


def test_only_tasks_of_the_main_thread_are_counted() -> None:
    def task(thread: int, name: str = "ThreadControllerImpl::RunTask") -> dict[str, object]:
        return {"ph": "X", "name": name, "pid": 1, "tid": thread, "dur": 60_000, "tdur": 20_000}

    names = [
        {"ph": "M", "name": "thread_name", "pid": 1, "tid": thread, "args": {"name": name}}
        for thread, name in [(1, "CrRendererMain"), (2, "Compositor")]
    ]
    events = [task(1), task(2), task(1, "BlinkScheduler_PerformMicrotaskCheckpoint"), *names]
    assert main_thread(events) == [Task(0.06, 0.02)]


def test_a_visitor_knows_its_last_step_though_messages_come_in_pieces() -> None:
    with ExitStack() as stack:
        visitors, line = Visitors(0, [], stack), _Line()
        for piece in (b"id: 7\ndata: {}\n\nid: 1", b"20\ndata: {}", b"\n\n", b"data: {}\n\n"):
            visitors._take(line, piece)
    assert (line.step, visitors.messages) == (120, 3)
