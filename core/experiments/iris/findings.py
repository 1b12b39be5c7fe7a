"""What the numbers of an iris run say, as those of any classifier do."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.experiments.iris.config import FEATURES, IrisConfig
from core.pictures import findings as rules
from core.run.finding import Finding
from core.run.history import History


def findings(config: IrisConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first; `core.pictures.findings` has them in a table."""
    remedies = rules.Remedies(
        fewer_features={"features": FEATURES[2:]} if len(config.features) > 2 else {},
        off_a_plateau={"features": FEATURES} if len(config.features) < len(FEATURES) else {},
    )
    return rules.findings(config, status, history, facts, since, remedies)
