"""Any run in Keras, written by its experiment."""

from collections.abc import Iterable
from dataclasses import replace

from core import experiments
from core.change import Change
from core.config import Config
from core.export import recorded
from core.keras import Counterpart, KerasExporter
from core.script import Translate


def counterpart(
    experiment: str, config: Config, changes: Iterable[Change] = (), last: int | None = None, translate: Translate = str
) -> Counterpart:
    """The run in Keras; arguments as in `core.export.script`. Keras itself is not needed for it.

    Its program computes on the CPU. In a line `losses: […]` it prints one loss for each row of the run, as JSON.
    """
    run = recorded(experiment, config, changes, last)
    exporter: KerasExporter = experiments.keras(experiment)
    return exporter.counterpart(replace(run, device="cpu"), translate)
