"""Mistakes are answered in one sentence: what was expected, what came, what to do."""

import numpy as np
import pytest

import nn

X = np.zeros((2, 8, 8, 1), np.float32)


@pytest.mark.parametrize(
    ("layer", "x", "words"),
    [
        (nn.Dense(64, 3), X, r"Dense\(64, 3\) got an input of shape \(2, 8, 8, 1\): flatten it first \(nn.Flatten\)"),
        (nn.Dense(64, 3), X[:, 0, :, 0], r"Dense\(64, 3\) got an input of shape \(2, 8\): expected \(batch, 64\)"),
        (nn.Conv2D(3, 4, 3), X, "expected 3 channels as the last axis"),
        (nn.Conv2D(1, 4, 3), X[..., 0], r"expected \(batch, height, width, 1\)"),
        (nn.Conv2D(1, 4, 9, padding="valid"), X, "a 9x9 kernel does not fit on an image of 8x8 pixels"),
        (nn.ConvTranspose2D(2, 4, 3), X, "expected 2 channels"),
        (nn.BatchNorm(4), X, "expected 4 channels"),
        (nn.Reshape((5, 5, 1)), X, "64 elements an example do not fill"),
    ],
    ids=str,
)
def test_inputs_of_a_wrong_shape(layer, x, words):
    with pytest.raises(ValueError, match=words):
        layer.forward(x)


@pytest.mark.parametrize(
    "layer", [nn.Dense(8, 3), nn.Conv2D(1, 2, 3), nn.BatchNorm(1), nn.ReLU(), nn.Sigmoid()], ids=repr
)
def test_inputs_that_are_not_floats(layer):
    with pytest.raises(TypeError, match=r"dtype uint8: convert it first"):
        layer.forward(np.zeros((2, 8, 8, 1), np.uint8))
    with pytest.raises(TypeError, match=r"expected a NumPy or CuPy array, got list"):
        layer.forward([[1.0]])


@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (nn.Dense(8, 3), X[:, 0, :, 0]),
        (nn.Conv2D(1, 2, 3), X),
        (nn.ConvTranspose2D(1, 2, 3), X),
        (nn.BatchNorm(1), X),
        (nn.Flatten(), X),
        (nn.Reshape((4, 16)), X),
        (nn.Sequential(nn.Flatten(), nn.Dense(64, 3)), X),
        *[(layer, X) for layer in (nn.Identity(), nn.ReLU(), nn.LeakyReLU(), nn.Tanh(), nn.Sigmoid(), nn.Softmax())],
    ],
    ids=repr,
)
def test_an_upstream_gradient_of_a_wrong_shape(layer, x):
    """Of another size, or of one that NumPy would repeat, or of as many numbers in another shape."""
    y = layer.forward(x)
    for dy in (np.zeros((1, 1), np.float32), np.zeros((), np.float32), y[:1], np.zeros((y.size,), np.float32)):
        with pytest.raises(ValueError, match=r"backward got dy of shape .*: dy is the gradient for that output"):
            layer.backward(dy)
    assert all((parameter.grad == 0).all() for parameter in layer.parameters())


@pytest.mark.parametrize(
    "layer", [nn.Dense(8, 3), nn.Conv2D(1, 2, 3), nn.BatchNorm(1), nn.Tanh(), nn.Flatten()], ids=repr
)
def test_backward_before_forward(layer):
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        layer.backward(X)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.Dense(0, 3), "at least one input"),
        (lambda: nn.Conv2D(1, 2, 0), "kernel_size must be a positive whole number, got 0"),
        (lambda: nn.Conv2D(1, 2, (3, 3, 3)), "kernel_size must be one number or a pair"),
        (lambda: nn.Conv2D(1, 2, 3, stride=1.5), "stride must be a positive whole number, got 1.5"),
        (lambda: nn.Conv2D(1, 2, 3, padding="full"), "padding must be 'same', 'valid' or"),
        (lambda: nn.Conv2D(1, 2, 3, padding=((1, -1), (0, 0))), "padding must be"),
        (lambda: nn.Conv2D(1, 2, 3, padding=1), "padding must be"),
        (lambda: nn.BatchNorm(0), "at least one channel"),
        (lambda: nn.BatchNorm(2, momentum=1), r"momentum must be in \[0, 1\)"),
        (lambda: nn.unroll(nn.Conv2D(2, 3, 3), (4, 4)), r"needs input_shape \(height, width, 2\)"),
        (lambda: nn.to_device(X, "tpu"), "device must be one of 'cpu', 'gpu', 'auto', got 'tpu'"),
    ],
)
def test_unusable_arguments(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    "build",
    [
        lambda d1, d2, t: nn.Sequential(d1, t, d2, t),
        lambda d1, d2, t: nn.Sequential(nn.Sequential(d1, t), nn.Sequential(d2, t)),
        lambda d1, d2, t: nn.Sequential(nn.Sequential(d1, nn.Sequential(t)), d2, t),
    ],
)
def test_one_layer_twice_in_a_network(build):
    """It would forget its first input, and its gradient would be wrong."""
    with pytest.raises(ValueError, match=r"the same Tanh\(\) stands in the network twice.*make a second one"):
        build(nn.Dense(2, 2), nn.Dense(2, 2), nn.Tanh())


def test_sequential_takes_layers_only():
    with pytest.raises(TypeError, match="Sequential takes layers"):
        nn.Sequential(nn.Dense(2, 3), np.tanh)


def test_a_transposed_convolution_that_would_be_cut_to_nothing():
    with pytest.raises(ValueError, match="cuts away the whole image"):
        nn.ConvTranspose2D(1, 1, 3, padding=((4, 4), (4, 4))).forward(np.zeros((1, 2, 2, 1), np.float32))
