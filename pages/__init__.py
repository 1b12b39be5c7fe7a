"""What the app teaches, in the order of the navigation; a page is `<name>.py` with its picture `<name>.svg`."""

from ui.locale import N_
from ui.shell import Page

PAGES = (
    Page(
        "linear_regression",
        title=N_("Linear regression"),
        teaches=N_("Two numbers, W and b, find the line through the points: gradient descent with nothing hidden."),
    ),
    Page(
        "iris",
        title=N_("Iris"),
        teaches=N_("Weights thicken and borders move while a network learns to tell three kinds of flowers apart."),
    ),
    Page(
        "char_rnn",
        title=N_("Char-RNN"),
        teaches=N_("A recurrent network learns to spell a text, reading it character by character; then it writes."),
    ),
    Page(
        "autograd",
        title=N_("Autograd by hand"),
        teaches=N_("Multiply the slopes along a small graph from y back to x, and find what backward() finds."),
    ),
)
