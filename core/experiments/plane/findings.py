"""What the numbers say of classes in the plane, as those of any classifier do."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.experiments.plane.config import PlaneConfig
from core.pictures import findings as rules
from core.run.finding import Finding
from core.run.history import History


def findings(config: PlaneConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first; `core.pictures.findings` has them in a table."""
    most = PlaneConfig.settings()["points"].high
    remedies = rules.Remedies(
        more_data={"points": min(4 * config.points, int(most or 0))} if config.data != "own" and config.points != most else {},
        fewer_features={"features": ("x1", "x2")} if len(config.features) > 2 else {},
        off_a_plateau={} if config.hidden else {"hidden": (8, 8)},
    )
    return rules.findings(config, status, history, facts, since, remedies)
