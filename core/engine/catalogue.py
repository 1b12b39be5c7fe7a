"""Catalogue: where a worker looks experiments up by name."""

from typing import Protocol

from core.program.experiment import Experiment


class Catalogue(Protocol):
    """The module `core.experiments` is one; tests bring their own."""

    def watch(self, name: str) -> type[Experiment]: ...
