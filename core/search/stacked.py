"""Stacked: networks of one shape trained as one, each with its own weights, rate, momentum and decay.

M members, N rows, F inputs, C classes, P parameters. The weights of all members lie in one table (M, P) of which each layer is a
view, so an optimizer moves all of them by a few operations, and a layer of all of them is one batched product. Autograd is not
needed: the backward of a stack of linear layers is written out, with PyTorch's own kernels.

The operations and their order are those that a single run makes, and each member's numbers begin at a multiple of 64 bytes as
those of a tensor of its own do (a product of matrices adds in another order elsewhere); so the numbers are the same bits. Whether
they are on this machine is tried out before a stack is used (`agrees`): where they are not, each member is made by itself.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, cast

import torch
from torch import Tensor

from core import experiments
from core.search.goal import Goal, goals
from core.search.member import Member, hold_back, trainer, way_to
from core.search.space import SearchError
from core.search.stacked_network import FORWARD, StackedNetwork, aligned, mean
from core.search.stacked_optimizer import StackedOptimizer
from core.settings.classifier import ClassifierConfig
from core.settings.config import TrainingConfig
from core.settings.limits import limits

OWN = ("lr", "momentum", "weight_decay", "seed")  # what members of one stack may differ in
TRIED_ROWS = 4  # made by single runs as well, before a stack is trusted


def stacks(
    experiment: str, members: Sequence[Member], goal: Goal, device: torch.device, *, hold_out: bool = False
) -> tuple[list["Stack"], list[Member]]:
    """The stacks that can be made of these members, and those that are left over."""
    if device.type != "cpu" or not experiments.watch(experiment).stacks:
        return [], list(members)
    made, alone = list[Stack](), list[Member]()
    for shape, same in groupby(sorted(members, key=_shape), key=_shape):
        group = list(same)
        stack = Stack(experiment, group, goal, hold_out=hold_out) if shape and len(group) > 1 else None
        if stack and stack.agrees():
            made.append(stack)
        else:
            alone += group
    return made, alone


def shape(experiment: str, member: Member) -> str:
    """The same for members that can be trained as one; "" for one that cannot."""
    return _shape(member) if experiments.watch(experiment).stacks else ""


def _shape(member: Member) -> str:
    """The same for members that can be trained as one; "" for one that cannot."""
    config = member.config
    if not isinstance(config, ClassifierConfig) or config.stops_early or 0 < config.batch_size < config.rows:
        return ""
    if config.hidden and config.activation not in FORWARD:
        return ""
    if config.hidden and config.dropout:  # its masks are drawn one after another, by each run for itself
        return ""
    return config.model_copy(update={name: type(config).settings()[name].default for name in OWN}).model_dump_json()


class Stack:
    """Members of one shape.

    Args:
        experiment: its name.
        members: which; they differ in `OWN` only.
        goal: which number is read of each row.
        hold_out: whether every second test sample is held out, and measured beside the others.
    """

    def __init__(self, experiment: str, members: Sequence[Member], goal: Goal, *, hold_out: bool = False) -> None:
        self.members, self._goal, self._experiment = list(members), goal, experiment
        self._config = config = cast(ClassifierConfig, members[0].config)
        if goal.metric not in _columns(config):
            raise SearchError("no_such_goal", "goal", goal, " | ".join(goals(_columns(config))), way_to(goal.metric, config))
        made = {one.config.seed: trainer(experiment, one.config, torch.device("cpu")) for one in _one_of_each_seed(members)}
        for run in made.values() if hold_out else ():
            hold_back(run, goal)
        names: list[Any] = [vars(made[member.config.seed].experiment)["names"] for member in members]
        self._network = StackedNetwork(config.activation, [each["model"] for each in names])
        self.parameters = self._network.table.numel()
        if self.parameters > limits().search_parameters:
            raise SearchError("too_many_parameters", "trials", self.parameters, f"≤ {limits().search_parameters}")
        self._data = _Data(names, "x", "y", self._network.classes)
        self._test = _Data(names, "x_test", "y_test", self._network.classes) if config.test_rows else None
        held = [dict(zip("xy", vars(made[member.config.seed].experiment)["held_out"] or (), strict=False)) for member in members]
        self._held = _Data(held, "x", "y", self._network.classes) if hold_out else None
        self._step = members[0].step
        self._optimizer = StackedOptimizer([member.config for member in members], self._network.table)

    def agrees(self) -> bool:
        """Whether the first rows of some members are, to the last bit, those of single runs; the stack is as new afterwards."""
        last = len(self.members) - 1
        tried = sorted({0, last // 2, last})
        before = self._network.table.clone()
        rows = [self._pass() for _ in range(TRIED_ROWS)]
        same = all(_same(self._experiment, self.members[place].config, [float(row[place]) for row in rows]) for place in tried)
        self._network.table.copy_(before)
        self._optimizer = StackedOptimizer([member.config for member in self.members], self._network.table)
        return same

    def advance(self, to: int) -> None:
        """Make rows up to this step; whose numbers are none any more has diverged."""
        losses, numbers, held = [], [], []
        while self.members and self._step < to:
            self._step += 1
            if self._goal.best or self._step == to:
                numbers.append(self._measured(self._test if self._goal.tested and self._test else self._data))
                held.append(self._measured(self._held) if self._held else torch.full_like(numbers[-1], math.nan))
            losses.append(self._pass())
            if self._goal.metric == "loss" and (self._goal.best or self._step == to):
                numbers[-1] = losses[-1].double()
        if losses:
            self._tell(torch.stack(losses), torch.stack(numbers), torch.stack(held))

    def _tell(self, losses: Tensor, numbers: Tensor, held: Tensor) -> None:
        """The members what their rows have been: losses (rows, M), the goal's numbers of all of these rows or of the last one (·, M)."""
        first = self._step - len(losses) + 1
        wrong = ~torch.isfinite(losses)
        ends = torch.where(wrong.any(0), first + wrong.byte().argmax(0), self._step).tolist()  # argmax: the first row that is no number
        told, unseen, last = numbers.T.tolist(), held.T.tolist(), losses[-1].tolist()
        for place, member in enumerate(self.members):
            step = ends[place]
            for number, unchosen in zip(told[place][:-1], unseen[place][:-1], strict=True):
                member.row(step, number, 0.0, unchosen)
            member.row(step, told[place][-1], last[place] if step == self._step else math.nan, unseen[place][-1])
            if not member.outcome and self._step >= self._config.epochs:
                member.outcome = "finished"
        self.drop([member for member in self.members if member.outcome])

    def drop(self, members: Sequence[Member]) -> None:
        """These go no further: the stack is less high from here on."""
        gone = {id(member) for member in members}
        kept = [place for place, member in enumerate(self.members) if id(member) not in gone]
        if len(kept) == len(self.members):
            return
        self.members = [self.members[place] for place in kept]
        rows = torch.tensor(kept, dtype=torch.int64)
        self._network.keep(rows)
        self._optimizer.keep(rows)
        self._data.keep(rows)
        for data in filter(None, (self._test, self._held)):
            data.keep(rows)

    def _measured(self, data: "_Data") -> Tensor:
        """The goal's number of each member before this step's update: (M,) float64."""
        logits = self._network(data.x)
        if self._goal.greatest:
            return (logits.argmax(2) == data.y).sum(1).double() / data.y.shape[1]
        return data.loss(torch.log_softmax(logits, 2)).double()

    def _pass(self) -> Tensor:
        """Forward, loss, backward and update of all members; the losses (M,) of before the update."""
        logits = self._network(self._data.x)
        logs = torch.log_softmax(logits, 2)
        self._network.backward(torch.ops.aten._log_softmax_backward_data(self._data.aimed, logs, 2, torch.float32))
        self._optimizer.step(self._network.table, self._network.gradients)
        return self._data.loss(logs)


class _Data:
    """What the members learn from, or are tested on: x (M, N, F), y (M, N)."""

    def __init__(self, names: Sequence[Mapping[str, Tensor]], x: str, y: str, classes: int) -> None:
        self.x, self.y = _together([each[x] for each in names]), _together([each[y] for each in names])
        members, rows = self.y.shape
        share = -(torch.tensor(1.0) / rows).item()  # what the mean of N losses hands back to each
        self.aimed = torch.zeros(members, rows, classes).scatter_(2, self.y[..., None], share)

    def keep(self, rows: Tensor) -> None:
        """Only these members."""
        self.x, self.y, self.aimed = _kept(self.x, rows), _kept(self.y, rows), self.aimed[rows]

    def loss(self, logs: Tensor) -> Tensor:
        """The cross-entropy of each member (M,), for the logarithms of its probabilities (M, N, C)."""
        return mean(-logs.gather(2, self.y[..., None])[..., 0])


def _together(tensors: Sequence[Tensor]) -> Tensor:
    """One for each member; the same once, seen M times, where all are alike."""
    first = tensors[0]
    if all(one is first or torch.equal(one, first) for one in tensors):
        return first.expand(len(tensors), *first.shape)
    return torch.stack(list(tensors)) if first.dim() == 1 else aligned(len(tensors), *first.shape)[1].copy_(torch.stack(list(tensors)))


def _kept(tensor: Tensor, rows: Tensor) -> Tensor:
    if tensor.stride(0) == 0:
        return tensor[:1].expand(len(rows), *tensor.shape[1:])
    return tensor[rows] if tensor.dim() == 2 else aligned(len(rows), *tensor.shape[1:])[1].copy_(tensor[rows])


def _columns(config: ClassifierConfig) -> list[str]:
    """The numbers of a row that can be a goal."""
    return ["loss", "accuracy", *(["test_loss", "test_accuracy"] if config.test_rows else [])]


def _one_of_each_seed(members: Sequence[Member]) -> list[Member]:
    """Members of the same seed begin with the same weights and learn from the same samples."""
    return list({member.config.seed: member for member in members}.values())


def _same(experiment: str, config: TrainingConfig, losses: Sequence[float]) -> bool:
    alone = trainer(experiment, config, torch.device("cpu"))
    with alone.stream():
        return [row["loss"] for _, (_, row) in zip(losses, alone, strict=False)] == losses
