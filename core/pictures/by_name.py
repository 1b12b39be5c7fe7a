"""Views by name. A name may carry an argument, as in `text:120`, `regions:pca`."""

from collections.abc import Callable, Iterator, Mapping

from core.program.experiment import View


def plain(view: View) -> Callable[[str], View]:
    """A view that takes no argument, as `Views` asks for it."""

    def without_argument(argument: str) -> View:
        if argument:
            raise KeyError(argument)
        return view

    return without_argument


class Views(Mapping[str, View]):
    """Views by name; what stands after a colon is the argument: `views["text:120"]` is what `text` makes of "120".

    A name that is none, or whose argument is unreadable, is not in it.
    """

    def __init__(self, pictures: Mapping[str, Callable[[str], View]]) -> None:
        self._pictures = pictures

    def __getitem__(self, name: str) -> View:
        picture, _, argument = name.partition(":")
        return self._pictures[picture](argument)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pictures)

    def __len__(self) -> int:
        return len(self._pictures)
