"""What can be set in classification in the plane."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from core.settings.classifier import ClassifierConfig, Units
from core.settings.config import group, live, structural
from core.settings.limits import limits

Feature = Literal["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]
FEATURES: tuple[Feature, ...] = get_args(Feature)
MOST, MOST_POINTS = 6, 500  # classes, and own points
Coordinate = Annotated[float, Field(ge=-100.0, le=100.0)]
Points = tuple[tuple[Coordinate, Coordinate, Annotated[int, Field(ge=0, lt=MOST)]], ...]
OWN: Points = tuple((x, y, int(x * y > 0)) for x in (-2.0, -1.0, 1.0, 2.0) for y in (-2.0, -1.0, 1.0, 2.0))
DRAWN = ("moons", "circles", "blobs", "xor", "spiral")
MANY = ("blobs", "spiral", "own")  # with as many classes as one likes


class PlaneConfig(ClassifierConfig):
    """The defaults are 200 points on two moons, 2 → 8 → 8 → 2 with tanh, Adam with lr 0.03, all rows at once, 500 epochs.

    `table` holds own points: x₁, x₂ and the class, from 0. They may come and go while it trains, so none of them is kept for a test.
    `formulation` says how logistic regression is written: by `nn.Linear`, or with tensors W and b.
    """

    data: Literal["moons", "circles", "blobs", "xor", "spiral", "own"] = structural("moons")
    points: int = structural(200, ge=20, le=2000, scale="log", when={"data": DRAWN})
    noise: float = structural(0.1, ge=0.0, le=1.0, when={"data": DRAWN})
    classes: int = structural(3, ge=2, le=MOST, when={"data": MANY})
    table: Points = live(OWN, max_length=MOST_POINTS, when={"data": ("own",)}, target="points, x, y = placed({value})")
    test_share: float = structural(0.0, ge=0.0, le=0.5, when={"data": DRAWN})
    label_noise: float = structural(0.0, ge=0.0, le=0.5, when={"data": DRAWN})
    features: tuple[Feature, ...] = structural(("x1", "x2"), min_length=1)
    output: Literal["softmax", "sigmoid"] = structural("softmax")
    formulation: Literal["module", "tensors"] = structural("module", when={"hidden": ((),), "output": ("sigmoid",)})
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
        kinds = {kind for *_, kind in table}
        if info.data.get("data") == "own" and len(kinds) < 2:
            raise PydanticCustomError("too_few_classes", "points of two classes are needed")
        if info.data.get("data") == "own" and max(kinds) >= info.data.get("classes", MOST):
            raise PydanticCustomError("too_few_outputs", "a class has a number that is too high")
        return tuple((round(x1, 3), round(x2, 3), kind) for x1, x2, kind in table)  # as they are drawn and written in a link

    @field_validator("output")
    @classmethod
    def _of_two(cls, output: str, info: ValidationInfo) -> str:
        if output == "sigmoid" and info.data.get("data") in MANY and info.data.get("classes", 2) > 2:
            raise PydanticCustomError("sigmoid_of_many", "a sigmoid tells two classes apart")
        return output

    @property
    def kinds(self) -> int:
        """The classes that there are."""
        return self.classes if self.data in MANY else 2

    @property
    def outputs(self) -> int:
        """The logits for each point."""
        return 1 if self.output == "sigmoid" else self.kinds

    @property
    def by_hand(self) -> bool:
        """Whether logistic regression is written with tensors W and b, and no module."""
        return self.formulation == "tensors" and self.output == "sigmoid" and not self.hidden

    @property
    def test_rows(self) -> int:
        return 0 if self.data == "own" else super().test_rows

    @property
    def wrong_labels(self) -> int:
        return 0 if self.data == "own" else super().wrong_labels

    @property
    def whole(self) -> int:
        """A batch of so many rows holds all of them; own points may come while it trains."""
        return MOST_POINTS + 1 if self.data == "own" else self.rows

    @property
    def samples(self) -> int:
        return len(self.table) if self.data == "own" else self.points


CONFIG = PlaneConfig
