"""No float64 slips in: whatever comes in as float32 stays float32, twice as fast and half as large."""

import numpy as np
import pytest

import nn

LAYERS = [
    (nn.Dense(4, 3), (2, 4)),
    (nn.Conv2D(2, 3, 3, 2), (2, 5, 4, 2)),
    (nn.ConvTranspose2D(2, 3, 3, 2), (2, 3, 4, 2)),
    (nn.BatchNorm(3), (4, 3)),
    (nn.BatchNorm(3), (2, 3, 4, 3)),
    (nn.Identity(), (2, 3)),
    (nn.ReLU(), (2, 3)),
    (nn.LeakyReLU(0.2), (2, 3)),
    (nn.Tanh(), (2, 3)),
    (nn.Sigmoid(), (2, 3)),
    (nn.Softmax(), (2, 3)),
    (nn.Flatten(), (2, 3, 2, 1)),
    (nn.Reshape((3, 2)), (2, 6)),
]


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=repr)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_keep_the_dtype(layer, shape, training, dtype):
    rng = np.random.default_rng(0)
    for parameter in layer.parameters():
        parameter.data = parameter.data.astype(dtype)
        parameter.forget_grad()
    y = layer.forward(rng.normal(size=shape).astype(dtype), training=training)
    dx = layer.backward(rng.normal(size=y.shape).astype(dtype))
    assert y.dtype == dx.dtype == dtype
    for parameter in layer.parameters():
        assert parameter.grad.dtype == dtype


@pytest.mark.parametrize("loss", [nn.losses.bernoulli_nll, nn.losses.gaussian_nll, nn.losses.squared_error])
def test_losses_keep_the_dtype(loss):
    rng = np.random.default_rng(1)
    value, gradient = loss(rng.normal(size=(3, 4)).astype("f"), rng.uniform(size=(3, 4)).astype("f"))
    assert value.dtype == gradient.dtype == np.float32


def test_softmax_cross_entropy_keeps_the_dtype():
    value, gradient = nn.losses.softmax_cross_entropy(np.ones((3, 4), np.float32), np.array([0, 1, 2]))
    assert value.dtype == gradient.dtype == np.float32


@pytest.mark.parametrize("optimiser", [nn.SGD, nn.Adam])
def test_steps_keep_the_dtype(optimiser):
    parameter = nn.Parameter(np.ones((3, 2), np.float32))
    parameter.grad = np.ones((3, 2), np.float32)
    optimiser = optimiser([parameter])
    optimiser.step()
    assert parameter.data.dtype == np.float32
    assert all(moment.dtype == np.float32 for pair in getattr(optimiser, "moments", []) for moment in pair)


@pytest.mark.parametrize("layer", [nn.Dense(3, 4), nn.Conv2D(1, 2, 3), nn.ConvTranspose2D(1, 2, 3), nn.BatchNorm(2)])
def test_parameters_and_state_are_float32_unless_asked(layer):
    assert {array.dtype for array in layer.state().values() if array.ndim} == {np.dtype(np.float32)}
