"""What can be set in the iris classifier."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from core.settings.classifier import ClassifierConfig
from core.settings.config import names_in, structural
from core.settings.limits import limits

Feature = Literal["sepal_length", "sepal_width", "petal_length", "petal_width"]
FLOWERS = 150
FEATURES: tuple[Feature, ...] = get_args(Feature)
SPECIES = ("setosa", "versicolor", "virginica")
NAME = 40  # characters of the name of a column or a class
Names = tuple[Annotated[str, Field(min_length=1, max_length=NAME)], ...]
Rows = tuple[tuple[float, ...], ...]
OWN = {"data": ("own",)}
TABLE: Rows = (
    (1.0, 1.2, 0), (1.4, 0.8, 0), (0.7, 1.5, 0), (1.6, 1.7, 0), (3.1, 1.1, 1), (3.6, 0.7, 1), (2.9, 0.4, 1), (3.4, 1.6, 1),
    (2.1, 3.0, 2), (2.6, 3.5, 2), (1.8, 3.7, 2), (2.3, 2.6, 2),
)  # fmt: skip

# the settings that a button of the lesson trains with
OVERFITTING: dict[str, Any] = {"test_share": 0.3, "label_noise": 0.2, "standardize": True, "hidden": (64, 64)}


class IrisConfig(ClassifierConfig):
    """The defaults are all 150 flowers in one batch, 4 → 10 → 3 with ReLU, Adam with lr 0.01, 1000 epochs.

    A row of `table` is the learner's own: a number for each of `column_names`, then the class, a place in `class_names`.
    `used_columns` are those that the network is given; none stands for all of them.
    """

    data: Literal["flowers", "own"] = structural("flowers")
    features: tuple[Feature, ...] = structural(FEATURES, min_length=1, when={"data": ("flowers",)})
    standardize: bool = structural(False)
    column_names: Names = structural(("x1", "x2"), min_length=1, max_length=limits().table_features, when=OWN)
    class_names: Names = structural(("a", "b", "c"), min_length=2, max_length=limits().table_classes, when=OWN)
    used_columns: Names = structural((), max_length=limits().table_features, when=OWN)
    table: Rows = structural(TABLE, max_length=limits().table_samples, when=OWN)

    @field_validator("column_names", "class_names", "used_columns", mode="before")
    @classmethod
    def _names_from_text(cls, value: Any) -> Any:
        """A link writes `length,width`."""
        return names_in(value) if isinstance(value, str) else value

    @field_validator("column_names", "class_names", "used_columns")
    @classmethod
    def _distinct(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            raise PydanticCustomError("repeated", "each name can stand once")
        if odd := next((name for name in names if not name.isprintable()), None):  # it is to stand in a line of a script
            raise PydanticCustomError("odd_name", "a name is one line of letters", {"held": odd})
        return names

    @field_validator("used_columns")
    @classmethod
    def _of_the_table(cls, used: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """In the order of the table, so that the same choice is the same config."""
        if info.data.get("data") != "own" or "column_names" not in info.data:
            return used
        columns: tuple[str, ...] = info.data["column_names"]
        if odd := next((name for name in used if name not in columns), None):
            raise PydanticCustomError("no_such_column", "there is no such column", {"held": odd})
        return tuple(name for name in columns if name in used)

    @field_validator("table", mode="before")
    @classmethod
    def _rows_from_text(cls, table: Any) -> Any:
        """A link writes the rows as `1.5,2,0;1,2.5,1`: the class last, counted from 0."""
        return [row.split(",") for row in table.split(";") if row] if isinstance(table, str) else table

    @field_validator("table")
    @classmethod
    def _fits(cls, table: Rows, info: ValidationInfo) -> Rows:
        """Each row has a number for each column, and a class that there is; each class has a row to learn and one to test."""
        if info.data.get("data") != "own" or not {"column_names", "class_names"} <= info.data.keys():
            return table
        width, classes = len(info.data["column_names"]) + 1, range(len(info.data["class_names"]))
        for place, row in enumerate(table, start=1):
            if len(row) != width or row[-1] not in classes:
                raise PydanticCustomError("table_row", "not a row of these columns", {"row": place, "held": ",".join(map(str, row))})
        kinds = [int(row[-1]) for row in table]
        for kind, name in enumerate(info.data["class_names"]):
            if kinds.count(kind) < 2:
                raise PydanticCustomError("class_alone", "a class needs two rows", {"held": name})
        return tuple((*row[:-1], kind) for row, kind in zip(table, kinds, strict=True))

    @property
    def known(self) -> tuple[str, ...]:
        """The features of the data set."""
        return self.column_names if self.data == "own" else FEATURES

    @property
    def chosen(self) -> tuple[str, ...]:
        """The features that the network is given."""
        return (self.used_columns or self.column_names) if self.data == "own" else self.features

    @property
    def columns(self) -> list[int]:
        """Their places in the data set."""
        return [self.known.index(feature) for feature in self.chosen]

    @property
    def classes(self) -> tuple[str, ...]:
        """What is told apart."""
        return self.class_names if self.data == "own" else SPECIES

    @property
    def shown_names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What pictures call the features and the classes: whatever stands in a learner's file, these can be part of a view's name."""
        if self.data == "flowers":
            return FEATURES, SPECIES
        columns = tuple(f"column_{place}" for place, _ in enumerate(self.known, start=1))
        return columns, tuple(f"class_{kind}" for kind in range(self.kinds))

    @property
    def kinds(self) -> int:
        """How many classes there are."""
        return len(self.classes)

    @property
    def samples(self) -> int:
        return len(self.table) if self.data == "own" else FLOWERS

    @property
    def tested_share(self) -> float:
        """One sample of each class at least."""
        return max(self.test_share, self.kinds / self.samples)


CONFIG = IrisConfig
