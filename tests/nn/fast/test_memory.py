"""Memory that is used again, and what layers hold in memory, as Python's tracemalloc sees it."""

import threading
import tracemalloc

import numpy as np
import pytest

import nn
from nn.fast import threads
from nn.fast.memory import plan, workspace


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


def test_a_workspace_is_the_same_memory_again_but_another_for_each_purpose_and_thread():
    first = workspace("a", (3, 5), np.float32)
    assert first.shape == (3, 5)
    assert first.dtype == np.float32
    assert np.shares_memory(first, workspace("a", (2, 2), np.float64))
    assert not np.shares_memory(first, workspace("b", (3, 5), np.float32))
    others = []
    thread = threading.Thread(target=lambda: others.append(workspace("a", (3, 5), np.float32)))
    thread.start()
    thread.join()
    assert not np.shares_memory(first, others[0])


def test_a_plan_is_made_once_and_anew_when_its_memory_has_grown():
    class Plan:
        def __init__(self, size):
            self.memory = workspace("plan", (size,), np.float32)

    first = plan(Plan, 3)
    assert plan(Plan, 3) is first
    plan(Plan, 1000)
    assert np.shares_memory(plan(Plan, 3).memory, plan(Plan, 1000).memory)
