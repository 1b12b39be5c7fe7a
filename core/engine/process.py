"""WorkerProcess: one worker as the web process sees it. Two threads: one starts it and writes, one reads."""

import logging
import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from core.engine._main_module import hidden_main
from core.run.messages import Order, Quit, Report

logger = logging.getLogger(__name__)

PRELOAD = ["core.engine.worker", "core.engine.preload", "core.engine.quick_exit"]


def context() -> Any:
    """How processes are started: `forkserver` (imports torch once, each further start takes milliseconds), else `spawn`."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    forkserver = multiprocessing.get_context("forkserver")
    forkserver.set_forkserver_preload(PRELOAD)
    return forkserver


class WorkerProcess:
    """A worker on one device. Orders may be sent at once; they wait until it listens.

    Args:
        device: a torch device by name.
        catalogue: the module that names the experiments.
        on_reports: called with every list of reports, in the reading thread.
        on_death: called once when the worker is gone without having been closed, in the reading thread.
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
        wire = self._launch()
        order: Order | None = None
        try:
            while not isinstance(order, Quit):
                order = self._orders.get()
                wire.send(order)
        except OSError:
            logger.debug("Worker %s on %s no longer listens.", self.pid, self.device)  # the reader sees its end

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
