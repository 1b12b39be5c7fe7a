"""The iris classifier as one script: scikit-learn's flowers, an `nn.Sequential`, cross-entropy."""

import math
from itertools import pairwise

from core.experiments.iris.config import FEATURES, IrisConfig
from core.script import Recorded, Script, Section, Translate
from core.script.source_text import block, lines, noted
from core.script.statements import Batches, about, beginning, change_code, every, optimizer_section, stop_if_diverged, update_code

FIRST_STEP = 1
FLOWERS, CLASSES = 150, 3
_ACTIVATIONS = {"relu": "nn.ReLU()", "tanh": "nn.Tanh()", "sigmoid": "nn.Sigmoid()", "gelu": "nn.GELU()"}
Run = Recorded[IrisConfig]


def parameter_names(run: Run) -> list[str]:
    """Those of an `nn.Sequential`, whose modules are numbered; of a bare `nn.Linear` without hidden layers."""
    layers = _layers(run)
    if len(layers) == 1:
        return ["weight", "bias"]
    numbers = [number for number, layer in enumerate(layers) if layer.startswith("nn.Linear")]
    return [f"{number}.{name}" for number in numbers for name in ("weight", "bias")]


def script(run: Run, _: Translate) -> Script:
    """The program of a run."""
    sections = [beginning(run, _), data_section(run, _), model_section(run, _), optimizer_section(run, "model.parameters()", _)]
    if _measures(run):
        sections.append(_measurement(run, _))
    sections += [_training(run, _), _result(run, _)]
    return Script(_("Iris: three species told apart by their lengths"), about(_), tuple(sections))


# --- data ------------------------------------------------------------------------------------------------------


def _test_rows(config: IrisConfig) -> int:
    return math.ceil(_share(config) * FLOWERS) if config.test_share else 0


def _share(config: IrisConfig) -> float:
    """One flower of each species at least is tested."""
    return max(config.test_share, CLASSES / FLOWERS)


def train_rows(config: IrisConfig) -> int:
    """The flowers that are learned from."""
    return FLOWERS - _test_rows(config)


def data_section(run: Run, _: Translate) -> Section:
    """x and y, and those that are tested, as tensors."""
    config = run.config
    imports = ["from sklearn.datasets import load_iris"]
    parts = [noted("x, y = load_iris(return_X_y=True)", "(150, 4) float64, (150,) int")]
    if len(config.features) < len(FEATURES):
        columns = [FEATURES.index(feature) for feature in config.features]
        parts.append(noted(f"x = x.take({columns}, axis=1)", ", ".join(config.features)))
    if config.test_share:
        imports.append("from sklearn.model_selection import train_test_split")
        split = f"test_size={_share(config)!r}, stratify=y, random_state={config.seed}"
        parts.append(f"x, x_test, y, y_test = train_test_split(x, y, {split})")
    if config.standardize:
        imports.append("from sklearn.preprocessing import StandardScaler")
        parts += _standardized(config, _)
    if wrong := round(config.label_noise * train_rows(config)):
        imports.append("import numpy as np")
        parts += _wrong_labels(config, wrong, _)
    prose = _("150 iris flowers of three species (0, 1, 2), four lengths in centimetres of each.")
    if config.test_share:
        prose += " " + _("{n} of them are not learned from: they test what was learned.").format(n=_test_rows(config))
    return Section(_("Data"), prose, lines(*parts, *_tensors(run, _)), tuple(imports))


def _standardized(config: IrisConfig, _: Translate) -> list[str]:
    fitted = noted("scaler = StandardScaler().fit(x)", _("mean 0, and variance 1"))
    return [fitted, "x = scaler.transform(x)", *(["x_test = scaler.transform(x_test)"] if config.test_share else [])]


def _wrong_labels(config: IrisConfig, wrong: int, _: Translate) -> list[str]:
    chosen = f"wrong = rng.choice(len(y), {wrong}, replace=False)"
    return [
        f"rng = np.random.default_rng({config.seed})",
        noted(chosen, _("these labels are made wrong, on purpose")),
        f"y[wrong] = (y[wrong] + rng.integers(1, 3, {wrong})) % 3",
    ]


def _tensors(run: Run, _: Translate) -> list[str]:
    made = run.placed("torch.tensor({}, dtype=torch.float32)"), run.placed("torch.tensor({}, dtype=torch.int64)")
    parts = [
        noted(f"x = {made[0].format('x')}", _("numpy hands out float64, weights are float32")),
        noted(f"y = {made[1].format('y')}", _("cross_entropy takes int64; numpy's int is int32 on some machines")),
    ]
    if run.config.test_share:
        parts += [f"x_test = {made[0].format('x_test')}", f"y_test = {made[1].format('y_test')}"]
    return parts


# --- model -----------------------------------------------------------------------------------------------------


def drops(run: Run) -> bool:
    """Whether there is dropout at any time of the run."""
    return any(run.values("dropout")) and len(run.config.hidden) > 0


def _layers(run: Run) -> list[str]:
    config = run.config
    sizes = [len(config.features), *config.hidden]
    between = [_ACTIVATIONS[config.activation]] if config.activation != "none" else []
    if drops(run):
        between.append("dropout")
    layers = []
    for units, following in pairwise(sizes):
        layers += [f"nn.Linear({units}, {following})", *between]
    return [*layers, f"nn.Linear({sizes[-1]}, {CLASSES})"]


def model_section(run: Run, _: Translate) -> Section:
    """The layers."""
    layers = _layers(run)
    if len(layers) == 1:
        prose = _("one linear layer: softmax regression. It gives logits; cross_entropy takes the softmax itself.")
        made = f"model = {layers[0]}"
    else:
        prose = _("layer after layer. The last one gives logits, not probabilities; cross_entropy takes the softmax itself.")
        made = "model = nn.Sequential(\n" + "".join(f"    {layer},\n" for layer in layers) + ")"
    dropout = noted(f"dropout = nn.Dropout({run.config.dropout!r})", _("used after each hidden layer")) if drops(run) else ""
    moved = "" if run.device == "cpu" else "model.to(device)"
    return Section(_("Model"), prose, lines(dropout, made, moved), ("from torch import nn",))


# --- training --------------------------------------------------------------------------------------------------


def _measures(run: Run) -> bool:
    return bool(run.config.test_share) or not Batches(run, train_rows(run.config)).whole


def _measurement(run: Run, _: Translate) -> Section:
    modes = ("model.eval()", "model.train()") if drops(run) else ("", "")
    body = (
        modes[0],
        block("with torch.no_grad():", "logits = model(x)"),
        modes[1],
        "return F.cross_entropy(logits, y), (logits.argmax(1) == y).float().mean()",
    )
    prose = _("loss and accuracy over many flowers at once, without dropout and without a graph.")
    return Section(_("Measurement"), prose, block("def measured(x, y):", *body), ("import torch.nn.functional as F",))


def _training(run: Run, _: Translate) -> Section:
    batches = Batches(run, train_rows(run.config))
    variables = batches.variables | ({"dropout": "dropout.p"} if drops(run) else {})
    changes = change_code(run, "epoch", variables, _)
    if batches.whole:
        body = _all_at_once(run, changes, _)
    elif batches.mixed and drops(run):
        body = _now_and_now(run, batches, changes, _)
    else:
        body = _in_batches(run, batches, changes, _)
    before = 'lowest, waited = float("inf"), 0\n' if _stops_early(run) else ""
    loop = block(f"for epoch in range(1, {run.last + 1}):", *body, _early_stopping(run, _))
    prose = _("{n} epochs. What is printed was found before the epoch's own updates.").format(n=run.last)
    return Section(_("Training"), prose, before + batches.definition(_) + loop, ("import torch.nn.functional as F",))


def _all_at_once(run: Run, changes: str, _: Translate) -> list[str]:
    accuracy = "accuracy = (logits.argmax(1) == y).float().mean()"
    between = (_test(run), _print(run, accuracy), stop_if_diverged(_), changes)
    return [update_code("logits = model(x)", "F.cross_entropy(logits, y)", between, _)]


def _in_batches(run: Run, batches: Batches, changes: str, _: Translate) -> list[str]:
    measured = noted("loss, accuracy = measured(x, y)", _("over all rows, before the updates of this epoch"))
    return [measured, _test(run), _print(run), stop_if_diverged(_), block(batches.loop, _batch_update((changes,), _))]


def _now_and_now(run: Run, batches: Batches, changes: str, _: Translate) -> list[str]:
    """Epochs of one batch are measured with their dropout, epochs of mini-batches without: as the run records them."""
    whole = block("if len(rows) == len(x):", noted("loss = batch_loss", _("one batch: this very loss, with its dropout")))
    inner = (whole, stop_if_diverged(_), changes)
    measured = noted("loss, accuracy = measured(x, y)", _("over all rows, before the updates of this epoch"))
    return [measured, _test(run), block(batches.loop, _batch_update(inner, _)), stop_if_diverged(_), _print(run)]


def _batch_update(between: tuple[str, ...], _: Translate) -> str:
    return update_code("logits = model(x[rows])", "F.cross_entropy(logits, y[rows])", between, _, name="batch_loss")


def _test(run: Run) -> str:
    return "test_loss, test_accuracy = measured(x_test, y_test)" if run.config.test_share else ""


def _print(run: Run, before: str = "") -> str:
    numbers = "loss {loss:.6f}  accuracy {accuracy:.3f}"
    if run.config.test_share:
        numbers += "  test loss {test_loss:.6f}  accuracy {test_accuracy:.3f}"
    return block(f"if epoch % {every(run)} == 0:", before, f'print(f"epoch {{epoch:4d}}  {numbers}")')


def _stops_early(run: Run) -> bool:
    return bool(run.config.patience and run.config.test_share)


def _early_stopping(run: Run, _: Translate) -> str:
    if not _stops_early(run):
        return ""
    patience = run.config.patience
    stop = noted(f"if waited == {patience}:", _("early stopping: so long without a new lowest test loss"))
    return lines(
        block("if test_loss < lowest:", "lowest, waited = test_loss, 0"),
        block("else:", "waited += 1"),
        block(stop, "break"),
    )


def _result(run: Run, _: Translate) -> Section:
    test = 'print("test loss:", test_loss.item(), " test accuracy:", test_accuracy.item())' if run.config.test_share else ""
    return Section(_("Result"), _("with all digits, to be compared."), lines(test, 'print("loss:", loss.item())'))
