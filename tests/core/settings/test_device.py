"""Where a run computes, and the reason that the page gives for it."""

import pytest

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.iris.config import IrisConfig
from core.settings.device import CPU, choose

GPU = ("cuda:0", "A GPU")


@pytest.mark.parametrize(
    ("wanted", "found", "gains", "name", "reason"),
    [
        ("auto", (CPU, GPU), True, "cuda:0", "gpu_found"),
        ("auto", (CPU, GPU), False, "cpu", "too_small"),
        ("auto", (CPU,), False, "cpu", "no_gpu"),
        ("gpu", (CPU, GPU), False, "cuda:0", "chosen"),
        ("gpu", (CPU,), True, "cpu", "gpu_missing"),
        ("cpu", (CPU, GPU), True, "cpu", "chosen"),
    ],
)
def test_a_wish_and_what_there_is(wanted: str, found: tuple[tuple[str, str], ...], gains: bool, name: str, reason: str) -> None:
    device = choose(wanted, found, gains)  # type: ignore[arg-type]
    assert (device.name, device.reason) == (name, reason)


def test_a_char_rnn_goes_to_the_gpu_when_it_is_large() -> None:
    large = {"text": "english", "cell": "lstm", "head": "linear", "hidden": 512, "layers": 2}
    assert not CharRNNConfig().gains_from_gpu
    assert CharRNNConfig.checked(large).gains_from_gpu
    assert IrisConfig().gains_from_gpu
