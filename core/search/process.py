"""The process that leads a search: it asks, trains a share of each wave, lends the other shares to its helpers, and tells what came of it.

It and its helpers (`core.search.helper`) run at low priority: whatever they do, the runs of others keep their share of the processor.
"""

import contextlib
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path

import torch

from core.search.beside import Beside, stairs
from core.search.messages import News, Status, TrialNews, Wish
from core.search.remote import Helpers
from core.search.sampler import Sampler
from core.search.search import Search, Trial
from core.search.space import SearchError
from core.search.spec import SearchSpec
from core.settings.limits import limits

REPORT_SECONDS = 0.1


class Hosted:
    """A search as it is told what to do and tells what it does.

    Args:
        wire: wishes come in, news goes out.
        spec: what is searched.
        helpers: the lines on which other processes may come to train for it.
    """

    def __init__(self, wire: Connection, spec: SearchSpec, helpers: Sequence[Connection] = ()) -> None:
        self._wire, self._helpers = wire, Helpers(helpers)
        self._search = Search(spec, helpers=self._helpers)
        self._beside: Beside | None = None
        self._status: Status = "running"
        self._told: dict[int, tuple[str, int]] = {}  # of each trial: its state, and how many points of its curve
        self._report_at, self._over = 0.0, False
        self._worked, self._obeyed = 0.0, 0
        self._weighed, self._importances = 0, dict[str, float]()

    def serve(self) -> None:
        """Search until told to leave; what came of it can be asked for afterwards."""
        while not self._over:
            try:
                self._go(self._rounds())
                self._status = "finished" if self._status == "running" else self._status
                self._report()
            except SearchError as error:
                named = {name: getattr(error, name) for name in ("code", "field", "value", "allowed", "instead")}
                self._fail(named)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong ends this search, and is told
                self._fail({"code": "exception", "text": f"{type(error).__name__}: {error}"})
            while self._status != "running" and not self._over:
                self._obey(self._wire.recv())

    def _rounds(self) -> Iterator[None]:
        """The search, and what it is to be compared with; whatever more is wished for meanwhile comes before that goes on."""
        yield from self._search.rounds()
        while self._search.spec.beside:
            self._beside = self._beside or Beside(self._search)
            if not self._beside.owes:
                return
            yield from self._beside.rounds()
            yield from self._search.rounds()

    def _go(self, rounds: Iterator[None]) -> None:
        began = time.monotonic()
        for _ in rounds:
            now = time.monotonic()
            self._worked, began = self._worked + now - began, now
            if self._worked > 60 * limits().search_minutes:
                self._status = "stopped"
                self._search.stop()
                self._report({"code": "search_minutes", "allowed": f"{limits().search_minutes:g}"})
            elif now >= self._report_at:
                self._report()
            while not self._over and (self._status == "paused" or self._wire.poll()):
                self._obey(self._wire.recv())
                began = time.monotonic()
            if self._over or self._status == "stopped":
                return

    def _obey(self, wish: Wish) -> None:
        match wish.kind:
            case "quit":
                self._over = True
            case "study":
                self._wire.send(News(self._status, study=database(self._search.sampler)))
            case "pause" if self._status == "running":
                self._status = "paused"
                self._helpers.say("hold")
            case "go" if self._status == "paused":
                self._status = "running"
                self._helpers.say("go")
            case "stop" if self._status in ("running", "paused"):
                self._status = "stopped"
                self._search.stop()
            case "more" if self._status not in ("failed", "stopped"):
                self._search.extend(wish.trials)
                self._status = "running" if self._status == "finished" else self._status
            case "narrow" if self._status not in ("failed", "stopped"):
                self._search.narrow(wish.over)
            case "beside" if self._status not in ("failed", "stopped") and self._search.spec.clever:
                self._search.spec = replace(self._search.spec, beside=True)
                self._status = "running" if self._status == "finished" else self._status
        self._obeyed += wish.lasts
        self._report()

    def _fail(self, error: dict[str, str]) -> None:
        self._status = "failed"
        self._report(error)

    def _report(self, error: dict[str, str] | None = None) -> None:
        search = self._search
        over = sum(trial.state != "running" for trial in search.trials)
        if over != self._weighed and all(trial.state != "running" for trial in search.trials):  # a wave has ended
            self._weighed, self._importances = over, search.sampler.importances()
        news = tuple(self._news(trial) for trial in search.trials if self._told.get(trial.number) != (trial.state, len(trial.curve)))
        spec, random = search.spec, stairs(self._beside.search) if self._beside else ()
        told = News(self._status, news, search.budget, self._importances, search.saved, error, turns=spec.turns, obeyed=self._obeyed)
        self._wire.send(replace(told, beside=spec.beside, random=random, divides=self._helpers.wanted))
        self._report_at = time.monotonic() + REPORT_SECONDS

    def _news(self, trial: Trial) -> TrialNews:
        _, known = self._told.get(trial.number, ("", 0))
        self._told[trial.number] = trial.state, len(trial.curve)
        link = trial.config.to_link() if trial.config and not known else {}
        values = {} if known else trial.values
        points = tuple(trial.curve[known:])
        numbers = trial.value, trial.held, trial.loss, trial.step
        return TrialNews(trial.number, trial.state, *numbers, points, values, link, trial.reason, trial.stacked)


def database(sampler: Sampler) -> bytes:
    """The study as an SQLite file, which `optuna-dashboard` opens."""
    import optuna

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.db"
        storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
        optuna.copy_study(from_study_name=sampler.study.study_name, from_storage=sampler.storage, to_storage=storage)
        storage.engine.dispose()
        return path.read_bytes()


def main(wire: Connection, spec: SearchSpec, helpers: Sequence[Connection], niceness: int) -> None:
    """What the process of a search runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    threading.Thread(target=_leave_with_parent, name="leave-with-parent", daemon=True).start()
    with contextlib.suppress(EOFError, ConnectionError):  # nobody listens any more
        hosted = Hosted(wire, spec, helpers)
        os.nice(niceness)  # what it has to import first is soon over, and somebody waits for it
        hosted.serve()


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
