"""The app's sentences in both languages, so that a test does not fail when a translation is polished."""

from ui.locale import catalogue


def said(sentence: str, language: str = "ko") -> str:
    """How the app says this English sentence in `language`.

    Raises:
        KeyError: the catalogue has no such sentence.
    """
    if language == "en":
        return sentence
    message = catalogue.read().get(sentence)
    if message is None:
        raise KeyError(sentence)
    return str(message.string)
