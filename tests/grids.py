"""Grids as they are sent to the browser."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray


def cells(z: dict[str, Any]) -> NDArray[np.int64]:
    """The rows and columns of a grid that `core.pictures.views.packed` has packed."""
    return np.frombuffer(base64.b64decode(z["cells"]), "<u2").reshape(-1, z["columns"]).astype(np.int64)
