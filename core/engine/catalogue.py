"""Catalogue: where a worker looks experiments up by name."""

from typing import Protocol

from core.config import Config
from core.experiment import Experiment


class Catalogue(Protocol):
    """The module `core.experiments` is one; tests bring their own."""

    def config_class(self, name: str) -> type[Config]: ...

    def recipe(self, name: str) -> type[Experiment]: ...
