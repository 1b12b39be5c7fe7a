"""What the app teaches, in the order of the navigation; a page is `<name>.py` with its picture `<name>.svg`."""

from ui.locale import N_
from ui.shell import Page

PAGES = (
    Page(
        "linear_regression",
        title=N_("Linear regression"),
        teaches=N_("Two numbers, W and b, find the line through the points: gradient descent with nothing hidden."),
    ),
)
