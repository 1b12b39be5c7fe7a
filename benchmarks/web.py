"""Servers as `streamlit run` starts them, and visitors that only read event streams."""

import http.client
import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.measure import until

ROOT = Path(__file__).parent.parent
FLAGS = {"server.headless": "true", "browser.gatherUsageStats": "false", "server.fileWatcherType": "none"}
PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    port: int
    process: psutil.Process
    seconds: float  # from its start until it answered
    cpu: float  # processor time of the web process until then

    @property
    def url(self) -> str:
        """Its address, with a slash at the end."""
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, path: str, timeout: float = 300.0) -> Any:
        """POST to one of the routes of `served_app`.

        Raises:
            RuntimeError: the server refuses.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.request("POST", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return json.loads(body)


@contextmanager
def serving(script: Path) -> Iterator[Served]:
    """`streamlit run script` until it answers, and for as long as the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = {**FLAGS, "server.port": port, "server.address": "127.0.0.1"}
    command = [sys.executable, "-m", "streamlit", "run", str(script), *(f"--{name}={value}" for name, value in flags.items())]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    process = psutil.Process(server.pid)
    try:
        until(lambda: server.poll() is not None or _answers(port), PATIENCE, f"an answer of {script.name}")
        if server.poll() is not None:
            raise RuntimeError(f"{script.name} ended with {server.returncode} before it answered.")
        seconds, times = time.perf_counter() - start, process.cpu_times()
        yield Served(port, process, seconds, times.user + times.system)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Visitors:
    """Connections to event streams, one a visitor; `gaps` are the seconds between two messages of the same visitor."""

    def __init__(self, port: int, runs: Sequence[str], stack: ExitStack) -> None:
        self.gaps: list[float] = []
        self.messages = self.bytes = 0
        self._selector = stack.enter_context(selectors.DefaultSelector())
        for run in runs:
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            path = f"/runs/{run}/events?views=facts,past,line&since=-1&keep=100"
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode())
            line.setblocking(False)
            self._selector.register(line, selectors.EVENT_READ, _Line())

    def read(self, seconds: float) -> None:
        """Read for so long; what was measured before is forgotten."""
        self.gaps, self.messages, self.bytes = [], 0, 0
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            for key, _ in self._selector.select(end - now):
                self._take(key.data, key.fileobj.recv(1 << 20))  # type: ignore[union-attr]

    def _take(self, line: "_Line", data: bytes) -> None:
        if not data:
            raise ConnectionError("The server has closed a stream.")
        now, messages = time.perf_counter(), (line.tail + data).count(b"\n\n")  # which ends a message and nothing else
        line.tail = data[-1:]
        if messages and line.at:
            self.gaps.append(now - line.at)
        line.at = now if messages else line.at
        self.messages += messages
        self.bytes += len(data)


@dataclass
class _Line:
    """What is known of one connection."""

    tail: bytes = b""
    at: float = 0.0
