"""Why a file cannot be read: a code and the values of its sentence (`core.reading.words`)."""

from typing import Any


class ReadingError(ValueError):
    """A file that is no text or no table; `code` says why, `values` holds what its sentence names."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = values
