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
        (nn.Conv2D(1, 4, 3), X[..., 0], r"expected images \(batch, height, width, 1\)"),
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
    ],
    ids=repr,
)
def test_an_upstream_gradient_of_a_wrong_shape(layer, x):
    layer.forward(x)
    with pytest.raises(ValueError, match="dy is the gradient for that output"):
        layer.backward(np.zeros((1, 1), np.float32))


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


def test_sequential_takes_layers_only():
    with pytest.raises(TypeError, match="Sequential takes layers"):
        nn.Sequential(nn.Dense(2, 3), np.tanh)


def test_a_transposed_convolution_that_would_be_cut_to_nothing():
    with pytest.raises(ValueError, match="cuts away the whole image"):
        nn.ConvTranspose2D(1, 1, 3, padding=((4, 4), (4, 4))).forward(np.zeros((1, 2, 2, 1), np.float32))
