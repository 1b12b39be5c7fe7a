"""Stacked: runs of one shape trained as one, each with its own weights, rate, momentum, decay, dropout and seed.

M members, N rows, F inputs, C outputs, P parameters. The weights of all members lie in one table (M, P) of which each layer is a
view, so an optimizer moves all of them by a few operations, and a layer of all of them is one batched product. Autograd is not
needed: the backward of a stack of linear layers is written out, with PyTorch's own kernels.

The operations and their order are those that a single run makes, and each member's numbers begin at a multiple of 64 bytes as
those of a tensor of its own do (a product of matrices adds in another order elsewhere); so the numbers are the same bits. Whether
they are on this machine is tried out before a stack is used (`agrees`): where they are not, each member is made by itself.
"""

import math
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn

from core import experiments
from core.program.experiment import HELD_OUT
from core.program.running import Programmed
from core.program.trainer import Trainer
from core.search.goal import Goal, goals
from core.search.member import Member, hold_back, trainer, way_to
from core.search.space import SearchError
from core.search.stacked_network import Layer, StackedNetwork
from core.search.stacked_optimizer import StackedOptimizer
from core.search.stacked_random import StackedRandom
from core.search.stacked_samples import LOSSES, Samples
from core.settings.config import TrainingConfig
from core.settings.limits import limits

OWN = ("lr", "momentum", "weight_decay", "l1", "dropout", "seed")  # what members of one stack may differ in
T = TypeVar("T")
TRIED = 4  # updates of some members that single runs make as well, before a stack is trusted
MOST = 8192  # updates of all members in a row: about half a second, in which nobody can stop a search
ROOM = 2**23  # numbers that the units of all members put out: with those of the backward about 150 MB
LARGE = 2**18  # so many of one member, and a stack gains less than half of what it takes by itself


def stacks(
    experiment: str, members: Sequence[Member], goal: Goal, device: torch.device, *, hold_out: bool = False
) -> tuple[list["Stack"], list[Member]]:
    """The stacks that can be made of these members, and those that are left over."""
    made, alone = list[Stack](), list[Member]()
    forms = [("" if device.type != "cpu" else shape(experiment, member), member) for member in members]
    for form, same in groupby(sorted(forms, key=itemgetter(0)), key=itemgetter(0)):
        group = [member for _, member in same]
        parts = -(-len(group) // _height(group[0].config)) if form else len(group)
        for part in (group[place::parts] for place in range(parts)):
            stack = Stack(experiment, part, goal, hold_out=hold_out) if len(part) > 1 else None
            if stack and stack.agrees():
                made.append(stack)
            else:
                alone += part
    return made, alone


def shape(experiment: str, member: Member) -> str:
    """The same for members that can be trained as one; "" for one that cannot."""
    if not experiments.watch(experiment).stacks(member.config) or numbers(member.config) > LARGE:
        return ""
    usual = member.config.settings()
    return member.config.model_copy(update={name: usual[name].default for name in OWN if name in usual}).model_dump_json()


class Stack:
    """Members of one shape.

    Args:
        experiment: its name.
        members: which; they differ in `OWN` only.
        goal: which number is read of each row.
        hold_out: whether every second test sample is held out, and measured beside the others.
    """

    def __init__(self, experiment: str, members: Sequence[Member], goal: Goal, *, hold_out: bool = False) -> None:
        self.members, self._goal, self._experiment, self._holds_out = list(members), goal, experiment, hold_out
        config: Any = members[0].config
        runs = {seed: self._single(own) for seed, own in {member.config.seed: member.config for member in members}.items()}

        def each(of: Callable[[Trainer], T]) -> list[T]:
            """Of each member: those of the same seed begin with the same weights and learn from the same samples."""
            found = {seed: of(run) for seed, run in runs.items()}
            return [found[member.config.seed] for member in members]

        names = _program(next(iter(runs.values()))).names
        self._network = StackedNetwork(getattr(config, "activation", "tanh"), each(_layers), "model" not in names)
        self.parameters = self._network.table.numel()
        if self.parameters > limits().search_parameters:
            raise SearchError("too_many_parameters", "trials", self.parameters, f"≤ {limits().search_parameters}")
        usual = "mse" if names["y"].is_floating_point() else "softmax"
        kind = LOSSES[getattr(config, "loss", getattr(config, "output", usual))]
        self._data = kind.of(each(lambda run: _program(run).learned()))
        self._test = kind.of(each(_tested)) if _program(next(iter(runs.values()))).tested[0] in names else None
        self._held = kind.of(each(lambda run: cast("tuple[Tensor, Tensor]", _program(run).held_out))) if hold_out else None
        columns = [*kind.columns, *(f"test_{name}" for name in kind.columns if self._test)]
        if goal.metric not in columns:
            raise SearchError("no_such_goal", "goal", goal, " | ".join(goals(columns)), way_to(goal.metric, config))
        self._batch = config.batch_size if config.batch_size < getattr(config, "whole", len(self._data)) else 0
        self._cuts = _program(next(iter(runs.values()))).cuts_batches
        self._step, self._last = members[0].step, config.epochs
        self._drawn = each(_drawn)
        self._begin()

    def _single(self, config: TrainingConfig) -> Trainer:
        run = trainer(self._experiment, config, torch.device("cpu"))
        if self._holds_out:
            hold_back(run, self._goal)
        return run

    def _begin(self) -> None:
        configs = [member.config for member in self.members]
        self._optimizer = StackedOptimizer(configs, self._network.table)
        self._random = StackedRandom([(config.seed, getattr(config, "dropout", 0.0)) for config in configs], self._drawn)

    def agrees(self) -> bool:
        """Whether some members come, to the last bit, to the numbers and weights of single runs; the stack is as new afterwards."""
        last = len(self.members) - 1
        before = self._network.table.clone()
        rows = [self._row(measured=True) for _ in range(max(1, TRIED // _updates(self.members[0].config)))]
        same = all(self._same(place, [row[:, place].tolist() for row in rows]) for place in sorted({0, last // 2, last}))
        self._network.table.copy_(before)
        self._network.leave()
        self._begin()
        return same

    def _same(self, place: int, rows: Sequence[list[float]]) -> bool:
        """Whether a single run finds these in its rows, or has diverged, and then has the weights that this member has."""
        config, metric = self.members[place].config, self._goal.metric
        alone = self._single(config.model_copy(update={"epochs": config.epochs + TRIED}))  # it is not to be over before
        with alone.stream():
            found = [[row["loss"], row[metric], row.get(f"{HELD_OUT}{metric}", math.nan)] for _, (_, row) in zip(rows, alone, strict=False)]
            next(alone, None)  # the updates of the last row
        mine = zip(self._network.parameters(place), [part for layer in _layers(alone) for part in layer], strict=True)
        same = len(found) < len(rows) or all(torch.allclose(one, other, 0.0, 0.0, equal_nan=True) for one, other in mine)
        return same and str(found) == str(rows[: len(found)])  # as text, NaN is equal to itself

    def advance(self, to: int) -> None:
        """Make rows up to this step; whose numbers are none any more has diverged."""
        rows = list[Tensor]()
        while self.members and self._step < to:
            self._step += 1
            rows.append(self._row(measured=self._goal.best or self._step == to))
        if rows:
            self._network.leave()
            self._tell(*torch.stack(rows, 1))

    def _tell(self, losses: Tensor, numbers: Tensor, held: Tensor) -> None:
        """The members what their rows have been, each (rows, M); the goal's numbers were looked for in all of them, or in the last one."""
        looked = 0 if self._goal.best else len(losses) - 1
        wrong, first = ~losses.isfinite(), self._step - len(losses) + 1
        wrong[looked:] |= ~numbers[looked:].isfinite()
        ends = torch.where(wrong.any(0), first + wrong.byte().argmax(0), self._step).tolist()  # argmax: the first row that is no number
        told, unseen, last = numbers[looked:].T.tolist(), held[looked:].T.tolist(), losses[-1].tolist()
        ended = "finished" if self._step >= self._last else ""
        for member, step, found, unchosen, loss in zip(self.members, ends, told, unseen, last, strict=True):
            for earlier in range(len(found) - 1):
                member.row(step, found[earlier], 0.0, unchosen[earlier])
            member.row(step, found[-1], loss if step == self._step else math.nan, unchosen[-1])
            member.outcome = member.outcome or ended
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
        self._random.keep(rows)
        self._data = self._data.kept(rows)
        self._test, self._held = (samples and samples.kept(rows) for samples in (self._test, self._held))

    def _row(self, *, measured: bool) -> Tensor:
        """One row of all members, and its updates. (3, M) float64: the loss, and if they are wanted the goal's number and that of the
        samples that are held out; all of before the updates.
        """
        goal, data, numbers = self._goal, self._data, [torch.full((len(self.members),), math.nan, dtype=torch.float64)] * 2
        if measured and goal.tested:
            numbers = [self._number(samples, self._network(samples.x)) if samples else numbers[0] for samples in (self._test, self._held)]
        outputs = self._network(data.x, None if self._batch else self._random.noise)
        loss, slope = (data.loss(outputs), outputs) if self._batch else data.learned(outputs)
        if measured and not goal.tested:
            numbers[0] = self._number(data, outputs)
        if not self._batch:
            self._update(slope)
        for batch in data.batches(self._random.order(len(data)), self._batch, cut=self._cuts) if self._batch else ():
            self._update(batch.slope(self._network(batch.x, self._random.noise)))
        return torch.stack([loss.double(), *numbers])

    def _number(self, samples: Samples, outputs: Tensor) -> Tensor:
        """The goal's number of each member: (M,) float64."""
        return samples.right(outputs) if self._goal.greatest else samples.loss(outputs).double()

    def _update(self, slope: Tensor) -> None:
        """Backward from the gradient of the outputs (M, N, C), and the optimizer's step."""
        self._network.backward(slope)
        self._optimizer.step(self._network.table, self._network.gradients)


def _updates(config: Any) -> int:
    """How many a row makes."""
    return -(-config.rows // config.batch_size) if config.batch_size else 1


def _height(config: Any) -> int:
    """How many members one stack may have."""
    return max(2, min(MOST // _updates(config), ROOM // numbers(config)))


def numbers(config: Any) -> int:
    """How many numbers the units of a run put out for all of its samples."""
    samples: int = getattr(config, "samples", getattr(config, "rows", 500))  # overfitting tests that many, whatever it learns from
    return samples * (sum(getattr(config, "hidden", ())) + getattr(config, "units", 0) + 1)


def _program(run: Trainer) -> Programmed:
    return cast(Programmed, run.experiment)


def _layers(run: Trainer) -> list[Layer]:
    """Those of its model, or x @ W + b alone."""
    names = _program(run).names
    if "model" not in names:
        return [(names["W"].T, names["b"])]
    return [(module.weight, module.bias) for module in names["model"].modules() if isinstance(module, nn.Linear)]


def _tested(run: Trainer) -> tuple[Tensor, Tensor]:
    x, y = _program(run).tested
    return _program(run).names[x], _program(run).names[y]


def _drawn(run: Trainer) -> Tensor:
    """The state of torch's generator when its training begins."""
    with run.stream():
        return torch.get_rng_state()
