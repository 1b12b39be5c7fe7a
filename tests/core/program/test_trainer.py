"""The loop as an iterator: where it holds, how it ends, and whose random numbers it draws."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
import torch

from core import experiments
from core.program.experiment import Experiment, Row
from core.program.trainer import Trainer
from core.run.change import Change
from core.settings.config import TrainingConfig

CPU = torch.device("cpu")


class Counting(Experiment):
    """Counts its updates and draws a random number at each pass; its loss is whatever a test wants."""

    losses: ClassVar[tuple[float, ...]] = ()

    def __init__(self, config: TrainingConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self.updates = 0
        self.weight = torch.randn(())
        self.optimizer = torch.optim.SGD([self.weight.requires_grad_()], lr=config.lr)

    def loop(self) -> Iterator[Row]:
        while not self.done:
            loss = self.losses[self.updates] if self.losses else 1.0
            yield {"loss": loss, "drawn": torch.rand(()).item(), "lr": self.config.lr}
            self.updates += 1


def _updates(trainer: Trainer) -> int:
    assert isinstance(trainer.experiment, Counting)
    return trainer.experiment.updates


class FromZero(Counting):
    first_step = 0


class Breaking(FromZero):
    losses = (3.0, 2.0, float("nan"), 1.0)


@pytest.mark.parametrize(("recipe", "labels"), [(Counting, [1, 2, 3, 4, 5]), (FromZero, [0, 1, 2, 3, 4, 5])])
def test_n_epochs_make_n_updates(recipe: type[Counting], labels: list[int]) -> None:
    trainer = Trainer(recipe, TrainingConfig(epochs=5), CPU)
    assert [step for step, _ in trainer] == labels
    assert _updates(trainer) == 5
    assert trainer.outcome == "finished"
    assert list(trainer) == []


@pytest.mark.parametrize(
    ("experiment", "fields"),
    [("iris", {}), ("iris", {"batch_size": 50}), ("char_rnn", {}), ("char_rnn", {"sequence_length": 4}), ("linear_regression", {})],
)
def test_no_pass_is_begun_after_the_last_row(experiment: str, fields: dict[str, Any]) -> None:
    config = experiments.config_class(experiment).checked({"epochs": 5, "device": "cpu", **fields})
    trainer = Trainer(experiments.watch(experiment), config, CPU)
    calls = {"zero_grad": 0, "step": 0}
    for name in calls:
        setattr(trainer.experiment.optimizer, name, _counted(getattr(trainer.experiment.optimizer, name), name, calls))
    rows = len(list(trainer))
    batches_a_row = 3 if "batch_size" in fields else 1
    assert calls["step"] == 5 * batches_a_row
    assert calls["zero_grad"] == rows * batches_a_row


def _counted(method: Any, name: str, calls: dict[str, int]) -> Any:
    def call() -> None:
        calls[name] += 1
        method()

    return call


def test_a_loss_that_is_not_finite_ends_the_run() -> None:
    trainer = Trainer(Breaking, TrainingConfig(epochs=5), CPU)
    assert [step for step, _ in trainer] == [0, 1, 2]
    assert trainer.outcome == "diverged"


def test_planned_changes_are_made_at_their_steps() -> None:
    trainer = Trainer(FromZero, TrainingConfig(epochs=4), CPU, [Change(2, "lr", 0.01, 0.5)])
    assert [row["lr"] for _, row in trainer] == [0.01, 0.01, 0.01, 0.5, 0.5]


def test_runs_that_take_turns_draw_what_a_script_of_their_own_would() -> None:
    trainers = [Trainer(FromZero, TrainingConfig(seed=seed, epochs=9), CPU) for seed in (1, 2)]
    drawn: list[list[float]] = [[], []]
    for _turn in range(4):
        for trainer, numbers in zip(trainers, drawn, strict=True):
            with trainer.stream():
                numbers.append(next(trainer)[1]["drawn"])
        torch.rand(3)
    for seed, numbers in zip((1, 2), drawn, strict=True):
        torch.manual_seed(seed)
        torch.randn(())
        assert numbers == [torch.rand(()).item() for _ in range(4)]


def test_a_stream_leaves_the_outside_generator_as_it_was() -> None:
    torch.manual_seed(7)
    expected = torch.rand(2)
    torch.manual_seed(7)
    first = torch.rand(1)
    trainer = Trainer(FromZero, TrainingConfig(), CPU)
    with trainer.stream():
        next(trainer)
    assert torch.equal(torch.cat([first, torch.rand(1)]), expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_cuda_random_stream_is_the_scripts_own() -> None:
    device = torch.device("cuda")
    trainer = Trainer(FromZero, TrainingConfig(seed=3), device)
    with trainer.stream():
        drawn = torch.rand(4, device=device)
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(4, device=device))
