"""Questions: what was asked of workers and has not been answered yet."""

import threading
from concurrent.futures import Future
from typing import Any

from core.engine.process import WorkerProcess
from core.run.messages import Answer, Ask, Measure, Visit


class NoAnswerError(Exception):
    """There is no answer; the message says why."""


class Questions:
    """Each answer finds the one who waits for it, by its ticket; if a worker dies, those who wait hear of it."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[WorkerProcess, Future[Any]]] = {}
        self._lock = threading.Lock()

    def ask(self, worker: WorkerProcess | None, order: Measure | Visit | Ask) -> Future[Any]:
        """What the worker will answer; the future raises NoAnswerError where there is no answer."""
        future: Future[Any] = Future()
        if worker is None:
            future.set_exception(NoAnswerError("There is no worker."))
            return future
        with self._lock:
            self._waiting[order.ticket] = worker, future
        worker.send(order)
        return future

    def answered(self, answer: Answer) -> None:
        """An answer has come."""
        with self._lock:
            _, future = self._waiting.pop(answer.ticket)
        if answer.refusal:
            future.set_exception(NoAnswerError(answer.refusal))
        else:
            future.set_result(answer.value)

    def died(self, worker: WorkerProcess) -> None:
        """This worker answers no more."""
        with self._lock:
            asked = [ticket for ticket, (one, _) in self._waiting.items() if one is worker]
            futures = [self._waiting.pop(ticket)[1] for ticket in asked]
        for future in futures:
            future.set_exception(NoAnswerError("The worker died."))
