"""Each experiment that is heavy enough against the loop that a person would write, and Iris against other ways to write it."""

import statistics
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from benchmarks import hosted, loops, peers
from benchmarks.bare import Bare
from benchmarks.engine import ROUNDS, calibrated, compared
from benchmarks.measure import interleaved, ratio, say, spread
from benchmarks.table import Results, Row
from core.engine import LocalPool

PEER_ROUNDS = 5
LONGER = 3  # rounds with views: they are drawn once more at each beginning and end, beside their ten times a second
SEVEN = "0000000000ggggg00000000g000000g000000g000000g000000g000000g00000"
VIEWS = {
    "iris": ("network", "regions", "confusion", "mistakes", "histograms", "sample:5.9,3.0,4.2,1.5"),
    "plane": ("network", "units:20", "regions", "confusion", "mistakes", "histograms", "references", "border"),
    "digits": (f"layers:{SEVEN}", f"reads:{SEVEN}", "confusion", "mistakes", "references", "own"),
    "overfitting": ("points", "curve", "closed_curve", "weights:0", "references", "study_test", "study_train", "study_now"),
}
DEFAULT = " if you want you"
LARGE = (loops.WORDS * 200)[: 32 * 64 * 4 + 1]  # four pieces of 64 characters in each of 32 streams


class CharRNN(NamedTuple):
    """One setting of the char-RNN, as our config and as the bare loop say it."""

    what: str
    characters: int  # of one iteration
    config: dict[str, Any]
    loop: dict[str, Any]


def lstm(hidden: int, layers: int, text: str, batch: int, length: int) -> tuple[dict[str, Any], dict[str, Any]]:
    config = {
        "text": "own", "own_text": text, "cell": "lstm", "hidden": hidden, "layers": layers, "head": "linear",
        "batch_size": batch, "sequence_length": length,
    }  # fmt: skip
    return config, {"text": text, "cell": "LSTM", "hidden": hidden, "layers": layers, "batch": batch, "length": length}


CHAR_RNNS = (
    CharRNN(
        "the default, RNN 10", 15, {},
        {"text": DEFAULT, "cell": "RNN", "hidden": 0, "layers": 1, "batch": 1, "length": 128},
    ),
    CharRNN("LSTM 2×20, one sequence of 60", 60, *lstm(20, 2, loops.WORDS[:61], 1, 60)),
    CharRNN("LSTM 128, batch 32 × 64", 32 * 64, *lstm(128, 1, LARGE, 32, 64)),
)  # fmt: skip


def run() -> Results:
    """The part `experiments`."""
    with Bare() as bare, hosted.pool(workers=1) as pool:
        results = _against_its_loop(bare, pool, "iris") + _against_its_loop(bare, pool, "plane")
        results += _against_its_loop(bare, pool, "overfitting") + _against_its_loop(bare, pool, "digits")
        for setting in CHAR_RNNS:
            results += _char_rnn(bare, pool, setting)
        return results + against_peers(bare, pool)


def _against_its_loop(bare: Bare, pool: LocalPool, name: str) -> Results:
    """One that trains by its defaults, beside the bare loop of the same name."""
    say(f"experiments: {name} against its bare loop")
    steps = calibrated(bare, name)
    without, plain = interleaved(ROUNDS, partial(hosted.train, pool, name, steps), partial(bare.train, steps, name))
    recorded = compared(f"{name}: steps/s, every epoch recorded", f"bare loop of {name}", without, plain, 0.9)
    steps *= LONGER
    ours = partial(hosted.train, pool, name, steps, VIEWS[name])
    watched, plain = interleaved(ROUNDS // LONGER, ours, partial(bare.train, steps, name))
    views = compared(f"{name}: steps/s, the same with all views watched", f"bare loop of {name}", watched, plain, 0.75)
    often = statistics.median(trained.drawn / trained.timing.wall for trained in watched)
    return Results([recorded, replace(views, note=f"{views.note}; each view drawn {often:.1f} times a second")])


def _char_rnn(bare: Bare, pool: LocalPool, setting: CharRNN) -> Results:
    say(f"experiments: char-RNN, {setting.what}")
    steps = calibrated(bare, "char_rnn", **setting.loop)
    ours = partial(hosted.train, pool, "char_rnn", steps, **setting.config)
    ours()  # warm up
    found, loop = interleaved(ROUNDS, ours, partial(bare.train, steps, "char_rnn", **setting.loop))
    what = f"char-RNN, {setting.what}: characters/s, everything recorded"
    return Results([compared(what, "bare loop", found, loop, 0.9, setting.characters)])


def against_peers(bare: Bare, pool: LocalPool) -> Results:
    """Ours against the same network full batch in other libraries; there is no bound, each does what it is made for."""
    return Results([_peer(bare, pool, peer) for peer in peers.PEERS])


def _peer(bare: Bare, pool: LocalPool, peer: peers.Peer) -> Row:
    what = "iris: steps/s, loss and accuracy of every epoch recorded"
    if not peers.installed(peer.module):
        return Row(what, peer.name, None, note=f"{peer.module} is not installed: pip install -r requirements-bench.txt")
    say(f"experiments: {peer.name}")
    theirs = partial(bare.train, peers.EPOCHS, peer.loop, "benchmarks.peers")
    theirs()  # warm up
    ours, found = interleaved(PEER_ROUNDS, partial(hosted.train, pool, "iris", peers.EPOCHS), theirs)
    rates, peer_rates = ([trained.timing.cpu_rate for trained in side] for side in (ours, found))
    micro, peer_micro = (1e6 / statistics.median(side) for side in (rates, peer_rates))
    note = f"by processor time (rounds {spread(rates, peer_rates)}): {micro:,.0f} against {peer_micro:,.0f} µs an epoch"
    return Row(what, peer.name, ratio(rates, peer_rates), note=note)
