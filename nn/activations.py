"""Pointwise non-linearities: y = sigma(x), dx = dy * sigma'(x) (dissertation, eqs. 2.2, 2.13, Appendix A.2)."""

import numpy as np

from .device import array_module
from .kernels import gpu_form, kernel
from .layer import Layer, check_float
from .stable import sigmoid, softmax


class Identity(Layer):
    """y = x;  sigma'(x) = 1."""

    def forward(self, x, *, training=False):
        return x

    def backward(self, dy):
        return dy


class ReLU(Layer):
    """y = max(0, x);  sigma'(x) = 1 for x > 0, else 0 (at the kink x = 0 we take 0)."""

    def forward(self, x, *, training=False):
        check_float(self, x)
        y, positive = rectify(x)
        self.keep(positive)
        return y

    def backward(self, dy):
        (positive,) = self.kept()
        return rectify_gradient(dy, positive)


@gpu_form(kernel("T x", "T y, bool positive", "positive = x > 0; y = x > 0 || isnan(x) ? x : T(0)", "rectify"))
def rectify(x):
    """`ReLU`'s y, and where x is positive."""
    return np.maximum(x, 0), x > 0


@gpu_form(kernel("T dy, bool positive", "T dx", "dx = positive ? dy : T(0)", "rectify_gradient"))
def rectify_gradient(dy, positive):
    """`ReLU`'s dx = dy where x is positive, else 0."""
    return dy * positive


class LeakyReLU(Layer):
    """y = x for x > 0, else slope * x;  sigma'(x) = 1 or slope.  Maas et al. (2013).

    Parameters
    ----------
    slope : what remains of negative inputs, from 0 to 1, such as 0.2.
    """

    def __init__(self, slope=0.01):
        if not 0 <= slope <= 1:
            raise ValueError(f"LeakyReLU's slope must be in [0, 1], got {slope}")
        self.slope = float(slope)

    def forward(self, x, *, training=False):
        check_float(self, x)
        positive = x > 0
        self.keep(positive)
        return scale_where(positive, x, self.slope)

    def backward(self, dy):
        (positive,) = self.kept()
        return scale_where(positive, dy, self.slope)

    def __repr__(self):
        return f"LeakyReLU({self.slope})"


@gpu_form(kernel("bool whole, T x, T slope", "T y", "y = whole ? x : slope * x", "scale_where"))
def scale_where(whole, x, slope):
    """x where `whole`, else slope * x; slope is at most 1."""
    return x * np.maximum(whole, x.dtype.type(slope))  # several times as fast as `where` if signs change often


class Tanh(Layer):
    """y = tanh(x);  sigma'(x) = 1 - y^2."""

    def forward(self, x, *, training=False):
        check_float(self, x)
        y = array_module(x).tanh(x)
        self.keep(y)
        return y

    def backward(self, dy):
        (y,) = self.kept()
        return tanh_gradient(dy, y)


@gpu_form(kernel("U dy, T y", "T dx", "dx = dy * (1 - y * y)", "tanh_gradient"))
def tanh_gradient(dy, y):
    """`Tanh`'s dx = dy (1 - y^2)."""
    slope = y * y
    np.subtract(1, slope, out=slope)
    slope *= dy
    return slope


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)), without overflow for any x;  sigma'(x) = y (1 - y)."""

    def forward(self, x, *, training=False):
        check_float(self, x)
        y = sigmoid(x)
        self.keep(y)
        return y

    def backward(self, dy):
        (y,) = self.kept()
        return dy * y * (1 - y)


class Softmax(Layer):
    """y_j = exp(x_j) / sum_k exp(x_k) over the last axis;  dx = y * (dy - sum_k dy_k y_k).

    Every output depends on every input of its row, hence the sum (dissertation, eq. D.1).
    """

    def forward(self, x, *, training=False):
        check_float(self, x)
        y = softmax(x)
        self.keep(y)
        return y

    def backward(self, dy):
        (y,) = self.kept()
        return y * (dy - (dy * y).sum(axis=-1, keepdims=True))
