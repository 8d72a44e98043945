"""What layers hold in memory, as Python's tracemalloc sees it."""

import tracemalloc

import numpy as np
import pytest

import nn
from nn import threads


@pytest.fixture
def trace():
    tracemalloc.start()
    yield tracemalloc
    tracemalloc.stop()


def one_step(layer, optimiser, x):
    optimiser.zero_grad()
    layer.backward(layer.forward(x, training=True))
    optimiser.step()


@pytest.mark.parametrize("kind", [nn.Conv2D, nn.ConvTranspose2D])
@pytest.mark.parametrize(("channels", "kernel"), [(16, 5), (64, 3)])  # by patches; by Winograd's tiles
def test_the_patches_of_a_batch_are_never_in_memory_at_once(kind, channels, kernel, trace, monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    layer, x = kind(channels, channels, kernel, rng=0), np.ones((400, 16, 16, channels), np.float32)
    patches = kernel**2 * x.nbytes
    before, _ = trace.get_traced_memory()
    y = layer.forward(x)
    layer.backward(y)
    _, peak = trace.get_traced_memory()
    assert peak - before < patches / 3


def test_a_step_leaves_nothing_behind(trace):
    network = nn.Sequential(
        nn.Conv2D(1, 8, 3, 2, rng=0), nn.BatchNorm(8), nn.ReLU(), nn.Flatten(), nn.Dense(8 * 8 * 8, 64, rng=0),
        nn.Tanh(), nn.Reshape((2, 2, 16)), nn.ConvTranspose2D(16, 4, 3, 2, rng=0), nn.LeakyReLU(0.2),
    )  # fmt: skip
    optimiser, x = nn.Adam(network.parameters()), np.ones((50, 16, 16, 1), np.float32)
    for _ in range(3):
        one_step(network, optimiser, x)
    before, _ = trace.get_traced_memory()
    for _ in range(5):
        one_step(network, optimiser, x)
    after, _ = trace.get_traced_memory()
    assert abs(after - before) < 5000 < x.nbytes / 10


def test_gradients_are_written_where_the_last_ones_were():
    layer, x = nn.Conv2D(2, 3, 3, rng=0), np.random.default_rng(0).normal(size=(4, 6, 6, 2)).astype(np.float32)
    optimiser = nn.Adam(layer.parameters())
    one_step(layer, optimiser, x)
    places = [parameter.grad for parameter in layer.parameters()]
    one_step(layer, optimiser, x)
    assert all(parameter.grad is place for parameter, place in zip(layer.parameters(), places, strict=True))
