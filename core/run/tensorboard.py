"""TensorBoard: a run's history as an event file. A worker makes it, since tensorboardX imports torch; in memory, for a disk may be full."""

import struct
from collections.abc import Iterable, Iterator, Mapping

from tensorboardX import summary
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.summary_pb2 import Summary
from tensorboardX.record_writer import masked_crc32c

from core.program.pieces import Pieces
from core.run.change import Change
from core.run.history import Floats, Steps


def event_file(steps: Steps, columns: Mapping[str, Floats], changes: Iterable[Change] = ()) -> Pieces[bytes]:
    """Scalars by metric, (rows,) each, and a text at the step of each change; the clock of the file is the step."""
    content = bytearray()
    for event in _events(steps, columns, changes):
        content += _record(event.SerializeToString())
        yield
    return bytes(content)


def _events(steps: Steps, columns: Mapping[str, Floats], changes: Iterable[Change]) -> Iterator[Event]:
    """One of a step for all its metrics: one for each metric would take six times as long."""
    yield Event(file_version="brain.Event:2")
    names = [summary.scalar(name, 0.0).value[0].tag for name in columns]
    for step, *values in zip(steps.tolist(), *(column.tolist() for column in columns.values()), strict=True):
        scalars = [Summary.Value(tag=name, simple_value=value) for name, value in zip(names, values, strict=True)]
        yield Event(step=step, wall_time=step, summary=Summary(value=scalars))
    for change in changes:
        said = summary.text("changes", f"{change.field}: {change.old} → {change.new}")
        yield Event(step=change.step, wall_time=change.step, summary=said)


def _record(content: bytes) -> bytes:
    """Length (8), its checksum (4), content, its checksum (4)."""
    length = struct.pack("<Q", len(content))
    return length + struct.pack("<I", masked_crc32c(length)) + content + struct.pack("<I", masked_crc32c(content))
