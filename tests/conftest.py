"""What all tests share: torch as it is in a worker, and drawn examples that may take their time."""

import pytest
import torch
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, and nothing about what is tried.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The same bits as a run; and at this size a second thread only waits for the first, and takes its core from other tests."""
    torch.set_num_threads(1)
