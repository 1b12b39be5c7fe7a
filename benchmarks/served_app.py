"""The app itself with three more routes, for what a visitor cannot do from outside: many runs at once, and a look at the process."""

import gc
import sys
from pathlib import Path

import psutil
import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks import hosted
from core import experiments
from core.engine import pool
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.config import TrainingConfig
from streamlit_app import life
from ui.stage import assets
from ui.stream import commands, events, files
from ui.stream.ticker import Ticker

ROOT = Path(__file__).parent.parent


async def open_runs(request: Request) -> Response:
    """So many runs of an experiment that go on at a speed (0: as fast as they can); the ids to steer them by, which also watch."""
    query = request.query_params
    asked = int(query["count"]), float(query["speed"]) or None, query.get("experiment", "linear_regression")
    return JSONResponse(await run_in_threadpool(_open_runs, *asked))


def _open_runs(count: int, speed: float | None, experiment: str) -> list[str]:
    config = experiments.config_class(experiment).checked({"epochs": 1_000_000})
    runs = [pool().open(RunSpec(experiment, config), speed=speed) for _ in range(count)]
    for run in runs:
        run.train()
    for run in runs:
        assert run.wait_for(lambda run=run: run.step > 0, hosted.PATIENCE)  # type: ignore[misc]
    return [run.id for run in runs]


async def drop_runs(_request: Request) -> Response:
    """No run any more."""
    for run in pool().runs:
        await run_in_threadpool(pool().drop, run)
    return JSONResponse(len(pool().runs))


async def workers(_request: Request) -> Response:
    """The process ids of the workers."""
    return JSONResponse(pool().pids)


async def fill(request: Request) -> Response:
    """Memory of this process in bytes before and after `count` runs of `steps` steps were recorded in it."""
    count, steps = int(request.query_params["count"]), int(request.query_params["steps"])
    return JSONResponse(await run_in_threadpool(_fill, count, steps))


def _fill(count: int, steps: int) -> tuple[int, int]:
    before = _memory()
    with hosted.pool(catalogue="benchmarks.counting") as workers:
        runs = [workers.open(RunSpec("counting", TrainingConfig(epochs=steps, device="cpu"))) for _ in range(count)]
        for run in runs:
            run.train()
        for run in runs:
            assert run.wait_for(lambda run=run: run.status is Status.FINISHED, hosted.PATIENCE)  # type: ignore[misc]
        return before, _memory()


def _memory() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


async def torch_loaded(_request: Request) -> Response:
    """Whether this process has imported torch."""
    return JSONResponse("torch" in sys.modules)


routes = [
    Route("/benchmark/runs", open_runs, methods=["POST"]),
    Route("/benchmark/drop", drop_runs, methods=["POST"]),
    Route("/benchmark/workers", workers, methods=["POST"]),
    Route("/benchmark/fill", fill, methods=["POST"]),
    Route("/benchmark/torch", torch_loaded, methods=["POST"]),
]
ticker = Ticker()
streams = [*events.routes(pool, ticker=ticker), *commands.routes(pool, ticker=ticker)]
app = st.App(ROOT / "streamlit_app.py", lifespan=life, routes=[*routes, *streams, *files.routes(pool), *assets.routes()])
