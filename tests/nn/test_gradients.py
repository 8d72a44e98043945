"""Every layer and loss against finite differences; the cases of demos/gradient_check.py and further odd ones."""

import numpy as np
import pytest

import nn

pytestmark = pytest.mark.usefixtures("form")

CONVOLUTIONS = [
    # kernel, stride, padding, image
    (3, 1, "same", (5, 4)),
    (3, 2, "same", (6, 7)),
    (2, 2, "same", (5, 4)),
    (4, 3, "same", (7, 8)),
    ((1, 3), (2, 1), "same", (3, 5)),
    (1, 2, "same", (5, 5)),  # pixels that no position covers
    (3, 2, "valid", (8, 6)),  # a remainder at the edge
    ((3, 2), (1, 2), "valid", (3, 2)),  # exactly one position
    (3, 2, ((2, 0), (0, 1)), (4, 5)),
    (3, 1, ((2, 1), (2, 2)), (4, 3)),
]


@pytest.mark.parametrize(("kernel", "stride", "padding", "image"), CONVOLUTIONS)
@pytest.mark.parametrize("layer", [nn.Conv2D, nn.ConvTranspose2D])
@pytest.mark.parametrize(("batch", "c_in", "c_out"), [(2, 2, 3), (1, 1, 1)])
def test_convolutions(layer, kernel, stride, padding, image, batch, c_in, c_out):
    rng = np.random.default_rng(1)
    layer = layer(c_in, c_out, kernel, stride, padding, rng=rng)
    report = nn.check_gradients(layer, rng.normal(size=(batch, *image, c_in)), rng=rng)
    assert report.ok, report


def test_a_convolution_with_more_padding_than_kernel():
    rng = np.random.default_rng(1)
    report = nn.check_gradients(nn.Conv2D(2, 3, 2, 1, ((2, 3), (4, 2)), rng=rng), rng.normal(size=(2, 2, 3, 2)))
    assert report.ok, report


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("batch", "n_in", "n_out"), [(4, 3, 5), (1, 6, 1), (3, 1, 2)])
def test_dense(batch, n_in, n_out, bias):
    rng = np.random.default_rng(2)
    report = nn.check_gradients(nn.Dense(n_in, n_out, bias=bias, rng=rng), rng.normal(size=(batch, n_in)))
    assert report.ok, report


@pytest.mark.parametrize("shape", [(7, 3), (2, 1), (2, 3, 5, 4), (1, 2, 2, 1)])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(shape, training):
    rng = np.random.default_rng(3)
    layer = nn.BatchNorm(shape[-1])
    layer.scale.data[:], layer.shift.data[:] = rng.uniform(0.5, 2, shape[-1]), rng.normal(size=shape[-1])
    layer.forward(rng.normal(2, 3, size=shape), training=True)
    report = nn.check_gradients(layer, rng.normal(1, 2, size=shape), training=training)
    assert report.ok, report


@pytest.mark.parametrize(
    "layer",
    [nn.Identity(), nn.ReLU(), nn.LeakyReLU(0.3), nn.Tanh(), nn.Sigmoid(), nn.Softmax(), nn.Flatten()],
    ids=repr,
)
@pytest.mark.parametrize("shape", [(3, 5), (2, 3, 2, 2), (1, 1)])
def test_layers_without_parameters(layer, shape):
    report = nn.check_gradients(layer, np.random.default_rng(4).normal(size=shape))
    assert report.ok, report


def test_reshape():
    report = nn.check_gradients(nn.Reshape((3, 2, 1)), np.random.default_rng(5).normal(size=(4, 6)))
    assert report.ok, report


@pytest.mark.parametrize("loss", [nn.losses.bernoulli_nll, nn.losses.gaussian_nll, nn.losses.squared_error])
@pytest.mark.parametrize("shape", [(4, 6), (1, 1), (2, 3, 4, 1)])
def test_losses(loss, shape):
    rng = np.random.default_rng(6)
    report = nn.check_loss(loss, rng.normal(size=shape), rng.uniform(size=shape))
    assert report.ok, report


def test_gaussian_loss_with_a_variance():
    rng = np.random.default_rng(7)
    report = nn.check_loss(nn.losses.gaussian_nll, rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), 0.2)
    assert report.ok, report


def test_softmax_cross_entropy():
    rng = np.random.default_rng(8)
    report = nn.check_loss(nn.losses.softmax_cross_entropy, rng.normal(size=(5, 3)), np.array([0, 2, 1, 1, 2]))
    assert report.ok, report


def test_a_deep_network_of_everything():
    rng = np.random.default_rng(9)
    network = nn.Sequential(
        nn.Conv2D(1, 3, 3, 2, bias=False, rng=rng),
        nn.BatchNorm(3),
        nn.LeakyReLU(0.1),
        nn.ConvTranspose2D(3, 2, (2, 3), 2, rng=rng),
        nn.Tanh(),
        nn.Flatten(),
        nn.Dense(6 * 8 * 2, 4, rng=rng),
        nn.Softmax(),
    )
    report = nn.check_gradients(network, rng.normal(size=(3, 5, 7, 1)))
    assert report.ok, report


def test_backward_parameters_gives_the_same_parameter_gradients_as_backward():
    rng = np.random.default_rng(10)
    network = nn.Sequential(nn.Flatten(), nn.Dense(6, 4, rng=rng), nn.Tanh(), nn.Dense(4, 2, rng=rng))
    x, dy = rng.normal(size=(3, 3, 2, 1)).astype("f"), rng.normal(size=(3, 2)).astype("f")
    gradients = []
    for backward in (network.backward, network.backward_parameters):
        for parameter in network.parameters():
            parameter.zero_grad()
        network.forward(x)
        backward(dy)
        gradients.append([parameter.grad.copy() for parameter in network.parameters()])
    for whole, without_input in zip(*gradients, strict=True):
        np.testing.assert_array_equal(whole, without_input)
