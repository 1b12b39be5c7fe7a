"""A file as a text that can be learned."""

from core.reading.encoding import Decoded, decoded
from core.reading.errors import ReadingError
from core.settings.limits import limits


def read_text(data: bytes, encoding: str = "") -> Decoded:
    """The text of a file and its encoding, a name of ENCODINGS; `encoding` says which, "" finds it out.

    Raises:
        ReadingError: it cannot be read, or it is too long.
    """
    read = decoded(data, encoding)
    if len(read.text) > limits().text_characters:
        raise ReadingError("text_too_long", length=len(read.text), limit=limits().text_characters)
    return read
