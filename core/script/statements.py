"""What the scripts of all experiments have in common: the seed, the optimizer, the five statements, changes, batches."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.config import TrainingConfig
from core.script import Recorded, Section, Translate
from core.script.source_text import block, lines, noted


def about(_: Translate) -> str:
    """What the program is, for its head."""
    return _(
        "Made with Stepwise; it needs nothing but Python and the packages that it imports. On a CPU it ends in the same"
        " loss as the run that it was made from, down to the last digit."
    )


def beginning(run: Recorded[TrainingConfig], _: Translate) -> Section:
    """The seed, the thread, and the device if it is a GPU."""
    code = lines(
        noted(f"torch.manual_seed({run.config.seed})", _("the same random numbers every time")),
        noted("torch.set_num_threads(1)", _("one thread adds in one order, down to the last digit")),
        _device(run.device),
    )
    prose = _("what is drawn at random follows from it.")
    return Section(_("Seed"), prose, code)


def _device(name: str) -> str:
    if name == "cpu":
        return ""
    there = "torch.backends.mps.is_available()" if name == "mps" else "torch.cuda.is_available()"
    return f'device = torch.device("{name}" if {there} else "cpu")'


def optimizer_section(run: Recorded[TrainingConfig], parameters: str, _: Translate) -> Section:
    """`core.optimizers.optimizer` as one call, with the arguments that differ from PyTorch's defaults."""
    config = run.config
    called = {"Momentum": "SGD", "Nesterov": "SGD"}.get(config.optimizer, config.optimizer)
    arguments = [parameters, f"lr={config.lr!r}"]
    after = ""
    if config.optimizer in ("Momentum", "Nesterov"):
        held_back = config.optimizer == "Nesterov" and config.momentum == 0  # PyTorch refuses to build this one
        arguments.append("momentum=0.9" if held_back else f"momentum={config.momentum!r}")
        if held_back:
            after = noted(_group("momentum", 0.0), _("PyTorch asks for more than 0 above, not here"))
    if config.optimizer == "Nesterov":
        arguments.append("nesterov=True")
    if config.weight_decay or config.optimizer == "AdamW":  # AdamW's own default is 0.01
        arguments.append(f"weight_decay={config.weight_decay!r}")
    prose = _("it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.")
    return Section(_("Optimizer"), prose, lines(f"optimizer = torch.optim.{called}({', '.join(arguments)})", after))


def _group(field: str, value: Any) -> str:
    return f'optimizer.param_groups[0]["{field}"] = {value!r}'


def change_code(run: Recorded[TrainingConfig], counter: str, variables: Mapping[str, str], _: Translate) -> str:
    """What the learner changed while it ran, each at its step: to be put between `backward()` and `step()`.

    Args:
        counter: the variable that holds the step.
        variables: field → what is assigned to, for the fields that are not the optimizer's.
    """
    written: dict[int, list[str]] = {}
    for step, field, old, new in run.changes:
        if field in variables:
            code = f"{variables[field]} = {new!r}"
        elif field in ("lr", "momentum", "weight_decay") and run.config.settings()[field].applies(run.config):
            code = _group(field, new)
        else:
            continue  # it has no effect on what is learned
        note = _("changed while it ran, from {old}").format(old=repr(old))
        written.setdefault(step, []).append(noted(code, note, "change"))
    return lines(*(block(f"if {counter} == {step}:", *code) for step, code in sorted(written.items())))


def update_code(forward: str, loss: str, between: Sequence[str], _: Translate, name: str = "loss") -> str:
    """The five statements of one update, with `between` where a run is held: after `backward()`, before `step()`."""
    return lines(
        noted(forward, _("forward: what the model says now"), "forward"),
        noted(f"{name} = {loss}", _("how wrong that is, as one number"), "loss"),
        noted("optimizer.zero_grad()", _("gradients add up: forget those of the update before"), "zero_grad"),
        noted(f"{name}.backward()", _("fills .grad of every parameter"), "backward"),
        *between,
        noted("optimizer.step()", _("reads .grad and moves the parameters"), "step"),
    )


def stop_if_diverged(_: Translate) -> str:
    """A run ends at the first loss that is no number."""
    return block(noted("if not loss.isfinite():", _("diverged: no number comes after this")), "break")


def every(run: Recorded[TrainingConfig]) -> int:
    """Of how many steps one is printed, so that about ten are."""
    return max(1, run.last // 10)


class Batches:
    """How the rows of a data set come to the updates of an epoch: all at once, in mini-batches, or now so and now so."""

    def __init__(self, run: Recorded[TrainingConfig], rows: int) -> None:
        self._run = run
        parts = {0 < size < rows for size in run.values("batch_size")}
        self.whole, self.mixed = parts == {False}, len(parts) == 2
        self._varies = run.varies("batch_size") and not self.whole
        self.variables = {"batch_size": "batch_size"} if self._varies else {}

    def definition(self, _: Translate) -> str:
        """What stands before the loop."""
        size = f"batch_size = {self._run.config.batch_size}" if self._varies else ""
        if not self.mixed:
            return size + "\n" if size else ""
        split = block("if 0 < batch_size < len(x):", "return torch.randperm(len(x)).split(batch_size)")
        all_rows = noted("return [torch.arange(len(x))]", _("all rows in their order"))
        return f"{size}\n\n\n{block('def batches():', split, all_rows)}\n\n\n"

    @property
    def loop(self) -> str:
        """The head of the loop over the mini-batches of an epoch."""
        size = "batch_size" if self._varies else self._run.config.batch_size
        return f"for rows in {'batches()' if self.mixed else f'torch.randperm(len(x)).split({size})'}:"
