"""TensorBoard: a run's history as an event file. A worker writes it, since tensorboardX imports torch."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tensorboardX import SummaryWriter

from core.run.change import Change
from core.run.history import Floats, Steps


def event_file(steps: Steps, columns: Mapping[str, Floats], changes: Iterable[Change] = ()) -> bytes:
    """Scalars by metric, (rows,) each, and a text at the step of each change; the clock of the file is the step."""
    with tempfile.TemporaryDirectory() as folder:
        with SummaryWriter(folder) as writer:
            for name, column in columns.items():
                for step, value in zip(steps.tolist(), column.tolist(), strict=True):
                    writer.add_scalar(name, value, step, walltime=step)
            for change in changes:
                writer.add_text("changes", f"{change.field}: {change.old} → {change.new}", change.step, walltime=change.step)
        (written,) = Path(folder).iterdir()
        return written.read_bytes()
