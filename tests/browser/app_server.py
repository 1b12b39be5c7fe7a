"""The real app behind `streamlit run`, in a process of its own."""

import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
POLL_SECONDS = 0.1
FORGOTTEN = "45"  # seconds after which a run that a test has left is held: those of many tests would take the machine from the next


@dataclass(frozen=True)
class AppServer:
    """Where the app answers, and the process that answers."""

    url: str
    process: psutil.Process

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes in which runs compute."""
        return [child for child in self.process.children(recursive=True) if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    """A worker is forked from the fork server, so it is a grandchild of the web process."""
    try:
        parent = process.parent()
        return parent is not None and "forkserver" in " ".join(parent.cmdline())
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port: int = made.getsockname()[1]
        return port


def until_answering(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until `url` is answered with 200.

    Raises:
        RuntimeError: it was not in time, or the process has ended; with what it said.
    """
    waiting = threading.Event()
    for _ in range(round(START_SECONDS / POLL_SECONDS)):
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # our own server's address
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            waiting.wait(POLL_SECONDS)
    raise RuntimeError(f"Nothing answers at {url}:\n{log.read_text(errors='replace')}")


@contextmanager
def serving_app(folder: Path, *options: str, base_path: str = "", **limits: str) -> Iterator[AppServer]:
    """The app with these further options of `streamlit run` and these limits; its output goes to a file in `folder`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}" + (f"/{base_path}" if base_path else "")
    command = [
        sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless=true",
        "--server.address=127.0.0.1", f"--server.port={port}", f"--server.baseUrlPath={base_path}", *options,
    ]  # fmt: skip
    log = folder / f"app-{port}.log"
    limits = {"unwatched_pause_seconds": FORGOTTEN, **limits}
    environment = os.environ | {f"STEPWISE_{name.upper()}": value for name, value in limits.items()}
    with log.open("wb") as output, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output) as process:
        try:
            until_answering(f"{url}/_stcore/health", process, log)
            yield AppServer(url, psutil.Process(process.pid))
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
