"""What the tests of several folders share."""

import pytest

import nn


@pytest.fixture(scope="module", params=["plain", "fast"])
def form(request):
    """Both forms in which a CPU computes; a file runs in each with ``pytestmark = pytest.mark.usefixtures("form")``."""
    with nn.use(request.param):
        yield request.param
