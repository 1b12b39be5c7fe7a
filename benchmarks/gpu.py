"""Large char-RNNs on a GPU, through worker and History, against the bare loop on the same GPU; where there is none, it says so."""

import statistics
from functools import partial

from benchmarks import hosted, loops
from benchmarks.bare import Bare
from benchmarks.experiments import CharRNN, lstm
from benchmarks.measure import Trained, interleaved, ratio, say, spread
from benchmarks.table import Figure, Results, Row
from core.engine import LocalPool
from core.settings.device import found

ROUNDS, STEPS = 7, 200
TOLERANCE = 1e-3  # of the last loss: a GPU adds up in no fixed order
LONG = (loops.WORDS * 600)[: 64 * 128 * 4 + 1]  # four pieces of 128 characters in each of 64 streams
SETTINGS = (
    CharRNN("LSTM 128, batch 32 × 64", 32 * 64, *lstm(128, 1, LONG[: 32 * 64 * 4 + 1], 32, 64)),
    CharRNN("LSTM 2×512, batch 64 × 128", 64 * 128, *lstm(512, 2, LONG, 64, 128)),
)


def run() -> Results:
    """The part `gpu`."""
    gpu = next((name for name, _ in found() if name != "cpu"), None)
    if gpu is None:
        return Results(figures=[Figure("char-RNN on a GPU", "not measured: no GPU was found")])
    with Bare() as bare, hosted.pool(workers=1) as pool:
        return Results([against_bare(bare, pool, setting, gpu, "gpu") for setting in SETTINGS])


def against_bare(bare: Bare, pool: LocalPool, setting: CharRNN, device: str, wanted: str, steps: int = STEPS) -> Row:
    """By the clock: the processor waits for the GPU, so its own time says little."""
    say(f"gpu: char-RNN, {setting.what}")
    ours = partial(hosted.train, pool, "char_rnn", steps, device=wanted, **setting.config)
    plain = partial(bare.train, steps, "char_rnn", device=device, **setting.loop)
    ours(), plain()  # warm up
    found_ones, loop = interleaved(ROUNDS, ours, plain)
    _same(found_ones[0], loop[0])
    rates, bare_rates = ([trained.timing.rate * setting.characters for trained in side] for side in (found_ones, loop))
    each = f"{statistics.median(rates):,.0f} against {statistics.median(bare_rates):,.0f} characters/s"
    what = f"char-RNN on a GPU, {setting.what}: characters/s, everything recorded"
    return Row(what, "bare loop on the same GPU", ratio(rates, bare_rates), "≥", 0.9, f"{each} (rounds {spread(rates, bare_rates)})")


def _same(ours: Trained, bare: Trained) -> None:
    assert abs(ours.loss - bare.loss) <= TOLERANCE * bare.loss, f"ours ends at {ours.loss}, the bare loop at {bare.loss}"
