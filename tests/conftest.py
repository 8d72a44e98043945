"""What the tests of several folders share."""

import os
from pathlib import Path

import pytest

import nn


def pytest_xdist_auto_num_workers(config):
    """One file or test runs in this process, where breakpoint(), -s and --pdb work; a folder in one for each core."""
    if config.option.capture == "no" or any(Path(name.partition("::")[0]).is_file() for name in config.args):
        return 0
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each of them computes with one thread, or they slow each other down
    return None


@pytest.fixture(scope="module", params=["plain", "fast"])
def form(request):
    """Both forms in which a CPU computes; a file runs in each with ``pytestmark = pytest.mark.usefixtures("form")``."""
    with nn.use(request.param):
        yield request.param
