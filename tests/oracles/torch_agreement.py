"""Do we agree with PyTorch?  The comparison of two arrays, and of a whole layer forward and backward."""

import numpy as np
from torch_twins import from_torch, to_torch, weight_from_torch, weight_to_torch

TOLERANCE = {np.float64: 1e-10, np.float32: 1e-5}
PRECISIONS = tuple(TOLERANCE)


def assert_agrees(ours, theirs, dtype, what="value"):
    """No number is off by more than TOLERANCE[dtype] times the root mean square of PyTorch's float64 numbers.

    PyTorch computes in float64 whatever `dtype` is, so that the difference is our own error.
    """
    assert ours.dtype == dtype, f"{what} has become {ours.dtype}"
    assert ours.shape == theirs.shape, f"{what} has shape {ours.shape}, PyTorch's {theirs.shape}"
    size = np.sqrt(np.mean(np.square(theirs)))
    assert size > 0, f"PyTorch's {what} is all zeros: there is nothing to compare"
    error = np.abs(ours - theirs).max() / size
    assert error <= TOLERANCE[dtype], f"{what} is off by {error:.1e} of its size"


def randomised(layer, rng):
    """A new layer's biases and shifts are 0 and its scales 1: with those, some mistakes would not show."""
    for parameter in layer.parameters():
        parameter.data[...] = rng.normal(size=parameter.data.shape)
    return layer


def assert_layer_agrees(layer, function, *inputs, dtype, training=False):
    """Forward and backward for each input in turn, against function(x, *parameters) in PyTorch; gradients add up."""
    rng = np.random.default_rng(1)
    weights = [weight_to_torch(parameter.data).requires_grad_() for parameter in layer.parameters()]
    for x in inputs:
        y = layer.forward(x, training=training)
        dy = rng.normal(size=y.shape).astype(dtype)
        dx = layer.backward(dy)
        torch_x = to_torch(x).requires_grad_()
        torch_y = function(torch_x, *weights)
        assert_agrees(y, from_torch(torch_y), dtype, "y")
        torch_y.backward(to_torch(dy))
        assert_agrees(dx, from_torch(torch_x.grad), dtype, "dx")
    for parameter, weight in zip(layer.parameters(), weights, strict=True):
        assert_agrees(parameter.grad, weight_from_torch(weight.grad), dtype, f"d{parameter.name}")


def draw(rng, *shape, dtype):
    return rng.normal(0.5, 2, shape).astype(dtype)
