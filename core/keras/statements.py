"""What the Keras programs of all experiments have in common: backend, optimizer, callbacks, compile, fit, result.

Data and initial weights are those of the PyTorch script, by its very lines. Where `fit` does a small thing in another way
than PyTorch and can be brought to do the same, the program does so and says it: ε of Adam, weight decay, changes.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from core.change import Change
from core.config import MOMENTUM, TrainingConfig
from core.script import Recorded, Script, Section, Translate
from core.script.source_text import block, lines, noted

Run = Recorded[Any]
_BY_PENALTY = ("Momentum", "Nesterov", "RMSprop", "Adam")  # their weight decay is Keras' L2 penalty; Keras' own is AdamW's
_CHANGED = {"lr": "learning_rate", "momentum": "momentum", "weight_decay": "weight_decay", "clip": "global_clipnorm"}


class Callback(NamedTuple):
    """A callback of `fit`: how it is made, and its class, if it is not one of Keras'."""

    made: str
    code: str = ""


class Parts(NamedTuple):
    """What one experiment's Keras program has of its own.

    Args:
        weights: PyTorch's model, and `weights` made of it.
        loss, metric: one of Keras' losses, and the same as a metric called `data_loss`.
        fit: the lines of what `fit` is given, without epochs and callbacks.
        callbacks: those of its own.
        measured: whether the loss is measured over all rows before each epoch (mini-batches), not taken from `fit`.
        last_row: whether one more loss is measured after the last update.
        result: what is printed of the trained model.
    """

    title: str
    data: Section
    weights: Section
    model: Section
    loss: str
    metric: str
    fit: Sequence[str]
    callbacks: Sequence[Callback] = ()
    measured: bool = False
    last_row: bool = False
    result: str = ""


def keras_script(run: Run, first_step: int, parts: Parts, _: Translate) -> Script:
    """The program of a run; `first_step` labels the recipe's first row."""
    callbacks = [*parts.callbacks, *_epsilon(run, _), *_changes(run, first_step, _), Callback("keras.callbacks.TerminateOnNaN()")]
    if parts.measured:
        callbacks.insert(0, Callback("Measured()", _measured()))
    sections = [_backend(_), _seed(run, _), parts.data, parts.weights]
    if parts.measured or parts.last_row:
        sections.append(_measurement(run, parts, _))
    if own := [callback.code for callback in callbacks if callback.code]:
        prose = _("what fit hides, and the PyTorch loop has in plain sight. Keras calls them at their time.")
        sections.append(Section(_("Callbacks"), prose, "\n\n\n".join(own)))
    fit = [_fit(run, parts, callbacks, _)] if run.last else []  # a run that was stopped at row 0 has made no update
    sections += [parts.model, _compile(run, parts, _), *fit, _result(run, parts, _)]
    return Script(parts.title, _about(_), tuple(sections))


def _about(_: Translate) -> str:
    return _(
        "Made with Stepwise; it needs Python, Keras 3 and the packages that it imports. It begins with the same data and the"
        " same weights as the PyTorch run beside it, and prints the loss of every epoch."
    )


def _backend(_: Translate) -> Section:
    code = lines(
        noted('os.environ["KERAS_BACKEND"] = "torch"', _("to be said before Keras is imported")),
        'os.environ["KERAS_TORCH_DEVICE"] = "cpu"',
        "import keras",
        noted('keras.config.set_floatx("float32")', _("whatever ~/.keras/keras.json says")),
    )
    prose = _("Keras computes nothing itself. Here PyTorch does it for Keras.")
    return Section(_("Backend"), prose, code, ("import json", "import os"))


def _seed(run: Run, _: Translate) -> Section:
    code = lines(
        noted(f"torch.manual_seed({run.config.seed})", _("the same random numbers every time")),
        noted("torch.set_num_threads(1)", _("one thread adds in one order, down to the last digit")),
    )
    return Section(_("Seed"), _("what is drawn at random follows from it."), code)


def one_batch(run: Run, rows: int) -> bool:
    """Whether each epoch of a run over so many rows is one update, all rows at once."""
    return not any(0 < size < rows for size in run.values("batch_size"))


# --- what stays the same -----------------------------------------------------------------------------------------


def same_data(section: Section) -> Section:
    """The data of the PyTorch script, without what it says about PyTorch's errors."""
    kept = [line for line in section.code.split("\n") if not line.startswith("#")]
    return section._replace(code="\n".join(kept))


def weights_section(model: Section, code: str, _: Translate, imports: tuple[str, ...] = ()) -> Section:
    """PyTorch's model is made as in its own script, only to have its initial weights; `code` makes `weights` of it."""
    prose = _("made by PyTorch, so that both begin at the same place. This model is used for nothing else.")
    return Section(_("Initial weights"), prose, lines(model.code, code), (*model.imports, *imports))


# --- weight decay ------------------------------------------------------------------------------------------------


def penalised(run: Run) -> bool:
    """Whether weight decay is put on as an L2 penalty."""
    return run.config.optimizer in _BY_PENALTY and any(run.values("weight_decay"))


def regularizer(run: Run, _: Translate) -> str:
    """The line that makes the penalty, if there is one."""
    if not penalised(run):
        return ""
    made = f"decay = keras.regularizers.L2({run.config.weight_decay / 2!r})"
    return noted(made, _("its gradient is weight_decay · w, which PyTorch's optimizer adds by itself"))


def penalty(run: Run, *parts: str) -> str:
    """The arguments that put the penalty on these parts of a layer: "kernel", "bias" …"""
    return "".join(f", {part}_regularizer=decay" for part in parts) if penalised(run) else ""


def reported(run: Run) -> str:
    """What `fit` calls the loss without the penalty."""
    return "data_loss" if penalised(run) else "loss"


# --- compile -----------------------------------------------------------------------------------------------------


def _optimizer(run: Run) -> str:
    """As `core.program.optimizer.make_optimizer`, with what Keras would else choose otherwise."""
    config = run.config
    arguments = [f"learning_rate={config.lr!r}"]
    if config.optimizer in MOMENTUM:
        arguments.append(f"momentum={first_used(run, 'momentum')!r}")
    if config.optimizer == "Nesterov":
        arguments.append("nesterov=True")
    if config.optimizer == "AdamW" or (config.optimizer == "SGD" and any(run.values("weight_decay"))):
        arguments.append(f"weight_decay={config.weight_decay!r}")
    if config.optimizer == "RMSprop":
        arguments += ["rho=0.99", "epsilon=1e-16"]
    if getattr(config, "clip", 0.0):
        arguments.append(f"global_clipnorm={config.clip!r}")
    called = "SGD" if config.optimizer in MOMENTUM else config.optimizer
    return f"keras.optimizers.{called}({', '.join(arguments)})"


def first_used(run: Run, field: str) -> Any:
    """The first value that is not 0: what is built with 0 cannot be changed later; `_changes` then begins with the 0."""
    return next(filter(None, run.values(field)), getattr(run.config, field))


def _compile(run: Run, parts: Parts, _: Translate) -> Section:
    without = _("the loss without the penalty")
    code = lines(
        "model.compile(",
        f"    loss={parts.loss},  #:loss",
        f"    optimizer={_optimizer(run)},  #:step",
        noted(f"    metrics=[{parts.metric}],", without) if penalised(run) else "",
        ")",
    )
    prose = _("a loss and an optimizer are handed over. Nothing is computed yet, and no loop is to be seen.")
    return Section(_("Compile"), prose, code)


# --- callbacks ---------------------------------------------------------------------------------------------------


def callback(name: str, moment: str, *body: str) -> Callback:
    """A callback that does `body` at a moment such as "on_epoch_begin"."""
    given = "batch" if "batch" in moment else "epoch"
    method = block(f"def {moment}(self, {given}, logs=None):", *body)
    return Callback(f"{name}()", block(f"class {name}(keras.callbacks.Callback):", method))


def _epsilon(run: Run, _: Translate) -> list[Callback]:
    """PyTorch adds ε to √v after the bias correction, Keras before it."""
    if run.config.optimizer not in ("Adam", "AdamW"):
        return []
    body = (
        "update = int(self.model.optimizer.iterations) + 1",
        noted("corrected = (1 - 0.999**update) ** 0.5", _("Keras adds ε before this correction, PyTorch after it")),
        "self.model.optimizer.epsilon = 1e-8 * corrected",
    )
    return [callback("Epsilon", "on_train_batch_begin", *body)]


def _changes(run: Run, first_step: int, _: Translate) -> list[Callback]:
    """What was changed while the run went on."""
    written: dict[int, list[str]] = {}
    for field in ("momentum", "dropout"):
        if hasattr(run.config, field) and run.varies(field) and not getattr(run.config, field):
            written.setdefault(0, []).append(_assigned(run, field, 0.0))
    for change in run.changes:
        if _has_effect(run, change):
            note = _("changed while it ran, from {old}").format(old=repr(change.old))
            code = noted(_assigned(run, change.field, change.new), note)
            written.setdefault(change.step - first_step, []).append(lines(code, _rescaled(run, change, _)))
    if not written:
        return []
    body = (block(f"if epoch == {epoch}:", *code) for epoch, code in sorted(written.items()))
    return [callback("Changes", "on_epoch_begin", *body)]


def _has_effect(run: Run, change: Change) -> bool:
    setting = run.config.settings()[change.field]
    return change.field in (*_CHANGED, "dropout") and setting.applies(run.config)


def _assigned(run: Run, field: str, value: Any) -> str:
    if field == "dropout":
        is_dropout = "if isinstance(layer, keras.layers.Dropout):"
        return block("for layer in self.model.layers:", block(is_dropout, f"layer.rate = {value!r}"))
    if field == "weight_decay" and run.config.optimizer in _BY_PENALTY:
        return f"decay.l2 = {value / 2!r}"
    return f"self.model.optimizer.{_CHANGED[field]} = {value!r}"


def _rescaled(run: Run, change: Change, _: Translate) -> str:
    """Keras' velocity is PyTorch's times −lr."""
    if change.field != "lr" or run.config.optimizer not in MOMENTUM:
        return ""
    head = noted("for velocity in self.model.optimizer.momentums:", _("they hold the old learning rate as a factor"))
    return block(head, f"velocity.assign(velocity * {change.new!r} / {change.old!r})")


def _measured() -> str:
    return callback("Measured", "on_epoch_begin", "losses.append(loss_now())").code


def _measurement(run: Run, parts: Parts, _: Translate) -> Section:
    arguments = "x, y, batch_size=len(x), verbose=0, return_dict=True"
    function = block("def loss_now():", f'return model.evaluate({arguments})["{reported(run)}"]')
    prose = _("the loss over all rows at once, with the weights as they are.")
    return Section(_("Measurement"), prose, f"{function}\n\n\nlosses = []" if parts.measured else function)


# --- fit ---------------------------------------------------------------------------------------------------------


def _fit(run: Run, parts: Parts, callbacks: Sequence[Callback], _: Translate) -> Section:
    made = ", ".join(callback.made for callback in callbacks)
    code = lines(
        f"{'' if parts.measured else 'history = '}model.fit(  #:backward",
        *(f"    {line}" for line in parts.fit),
        f"    epochs={run.last}, verbose=0,",
        f"    callbacks=[{made}],",
        ")",
    )
    prose = _("the whole loop: forward, loss, backward, update, again and again. In there Keras calls loss.backward(), too.")
    return Section(_("Fit"), prose, code)


def _result(run: Run, parts: Parts, _: Translate) -> Section:
    of_fit = f'history.history["{reported(run)}"]' if run.last else "[]"
    code = lines(
        "" if parts.measured else f"losses = {of_fit}",
        noted("losses.append(loss_now())", _("after the last update")) if parts.last_row else "",
        parts.result,
        'print("losses:", json.dumps(losses))',
        'print("loss:", losses[-1])',
    )
    return Section(_("Result"), _("with all digits, to be compared."), code)


# --- what stays different, and what there is no way for -----------------------------------------------------------


def batch_size_changed(_: Translate) -> str:
    """Why there is no program."""
    return _(
        "The batch size was changed while the run went on. Keras' fit takes one batch size for all of its epochs, so there is no"
        " program that does the same."
    )


def differences(run: Run, shuffled: bool, _: Translate) -> list[str]:
    """What Keras does in another way than PyTorch under any experiment's settings."""
    config: TrainingConfig = run.config
    found = []
    if shuffled:
        found.append(_("Mini-batches: each library shuffles the rows in an order of its own, so every update sees other rows."))
    if penalised(run) and any(run.values("clip") if hasattr(config, "clip") else ()):
        found.append(
            _(
                "Clipping and weight decay: PyTorch clips the gradient of the loss, and the optimizer adds the decay afterwards."
                " Keras' penalty is a part of the loss, so both are clipped together."
            )
        )
    if config.optimizer == "RMSprop":
        found.append(
            _(
                "RMSprop: PyTorch divides by √v + ε, Keras by √(v + ε). Its epsilon=1e-16 is as near as it gets, and differs"
                " where a gradient is almost zero."
            )
        )
    return found
