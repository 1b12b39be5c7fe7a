"""What open pages cost the web process and each other: visitors that speak Streamlit's own protocol, without a hundred browsers.

A visitor opens the page of linear regression and, every two seconds, sets its epochs: the script of the page is run anew, and a new run
is built. That is the dearest press there is; buttons of a run, and settings that bend it, go by a route of their own and run no script.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from websockets.asyncio.client import connect

from benchmarks.hosted import cpu_seconds
from benchmarks.measure import p50_p95, say
from benchmarks.protocol import PAGE, Page
from benchmarks.table import Figure, Results, Row
from benchmarks.web import Served, serving

APP = Path(__file__).with_name("served_app.py")
COUNTS = (1, 30, 100)
EVERY = 2.0  # seconds between two clicks of a visitor
SECONDS = 10.0  # that so many visitors are measured
OPENED = 12  # pages that are opened beside them, one after the other


class Crowd(NamedTuple):
    """What so many visitors have cost and felt."""

    clicks: list[float]  # seconds each
    opened: list[float]  # the same, of a page that is opened beside them
    cpu: float  # of the web process: cores
    click_cpu: float  # seconds of it for a click, all else that it does included
    visitors: float  # cores that the visitors themselves took
    bytes: float  # of a click
    memory: float  # MiB of the web process for each page


def run() -> Results:
    """The part `open_pages`."""
    with serving(APP) as served:
        crowds = {count: asyncio.run(_crowd(served, count)) for count in COUNTS}
    alone, most = crowds[COUNTS[0]], crowds[COUNTS[-1]]
    slower = statistics.median(most.opened) / statistics.median(alone.opened)
    note = f"{p50_p95(most.opened)} against {p50_p95(alone.opened)}; a click {p50_p95(most.clicks)} against {p50_p95(alone.clicks)}"
    row = Row(f"a page is opened while {COUNTS[-1]} others click every {EVERY:g} s", "one other", slower, "≤", 2, note)
    return Results(
        [row], [Figure(f"web process, {count} open pages that click every {EVERY:g} s", _told(crowds[count])) for count in COUNTS]
    )


def _told(crowd: Crowd) -> str:
    click = f"a click {p50_p95(crowd.clicks)}, {1000 * crowd.click_cpu:.0f} ms of its processor time, {crowd.bytes / 1000:.1f} kB"
    page = f"a page opens in {p50_p95(crowd.opened)} and holds {crowd.memory:.2f} MiB"
    return f"{click}; {page}; cores: web {crowd.cpu:.2f}, visitors {crowd.visitors:.2f}"


async def _crowd(served: Served, count: int) -> Crowd:
    say(f"open pages: {count}")
    epochs, loop = itertools.count(1001), asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        await (await _opened(served, stack)).run()  # what only the first page of all loads
        before = _memory(served)
        pages = [await _opened(served, stack) for _ in range(count)]
        memory = (_memory(served) - before) / count
        for page in pages:
            page.sent = 0
        clicks: list[float] = []
        async with asyncio.TaskGroup() as tasks:
            until = loop.time() + 2 * EVERY + SECONDS
            for place, page in enumerate(pages):
                tasks.create_task(_clicking(page, EVERY * place / count, until, epochs, clicks))
            await asyncio.sleep(EVERY)  # all have come to their pace
            first = len(clicks)
            used, own, start = cpu_seconds(served.process), time.process_time(), time.perf_counter()
            opened = [await _seconds_to_open(served) for _ in range(OPENED)]
            await asyncio.sleep(max(0.0, until - EVERY - loop.time()))
            seconds = time.perf_counter() - start
            cpu, visitors = cpu_seconds(served.process) - used, time.process_time() - own
            made = clicks[first:]
        sent = sum(page.sent for page in pages) / len(clicks)
    return Crowd(made, opened, cpu / seconds, cpu / len(made), visitors / seconds, sent, memory)


async def _clicking(page: Page, begin: float, until: float, epochs: Iterator[int], clicks: list[float]) -> None:
    """Click every so often, and not before the last click is answered."""
    loop = asyncio.get_running_loop()
    planned = loop.time() + begin
    while planned < until:
        await asyncio.sleep(max(0.0, planned - loop.time()))
        clicks.append(await page.run(next(epochs)))
        planned = max(planned + EVERY, loop.time())


async def _opened(served: Served, stack: AsyncExitStack) -> Page:
    """A page that is there, and stays until the stack is left."""
    address = f"ws://127.0.0.1:{served.port}/_stcore/stream"
    page = Page(await stack.enter_async_context(connect(address, subprotocols=["streamlit"], max_size=None)))  # type: ignore[list-item]
    await page.run()
    if not page.epochs:
        raise LookupError(f"The page {PAGE} has no number of epochs.")
    return page


async def _seconds_to_open(served: Served) -> float:
    start = time.perf_counter()
    async with AsyncExitStack() as stack:
        await _opened(served, stack)
        return time.perf_counter() - start


def _memory(served: Served) -> float:
    return float(served.process.memory_info().rss) / 2**20
