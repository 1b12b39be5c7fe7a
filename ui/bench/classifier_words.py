"""What the pages of classifiers say alike: their settings, the sentences that findings make, and the presses that mend."""

from ui.bench.controls import FieldText
from ui.locale import _


def fields() -> dict[str, FieldText]:
    """The fields that every classifier has."""
    return {
        "test_share": FieldText(_("Test share"), _("The share of samples that are kept from training, to test on.")),
        "hidden": FieldText(
            _("Hidden layers"), _("How many, and the units of each. None at all makes it softmax regression."), items=_("Layer {place}"),
            short=_("hidden units"),
        ),
        "activation": FieldText(
            _("Activation"),
            choices={"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "gelu": "GELU", "none": _("none")},
        ),
        "dropout": FieldText(_("Dropout"), _("The share of hidden outputs that are set to 0 at random while training.")),
        "label_noise": FieldText(_("Wrong labels"), _("The share of training samples whose label is made wrong.")),
        "patience": FieldText(
            _("Early stopping"),
            _("Stops after so many epochs without a new lowest test loss, and puts the best weights back. 0 never stops early."),
        ),
    }  # fmt: skip


def findings() -> dict[str, str]:
    """What the numbers can say."""
    return {
        "diverged": _(
            "The loss has left the numbers at epoch {step}: with a learning rate of {lr} each step landed further away."
        ),
        "all_dead": _("All {units} hidden units are dead: their ReLU is 0 for every sample. No gradient reaches them."),
        "dead_units": _("{dead} of {units} hidden units are dead: their ReLU is 0 for every sample, so no gradient wakes them."),
        "lr_too_high": _(
            "The learning rate {lr} is too high: {rises:%} of the last 100 steps went up; the loss swings from {low} to {high}."
        ),
        "vanishing_gradients": _(
            "The gradient vanishes on its way back through {layers} layers: at epoch {step} it was {last} long in the last "
            "and {first} in the first. Sigmoid and tanh are flat at both ends, and every layer multiplies by their slope."
        ),
        "lr_too_low": _(
            "The learning rate {lr} is too low: the slope is steep (gradient {gradient}), yet 100 steps won only {gain:%}."
        ),
        "decay_too_strong": _(
            "A weight decay of {weight_decay} is strong: it pulls every weight towards 0, and the loss stays at {loss}."
        ),
        "overfitting": _(
            "It is overfitting since epoch {step}: there the test loss was lowest, {lowest}; now it is {test_loss}, while the "
            "training loss goes on down to {loss}. The network learns its samples by heart. What helps:"
        ),
        "true_labels": _("True labels: {label_noise:%} of the training labels are wrong, and those can only be learned by heart."),
        "more_data": _(
            "More data helps most. Where there is no more, test samples can join the training, and fewer are left to judge by."
        ),
        "fewer_features": _("Fewer features: less to learn by heart."),
        "regularize": _("Regularization: weight decay keeps the weights small."),
        "plateau": _("It is on a plateau: the loss {loss} has hardly moved in 100 epochs, and the gradient is {gradient} long."),
        "cut_off": _(
            "Every sample gets the same answer, and the loss stays at {loss}: of {layers} layers the first has a gradient of {first}. "
            "Long steps have switched off what stands between."
        ),
        "learned": _("It has learned what there is: accuracy {accuracy:%}, and the loss {loss} hardly moves any more."),
        "stopped_early": _(
            "Stopped early at epoch {step}: the weights are again those of epoch {lowest_at}, where the test loss was lowest, {lowest}."
        ),
        "logistic_regression": _("Without a hidden layer this is logistic regression: the border between the classes is straight."),
        "softmax_regression": _("Without a hidden layer this is softmax regression: the borders between classes are straight."),
        "no_activation": _(
            "Without an activation {layers} linear layers in a row are one linear layer: borders stay straight."
        ),
        "patience_without_test": _("Early stopping waits for the test loss, but there are no test samples."),
        "few_test_samples": _(
            "Only {samples} samples are tested: a single one is {share:%} of the test accuracy. That is too few to tell whether it "
            "overfits."
        ),
    }  # fmt: skip


def remedies() -> dict[str, str]:
    """The presses that mend."""
    return {
        "diverged": _("Start again with a learning rate of {lr}"),
        "all_dead": _("Start again with GELU and a learning rate of {lr}"),
        "cut_off": _("Start again with GELU and a learning rate of {lr}"),
        "dead_units": _("Start again with GELU, which never quite dies"),
        "lr_too_high": _("Set the learning rate to {lr}"),
        "lr_too_low": _("Set the learning rate to {lr}"),
        "vanishing_gradients": _("Start again with ReLU"),
        "true_labels": _("No wrong labels"),
        "more_data": _("{points} points"),
        "regularize": _("Weight decay {weight_decay}"),
        "plateau.activation": _("Start again with ReLU"),
        "plateau.lr": _("Set the learning rate to {lr}"),
        "no_activation": _("Start again with ReLU"),
        "patience_without_test": _("Test share {test_share}"),
        "few_test_samples": _("Test share {test_share}"),
        "decay_too_strong": _("Weight decay {weight_decay}"),
    }
