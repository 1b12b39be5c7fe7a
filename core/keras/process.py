"""KerasProcess: a Keras program in a Python process of its own, and the losses that it prints. Keras is not imported here.

Keras is an optional requirement (requirements-keras.txt): `installed` says whether there is one.
"""

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from core.settings.limits import limits

REQUIREMENT = "keras==3.15.1"
_places = threading.BoundedSemaphore(limits().keras_at_once)
_PRINTED = "losses: "
_GRACE = 5.0  # seconds after which a program ends itself, if whoever started it is gone
_ALONE = """
import os, runpy, sys, threading
last_resort = threading.Timer(float(sys.argv[2]), os._exit, (1,))
last_resort.daemon = True
last_resort.start()
runpy.run_path(sys.argv[1], run_name="__main__")
"""


class PlacesTakenError(RuntimeError):
    """As many Keras programs as may run at once are running."""


def installed() -> bool:
    """Whether this Python finds Keras, also if it was installed after the start."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("keras") is not None


class KerasProcess:
    """A program out of `core.keras.counterpart`, started at once. Safe to look at from any thread.

    Args:
        source: its text.
        seconds: how long it may take.

    Raises:
        PlacesTakenError: `limits().keras_at_once` are running.
    """

    def __init__(self, source: str, seconds: float | None = None) -> None:
        if not _places.acquire(blocking=False):
            raise PlacesTakenError
        self.state: Literal["running", "done", "failed", "too_slow"] = "running"
        self.losses: Sequence[float] = ()  # one for each row, once it is done
        self.error = ""  # the last lines of what Python said, if it failed
        self._seconds = limits().keras_seconds if seconds is None else seconds
        self._began = time.monotonic()
        self._process: subprocess.Popen[str] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, args=(source,), name="keras", daemon=True)
        self._thread.start()

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._began

    def wait(self) -> None:
        """Wait for its end."""
        self._thread.join()

    def close(self) -> None:
        """Kill it, if it still runs; what it has printed is not looked at."""
        self._closed = True
        if process := self._process:
            process.kill()

    def _run(self, source: str) -> None:
        try:
            with tempfile.TemporaryDirectory() as folder:
                self._execute(source, Path(folder))
        finally:
            _places.release()

    def _execute(self, source: str, folder: Path) -> None:
        program = folder / "program.py"
        program.write_text(source, encoding="utf-8")
        environment = {**os.environ, "KERAS_HOME": str(folder), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
        silent, pipe = subprocess.DEVNULL, subprocess.PIPE
        command = [sys.executable, "-c", _ALONE, str(program), str(self._seconds + _GRACE)]
        with subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=folder, env=environment, stdin=silent, stdout=pipe, stderr=pipe, text=True, encoding="utf-8"
        ) as process:
            self._process = process
            if self._closed:
                process.kill()
            try:
                printed, said = process.communicate(timeout=self._seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                self.state = "too_slow"
                return
        self._read(printed, said)

    def _read(self, printed: str, said: str) -> None:
        found = [line for line in printed.splitlines() if line.startswith(_PRINTED)]
        if found:
            self.losses = tuple(json.loads(found[-1].removeprefix(_PRINTED)))
            self.state = "done"
        else:
            self.error = "\n".join(said.strip().splitlines()[-3:])
            self.state = "failed"
