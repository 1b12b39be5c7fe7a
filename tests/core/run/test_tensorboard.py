"""Event files, read back by the reader of the library that TensorBoard's own files are read with."""

import numpy as np
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.record_writer import masked_crc32c

from core.program.pieces import whole
from core.run.change import Change
from core.run.tensorboard import event_file


def events(content: bytes) -> list[Event]:
    """The events of a file: records of length (8), its checksum (4), content, its checksum (4)."""
    found = []
    while content:
        length = int.from_bytes(content[:8], "little")
        assert int.from_bytes(content[8:12], "little") == masked_crc32c(content[:8])
        found.append(Event.FromString(content[12 : 12 + length]))
        content = content[16 + length :]
    return found


def test_every_number_stands_at_its_step() -> None:
    loss = np.array([1.0, 0.5, float("nan")])
    content = whole(event_file(np.array([0, 10, 20]), {"loss": loss, "W": loss * 2}, (Change(10, "lr", 0.01, 0.1),)))
    values = [(event.step, value) for event in events(content) for value in event.summary.value]
    scalars = {(value.tag, step): value.simple_value for step, value in values if value.HasField("simple_value")}
    assert {place: number for place, number in scalars.items() if number == number} == {
        ("loss", 0): 1.0, ("loss", 10): 0.5, ("W", 0): 2.0, ("W", 10): 1.0,
    }  # fmt: skip
    assert ("loss", 20) in scalars
    assert [(step, value.tensor.string_val[0].decode()) for step, value in values if value.HasField("tensor")] == [(10, "lr: 0.01 → 0.1")]
