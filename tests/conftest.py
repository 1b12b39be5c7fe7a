"""What all tests share: torch as it is in a worker, and drawn examples that may take their time."""

import pytest
import torch
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, and nothing about what is tried. The same commit draws the same examples,
# so that a failure is seen again by whoever looks for it; `pytest --hypothesis-profile=search` draws others each time.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The same bits as a run; and at this size a second thread only waits for the first, and takes its core from other tests."""
    torch.set_num_threads(1)
