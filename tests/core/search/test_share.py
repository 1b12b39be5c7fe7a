"""The members that one process trains."""

import pytest
import torch

from core.experiments.iris.config import IrisConfig
from core.search.member import Member
from core.search.share import Share
from core.search.spec import SearchSpec
from core.search.stacked import Stack


def test_the_goal_is_looked_for_only_in_the_rows_that_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And in a few of the beginning, until it is known how long a row takes."""
    spec = SearchSpec.read("iris", IrisConfig(epochs=200), ["lr=1e-3..0.3:log"])
    share = Share(spec, [Member(spec.config, spec.goal, spec.first) for _ in range(3)], torch.device("cpu"))
    looked, row = list[bool](), Stack._row

    def counted(stack: Stack, *, measured: bool) -> torch.Tensor:
        looked.append(measured)
        return row(stack, measured=measured)

    monkeypatch.setattr(Stack, "_row", counted)
    stops = range(5, 201, 5)
    for stop in stops:
        for _ in share.advance(stop):
            pass
    assert len(stops) <= sum(looked[-200:]) <= len(stops) + 5
