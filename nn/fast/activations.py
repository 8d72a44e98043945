"""Element-wise functions with fewer passes over the memory, and without a choice for each number."""

import numpy as np


def leaky_relu(a, positive, slope):
    """a where x is positive, else slope * a; slope is at most 1.

    As a product with max(positive, slope): several times as fast as `where` if signs change often.
    """
    return a * np.maximum(positive, a.dtype.type(slope))


def tanh_gradient(dy, y):
    """dx = dy (1 - y^2), in one array."""
    dx = y * y
    np.subtract(1, dx, out=dx)
    return np.multiply(dx, dy, out=dx if dx.dtype == dy.dtype else None)
