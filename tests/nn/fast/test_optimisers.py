"""Adam in blocks against the plain lines."""

import numpy as np
import pytest

from nn.fast import optimisers, threads
from nn.forms import TABLE


@pytest.mark.parametrize("shape", [(), (3,), (7, 5), (2, 3, 4, 5), (1, 9)])
@pytest.mark.parametrize("block", [4, 2**18])
@pytest.mark.parametrize("order", ["C", "F"])
def test_adam_in_blocks_is_the_algorithm(shape, block, order, monkeypatch):
    monkeypatch.setattr(optimisers, "ELEMENTS", block)
    monkeypatch.setattr(threads, "thread_count", lambda: 3)
    rng = np.random.default_rng(0)
    start = np.asarray(rng.normal(size=shape), order=order)
    both = [[[start.copy(order)], [np.zeros(shape)], [np.zeros(shape)]] for _ in range(2)]
    for t in range(1, 6):
        gradient = np.asarray(rng.normal(size=shape))
        for form, (theta, m, v) in zip(("plain", "fast"), both, strict=True):
            TABLE["adam_update"][form](theta, [gradient], m, v, t, 0.1, 0.9, 0.999, 1e-3)
    for plain, fast in zip(*both, strict=True):
        np.testing.assert_allclose(fast[0], plain[0], rtol=1e-12, atol=1e-15)
    assert (both[0][0][0] != start).all()
