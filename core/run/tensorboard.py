"""TensorBoard: a run's history as an event file. A worker makes it, since tensorboardX imports torch; in memory, for a disk may be full."""

import struct
from collections.abc import Iterable, Iterator, Mapping

from tensorboardX import summary
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.record_writer import masked_crc32c

from core.run.change import Change
from core.run.history import Floats, Steps


def event_file(steps: Steps, columns: Mapping[str, Floats], changes: Iterable[Change] = ()) -> bytes:
    """Scalars by metric, (rows,) each, and a text at the step of each change; the clock of the file is the step."""
    return b"".join(_record(event.SerializeToString()) for event in _events(steps, columns, changes))


def _events(steps: Steps, columns: Mapping[str, Floats], changes: Iterable[Change]) -> Iterator[Event]:
    yield Event(file_version="brain.Event:2")
    for name, column in columns.items():
        for step, value in zip(steps.tolist(), column.tolist(), strict=True):
            yield Event(step=step, wall_time=step, summary=summary.scalar(name, value))
    for change in changes:
        said = summary.text("changes", f"{change.field}: {change.old} → {change.new}")
        yield Event(step=change.step, wall_time=change.step, summary=said)


def _record(content: bytes) -> bytes:
    """Length (8), its checksum (4), content, its checksum (4)."""
    length = struct.pack("<Q", len(content))
    return length + struct.pack("<I", masked_crc32c(length)) + content + struct.pack("<I", masked_crc32c(content))
