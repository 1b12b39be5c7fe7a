"""Study: least squares over the same law for many numbers of features and many drawn data sets, a little at a time.

Each fit is the closed form of minimum norm, in float64. The errors are measured against the law itself, at places of their own, plus
the noise's variance: so the mean test error is bias² + variance + noise, to the last digits.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

import numpy as np
import torch
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["degrees", "double_descent"]
AT_ONCE = 10  # fits
PLACES = 200  # where a fit is compared with the law
DATA_SETS = {"degrees": 100, "double_descent": 60}
SIZES = {
    "degrees": (*range(1, 42),),
    "double_descent": (4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 27, 30, 35, 40, 50, 65, 80, 120, 200, 400, 700, 1000),
}
MOST = 40  # points of double descent: more take too long


@dataclass(frozen=True)
class Asked:
    """What is studied: `x` are the points of the run, `noise` is the standard deviation."""

    kind: Kind
    basis: Literal["legendre", "powers"]
    x: tuple[float, ...]
    noise: float
    seed: int


def law(x: Floats) -> Floats:
    """What the points scatter about."""
    return np.asarray(0.8 * np.sin(2 * np.pi * x) + 0.3 * x)


def features(x: Floats, count: int, basis: str) -> Floats:
    """The first functions of each x, (…, count). Unscaled: then the shortest weights are those that favour low degrees."""
    return np.asarray(legvander(x, count - 1) if basis == "legendre" else x[..., None] ** np.arange(count))


@dataclass
class Study:
    """Goes on when it is told to; what it has found so far is there at any time.

    | row of `found` | for each number of features, over the data sets                   |
    | -------------- | ----------------------------------------------------------------- |
    | train          | the error at the points themselves: mean, or median               |
    | test           | the error at other places: mean, or median                        |
    | bias           | (mean prediction - law)², averaged over places                    |
    | variance       | the predictions' variance over data sets, averaged over places    |

    For `degrees` each data set has the x of the run and noise of its own, and the means add up. For `double_descent` x is drawn anew, too:
    there a few data sets rule the mean, so medians are told.
    """

    asked: Asked
    found: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in ("train", "test", "bias", "variance")})
    done: bool = False

    def __post_init__(self) -> None:
        self._work = self._fits()

    def go_on(self, until: float, clock: Callable[[], float]) -> None:
        """Fit until the clock says so."""
        for _ in takewhile(lambda _: clock() < until, self._work):
            pass

    @property
    def sizes(self) -> list[int]:
        """The numbers of features that are through."""
        return list(SIZES[self.asked.kind][: len(self.found["test"])])

    def _fits(self) -> Iterator[None]:
        """A few fits at each step."""
        asked, sizes = self.asked, SIZES[self.asked.kind]
        rng, sets = np.random.default_rng(asked.seed), DATA_SETS[asked.kind]
        x = np.tile(asked.x, (sets, 1)) if asked.kind == "degrees" else rng.uniform(-1.0, 1.0, (sets, min(len(asked.x), MOST)))
        y = law(x) + asked.noise * rng.normal(size=x.shape)
        places = rng.uniform(-1.0, 1.0, PLACES)
        at_places = features(places, sizes[-1], asked.basis)
        given = features(x, sizes[-1], asked.basis)
        for size in sizes:
            said, misses = np.empty((len(x), PLACES)), np.empty(len(x))
            for some in (slice(begin, begin + AT_ONCE) for begin in range(0, len(x), AT_ONCE)):
                w = fitted(given[some, :, :size], y[some])[..., None]
                said[some] = (at_places[:, :size] @ w)[..., 0]
                misses[some] = (((given[some, :, :size] @ w)[..., 0] - y[some]) ** 2).mean(axis=-1)
                yield
            self._take(said, misses, law(places))
        self.done = True

    def _take(self, said: Floats, misses: Floats, true: Floats) -> None:
        typical = np.mean if self.asked.kind == "degrees" else np.median
        tests = ((said - true) ** 2).mean(axis=1) + self.asked.noise**2
        row = {"train": typical(misses), "test": typical(tests)}
        row |= {"bias": ((said.mean(axis=0) - true) ** 2).mean(), "variance": said.var(axis=0).mean()}
        for name, value in row.items():
            self.found[name].append(float(value))

    def curve(self, name: str) -> dict[str, Any]:
        """One row of what is found, or the variance of the `noise`, which no curve gets below, as a trace."""
        return {"x": self.sizes, "y": [self.asked.noise**2] * len(self.sizes) if name == "noise" else self.found[name]}

    def best(self) -> int | None:
        """The number of features with the least test error so far."""
        tests = self.found["test"]
        return SIZES[self.asked.kind][int(np.argmin(tests))] if tests else None


def fitted(X: Floats, y: Floats) -> Floats:
    """The shortest w with the least squares of Xw - y, for several data sets. X (…, n, p), y (…, n), w (…, p)."""
    found = torch.linalg.lstsq(torch.from_numpy(X), torch.from_numpy(y)[..., None], driver="gelsd").solution
    return np.asarray(found[..., 0].numpy())
