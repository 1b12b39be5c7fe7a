"""What is recorded and drawn of the toy."""

from collections.abc import Mapping
from pathlib import Path

from core.program.experiment import Row, View
from core.program.running import Programmed


class Toy(Programmed):
    """Its rows are counted from 1."""

    path = Path(__file__).with_name("program.py")

    def row(self) -> Row:
        return {"loss": self.names["loss"].item(), "weight": self.names["model"].weight.item()}

    @property
    def views(self) -> Mapping[str, View]:
        return {"weight": self.names["model"].weight.item}


WATCH = Toy
