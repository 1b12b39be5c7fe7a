"""What the numbers of a classifier say: is lr too high or too low, do gradients arrive, is it overfitting.

Every rule reads the recorded numbers alone. "Recent" is the last 100 epochs, or those since the settings were changed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core.run.finding import Finding
from core.run.history import Floats, History, Steps
from core.settings.classifier import ClassifierConfig
from core.settings.config import ADAPTIVE

RECENT = 100  # epochs
FAR = 0.3  # a loss above this is far from what the samples allow
ENOUGH = 15  # test samples: with fewer, one of them that is right or wrong changes the picture
CUT_OFF = 1e-6  # a gradient of the first layer that no optimizer makes a step of
GAP = 0.1  # between test and training loss, from which on a network knows its own samples better than others
STARTED = 0.9  # of the first loss: above it training has hardly begun
STRONG = 0.1  # a weight decay that may keep a network from learning
LONG = {True: 0.1, False: 1.0}  # the longest steps that are worth a try, by whether the optimizer scales them itself
UNSURE = {
    "few_test_samples",
    "patience_without_test",
    "plateau",
    "decay_too_strong",
    "more_data",
    "true_labels",
    "fewer_features",
    "regularize",
}
ZIGZAG = 0.3  # share of rising steps: full-batch descent with a fitting lr has next to none


@dataclass(frozen=True)
class Numbers:
    """A run's record as the rules read it."""

    config: ClassifierConfig
    status: str
    steps: Steps
    columns: Mapping[str, Floats]
    since: int
    classes: int

    @property
    def loss(self) -> Floats:
        return self.columns["loss"]

    @cached_property
    def _first(self) -> int:
        return int(max(np.searchsorted(self.steps, self.steps[-1] - RECENT), np.searchsorted(self.steps, self.since, "right")))

    def lately(self, name: str) -> Floats:
        """A column's numbers of the last 100 epochs, without those that other settings made; there may be none."""
        return self.columns[name][self._first :]

    @property
    def recent(self) -> Floats:
        """The losses of these epochs."""
        return self.lately("loss")

    @property
    def whole(self) -> bool:
        """Whether these are 100 epochs, as far as their rows were kept."""
        return self._first < len(self.steps) and self.steps[-1] - self.steps[self._first] >= 0.9 * RECENT

    @cached_property
    def now(self) -> Mapping[str, float]:
        return {name: float(column[-1]) for name, column in self.columns.items()}

    @property
    def exact(self) -> bool:
        """Whether each step goes down the gradient of the very loss that is shown: one batch, no dropout."""
        return self.config.batch_size == 0 and self.config.dropout == 0

    @property
    def far(self) -> float:
        """A loss above this is far from what can be had. Wrong labels, evenly spread over the other classes, cost their entropy."""
        wrong = self.config.label_noise
        return FAR - ((1 - wrong) * math.log(1 - wrong) + wrong * math.log(wrong / (self.classes - 1)) if wrong else 0.0)

    @property
    def gradient(self) -> float:
        """The length of the whole gradient now."""
        return math.hypot(*(value for name, value in self.now.items() if name.startswith("grad_norm_")))

    @property
    def settled(self) -> bool:
        """Whether the loss has moved by less than 1 % in the last 100 epochs, which were not the first."""
        if not self.whole or self.steps[-1] - self.steps[0] < 2 * RECENT:
            return False
        return float(self.recent.max() - self.recent.min()) < 0.01 * float(self.recent.mean())


@dataclass(frozen=True)
class Remedies:
    """What an experiment has to offer: settings that one press sets, {} where there are none.

    Args:
        more_data: more to learn from. Not a smaller share for testing: whether the test loss of the fewer samples that are left is higher
            or lower is a matter of chance (on iris, from a half to a quarter, it was higher in 29 of 57 runs).
        fewer_features: less to learn by heart.
        off_a_plateau: more to learn from, or with.
    """

    more_data: Mapping[str, Any]
    fewer_features: Mapping[str, Any]
    off_a_plateau: Mapping[str, Any]


def findings(
    config: ClassifierConfig, status: str, history: History, facts: Mapping[str, Any], since: int, remedies: Remedies
) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first. Only the rows after step `since` were made under `config`.

    | code                          | values                           | says                                       |
    | ----------------------------- | -------------------------------- | ------------------------------------------ |
    | diverged                      | step, lr                         | the loss is not a number                   |
    | all_dead, dead_units          | dead, units                      | ReLU units that are always 0               |
    | lr_too_high                   | lr, rises (share), low, high     | the loss zigzags or climbs                 |
    | vanishing_gradients           | step, first, last, layers        | the first layers hardly move               |
    | lr_too_low                    | lr, loss, gain (share), gradient | steep, and yet slow                        |
    | decay_too_strong              | weight_decay, loss               | nothing is learned against it              |
    | overfitting                   | step, lowest, test_loss, loss    | the test loss turned up, far above the other |
    | true_labels or more_data      | label_noise or none              | overfitting's first remedy,                |
    | fewer_features                |                                  | its second,                                |
    | regularize                    | weight_decay                     | its third                                  |
    | plateau                       | loss, gradient                   | far off and no longer moving,              |
    | cut_off                       | loss, first, layers              | for no gradient comes to the first layer   |
    | learned                       | loss, accuracy                   | settled at a good place                    |
    | stopped_early                 | step, lowest_at, lowest          | why it ended, and which weights these are  |
    | softmax_regression or logistic_regression |                      | no hidden layer                            |
    | no_activation                 | layers                           | linear layers in a row are one             |
    | patience_without_test         | patience                         | no test loss to stop on                    |
    | few_test_samples              | samples, share                   | too few to judge by                        |
    """
    about = [*_about_settings(config, facts), *_about_test(facts)]
    if not len(history):
        return _sure(about, config)
    numbers = Numbers(config, status, *history.since(-1), since, len(facts["classes"]))
    if status == "diverged" or not math.isfinite(numbers.loss[-1]):
        return [
            Finding("diverged", {"step": history.last_step, "lr": config.lr}, {"lr": _smaller(config.lr)}),
            *_without_remedies(about),
        ]
    dead, stopped = _dead(numbers, facts), _stopped(numbers)
    overfitting = [] if stopped else _overfitting(numbers, len(facts["test"]), remedies)
    stuck = _too_strong(numbers) or [*_vanishing(numbers), *_too_low(numbers)]
    urgent = [*_too_high(numbers), *stuck, *overfitting]
    if numbers.now.get("dead_units") == _units(facts) > 0:
        urgent, dead = [*dead, *(found for found in urgent if "lr" not in found.remedy)], []  # no lr moves what has no gradient
    settled = [] if urgent else _settled(numbers, remedies)
    if any(found.code == "cut_off" for found in settled):
        dead = []  # that its units are dead is the same thing said again, and another activation alone does not mend it
    return _sure([*urgent, *settled, *dead, *stopped, *about], config)


def _sure(found: Sequence[Finding], config: ClassifierConfig) -> Sequence[Finding]:
    """Where steps are so long that they hold by luck, only shorter ones are offered: with anything else the run may end anywhere."""
    return found if config.lr < LONG[config.optimizer in ADAPTIVE] else _without_remedies(found)


def _without_remedies(found: Sequence[Finding]) -> list[Finding]:
    return [one._replace(remedy={}) if one.code in UNSURE else one for one in found]


def _units(facts: Mapping[str, Any]) -> int:
    return sum(rows for rows, _ in facts["shapes"][:-1])


def _dead(numbers: Numbers, facts: Mapping[str, Any]) -> list[Finding]:
    dead, units = numbers.now.get("dead_units", 0.0), _units(facts)
    if not dead:
        return []
    values: dict[str, float | str] = {"dead": dead, "units": units}
    if dead == units:  # nothing but the last biases can learn now: a new start with smaller steps
        return [Finding("all_dead", values, {"lr": min(_smaller(numbers.config.lr), 0.01), "activation": "gelu"})]
    return [Finding("dead_units", values, {"activation": "gelu"})]


def _too_high(numbers: Numbers) -> list[Finding]:
    recent = numbers.recent
    if len(recent) < 10:
        return []
    low, high, rises = float(recent.min()), float(recent.max()), float((np.diff(recent) > 0).mean())
    zigzags = numbers.exact and rises >= ZIGZAG and high - low > 0.1 * float(recent.mean())
    climbs = high > 1.5 * float(numbers.loss[0]) and float(recent[-1]) > float(numbers.loss.min())
    if not (zigzags or climbs):
        return []
    lr = numbers.config.lr
    return [Finding("lr_too_high", {"lr": lr, "rises": rises, "low": low, "high": high}, {"lr": _smaller(lr)})]


def _vanishing(numbers: Numbers) -> list[Finding]:
    """Where the last layer's gradient was longest, hardly any of it came to the first."""
    layers = len(numbers.config.hidden) + 1
    if not _saturates(numbers.config) or numbers.now["loss"] < numbers.far or not len(numbers.recent):
        return []
    in_first, in_last = numbers.lately("grad_norm_1"), numbers.lately(f"grad_norm_{layers}")
    at = int(np.nan_to_num(in_last).argmax())
    first, last, step = float(in_first[at]), float(in_last[at]), int(numbers.steps[at - len(in_last)])
    if first >= last or (first >= 0.01 * last and first >= 2e-3):
        return []
    values: dict[str, float | str] = {"step": step, "first": first, "last": last, "layers": layers}
    return [Finding("vanishing_gradients", values, {"activation": "relu"})]


def _saturates(config: ClassifierConfig) -> bool:
    """Whether backward multiplies the derivatives of two or more saturating activations: tanh and sigmoid are flat at both ends."""
    return config.activation in {"sigmoid", "tanh"} and len(config.hidden) >= 2


def _too_low(numbers: Numbers) -> list[Finding]:
    """A steep slope, and yet less than 15 % won in 100 epochs. The gradient of a mini-batch, or with dropout, is not that slope."""
    loss, recent, lr = numbers.loss, numbers.recent, numbers.config.lr
    if not numbers.exact or not numbers.whole or recent[-1] < 0.5 * loss[0] or numbers.gradient < 0.2:
        return []
    gain = 1 - float(recent[-1] / recent[0])
    rises = float((np.diff(recent) > 0).mean())
    if not 0 <= gain < 0.15 or rises > 0.1:
        return []
    values: dict[str, float | str] = {"lr": lr, "loss": float(loss[-1]), "gain": gain, "gradient": numbers.gradient}
    return [Finding("lr_too_low", values, {"lr": _figures(min(lr * 10, 10.0))})]


def _too_strong(numbers: Numbers) -> list[Finding]:
    """Far from what these samples allow, no longer moving, and weights that are pulled to 0."""
    decay, loss = numbers.config.weight_decay, numbers.now["loss"]
    if decay < STRONG or loss < numbers.far or not numbers.whole or not _slow(numbers.recent):
        return []
    return [Finding("decay_too_strong", {"weight_decay": decay, "loss": loss}, {"weight_decay": 0.001})]


def _overfitting(numbers: Numbers, tested: int, remedies: Remedies) -> list[Finding]:
    """The test loss turned up while the training loss went on down, and by now there is a gap between the two."""
    now = numbers.now
    if tested < ENOUGH or now["test_loss"] < now["loss"] + GAP or now["test_accuracy"] >= now["accuracy"]:
        return []
    test = numbers.columns["test_loss"]
    turn = int(np.nanargmin(test))
    rising = test[-1] > 1.1 * test[turn] + 0.01 and numbers.steps[-1] - numbers.steps[turn] >= 20
    if not rising or numbers.loss[-1] >= numbers.loss[turn]:
        return []
    values: dict[str, float | str] = {
        "step": int(numbers.steps[turn]),
        "lowest": float(test[turn]),
        "test_loss": float(test[-1]),
        "loss": float(numbers.loss[-1]),
    }
    return [Finding("overfitting", values, {}), *_three(numbers.config, remedies)]


def _three(config: ClassifierConfig, remedies: Remedies) -> list[Finding]:
    """True labels or more data, fewer features, regularization: those that are still to be had."""
    found = []
    if config.label_noise:  # with more samples there are more wrong labels to overfit to
        found.append(Finding("true_labels", {"label_noise": config.label_noise}, {"label_noise": 0.0}))
    else:
        found.append(Finding("more_data", {}, dict(remedies.more_data)))
    if remedies.fewer_features:
        found.append(Finding("fewer_features", {}, dict(remedies.fewer_features)))
    decay = _figures(min(config.weight_decay * 10 or 0.01, 1.0))
    if decay > config.weight_decay:
        found.append(Finding("regularize", {"weight_decay": decay}, {"weight_decay": decay}))
    return found


def _settled(numbers: Numbers, remedies: Remedies) -> list[Finding]:
    loss, accuracy = numbers.now["loss"], numbers.now["accuracy"]
    if accuracy >= 0.95 and numbers.whole and _slow(numbers.recent):
        return [Finding("learned", {"loss": loss, "accuracy": accuracy}, {})]
    if not numbers.settled or loss < numbers.far:
        return []
    return _cut_off(numbers) or [Finding("plateau", {"loss": loss, "gradient": numbers.gradient}, _off_the_plateau(numbers, remedies))]


def _cut_off(numbers: Numbers) -> list[Finding]:
    """A plateau that no feature and no longer step leads off: nothing of the gradient comes to the first layer any more."""
    layers = len(numbers.config.hidden) + 1
    first, last = numbers.now["grad_norm_1"], numbers.now[f"grad_norm_{layers}"]
    if first >= CUT_OFF or first >= CUT_OFF**0.5 * last:
        return []
    values: dict[str, float | str] = {"loss": numbers.now["loss"], "first": first, "layers": layers}
    return [Finding("cut_off", values, {"lr": min(_smaller(numbers.config.lr), 0.01), "activation": "gelu"})]


def _off_the_plateau(numbers: Numbers, remedies: Remedies) -> dict[str, Any]:
    """Far longer steps where none has led anywhere, more to learn from, slopes that reach the first layers, or longer steps."""
    config = numbers.config
    far_longer = _figures(config.lr * 10)
    if not _saturates(config) and numbers.loss[-1] > STARTED * numbers.loss[0] and far_longer <= LONG[config.optimizer in ADAPTIVE]:
        return {"lr": far_longer}
    if remedies.off_a_plateau:
        return dict(remedies.off_a_plateau)
    if _saturates(config):
        return {"activation": "relu"}
    longer = _figures(config.lr * 3)
    return {"lr": longer} if longer <= LONG[config.optimizer in ADAPTIVE] else {}


def _slow(recent: Floats) -> bool:
    """Whether the mean of the newer half is within 10 % of the older half's."""
    older, newer = np.array_split(recent, 2)
    return bool(newer.mean() > 0.9 * older.mean())


def _stopped(numbers: Numbers) -> list[Finding]:
    """What the weights are again those of; the last row is what was left behind."""
    config, last = numbers.config, int(numbers.steps[-1])
    if numbers.status != "finished" or not config.patience or last >= config.epochs:
        return []
    lowest = float(np.nanmin(numbers.columns["test_loss"]))
    return [Finding("stopped_early", {"step": last, "lowest_at": last - config.patience, "lowest": lowest}, {})]


def _about_settings(config: ClassifierConfig, facts: Mapping[str, Any]) -> list[Finding]:
    """What follows from the settings before anything is trained."""
    found = []
    if not config.hidden:
        one_logit = facts.get("shapes", [[0, 0]])[-1][0] == 1
        found.append(Finding("logistic_regression" if one_logit else "softmax_regression", {}, {}))
    elif config.activation == "none":
        found.append(Finding("no_activation", {"layers": len(config.hidden) + 1}, {"activation": "relu"}))
    if config.patience and not config.test_share:
        found.append(Finding("patience_without_test", {"patience": config.patience}, {"test_share": 0.2}))
    return found


def _about_test(facts: Mapping[str, Any]) -> list[Finding]:
    """A warning where the test set is so small that one sample moves its accuracy by more than 1/ENOUGH."""
    tested = len(facts.get("test", ()))
    if not 0 < tested < ENOUGH:
        return []
    return [Finding("few_test_samples", {"samples": tested, "share": 1 / tested}, {"test_share": 0.2})]


def _smaller(lr: float) -> float:
    """A tenth, or the least that the field allows."""
    return max(_figures(lr / 10), ClassifierConfig.settings()["lr"].low or 0.0)


def _figures(value: float) -> float:
    """`value` to two significant digits."""
    return float(f"{value:.2g}")
