"""What all tests share: torch as it is in a worker."""

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The same bits as a run; and at this size a second thread only waits for the first, and takes its core from other tests."""
    torch.set_num_threads(1)
