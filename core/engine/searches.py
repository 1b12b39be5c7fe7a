"""The searches of this machine: each a process of its own at low priority, so many at once, the others in a queue."""

import logging
import queue
import threading
import time
from collections.abc import Sequence
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from core.engine._main_module import hidden_main
from core.engine.helpers import HelperProcesses, niceness, processes
from core.engine.housekeeping import LimitReached
from core.engine.process import context
from core.search.handle import SearchRun
from core.search.messages import News, Wish
from core.search.spec import SearchSpec
from core.settings.limits import Limits, limits

logger = logging.getLogger(__name__)

KEPT = 4  # processes of searches that are over, for who wants more trials or the study
TIDY_SECONDS = 2.0


class Searches:
    """Opens searches, and ends what nobody watches.

    Args:
        bounds: the limits in force.
    """

    def __init__(self, bounds: Limits | None = None) -> None:
        self._bounds = bounds or limits()
        self._lock = threading.RLock()
        self._hosts: dict[str, _Host] = {}
        self._closed = threading.Event()
        self._tidying = False

    def open(self, spec: SearchSpec) -> SearchRun:
        """A new search; it begins at once, or when one of those that run has ended.

        Raises:
            LimitReached: as many wait already.
        """
        with self._lock:
            if sum(not host.run.ended for host in self._hosts.values()) >= self._bounds.searches_at_once + KEPT:
                raise LimitReached("searches_at_once", self._bounds.searches_at_once)
            host = _Host(spec, self._bounds)
            self._hosts[host.run.id] = host
            if not self._tidying:
                self._tidying = True
                threading.Thread(target=self._keep_tidy, name="searches-tidy", daemon=True).start()
        self._start_next()
        return host.run

    def find(self, search_id: str) -> SearchRun | None:
        """The search of this id."""
        host = self._hosts.get(search_id)
        return host.run if host else None

    def drop(self, run: SearchRun) -> None:
        """End a search and forget it."""
        with self._lock:
            host = self._hosts.pop(run.id, None)
        if host:
            host.close()
        self._start_next()

    def kill(self, run: SearchRun) -> None:
        """Let the process of a search die, as it might by itself."""
        self._hosts[run.id].kill()

    def helping(self, run: SearchRun) -> list[BaseProcess]:
        """The processes that train a share of a search."""
        return self._hosts[run.id].helping

    def close(self) -> None:
        """End all of them."""
        self._closed.set()
        with self._lock:
            hosts, self._hosts = list(self._hosts.values()), {}
        for host in hosts:
            host.close()

    def _start_next(self) -> None:
        with self._lock:
            hosts = list(self._hosts.values())
            room = self._bounds.searches_at_once - sum(host.started and not host.run.ended for host in hosts)
            for host in [host for host in hosts if not host.started and not host.run.ended][: max(0, room)]:
                host.start()

    def _keep_tidy(self) -> None:
        while not self._closed.wait(TIDY_SECONDS):
            self.tidy(time.monotonic())
            self._start_next()

    def tidy(self, now: float) -> None:
        """Hold what nobody watches, forget it later; of those that are over, the newest few stay."""
        for host in list(self._hosts.values()):
            unwatched = 0.0 if host.run.watchers else now - host.run.unwatched_since
            if unwatched > self._bounds.unwatched_drop_seconds:
                self.drop(host.run)
            elif unwatched > self._bounds.unwatched_pause_seconds and host.run.status == "running":
                host.run.wish(Wish("pause"))
        over = [host for host in self._hosts.values() if host.run.ended and not host.run.watchers]
        for host in sorted(over, key=lambda one: one.run.unwatched_since)[:-KEPT]:
            self.drop(host.run)


class _Host:
    """One search, its process and those that help it."""

    def __init__(self, spec: SearchSpec, bounds: Limits) -> None:
        self._processes = processes(bounds)
        self._niceness = niceness(self._processes)
        self._helpers = HelperProcesses(self._processes - 1, self._niceness)
        self._wishes: queue.SimpleQueue[Wish] = queue.SimpleQueue()
        self.run = SearchRun(spec, self._wishes.put)
        self.started, self._closing, self._deaths = False, False, 0
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Begin in the background."""
        self.started = True
        self.run.begin("running")
        threading.Thread(target=self._write, args=(self._launch(),), name="to-search", daemon=True).start()

    def kill(self) -> None:
        """As if the system had done it."""
        if self._process is not None:
            self._process.kill()

    @property
    def helping(self) -> list[BaseProcess]:
        """Those that help it."""
        return self._helpers.processes

    def close(self) -> None:
        """End its process."""
        self._closing = True
        self._wishes.put(Wish("quit"))
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()  # it may be inside a long step; nothing of it is to be kept
        self._helpers.close()

    def _launch(self) -> Connection:
        ours: Connection
        theirs: Connection
        ours, theirs = context().Pipe()
        given = theirs, self.run.spec, self._helpers.lines, self._niceness
        process: BaseProcess = context().Process(target=_main, args=given, name="stepwise-search", daemon=True)
        with hidden_main():
            process.start()
        for line in (theirs, *self._helpers.lines):
            line.close()
        self._process = process
        threading.Thread(target=self._read, args=(ours,), name="from-search", daemon=True).start()
        return ours

    def _write(self, wire: Connection) -> None:
        try:
            while True:
                wish = self._wishes.get()
                wire.send(wish)
                if wish.kind == "quit":
                    return
        except OSError:
            logger.debug("The process of a search no longer listens.")

    def _read(self, wire: Connection) -> None:
        try:
            while True:
                news: News = wire.recv()
                self.run.receive(news)
                if news.status == "running" and news.divides:
                    self._helpers.keep()
        except (EOFError, OSError):
            logger.debug("The process of a search is gone.")
        if self._closing or self.run.ended:
            return
        self._deaths += 1
        if self._deaths > 1:
            self.run.fail("worker_died")
            return
        logger.warning("The process of a search died; it is made again from its beginning.")
        self._wishes.put(Wish("quit"))  # wakes the writer of the one that died
        self._wishes = queue.SimpleQueue()
        self.run.sends_to(self._wishes.put)
        self._helpers.close()
        self._helpers = HelperProcesses(self._processes - 1, self._niceness)
        self.start()


def _main(wire: Connection, spec: SearchSpec, lines: Sequence[Connection], niceness: int) -> None:
    """Imports torch only in the child."""
    from core.search.process import main

    main(wire, spec, lines, niceness)


@cache
def searches() -> Searches:
    """Those of this process; `close()` belongs to the life of the app."""
    return Searches()
