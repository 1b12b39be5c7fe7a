"""What the app teaches: a folder a page, with its script `page.py`, its picture, its words and editors of its own."""

import importlib
import pkgutil

from ui.frame.shell import Page

_found: list[Page] = [
    importlib.import_module(f"{__name__}.{module.name}").PAGE for module in pkgutil.iter_modules(__path__) if module.ispkg
]
PAGES = tuple(sorted(_found, key=lambda page: page.place))  # in the order of the navigation
