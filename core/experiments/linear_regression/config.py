"""What can be set in linear regression."""

from typing import Any, Literal

from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from core.settings.config import TrainingConfig, structural
from core.settings.limits import limits

Points = tuple[tuple[float, float], ...]
DTYPE_ERRORS = {  # PyTorch's own words
    "tensors": "RuntimeError: expected m1 and m2 to have the same dtype, but got: double != float",
    "module": "RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float",
}
_LINE = {"data": ("line",)}
_TYPED = {"start": ("typed",)}


class LinearRegressionConfig(TrainingConfig):
    """The defaults are the three points (1, 1), (2, 2), (3, 3), zeros, and SGD with lr 0.01."""

    formulation: Literal["tensors", "module"] = structural("tensors")
    data: Literal["points", "line", "diabetes", "own"] = structural("points")
    points: int = structural(50, ge=2, le=limits().table_rows, scale="log", when=_LINE)
    slope: float = structural(2.0, ge=-100.0, le=100.0, when=_LINE)
    intercept: float = structural(1.0, ge=-100.0, le=100.0, when=_LINE)
    noise: float = structural(0.5, ge=0.0, le=100.0, when=_LINE)
    data_seed: int = structural(0, ge=0, le=2**31 - 1, when=_LINE)
    table: Points = structural(((1.0, 1.0), (2.0, 2.0), (3.0, 3.0)), max_length=limits().table_rows, when={"data": ("own",)})
    standardize: bool = structural(False)  # x
    standardize_y: bool = structural(False)
    dtype: Literal["float32", "float64"] = structural("float32")
    start: Literal["zeros", "pytorch", "typed"] = structural("zeros")
    W0: float = structural(0.0, ge=-1000.0, le=1000.0, when=_TYPED)
    b0: float = structural(0.0, ge=-1000.0, le=1000.0, when=_TYPED)
    loss: Literal["mse", "l1", "huber"] = structural("mse")

    @field_validator("table", mode="before")
    @classmethod
    def _from_text(cls, table: Any) -> Any:
        """A link writes the rows as `x,y;x,y`."""
        if not isinstance(table, str):
            return table
        return [row.split(",") for row in table.split(";") if row]

    @field_validator("table")
    @classmethod
    def _enough(cls, table: Points, info: ValidationInfo) -> Points:
        if info.data.get("data") == "own" and len({x for x, _ in table}) < 2:
            raise PydanticCustomError("too_few_points", "a line needs points at two different x")
        return table

    @property
    def rows(self) -> int:
        """The samples of the data set."""
        return {"points": 3, "line": self.points, "diabetes": 442, "own": len(self.table)}[self.data]

    @property
    def x_has_variance(self) -> bool:
        """Whether x can be brought to variance 1."""
        from core.experiments.linear_regression.data import raw, standardization

        return standardization(raw(self)[0])[1]

    @property
    def y_has_variance(self) -> bool:
        """Whether y can be brought to variance 1."""
        from core.experiments.linear_regression.data import raw, standardization

        return standardization(raw(self)[1])[1]

    @property
    def dtype_error(self) -> str:
        """What PyTorch says where float64 meets float32."""
        return DTYPE_ERRORS[self.formulation]


CONFIG = LinearRegressionConfig
