"""Helpers of a search: processes that train a share of it (`core.search.helper`), each on a line of its own.

The lines are made beforehand and go to the search when it begins: a line cannot be handed to a process later without a listener of
its own. So they are as many as helpers may be started, those included that take the place of one that died.
"""

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from core.engine._main_module import hidden_main
from core.engine.process import context
from core.settings.limits import Limits

logger = logging.getLogger(__name__)

STARTS = 4  # of each helper of a search, as long as its process lives
WEIGHT = 13  # niceness of a search that is one process: beside a run of somebody else's it gets a twentieth of a core
DOUBLED = math.log(2) / math.log(1.25)  # as much nicer is a process of half the weight: each step is a factor of 1.25
NICEST = 19
ALONE_SECONDS = 2.0  # of a search without a server from which processes are forked


class HelperProcesses:
    """Those of one search.

    Args:
        count: how many there are to be at once.
        niceness: of each.
    """

    def __init__(self, count: int, niceness: int = 0) -> None:
        self._count, self._niceness = count, niceness
        pairs = [context().Pipe() for _ in range(count * STARTS)]
        self.lines: list[Connection] = [ours for ours, _ in pairs]  # for the search
        self._free: list[Connection] = [theirs for _, theirs in pairs]
        self._processes = list[BaseProcess]()
        self._lock = threading.Lock()

    @property
    def processes(self) -> list[BaseProcess]:
        """Those that are there."""
        return [process for process in self._processes if process.is_alive()]

    def keep(self) -> None:
        """Start those that are missing."""
        with self._lock:
            self._processes = self.processes
            while self._free and len(self._processes) < self._count:
                self._start(self._free.pop(0))

    def _start(self, line: Connection) -> None:
        process: BaseProcess = context().Process(target=_main, args=(line, self._niceness), name="stepwise-search-helper", daemon=True)
        try:
            with hidden_main():
                process.start()
            self._processes.append(process)
        except (OSError, EOFError):
            logger.warning("A helper of a search could not be started.", exc_info=True)
        line.close()  # else its end would stay open here, and its death unseen

    def kept(self, rounds: Iterator[None], wanted: Callable[[], bool]) -> Iterator[None]:
        """The same rounds, helped once they have taken some time and can be divided: to start a process costs more than a short search."""
        look = time.monotonic() + ALONE_SECONDS
        for _ in rounds:
            if time.monotonic() > look and wanted():
                self.keep()
                look = time.monotonic() + 1
            yield

    def close(self) -> None:
        """End them, whatever they are at."""
        with self._lock:
            for line in self._free:
                line.close()
            self._free = []
            for process in self._processes:
                process.terminate()


def processes(bounds: Limits) -> int:
    """How many train one search on this machine."""
    return min(bounds.workers or os.cpu_count() or 1, bounds.search_processes)


def niceness(processes: int) -> int:
    """Of each of these, so that all of them together weigh as much as one alone would."""
    return min(NICEST, WEIGHT + round(DOUBLED * math.log2(processes)))


def _main(line: Connection, niceness: int) -> None:
    """Imports torch only in the child."""
    from core.search.helper import main

    main(line, niceness)
