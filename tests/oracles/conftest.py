"""What all comparisons with PyTorch share."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def one_torch_thread():
    """On arrays this small PyTorch's threads mostly wait for each other, which takes long on a busy machine."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
