"""Questions that workers answer, with a real worker."""

import io
from collections.abc import Iterator

import pytest
import torch
from safetensors.torch import load

from core.engine import LocalPool, NoAnswerError
from core.engine.process import WorkerProcess
from core.engine.questions import Questions
from core.experiments import config_class
from core.program.export import script
from core.run.handle import Run
from core.run.messages import Answer, Ask
from core.run.spec import RunSpec
from core.run.status import Status
from core.settings.config import TrainingConfig
from core.settings.limits import Limits
from tests.core.program.test_export import execute

PATIENCE = 60.0  # seconds


@pytest.fixture(scope="module")
def pool() -> Iterator[LocalPool]:
    pool = LocalPool(bounds=Limits(workers=1))
    pool.start()
    yield pool
    pool.close()


def held_at(pool: LocalPool, step: int) -> Run:
    """A linear regression, paused at this row."""
    run = pool.open(RunSpec("linear_regression", config_class("linear_regression")()))
    assert run.wait_for(lambda: run.status is Status.PAUSED, PATIENCE)
    run.advance(step)
    assert run.wait_for(lambda: run.step == step, PATIENCE)
    return run


def test_a_held_run_gives_its_parameters_as_they_are_now(pool: LocalPool) -> None:
    run = held_at(pool, 100)
    content = pool.ask("parameters", run, form="pt", spec=run.spec()).result(PATIENCE)
    read = torch.load(io.BytesIO(content), weights_only=True)
    _, columns = run.history.since(99, 1)
    assert {name: value.item() for name, value in read.items()} == {name: columns[name][-1] for name in ("W", "b")}


def test_a_finished_run_gives_what_its_script_ends_with(pool: LocalPool) -> None:
    config = config_class("iris").checked({"epochs": 20})
    run = pool.open(RunSpec("iris", config))
    run.train()
    assert run.wait_for(lambda: run.status is Status.FINISHED, PATIENCE)
    read = load(pool.ask("parameters", run, form="safetensors", spec=run.spec()).result(PATIENCE))
    names, _ = execute(script(RunSpec("iris", config)).source)
    expected = names["model"].state_dict()
    assert read.keys() == expected.keys()
    assert all(torch.equal(read[name], expected[name]) for name in read)


def test_a_question_that_cannot_be_answered_says_why(pool: LocalPool) -> None:
    with pytest.raises(NoAnswerError, match="No experiment"):
        pool.ask("parameters", held_at(pool, 1), form="pt", spec=RunSpec("nothing", TrainingConfig())).result(PATIENCE)
    run = held_at(pool, 1)
    pool.drop(run)
    with pytest.raises(NoAnswerError, match="no worker"):
        pool.ask("parameters", run, form="pt", spec=run.spec()).result(PATIENCE)


def test_before_a_worker_is_there_nobody_answers() -> None:
    with pytest.raises(NoAnswerError, match="no worker"):
        LocalPool(bounds=Limits(workers=1)).ask("autograd", program="", x=[]).result(PATIENCE)


def test_who_waits_hears_that_the_worker_died(pool: LocalPool) -> None:
    questions = Questions()
    lost, other = (WorkerProcess("cpu", "core.experiments", lambda *_: None, lambda _: None) for _ in range(2))
    waiting, still = (questions.ask(worker, Ask(name, "autograd", {})) for worker, name in ((lost, "a"), (other, "b")))
    questions.died(lost)
    with pytest.raises(NoAnswerError, match="died"):
        waiting.result(0)
    questions.answered(Answer("b", 1))
    assert still.result(0) == 1


def test_an_answer_may_be_none() -> None:
    questions = Questions()
    worker = WorkerProcess("cpu", "core.experiments", lambda *_: None, lambda _: None)
    waiting = questions.ask(worker, Ask("a", "autograd", {}))
    questions.answered(Answer("a", None))
    assert waiting.result(0) is None
