"""What the numbers of an iris run say, as those of any classifier do."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.experiments.iris.config import FEATURES, IrisConfig
from core.pictures import findings as rules
from core.run.finding import Finding
from core.run.history import History

FAR = 20.0  # times 1: numbers that large, or that small, are on a scale of their own


def findings(config: IrisConfig, status: str, history: History, facts: Mapping[str, Any], since: int = -1) -> Sequence[Finding]:
    """The sentences that hold now, the most urgent first; `core.pictures.findings` has them in a table.

    One is of one's own tables: `unscaled`, with `column` and `largest`, says that a column's numbers are far from 1.
    """
    left_out = len(config.chosen) < len(config.known)
    if config.data == "own":  # nobody knows which of a learner's columns are worth keeping
        remedies = rules.Remedies(more_data={}, fewer_features={}, off_a_plateau={"used_columns": ()} if left_out else {})
    else:
        remedies = rules.Remedies(
            more_data={},
            fewer_features={"features": FEATURES[2:]} if len(config.features) > 2 else {},
            off_a_plateau={"features": FEATURES} if left_out else {},
        )
    return [*rules.findings(config, status, history, facts, since, remedies), *_unscaled(config, facts)]


def _unscaled(config: IrisConfig, facts: Mapping[str, Any]) -> list[Finding]:
    """A column whose numbers are far from 1 rules the first layer, or hardly reaches it."""
    largest: Mapping[str, float] = facts.get("largest", {})
    if config.data != "own" or config.standardize or not largest:
        return []
    column = max(largest, key=lambda name: abs(math.log(largest[name])) if largest[name] else 0.0)
    if not largest[column] or 1 / FAR <= largest[column] <= FAR:
        return []
    return [Finding("unscaled", {"column": column, "largest": largest[column]}, {"standardize": True})]
