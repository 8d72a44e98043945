"""Shapes and seeds of weights, the summary table and copies."""

import copy
import pickle

import numpy as np
import pytest

import nn
from nn.cuda.availability import gpu_problem


def test_the_seed_decides_the_weights():
    make = lambda seed: nn.Conv2D(2, 3, 3, rng=seed).weight.data  # noqa: E731
    np.testing.assert_array_equal(make(1), make(1))
    assert (make(1) != make(2)).any()


def test_weights_have_the_documented_shapes():
    assert nn.Dense(4, 5).weight.data.shape == (4, 5)
    assert nn.Conv2D(4, 5, (2, 3)).weight.data.shape == (2, 3, 4, 5)
    assert nn.ConvTranspose2D(4, 5, (2, 3)).weight.data.shape == (2, 3, 5, 4)
    assert nn.Dense(4, 5, bias=False).bias is None


def test_summary_names_layers_shapes_and_parameters():
    text = nn.summary(
        nn.Sequential(nn.Conv2D(1, 4, 3, 2), nn.BatchNorm(4), nn.Flatten(), nn.Dense(196, 7)), (14, 14, 1)
    )
    lines = text.splitlines()
    assert lines[3].split() == ["Conv2D(1,", "4,", "3x3,", "stride=2)", "(7,", "7,", "4)", "40"]
    assert lines[4].endswith(" 8")
    assert lines[6].endswith(" 1,379")
    assert lines[-1].split() == ["total", f"{40 + 8 + 1379:,}"]


def test_summary_of_indices_and_of_networks_within_networks():
    inner = nn.Sequential(*[nn.Dense(8, 8) for _ in range(9)])
    text = nn.summary(nn.Sequential(nn.Dense(8, 8), nn.Residual(inner)), (8,))
    assert max(map(len, text.splitlines())) < 100
    assert "..." in text
    assert "(3, 8)" in nn.summary(nn.Embedding(5, 8), (3,), np.int64)


def test_summary_counts_a_shared_parameter_once():
    first, second = nn.Dense(3, 3), nn.Dense(3, 3)
    second.weight = first.weight
    assert nn.summary(nn.Sequential(first, second), (3,)).splitlines()[-1].split()[-1] == str(9 + 3 + 3)


def test_summary_of_a_network_on_a_gpu():
    if gpu_problem():
        pytest.skip(f"no GPU, real or emulated: {gpu_problem()}")
    network = nn.Sequential(nn.Flatten(), nn.Dense(4, 3, rng=0))
    on_the_cpu = nn.summary(network, (2, 2))
    network.to_device("gpu")
    assert nn.summary(network, (2, 2)) == on_the_cpu


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_copies_compute_the_same_and_carry_no_batch_with_them(clone):
    layer = nn.Sequential(nn.Conv2D(1, 2, 3, rng=0), nn.ReLU())
    x = np.random.default_rng(0).normal(size=(50, 8, 8, 1)).astype("f")
    y = layer.forward(x)
    copied = clone(layer)
    assert len(pickle.dumps(copied)) < 5000
    np.testing.assert_array_equal(copied.forward(x), y)
