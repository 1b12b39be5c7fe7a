"""SearchRun: a search as the web process knows it: what has been told of it, and the wishes that go to it."""

import csv
import io
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.search.messages import News, Status, TrialNews, Wish
from core.search.space import Dimension
from core.search.spec import SearchSpec

STUDY_SECONDS = 30.0


class SearchRun:
    """One search and its id, which is the right to steer it. All methods may be called from any thread.

    Args:
        spec: what is searched.
        send: takes wishes to its process; must not block.
    """

    def __init__(self, spec: SearchSpec, send: Callable[[Wish], None]) -> None:
        self.id = secrets.token_urlsafe(16)
        self.spec, self.over = spec, spec.last.over
        self.status: Status = "queued"
        self.version = 0
        self.generation = 0  # each process that makes it is one
        self.trials: dict[int, dict[str, Any]] = {}
        self.curves: dict[int, list[tuple[int, float]]] = {}
        self.about: dict[str, Any] = {"budget": spec.last.trials, "importances": {}, "saved": 0, "random": (), "error": None}
        self.watchers, self.unwatched_since = 0, time.monotonic()
        self._changed: dict[int, int] = {}  # trial → version
        self._send = send
        self._lasting: list[Wish] = []  # those of which its process has not told yet that it has obeyed them
        self._obeyed = 0
        self._news = threading.Condition()
        self._study: bytes | None = None

    def sends_to(self, send: Callable[[Wish], None]) -> None:
        """Wishes go there from now on, those first that are no turns of the spec yet."""
        with self._news:
            self._send = send
            for wish in self._lasting:
                send(wish)

    @property
    def ended(self) -> bool:
        """Whether it makes no more steps by itself."""
        return self.status in ("finished", "stopped", "failed")

    def wish(self, wish: Wish) -> None:
        """What the one who steers wants."""
        with self._news:
            if wish.kind == "narrow":
                self.over = wish.over
            if wish.lasts:
                self._lasting.append(wish)
            self._send(wish)

    def narrowed(self, brushed: Mapping[str, Any]) -> tuple[Dimension, ...]:
        """The present ranges, those that are brushed made narrower: two ends of a range, or some choices.

        Raises:
            SearchError: nothing is left of one.
        """
        made = []
        for one in self.over:
            wanted = brushed.get(one.field)
            if not isinstance(wanted, list) or not wanted:
                made.append(one)
            elif one.choices:
                made.append(one.among([str(choice) for choice in wanted]))
            else:
                made.append(one.narrowed(float(wanted[0]), float(wanted[-1])))
        return tuple(made)

    def receive(self, news: News) -> None:
        """What its process tells."""
        with self._news:
            self.version += 1
            if news.study is not None:
                self._study = news.study
            else:
                self.status = news.status
                self._lasting, self._obeyed = self._lasting[news.obeyed - self._obeyed :], news.obeyed
                self.spec = replace(self.spec, turns=news.turns, beside=news.beside)
                error = news.error or self.about["error"]
                about = {"budget": news.budget, "importances": news.importances, "saved": news.saved, "random": news.random}
                self.about = {**about, "error": error}
                for trial in news.trials:
                    self._take(trial)
            self._news.notify_all()

    def _take(self, news: TrialNews) -> None:
        known = self.trials.get(news.number, {"values": news.values, "link": news.link})
        told = {"state": news.state, "value": news.value, "held": news.held, "loss": news.loss, "step": news.step}
        self.trials[news.number] = {**known, **told, "reason": news.reason, "stacked": news.stacked}
        self.curves.setdefault(news.number, []).extend(news.points)
        self._changed[news.number] = self.version

    def begin(self, status: Status) -> None:
        """It starts, or starts over after its process has died."""
        with self._news:
            self.version += 1
            self.generation += 1
            self._obeyed = 0
            self.status, self.trials, self.curves, self._changed = status, {}, {}, {}
            self._news.notify_all()

    def fail(self, code: str) -> None:
        """It cannot go on, for a reason outside of its process."""
        with self._news:
            self.version += 1
            self.status, self.about = "failed", {**self.about, "error": {"code": code}}
            self._news.notify_all()

    def wait_for(self, true: Callable[[], bool], seconds: float) -> bool:
        """Whether something has become true of it within this time."""
        with self._news:
            return self._news.wait_for(true, seconds)

    def since(self, version: int) -> list[int]:
        """The trials of which there is news since then."""
        with self._news:
            return [number for number, changed in self._changed.items() if changed > version]

    def study(self) -> bytes | None:
        """The file of its study; None where its process gives none in time."""
        with self._news:
            self._study = None
            self._send(Wish("study"))
            self._news.wait_for(lambda: self._study is not None or self.status == "failed", STUDY_SECONDS)
            return self._study

    @property
    def ranked(self) -> list[int]:
        """The numbers of the trials that have a value, the best first; those that were cut come after the complete ones."""
        goal = self.spec.goal

        def key(number: int) -> tuple[bool, int, float, int]:
            trial = self.trials[number]
            cut = trial["state"] == "pruned"
            return cut, -trial["step"] if cut else 0, goal.order(trial["value"]), number

        return sorted((number for number, trial in self.trials.items() if trial["state"] in ("complete", "pruned")), key=key)

    def csv(self) -> str:
        """A line for each trial."""
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        fields = [one.field for one in self.spec.over]
        held = [f"held_out_{self.spec.goal}"] if self.spec.held_out else []
        writer.writerow(["trial", "state", str(self.spec.goal), *held, "step", *fields])
        for number, trial in sorted(self.trials.items()):
            numbers = [repr(trial[name]) for name in ("value", *(["held"] if held else []))]
            writer.writerow([number, trial["state"], *numbers, trial["step"], *(trial["values"].get(field) for field in fields)])
        return table.getvalue()
