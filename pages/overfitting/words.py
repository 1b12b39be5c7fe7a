"""What the page of overfitting says: its settings, what the numbers mean, and the lesson."""

import streamlit as st

from ui.bench.controls import FieldText
from ui.bench.workbench import Workbench
from ui.locale import _

NETWORK = {"basis": "network", "units": 40, "optimizer": "Adam", "lr": 0.03}
SEEN_AT = {"curve": ["as_many_features", "powers"]}  # which findings stand at which panel; the others at the loss


def fields() -> dict[str, FieldText]:
    """The fields of this page."""
    return {
        "basis": FieldText(
            _("Features"), choices={"legendre": _("Legendre polynomials"), "powers": _("powers of x"), "network": _("a small network")}
        ),
        "units": FieldText(_("Hidden units")),
        "points": FieldText(_("Training points"), _("More data: the next points of the same draw come in.")),
        "degree": FieldText(_("Degree"), _("Fewer features: those above this degree take no part.")),
        "study": FieldText(
            _("Over all numbers of features"),
            choices={"degrees": _("degree against error"), "double_descent": _("double descent")},
        ),
        "noise": FieldText(_("Noise"), _("How far the points are scattered.")),
        "patience": FieldText(
            _("Early stopping"),
            _("Stops after so many epochs without a new lowest test loss, and puts the best weights back. 0 never stops early."),
        ),
    }


def findings() -> dict[str, str]:
    """What the numbers can say."""
    return {
        "diverged": _("The loss has left the numbers at epoch {step}: with a learning rate of {lr} each step landed further away."),
        "diverged_above_limit": _(
            "The loss has left the numbers at epoch {step}: the learning rate {lr} is above {limit} = {rule}, the largest that is stable "
            "on these points with these features."
        ),
        "overfitting": _(
            "Overfitting begins at epoch {step}: there the test loss was lowest, {lowest}; now it is {test_loss}, while the training loss "
            "goes on down to {loss}. The curve learns the noise. What helps, while it trains:"
        ),
        "more_data": _("More data: the curve cannot follow the noise of {points} points."),
        "fewer_features": _("Fewer features: a curve of degree {degree} cannot bend that often."),
        "regularize": _("Regularization: weight decay keeps the weights small."),
        "stop_early": _("Stopping early: the weights of the best epoch are kept."),
        "gap": _(
            "The test loss is {test_loss}, the training loss {loss}. A gap alone is no fault: it is overfitting only once the "
            "test loss rises."
        ),
        "below": _(
            "The test loss {test_loss} is below the training loss {loss}. That is no mistake: these training points are noisier than most. "
            "With dropout, or where the training loss is averaged over an epoch, it is even usual."
        ),
        "at_the_noise": _("The test loss is {test_loss}; the variance of the noise is {variance}. No curve does much better."),
        "stopped_early": _(
            "Stopped early at epoch {step}: the weights are again those of epoch {lowest_at}, where the test loss was lowest, {lowest}."
        ),
        "as_many_features": _(
            "{features} features, {points} points: some curve goes through every one of them, and of all that do, least squares takes the "
            "one with the shortest weights."
        ),
        "powers": _(
            "Powers of x look alike: the loss bends by {high} along one direction and by {low} along another, so gradient descent hardly "
            "moves along the second. The dashed curve is where it would get to."
        ),
    }


def remedies() -> dict[str, str]:
    """The presses that mend."""
    return {
        "diverged": _("Start again with a learning rate of {lr}"),
        "diverged_above_limit": _("Start again with a learning rate of {lr}"),
        "more_data": _("{points} points"),
        "fewer_features": _("Degree {degree}"),
        "regularize": _("Weight decay {weight_decay}"),
        "stop_early": _("Stop {patience} epochs after the lowest test loss"),
        "powers": _("Start again with Legendre polynomials"),
    }


def lesson(bench: Workbench) -> None:
    """What is to be seen, and presets with a sentence each."""
    st.markdown(
        _(
            "**The curve** is a weighted sum of polynomials, and its weights are trained by gradient descent on a few "
            "noisy points. The test loss is measured on 500 other points of the same law, y = 0.8 sin 2πx + 0.3x. The dashed curve is "
            "least squares: the weights with the least training loss, found at once, by `torch.linalg.lstsq`."
        )
    )
    bench.press(_("Twenty points, degree 15"), {"degree": 15})
    st.markdown(
        _(
            "**Three remedies, while it trains.** More data, fewer features, regularization – and stopping early, with the weights of the "
            "best epoch kept. Each is a live setting: change it, and the curve bends at that very epoch."
        )
    )
    bench.press(_("The same with 200 points"), {"degree": 15, "points": 200})
    bench.press(_("The same with degree 5"), {"degree": 5})
    bench.press(_("The same with weight decay"), {"degree": 15, "weight_decay": 0.01})
    bench.press(_("The same, stopped early"), {"degree": 15, "patience": 100})
    st.markdown(
        _(
            "**Degree against error.** Least squares on 100 data sets, the same points with noise drawn anew. The mean test error is the "
            "sum of three: bias², how far the mean curve is from the law; variance, how far the curves are from their mean; and the noise, "
            "which no curve gets below. With more features bias² falls and variance rises."
        )
    )
    st.markdown(
        _(
            "**Double descent.** With as many features as points there is one curve through all of them, and it swings wildly. With "
            "still more there are many, and the one with the shortest weights calms down again: with 1,000 Legendre polynomials the "
            "test error is nearly as low as with 6. Powers of x never come back: they look so much alike that with 1,000 of them "
            "the smallest singular value of the features is still 10¹⁰ times smaller than the largest (Legendre: 6 times). "
            "Numerically their rank hardly grows. Medians of 60 data sets."
        )
    )
    bench.press(_("Double descent"), {"study": "double_descent"})
    bench.press(_("Double descent in powers of x"), {"study": "double_descent", "basis": "powers"})
    st.markdown(
        _(
            "**Powers of x** span the same curves, but they look so much alike that gradient descent hardly gets anywhere, "
            "which works as stopping early does."
        )
    )
    if found := bench.facts.get("arithmetic"):
        st.markdown(
            _(
                "**Arithmetic, not overfitting.** For degree 13 in powers of x the normal equations XᵀX w = Xᵀy, in float32, leave a "
                "training loss of {normal:.4f} on these points; `lstsq`, in float64, leaves {least:.4f}. What is missing was lost in "
                "rounding: XᵀX has the square of X's condition number.",
                **found,
            )
        )
    bench.press(_("Degree 15 in powers of x"), {"degree": 15, "basis": "powers"})
    st.markdown(
        _(
            "**A small network** has no degree, and nobody knows its least loss; it overfits all the same. More data, weight decay, "
            "stopping early: its remedies are the same ones, and fewer units are its fewer features."
        )
    )
    bench.press(_("A network of 40 units"), NETWORK)
    bench.press(_("The same, stopped early"), {**NETWORK, "patience": 100})
    bench.press(_("A network of 3 units"), {**NETWORK, "units": 3})
