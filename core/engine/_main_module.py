"""Hides `__main__` while a child process starts.

A child that is not forked prepares itself by running the parent's main module again, so that functions defined there
can be found. Under `streamlit run` that module is Streamlit's, or at times the page script: each worker would start an
app of its own. Our workers need nothing from it; what they run is found by its import path.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_lock = threading.Lock()


@contextmanager
def hidden_main() -> Iterator[None]:
    """An empty `__main__` for the moment; put back unless somebody (Streamlit, at every script run) has set another."""
    with _lock:
        before, empty = sys.modules["__main__"], ModuleType("__main__")
        sys.modules["__main__"] = empty
        try:
            yield
        finally:
            if sys.modules["__main__"] is empty:
                sys.modules["__main__"] = before
