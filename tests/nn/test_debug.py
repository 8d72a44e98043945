"""The debug mode names the culprit, and leaves everything as it was."""

import numpy as np
import pytest

import nn


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)


def test_an_output_that_a_layer_saved_cannot_be_changed(x):
    tanh = nn.Tanh()
    with nn.debug():
        y = tanh.forward(x)
        with pytest.raises(ValueError, match="read-only"):
            y += 1
    y += 1  # allowed again


def test_an_input_that_a_layer_saved_cannot_be_changed_meanwhile(x):
    dense = nn.Dense(4, 3, rng=0)
    with nn.debug():
        dense.forward(x)
        with pytest.raises(ValueError, match="read-only"):
            x *= 2
        dense.forward(x.copy())
        x *= 2  # no longer needed
    assert x.flags.writeable


@pytest.mark.parametrize("where", ["forward", "backward"])
def test_the_first_layer_that_makes_nan_is_named(x, where):
    class Bad(nn.Layer):
        def forward(self, x, *, training=False):
            return x * np.float32("inf") if where == "forward" else x

        def backward(self, dy):
            return dy * np.float32("nan")

    network = nn.Sequential(nn.Dense(4, 4, rng=0), Bad(), nn.Tanh())
    with nn.debug(), pytest.raises(FloatingPointError, match=rf"^Bad\(\)\.{where} made") as error:
        network.backward(network.forward(x))
    assert "out of finite numbers" in str(error.value)


def test_weights_that_are_too_large_are_told(x):
    dense = nn.Dense(4, 3, rng=0)
    dense.weight.data[0, 0] = np.inf
    with nn.debug(), pytest.raises(FloatingPointError, match=r"Dense\(4, 3\)\.forward made .* weight up to inf"):
        dense.forward(x)


def test_a_gradient_of_another_shape(x):
    class Careless(nn.Layer):
        def forward(self, x, *, training=False):
            return 2 * x

        def backward(self, dy):
            return 2 * dy

    layer = Careless()
    layer.forward(x)
    assert layer.backward(x[:1]).shape == (1, 4)  # nobody looks
    with nn.debug():
        layer.forward(x)
        with pytest.raises(ValueError, match=r"got dy of shape \(1, 4\), but its output was \(5, 4\)"):
            layer.backward(x[:1])


def test_a_forgotten_training_flag(x):
    layer = nn.BatchNorm(4)
    with nn.debug():
        layer.backward(layer.forward(x, training=True))
        with pytest.warns(RuntimeWarning, match="without training=True"):
            layer.backward(layer.forward(x))


def test_the_same_training_inside_and_outside_and_nothing_left(x):
    before = {kind: dict(vars(kind)) for kind in (nn.Dense, nn.Sequential, nn.BatchNorm)}

    def train():
        network = nn.Sequential(nn.Dense(4, 6, rng=0), nn.BatchNorm(6), nn.ReLU(), nn.Dense(6, 2, rng=1))
        optimiser = nn.Adam(network.parameters())
        for _ in range(3):
            optimiser.zero_grad()
            _, dy = nn.losses.squared_error(network.forward(x, training=True), x[:, :2])
            network.backward_parameters(dy)
            optimiser.step()
        return network.state()

    outside = train()
    with nn.debug():
        inside = train()
    assert all(np.array_equal(inside[name], outside[name]) for name in outside)
    assert all(dict(vars(kind)) == entries for kind, entries in before.items())
