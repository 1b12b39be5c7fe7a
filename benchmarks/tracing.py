"""What a page's main thread does, by Chromium's own trace."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page


class Task(NamedTuple):
    """One task of a page's main thread, in seconds: by the clock, and of the thread's processor time."""

    clock: float
    cpu: float


@contextmanager
def tracing(browser: Browser, page: Page) -> Iterator[list[Task]]:
    """The tasks of the page's main thread while the block runs; they are in the list after it.

    Chrome's own trace says of each what the Long Tasks API says of the long ones, and the processor time besides.
    """
    tasks: list[Task] = []
    browser.start_tracing(page=page, categories=["toplevel"])
    yield tasks
    tasks += main_thread(json.loads(browser.stop_tracing())["traceEvents"])


def main_thread(events: list[dict[str, Any]]) -> list[Task]:
    """The tasks among the events of a trace, whose `dur` and `tdur` are microseconds."""
    named = [event for event in events if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"]
    threads = {(event["pid"], event["tid"]) for event in named}
    return [
        Task(event["dur"] / 1e6, event.get("tdur", 0) / 1e6)
        for event in events
        if event["ph"] == "X" and event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in threads
    ]
