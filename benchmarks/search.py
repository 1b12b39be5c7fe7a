"""Searches: networks trained as one against one after another, a whole search against Optuna and a plain loop and against scikit-learn's
grid search, what it costs others."""

import os
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import optuna
import psutil
import torch
import torch.nn.functional as F
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier
from torch import Tensor, nn

from benchmarks import hosted, loops
from benchmarks.measure import Timing, interleaved, ratio, say, spread
from benchmarks.table import Results, Row
from core import experiments
from core.engine import LocalPool
from core.engine.helpers import HelperProcesses, processes
from core.engine.searches import Searches
from core.experiments.iris.config import IrisConfig
from core.search.goal import Goal
from core.search.member import Member
from core.search.remote import Helpers
from core.search.search import Search
from core.search.spec import SearchSpec
from core.search.stacked import Stack
from core.settings.config import TrainingConfig
from core.settings.limits import limits

ROUNDS = 5
GRID_ROUNDS = 3  # scikit-learn takes its time
STEPS = 30  # of a stack, in each round
ALONE = 8  # networks that are trained one after another, in each round
IRIS = "iris networks (4-10-3, all rows, Adam)", "iris", dict[str, object](), loops.iris
KINDS: Mapping[str, tuple[str, dict[str, object], Callable[[], loops.Loop]]] = {  # of stacks: experiment, settings, and one by itself
    "iris networks with sigmoid": ("iris", {"activation": "sigmoid"}, partial(loops.iris, nn.Sigmoid())),
    "iris networks with gelu": ("iris", {"activation": "gelu"}, partial(loops.iris, nn.GELU())),
    "iris networks with dropout, of one seed": ("iris", {"dropout": 0.3}, partial(loops.iris, nn.ReLU(), nn.Dropout(0.3))),
    "iris networks in mini-batches of 32": ("iris", {"batch_size": 32}, partial(loops.iris, batch=32)),
    "networks in the plane (2-8-8-2, 200 points)": ("plane", {}, loops.plane),
    "linear regressions (3 points)": ("linear_regression", {}, loops.regression),
    "networks that overfit (1-20-1, 20 points)": ("overfitting", {"basis": "network"}, loops.overfitting_network),
}
KIND_ROUNDS = 3
EPOCHS = 100  # of each trial of a whole search
OVER = ("lr=1e-4..0.3:log",)
TESTED = 0.3  # share of the samples, where a search is compared with cross-validation of one fold


def run() -> Results:
    """The part `search`."""
    torch.set_num_threads(1)
    with hosted.pool(workers=os.cpu_count() or 1) as pool:
        alike = [_stacked(256, what, *kind, rounds=KIND_ROUNDS) for what, kind in KINDS.items()]
        return Results(
            [_stacked(256, *IRIS, target=8), _stacked(1024, *IRIS, target=10), *alike, _whole(256, 8), _grid(256, 5), _fair(pool)]
        )


def _timed(work: Callable[[], int], of: Callable[[Iterable[float]], float] = sum) -> Timing:
    """The processor time is that of this process and of those that it has started, or what is made `of` theirs."""
    wall, before = time.perf_counter(), _processor_times()
    steps = work()
    spent = [seconds - before.get(pid, 0.0) for pid, seconds in _processor_times().items()]
    return Timing(steps, time.perf_counter() - wall, of(spent))


def _processor_times() -> dict[int, float]:
    """Seconds of this process and of each that it has started, by their ids."""
    started = {process.pid: process.cpu_times() for process in psutil.Process().children(recursive=True)}
    return {os.getpid(): time.process_time(), **{pid: float(times.user + times.system) for pid, times in started.items()}}


def _row(what: str, against: str, target: float, unit: str, sides: Sequence[Sequence[Timing]]) -> Row:
    """By processor time: what else the machine does changes it little."""
    ours, theirs = ([timing.cpu_rate for timing in side] for side in sides)
    note = f"{max(ours):,.0f} against {max(theirs):,.0f} {unit}/s of processor time (rounds {spread(ours, theirs)})"
    return Row(what, against, ratio(ours, theirs), target=target, note=note)


def _stacked(
    count: int,
    what: str,
    experiment: str,
    settings: Mapping[str, object],
    one: Callable[[], loops.Loop],
    *,
    rounds: int = ROUNDS,
    target: float = 4,
) -> Row:
    say(f"search: {count} {what} as one")
    config: TrainingConfig = experiments.config_class(experiment).checked({"epochs": 10**6, **settings})
    rates = [10 ** (-4 + 3 * place / count) for place in range(count)]
    stack = Stack(experiment, [Member(config.replace(lr=lr), Goal("loss"), 1) for lr in rates], Goal("loss"))
    stack.advance(5)  # warm up
    at = iter(range(5 + STEPS, 10**6, STEPS))

    def ours() -> int:
        stack.advance(next(at))
        return STEPS * count

    plain = [one() for _ in range(ALONE)]  # data and models are made before the clock runs

    def alone() -> int:
        for loop in plain:
            loop(STEPS)
        return STEPS * ALONE

    sides = interleaved(rounds, partial(_timed, ours), partial(_timed, alone))
    return _row(
        f"{count} {what}: steps/s, every loss recorded, the bits of single runs", "one after another, plain loop", target, "steps", sides
    )


def _whole(trials: int, target: float) -> Row:
    say(f"search: {trials} trials")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    flowers = load_iris()
    x, y = torch.tensor(flowers.data, dtype=torch.float32), torch.tensor(flowers.target, dtype=torch.int64)
    spec = SearchSpec.read("iris", IrisConfig(epochs=EPOCHS), OVER, sampler="random", trials=str(trials))

    def ours() -> int:
        for _ in Search(spec).rounds():
            pass
        return trials

    def theirs() -> int:
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
        for _ in range(ALONE):
            trial = study.ask()
            study.tell(trial, _plain(x, y, trial.suggest_float("lr", 1e-4, 0.3, log=True)))
        return ALONE

    sides = interleaved(ROUNDS, partial(_timed, ours), partial(_timed, theirs))
    return _row(
        f"{trials} trials of a search, {EPOCHS} epochs each: trials/s", "Optuna and one plain loop a trial", target, "trials", sides
    )


def _grid(trials: int, target: float) -> Row:
    """By processor time, as both would take by the clock on a machine without other work: that of scikit-learn's processes spread evenly
    over all cores, and of ours that of the busiest, for which the others wait at each step that is drawn.
    """
    say(f"search: a grid of {trials}")
    cores = os.cpu_count() or 1
    x, y = load_iris(return_X_y=True)
    fold = train_test_split(range(len(x)), test_size=TESTED, stratify=y, random_state=0)
    config = IrisConfig(epochs=EPOCHS, test_share=TESTED)
    spec = SearchSpec.read("iris", config, OVER, sampler="grid", trials=str(trials), goal="test_loss")
    rates = {"learning_rate_init": spec.over[0].grid(trials)}
    model = MLPClassifier(  # the same network, rows and updates: all rows at once, Adam, no penalty, and it does not stop before the end
        (10,), activation="relu", solver="adam", alpha=0.0, batch_size=len(fold[0]), max_iter=EPOCHS, shuffle=False, tol=0.0,
        n_iter_no_change=EPOCHS + 1, random_state=0,
    )  # fmt: skip

    def theirs() -> int:
        search = GridSearchCV(model, rates, scoring="neg_log_loss", cv=[fold], refit=False, n_jobs=cores).fit(x, y)
        return len(search.cv_results_["params"])

    with warnings.catch_warnings(), closing(HelperProcesses(processes(limits()) - 1)) as others:
        warnings.simplefilter("ignore", ConvergenceWarning)
        os.environ["PYTHONWARNINGS"] = "ignore"  # of the processes that scikit-learn starts
        ours = partial(_helped, spec, others, Helpers(others.lines))
        ours(), theirs()  # what either imports it has before the clock runs
        sides = interleaved(GRID_ROUNDS, ours, partial(_timed, theirs))
        del os.environ["PYTHONWARNINGS"]
    mine, spread_out = [timing.cpu_rate for timing in sides[0]], [cores * timing.cpu_rate for timing in sides[1]]
    clock = max(timing.rate for timing in sides[0]), max(timing.rate for timing in sides[1])
    note = f"{max(mine):,.0f} against {max(spread_out):,.0f} trials/s on {cores} cores (rounds {spread(mine, spread_out)}); "
    note += f"by the clock {clock[0]:,.0f} against {clock[1]:,.0f}"
    what = f"a grid of {trials} learning rates, {EPOCHS} epochs each, tested on {TESTED:.0%}: trials/s"
    return Row(what, "GridSearchCV over MLPClassifier, on all cores", ratio(mine, spread_out), target=target, note=note)


def _helped(spec: SearchSpec, others: HelperProcesses, helpers: Helpers) -> Timing:
    """A whole search by all processes, which are there before the clock runs."""
    others.keep()  # whoever had nothing to do for a minute has left
    while len(helpers.free()) < processes(limits()) - 1:
        time.sleep(0.1)

    def work() -> int:
        search = Search(spec, helpers=helpers)
        for _ in search.rounds():
            pass
        return len(search.trials)

    return _timed(work, max)


def _plain(x: Tensor, y: Tensor, lr: float) -> float:
    """A trial as a person would write it."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    loss = torch.tensor(0.0)
    for _ in range(EPOCHS):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def _fair(pool: LocalPool) -> Row:
    """Runs on every core, alone and beside a search; by the clock."""
    say("search: what others keep")
    cores = os.cpu_count() or 1
    searches = Searches()
    spec = SearchSpec.read("iris", IrisConfig(epochs=5_000), OVER, sampler="random", trials="256")

    def all_cores() -> float:
        with ThreadPoolExecutor(cores) as threads:
            trained = [threads.submit(hosted.train, pool, "iris", 2000) for _ in range(cores)]
            return sum(one.result().timing.rate for one in trained)

    def beside() -> float:
        run = searches.open(spec)
        run.wait_for(lambda: any(len(curve) > 1 for curve in run.curves.values()), 120)
        rate = all_cores()
        searches.drop(run)
        return rate

    ours, alone = interleaved(ROUNDS, beside, all_cores)
    searches.close()
    note = f"{max(ours):,.0f} against {max(alone):,.0f} steps/s by the clock, runs on all {cores} cores (rounds {spread(ours, alone)})"
    return Row("other runs' steps/s beside a search", "alone", ratio(ours, alone), target=0.9, note=note)
