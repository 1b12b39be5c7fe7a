"""WorkerProcess: one worker as the web process sees it. Two threads: one starts it and writes, one reads."""

import logging
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from core.engine._main_module import hidden_main
from core.run.messages import Order, Quit, Report

logger = logging.getLogger(__name__)

PRELOAD = ["core.engine.worker", "core.engine.preload", "core.engine.quick_exit"]


def forget_fork_server() -> None:
    """Let the next worker be forked from a new server: the socket of the one there is was cleaned away with a temporary folder.

    multiprocessing itself looks only whether the process lives, and never makes its folder again. The workers there are go on.
    """
    with suppress(Exception):  # of a server that is gone there may be anything left, or nothing
        from multiprocessing.forkserver import _forkserver

        pid = vars(_forkserver)["_forkserver_pid"]
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # dead for sure: then it is multiprocessing that starts another
    if folder := vars(multiprocessing.current_process()).get("_config", {}).get("tempdir"):
        with suppress(OSError):
            Path(folder).mkdir(0o700, parents=True, exist_ok=True)


def context() -> Any:
    """How processes are started: `forkserver` (imports torch once, each further start takes milliseconds), else `spawn`."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload(PRELOAD)
    return forked


class WorkerProcess:
    """A worker on one device. Orders may be sent at once; they wait until it listens.

    Args:
        device: a torch device by name.
        catalogue: the module that names the experiments.
        on_reports: called with every list of reports, in the reading thread.
        on_death: called once when the worker is gone without having been closed, or could not be started, in a thread of its own.
    """

    def __init__(
        self,
        device: str,
        catalogue: str,
        on_reports: Callable[["WorkerProcess", Sequence[Report]], None],
        on_death: Callable[["WorkerProcess"], None],
    ) -> None:
        self.device = device
        self.ready = False  # it has said its first word
        self._catalogue, self._on_reports, self._on_death = catalogue, on_reports, on_death
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name=f"to-worker-{device}", daemon=True)
        self._process: BaseProcess | None = None
        self._closing = False

    @property
    def pid(self) -> int | None:
        """Its process id; None before it has started."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it in the background."""
        self._writer.start()

    def send(self, order: Order) -> None:
        """Hand over an order; returns at once."""
        self._orders.put(order)

    def close(self) -> None:
        """Ask it to leave; `join` waits for that."""
        self._closing = True
        self.send(Quit())

    def join(self, seconds: float) -> None:
        """Wait until it is gone; whoever has not left in time is made to."""
        self._writer.join(seconds)
        process = self._process
        if process is None:
            return
        process.join(seconds)
        if process.is_alive():
            logger.warning("Worker %s on %s did not leave in %.1f s and is killed.", process.pid, self.device, seconds)
            process.kill()
            process.join()

    def _write(self) -> None:
        if hasattr(signal, "pthread_sigmask"):  # inherited by the child: Ctrl-C is for the web process to act on
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        wire = self._launched()
        if wire is None:
            return self._on_death(self)
        order: Order | None = None
        try:
            while not isinstance(order, Quit):
                order = self._orders.get()
                wire.send(order)
        except OSError:
            logger.debug("Worker %s on %s no longer listens.", self.pid, self.device)  # the reader sees its end

    def _launched(self) -> Connection | None:
        """The line to a worker that has started; None if none can be."""
        for attempt in (1, 2):
            try:
                return self._launch()
            except (OSError, EOFError):
                logger.warning("A worker on %s could not be started (try %d).", self.device, attempt, exc_info=True)
                forget_fork_server()
        return None

    def _launch(self) -> Connection:
        ours: Connection
        theirs: Connection
        ours, theirs = context().Pipe()
        process: BaseProcess = context().Process(
            target=_main, args=(theirs, self._catalogue, self.device), name=f"stepwise-{self.device}", daemon=True
        )
        with hidden_main():
            process.start()
        theirs.close()  # else its end would stay open here, and its death unseen
        self._process = process
        threading.Thread(target=self._read, args=(ours,), name=f"from-worker-{self.device}", daemon=True).start()
        return ours

    def _read(self, wire: Connection) -> None:
        try:
            while True:
                self._on_reports(self, wire.recv())
        except (EOFError, OSError):
            logger.debug("Worker %s on %s is gone.", self.pid, self.device)
        if not self._closing:
            self.send(Quit())  # wakes the writer
            self._on_death(self)


def _main(wire: Connection, catalogue: str, device: str) -> None:
    """Imports torch only in the child."""
    from core.engine.worker import main

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for platforms where the mask is not inherited
    main(wire, catalogue, device)
