"""What is recorded and drawn of overfitting, read from its program."""

import math
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.experiments.overfitting.config import OverfittingConfig
from core.experiments.overfitting.study import Asked, Study
from core.jsonable import jsonable
from core.program.experiment import Row, View
from core.program.running import Programmed

CURVE = 401  # places of a drawn curve
SLICE = 0.03  # seconds of a study in one turn


class Overfitting(Programmed):
    """Its rows are counted from 1: row k holds what epoch k found before its own update, all of the same moment.

    | view             | shows                                                                      |
    | ---------------- | -------------------------------------------------------------------------- |
    | `points`         | the points that train now                                                  |
    | `curve`          | what the weights make of x                                                 |
    | `closed_curve`   | the same of the weights with the least loss, of these points and this degree |
    | `weights`        | how large both weights of each feature in use are                            |
    | `references`     | the losses of the closed form                                              |
    |                  | of a small network the last three are empty                                |
    | `study_…`        | errors over the number of features: train, test, bias, variance, noise; `study_now`: what stands where |
    """

    path = Path(__file__).with_name("program.py")
    config: OverfittingConfig
    tested = ("X_test", "y_test")

    def __init__(self, config: OverfittingConfig, device: torch.device) -> None:
        super().__init__(config, device)
        self._x = torch.linspace(-1.0, 1.0, CURVE)
        self._X: Tensor = self._x[:, None].to(device) if config.is_network else self.names["features"](self._x).to(device)
        self._solved: tuple[tuple[int, int, float], Tensor] | None = None
        self._study: Study | None = None

    @classmethod
    def stacks(cls, config: Any) -> bool:
        return bool(config.is_network and not config.patience)

    def learned(self) -> tuple[Tensor, Tensor]:
        return self.names["X"][: self.config.points], self.names["y"][: self.config.points]

    def row(self) -> Row:
        names = self.names
        self.done = names["stops"]
        row = {name: names[name].item() for name in ("loss", "test_loss", "lowest")}
        row["gap"] = row["test_loss"] - row["loss"]
        weights = self.optimizer.param_groups[0]["params"] if self.config.is_network else [self._w]
        norm = math.sqrt(sum(float(part.detach().square().sum()) for part in weights))
        return {**row, "lowest_at": float(names["lowest_at"]), "norm": norm}

    def measured(self, x: Tensor, y: Tensor) -> Row:
        with torch.no_grad():
            return {"test_loss": ((self.names["curve"](x) - y) ** 2).mean().item()}

    @property
    def _w(self) -> Tensor:
        """The weights in use."""
        w: Tensor = self.names["w"]
        return w.detach()[: self.config.degree + 1]

    def closed(self) -> Tensor:
        """The weights with the least loss, weight decay included; of all that have it the shortest ones. (degree + 1,), float64."""
        config = self.config
        asked = config.points, config.degree, config.weight_decay
        if self._solved is None or self._solved[0] != asked:
            X, y = (self.names[name][: config.points].double().cpu() for name in ("X", "y"))
            self._solved = asked, least_squares(X[:, : config.degree + 1], y, config.weight_decay)
        return self._solved[1]

    def remember(self, step: int) -> None:
        """The study goes on for a moment, and begins anew where it was about other points. It draws its own random numbers."""
        config = self.config
        points = tuple(self.names["x"][: config.points].tolist())
        basis = "legendre" if config.basis == "network" else config.basis
        asked = Asked(config.study, basis, points, config.noise, config.seed)
        if self._study is None or self._study.asked != asked:
            self._study = Study(asked)
        self._study.go_on(time.perf_counter() + SLICE, time.perf_counter)
        self.behind = not self._study.done

    def facts(self) -> Mapping[str, Any]:
        names, y = self.names, self.names["y"].cpu()
        law = names["law"]
        return {
            "test_points": {"x": jsonable(names["x_test"].numpy()), "y": jsonable(names["y_test"].cpu().numpy())},
            "law": {"x": self._x.tolist(), "y": law(self._x).tolist()},
            "frame": {"x": [-1.0, 1.0], "y": [float(y.min()), float(y.max())]},
            "noise": {"variance": self.config.noise**2},
            "parameters": sum(part.numel() for part in self.optimizer.param_groups[0]["params"]),
            "curvatures": self._curvatures(),
            "arithmetic": arithmetic(names["x"][: self.config.points], y[: self.config.points]),
            "counted": self.config.points,
        }

    def _curvatures(self) -> list[tuple[float, float]]:
        """The largest and the smallest eigenvalue of the loss's Hessian, for each degree; rounding may leave less than 0."""
        if self.config.is_network:
            return []
        X = self.names["X"][: self.config.points].double().cpu()
        hessian = 2 / len(X) * X.T @ X
        spectra = [torch.linalg.eigvalsh(hessian[:used, :used]) for used in range(1, len(hessian) + 1)]
        return [(float(spectrum[-1]), max(0.0, float(spectrum[0]))) for spectrum in spectra]

    @property
    def views(self) -> Mapping[str, View]:
        of_a_network = {"curve": self._curve_of_network, "closed_curve": dict, "weights:0": dict, "references": dict}
        of_features = {
            "curve": lambda: self._curve(self._w),
            "closed_curve": lambda: self._curve(self.closed()),
            "weights:0": self._weights,
            "references": self._references,
        }
        return {
            "points": self._points,
            **(of_a_network if self.config.is_network else of_features),
            **{f"study_{name}": partial(self._studied, name) for name in ("train", "test", "bias", "variance", "noise")},
            "study_now": self._study_now,
        }

    def _studied(self, name: str) -> dict[str, Any]:
        return self._study.curve(name) if self._study else {}

    def _study_now(self) -> dict[str, Any]:
        """The features in use, those with the least error, and the points: which is where a curve can first go through all of them."""
        used = None if self.config.is_network else self.config.degree + 1
        return {"used": used, "points": self.config.points, "best": self._study.best() if self._study else None}

    def _points(self) -> dict[str, Any]:
        n = self.config.points
        return {"x": self.names["x"][:n].tolist(), "y": self.names["y"][:n].tolist()}

    def _curve(self, w: Tensor) -> dict[str, Any]:
        y = self._X[:, : len(w)].double().cpu() @ w.double().cpu()
        return {"x": self._x.tolist(), "y": jsonable(y.numpy())}

    @torch.no_grad()
    def _curve_of_network(self) -> dict[str, Any]:
        return {"x": self._x.tolist(), "y": jsonable(self.names["curve"](self._X).cpu().numpy())}

    def _weights(self) -> dict[str, Any]:
        return {
            "features": [str(degree) for degree in range(self.config.degree + 1)],
            "trained": jsonable(self._w.abs().cpu().numpy()),
            "closed": jsonable(self.closed().abs().numpy()),
        }

    def _references(self) -> dict[str, Any]:
        w, n = self.closed(), self.config.points
        sets = {"loss": (self.names["X"][:n], self.names["y"][:n]), "test_loss": (self.names["X_test"], self.names["y_test"])}
        return {name: float((X[:, : len(w)].double().cpu() @ w - y.double().cpu()).square().mean()) for name, (X, y) in sets.items()}


def arithmetic(x: Tensor, y: Tensor, degree: int = 13) -> dict[str, float]:
    """The training losses of normal equations in float32 and of least squares in float64, over powers of x. x, y (n,)."""
    X = torch.stack([x.cpu() ** power for power in range(degree + 1)], dim=1)
    normal = torch.linalg.solve_ex(X.T @ X, X.T @ y)[0]  # no error where X.T @ X is singular to float32
    losses = {"normal": normal, "least": least_squares(X.double(), y.double())}
    return {name: float((X.double() @ w.double() - y.double()).square().mean()) for name, w in losses.items()}


def least_squares(X: Tensor, y: Tensor, weight_decay: float = 0.0) -> Tensor:
    """The w with the least mean square of Xw - y, plus weight_decay / 2 · |w|²; the shortest of several. X (n, p), y (n,), w (p,).

    Weight decay is written as p further points: at each of them one feature is √(n · weight_decay / 2), and y is 0.
    """
    n, p = X.shape
    if weight_decay:
        X = torch.cat([X, math.sqrt(n * weight_decay / 2) * torch.eye(p, dtype=X.dtype)])
        y = torch.cat([y, torch.zeros(p, dtype=y.dtype)])
    found: Tensor = torch.linalg.lstsq(X, y[:, None], driver="gelsd").solution
    return found[:, 0]


WATCH = Overfitting
