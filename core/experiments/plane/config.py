"""What can be set in classification in the plane."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from core.settings.classifier import ClassifierConfig, Units
from core.settings.config import group, live, structural
from core.settings.limits import limits

Feature = Literal["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]
FEATURES: tuple[Feature, ...] = get_args(Feature)
MOST = 6  # classes
Coordinate = Annotated[float, Field(ge=-100.0, le=100.0)]
Points = tuple[tuple[Coordinate, Coordinate, Annotated[int, Field(ge=0, lt=MOST)]], ...]
OWN: Points = tuple((x, y, int(x * y > 0)) for x in (-2.0, -1.0, 1.0, 2.0) for y in (-2.0, -1.0, 1.0, 2.0))
_DRAWN = ("moons", "circles", "blobs", "xor", "spiral")
_MANY = ("blobs", "spiral")


class PlaneConfig(ClassifierConfig):
    """The defaults are 200 points on two moons, 2 → 8 → 8 → 2 with tanh, Adam with lr 0.03, all rows at once, 500 epochs.

    `table` holds own points: x₁, x₂ and the class, from 0.
    """

    data: Literal["moons", "circles", "blobs", "xor", "spiral", "own"] = structural("moons")
    points: int = structural(200, ge=20, le=2000, scale="log", when={"data": _DRAWN})
    noise: float = structural(0.1, ge=0.0, le=1.0, when={"data": _DRAWN})
    classes: int = structural(3, ge=2, le=MOST, when={"data": _MANY})
    table: Points = structural(OWN, max_length=limits().table_rows, when={"data": ("own",)})
    features: tuple[Feature, ...] = structural(("x1", "x2"), min_length=1)
    output: Literal["softmax", "sigmoid"] = structural("softmax")
    hidden: tuple[Units, ...] = structural((8, 8), max_length=6)
    activation: Literal["relu", "tanh", "sigmoid", "gelu", "none"] = structural("tanh")
    lr: float = live(0.03, ge=1e-6, le=10.0, scale="log", target=group("lr"))
    l1: float = live(0.0, ge=0.0, le=1.0)
    epochs: int = structural(500, ge=1, le=limits().epochs, scale="log")

    @field_validator("table", mode="before")
    @classmethod
    def _rows(cls, table: Any) -> Any:
        """A link writes the rows as `x1,x2,class;x1,x2,class`."""
        return [row.split(",") for row in table.split(";") if row] if isinstance(table, str) else table

    @field_validator("table")
    @classmethod
    def _enough(cls, table: Points, info: ValidationInfo) -> Points:
        if info.data.get("data") == "own" and len({kind for *_, kind in table}) < 2:
            raise PydanticCustomError("too_few_classes", "points of two classes are needed")
        return table

    @field_validator("output")
    @classmethod
    def _of_two(cls, output: str, info: ValidationInfo) -> str:
        if output == "sigmoid" and _kinds(info.data.get("data"), info.data.get("classes", 2), info.data.get("table", ())) > 2:
            raise PydanticCustomError("sigmoid_of_many", "a sigmoid tells two classes apart")
        return output

    @property
    def kinds(self) -> int:
        """The classes that there are."""
        return _kinds(self.data, self.classes, self.table)

    @property
    def outputs(self) -> int:
        """The logits for each point."""
        return 1 if self.output == "sigmoid" else self.kinds

    @property
    def samples(self) -> int:
        return len(self.table) if self.data == "own" else self.points


def _kinds(data: Any, classes: int, table: Points) -> int:
    return classes if data in _MANY else 1 + max((kind for *_, kind in table), default=1) if data == "own" else 2


CONFIG = PlaneConfig
