"""The desk without a page: what its link holds, and which runs a change of settings bends."""

import numpy as np
from streamlit.testing.v1 import AppTest

from core.experiments.iris.config import IrisConfig
from core.run.change import Change
from core.run.handle import Run
from core.run.messages import Rows, Update
from core.run.replay import Replay
from core.run.spec import RunSpec
from core.run.status import Status
from ui.bench.desk import Desk
from ui.frame import link


def run_at(step: int, status: Status, changes: tuple[Change, ...] = ()) -> Run:
    """An Iris run whose worker has recorded `step` rows."""
    run = Run(RunSpec("iris", IrisConfig(), changes=tuple(changes)), lambda _command: None)
    run.open()
    rows = Rows(("loss",), np.arange(1, step + 1), np.ones((step, 1)))
    run.receive(Update(run.id, 0, 10**9, status, step, None, rows=rows, changes=changes))
    return run


def test_the_link_of_a_replayed_run_holds_the_settings_that_it_began_with() -> None:
    replay = Replay.read("100:lr=0.05,1000:loss=0.04", "iris", IrisConfig())
    run = run_at(150, Status.RUNNING, replay.spec.changes)
    desk = Desk(run, run.wanted_config, may_control=True, default_speed=60.0, replay=replay)
    parameters = desk.parameters
    again = IrisConfig.from_link(parameters)
    assert again == IrisConfig()
    assert Replay.read(parameters[link.REPLAY], "iris", again) == replay


def test_after_one_step_a_live_field_bends_the_run() -> None:
    """A run whose rows begin at 1 has a single row then."""
    run = run_at(1, Status.PAUSED)
    desk = Desk(run, IrisConfig(), may_control=True, default_speed=60.0)
    desk.settle(IrisConfig(lr=0.1).model_dump())
    assert (run.generation, run.step, len(run.history)) == (0, 1, 1)
    assert run.wanted_config == IrisConfig(lr=0.1)


def test_what_came_by_the_route_is_taken_along() -> None:
    """Changed beside the page: its settings are the page's; begun anew, the run replays nothing any more."""
    replay = Replay.read("100:lr=0.05,1000:loss=0.04", "iris", IrisConfig())
    run = run_at(150, Status.RUNNING, replay.spec.changes)
    desk = Desk(run, run.wanted_config, may_control=True, default_speed=60.0, replay=replay, absent="gone")
    run.settle({"lr": 0.2})
    desk.follow()
    assert (desk.agreed.to_link(), desk.replay, desk.absent) == ({"lr": "0.2"}, replay, None)
    run.press("reset")
    desk.follow()
    assert (desk.agreed.to_link(), desk.replay) == ({"lr": "0.2"}, None)
    desk.settle(desk.agreed.model_dump())
    assert run.generation == 1, "nothing was pressed on the page"


def _shared(experiment: str, steps: int) -> None:
    """A page with the link that replays a run whose learning rate was changed at so many steps."""
    from core import experiments
    from core.run.change import Change
    from core.run.replay import Replay
    from core.run.spec import RunSpec
    from ui.bench import share

    rates = [0.01, *(0.011 + step / 1e6 for step in range(steps))]
    changes = tuple(Change(step + 1, "lr", rates[step], rates[step + 1]) for step in range(steps))
    spec = RunSpec(experiment, experiments.config_class(experiment).checked({"lr": 0.01, "epochs": 1000}), changes, last=steps + 1)
    share._replay("https://example.org/iris", Replay(spec, 0.5))


def test_what_no_link_holds_is_said_in_its_place() -> None:
    given, refused = (AppTest.from_function(_shared, args=("iris", steps)).run() for steps in (120, 220))
    (link_,) = given.code
    assert link_.value.startswith("https://example.org/iris?")
    assert not refused.code
    (said,) = refused.caption
    assert said.value.startswith("So much was done to this run that no link holds it: ")
    assert "and 3,000 is the most" in said.value
