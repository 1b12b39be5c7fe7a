"""A run in its worker's place, without the worker: when pictures are drawn again."""

import math
from typing import Any

import torch

from core.engine.hosted import Hosted
from core.engine.view_schedule import VIEW_SECONDS
from core.run.messages import Open
from core.run.spec import RunSpec
from core.run.status import Status
from tests.core.engine.fakes import Fake, FakeConfig

NEEDED = 3  # looks after which a picture is ready


class Slow(Fake):
    """Its picture becomes ready only by being looked at: as a computation beside the run, done a little at a time."""

    looks = 0

    def remember(self, step: int) -> None:
        self.looks += 1
        self.behind = self.looks < NEEDED + 1  # one of them is how it began

    @property
    def views(self) -> dict[str, Any]:
        return {"picture": lambda: self.looks}


class Catalogue:
    """Of one experiment."""

    def watch(self, name: str) -> type[Slow]:
        """Whatever it is called."""
        assert name == "slow"
        return Slow


def test_a_picture_that_is_not_ready_is_drawn_again_though_the_run_is_held() -> None:
    now = [0.0]
    spec = RunSpec("slow", FakeConfig())
    command = Open("run", 0, 1, spec, known=0, replay_to=-1, status=Status.PAUSED, speed=None, watched=frozenset({"picture"}))
    hosted = Hosted(command, lambda: now[0])
    hosted.build(Catalogue(), torch.device("cpu"))
    drawn = []
    while hosted.views_due < math.inf:
        now[0] = max(now[0], hosted.views_due)
        hosted.draw()
        assert hosted.has_news
        update = hosted.report()
        drawn.append((update.views or {})["picture"])
        assert update.step == 0, "no step is made for it"
        assert len(drawn) <= NEEDED
    assert drawn == [2, 3, 4]
    assert now[0] >= (NEEDED - 1) * VIEW_SECONDS, "not oftener than any other picture"
    now[0] += 10 * VIEW_SECONDS
    assert not hosted.has_news
