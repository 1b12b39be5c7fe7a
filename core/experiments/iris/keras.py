"""The iris classifier in Keras: a `Sequential` of `Dense` layers."""

from core.experiments.iris.config import CLASSES
from core.experiments.iris.script import FIRST_STEP, Run, drops, script
from core.keras import Counterpart
from core.keras.statements import (
    Callback,
    Parts,
    batch_size_changed,
    differences,
    first_used,
    keras_script,
    one_batch,
    penalty,
    regularizer,
    reported,
    same_data,
    weights_section,
)
from core.script import Script, Section, Translate
from core.script.source_text import lines, noted

_LOSS = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
_METRIC = 'keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="data_loss")'


def counterpart(run: Run, _: Translate) -> Counterpart:
    """The run in Keras."""
    whole = one_batch(run, run.config.train_rows)
    if run.varies("batch_size") and not whole:
        return Counterpart(None, batch_size_changed(_))
    ours = script(run, _)
    data, weights, model = same_data(ours.section("Data")), _weights(ours, _), _model(run, _)
    fit, callbacks = _fit(run, whole), _early_stopping(run)
    parts = Parts(_("Iris in Keras"), data, weights, model, _LOSS, _METRIC, fit, callbacks, measured=not whole)
    found = differences(run, not whole, _)
    if drops(run):
        found.append(_("Dropout: each library draws at random, by its own numbers, which outputs it drops."))
    return Counterpart(keras_script(run, FIRST_STEP, parts, _), differences=tuple(found))


def _weights(ours: Script, _: Translate) -> Section:
    code = "weights = [parameter.detach().numpy().T for parameter in model.parameters()]"
    return weights_section(ours.section("Model"), noted(code, _("PyTorch keeps (out, in), Keras (in, out)")), _)


def _model(run: Run, _: Translate) -> Section:
    config, regularized = run.config, penalty(run, "kernel", "bias")
    activation = "" if config.activation == "none" else f', activation="{config.activation}"'
    layers = [f"keras.Input(({len(config.features)},))"]
    for units in config.hidden:
        layers.append(f"keras.layers.Dense({units}{activation}{regularized})")
        if drops(run):
            layers.append(f"keras.layers.Dropout({first_used(run, 'dropout')!r})")
    layers.append(f"keras.layers.Dense({CLASSES}{regularized})")
    made = "model = keras.Sequential([\n" + "".join(f"    {layer},\n" for layer in layers) + "])"
    prose = _("the same layers. The last one gives logits: the loss is told so.")
    return Section(_("Model"), prose, lines(regularizer(run, _), made, "model.set_weights(weights)"))


def _fit(run: Run, whole: bool) -> list[str]:
    rows = "x, y, batch_size=len(x), shuffle=False," if whole else f"x, y, batch_size={run.config.batch_size},"
    test = "validation_data=(x_test, y_test), validation_batch_size=len(x_test),"
    return [rows, test] if run.config.test_share else [rows]


def _early_stopping(run: Run) -> list[Callback]:
    if not (run.config.patience and run.config.test_share):
        return []
    arguments = f'monitor="val_{reported(run)}", mode="min", patience={run.config.patience}'
    return [Callback(f"keras.callbacks.EarlyStopping({arguments})")]
