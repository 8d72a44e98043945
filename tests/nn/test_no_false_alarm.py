"""What is right and looks odd: the checker says nothing."""

import numpy as np
import pytest

import nn

LAYERS = [
    (lambda: nn.Dense(4, 3, rng=0), (5, 4)),
    (lambda: nn.Dense(1, 1, rng=0), (1, 1)),
    (lambda: nn.Dense(3, 2, bias=False, rng=0), (1, 3)),
    (lambda: nn.Conv2D(2, 3, (3, 2), (1, 2), rng=0), (2, 5, 4, 2)),
    (lambda: nn.Conv2D(1, 1, 1, 2, rng=0), (1, 3, 5, 1)),
    (lambda: nn.ConvTranspose2D(2, 3, (2, 3), (3, 1), rng=0), (2, 3, 2, 2)),
    (lambda: nn.BatchNorm(3), (5, 3)),
    (lambda: nn.BatchNorm(2), (2, 3, 1, 2)),
    (lambda: nn.ReLU(), (3, 5)),
    (lambda: nn.LeakyReLU(0.2), (3, 1)),
    (lambda: nn.Tanh(), (1, 1)),
    (lambda: nn.Sigmoid(), (2, 3, 2)),
    (lambda: nn.Softmax(), (3, 4)),
    (lambda: nn.Softmax(), (3, 1)),  # always 1
    (lambda: nn.Identity(), (3, 4)),  # returns x itself, and dy itself
    (lambda: nn.Flatten(), (2, 3, 1, 2)),  # returns a view
    (lambda: nn.Reshape((3, 2)), (4, 6)),
    # a bias whose gradient is nothing but round-off, since the batch norm subtracts it again
    (lambda: nn.Sequential(nn.Dense(4, 3, rng=0), nn.BatchNorm(3), nn.ReLU(), nn.Dense(3, 2, rng=1)), (5, 4)),
    (lambda: nn.Sequential(nn.Identity(), nn.Flatten(), nn.Identity()), (3, 2, 2)),
    (lambda: nn.Sequential(), (3, 2)),
]


@pytest.mark.parametrize(("make", "shape"), LAYERS)
@pytest.mark.parametrize("keep_parameters", [False, True])
def test_every_layer_in_both_modes(make, shape, keep_parameters):
    layer, rng = make(), np.random.default_rng(0)
    for x in (rng.normal(size=shape), rng.normal(3, 20, size=shape).astype("f"), 1e-3 * rng.normal(size=shape)):
        report = nn.check_gradients(
            layer, x, training="both", modes_differ=isinstance(layer, nn.BatchNorm), keep_parameters=keep_parameters
        )
        assert not report.findings, report


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_seed(seed):
    rng = np.random.default_rng(seed)
    network = nn.Sequential(
        nn.Conv2D(1, 2, 3, 2, rng=rng), nn.BatchNorm(2), nn.LeakyReLU(0.1), nn.Flatten(), nn.Dense(12, 3, rng=rng),
        nn.Softmax(),
    )  # fmt: skip
    report = nn.check_gradients(network, rng.normal(size=(3, 5, 4, 1)), training="both", modes_differ=True, rng=rng)
    assert report.ok, report


class View(nn.Layer):
    """Every other column."""

    def forward(self, x, *, training=False):
        self.shape = x.shape
        return x[:, ::2]

    def backward(self, dy):
        dx = np.zeros(self.shape)
        dx[:, ::2] = dy
        return dx


class Constant(nn.Layer):
    def forward(self, x, *, training=False):
        return np.ones((len(x), 2))

    def backward(self, dy):
        return np.zeros((len(dy), 3))


class ScalarParameter(nn.Layer):
    """y = t x^2, t a single number that is used twice."""

    def __init__(self):
        self.temperature = nn.Parameter(np.array(1.0), "temperature")

    def parameters(self):
        return [self.temperature]

    def forward(self, x, *, training=False):
        self.x = x
        root = self.temperature.data
        return (root * x) * (root * x)

    def backward(self, dy):
        t = self.temperature.data
        self.temperature.grad += (dy * t * self.x**2).sum()
        self.temperature.grad += (dy * t * self.x**2).sum()
        return dy * 2 * t * t * self.x


class Tied(nn.Layer):
    """y = tanh(x W) W^T: one Parameter in two places."""

    def __init__(self):
        self.weight = nn.Parameter(np.random.default_rng(0).normal(size=(3, 2)).astype("f"), "weight")

    def parameters(self):
        return [self.weight]

    def forward(self, x, *, training=False):
        self.x, self.code = x, np.tanh(x @ self.weight.data)
        return self.code @ self.weight.data.T

    def backward(self, dy):
        dcode = (dy @ self.weight.data) * (1 - self.code**2)
        self.weight.grad += dy.T @ self.code + self.x.T @ dcode
        return dcode @ self.weight.data.T


class NewGradientArray(Tied):
    """Adds by replacing the array."""

    def backward(self, dy):
        before = self.weight.grad.copy()
        self.weight.zero_grad()
        dx = super().backward(dy)
        self.weight.grad = before + self.weight.grad
        return dx


class Noise(nn.Layer):
    """Dropout with its mask from outside, in training only."""

    def forward(self, x, *, mask, training=False):
        self.mask = mask if training else 1.0
        return x * self.mask

    def backward(self, dy):
        return dy * self.mask


class WithoutABase:
    """No nn.Layer, but what check_gradients asks for."""

    def __init__(self):
        self.dense = nn.Dense(3, 2, rng=0)

    def parameters(self):
        return self.dense.parameters()

    def forward(self, x, training):
        return self.dense.forward(x)

    def backward(self, dy):
        return self.dense.backward(dy)


@pytest.mark.parametrize("layer", [View, Constant, ScalarParameter, Tied, NewGradientArray, WithoutABase])
def test_layers_of_a_reader(layer):
    report = nn.check_gradients(layer(), np.random.default_rng(1).normal(size=(4, 3)), training="both")
    assert report.ok, report


def test_a_layer_with_a_mask_from_outside():
    rng = np.random.default_rng(2)
    mask = rng.choice([0.0, 2.0], (4, 3)).astype("f")
    report = nn.check_gradients(Noise(), rng.normal(size=(4, 3)), training="both", modes_differ=True, mask=mask)
    assert report.ok, report


def test_losses():
    rng = np.random.default_rng(3)
    for loss in (nn.losses.bernoulli_nll, nn.losses.squared_error, nn.losses.gaussian_nll):
        report = nn.check_loss(loss, rng.normal(size=(3, 4)), rng.uniform(size=(3, 4)))
        assert report.ok, report


def test_a_kink_is_still_a_kink():
    report = nn.check_gradients(nn.ReLU(), np.zeros((3, 4)))
    assert report.ok, report
    assert report.redraws > 0


def test_large_arrays_are_tried_along_directions():
    report = nn.check_gradients(nn.Dense(60, 40, rng=0), np.random.default_rng(4).normal(size=(20, 60)))
    assert report.ok, report
    assert "directions" in str(report)
