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
from urllib.parse import quote

import psutil

from benchmarks.measure import until

ROOT = Path(__file__).parent.parent
FLAGS = {"server.headless": "true", "browser.gatherUsageStats": "false", "server.fileWatcherType": "none"}
PATIENCE = 60.0  # seconds
TAIL = 20  # bytes kept of what came before: an `id:`, or a word that is waited for, may be cut in two


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

    def __init__(self, port: int, runs: Sequence[str], stack: ExitStack, views: Sequence[str] = ("facts", "past", "line")) -> None:
        self.gaps: list[float] = []
        self.messages = self.bytes = 0
        self._lines: list[_Line] = []
        self._selector = stack.enter_context(selectors.DefaultSelector())
        for run in runs:
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            path = f"/runs/{run}/events?views={','.join(map(quote, views))}&since=-1&keep=100"
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode())
            line.setblocking(False)
            self._lines.append(_Line())
            self._selector.register(line, selectors.EVENT_READ, self._lines[-1])

    @property
    def steps(self) -> list[int]:
        """The last step that each visitor has been sent; -1 before any."""
        return [line.step for line in self._lines]

    def read(self, seconds: float) -> None:
        """Read for so long; what was measured before is forgotten."""
        self.gaps, self.messages, self.bytes = [], 0, 0
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            for key, _ in self._selector.select(end - now):
                self._take(key.data, key.fileobj.recv(1 << 20))  # type: ignore[union-attr]

    def until(self, number: int, word: bytes, seconds: float) -> float:
        """Read until a message of this visitor holds a word, no longer than TAIL; the time by `perf_counter` when it came.

        Raises:
            TimeoutError: it has not come.
        """
        line, end = self._lines[number], time.perf_counter() + seconds
        line.word = word
        while line.word:
            if time.perf_counter() > end:
                raise TimeoutError(f"{word!r} has not come in {seconds:g} s.")
            self.read(0.005)
        return line.heard

    def _take(self, line: "_Line", data: bytes) -> None:
        if not data:
            raise ConnectionError("The server has closed a stream.")
        now, messages = time.perf_counter(), (line.tail[-1:] + data).count(b"\n\n")  # which ends a message and nothing else
        both = line.tail + data
        if (found := both.rfind(b"\nid: ")) >= 0 and (end := both.find(b"\n", found + 1)) > 0:
            line.step = int(both[found + 5 : end])
        if line.word and line.word in both:
            line.word, line.heard = b"", now
        line.tail = both[-TAIL:]
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
    step: int = -1
    word: bytes = b""  # that is waited for
    heard: float = 0.0  # when it came
